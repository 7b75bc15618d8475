//! Orders whose number begins as somebody typed, as the first table of another list's question.
//!
//! Invariant: a question begins with orders only where they are few. What is typed of a number comes letter by letter, and the
//! first of them are those of every order of the installation: then the list is walked in its own order instead.

use super::{
    StoreError, Tx,
    dialect::{indexed, read_first},
    listed::{Condition, Index, Narrow, beginning, narrowest},
};

/// The index of orders by number, which the engines made for the `UNIQUE` column.
pub const BY_NUMBER: Index = Index("sqlite_autoindex_orders_2", "number");
/// As questions call them.
const ORDERS: &str = "orders o";

/// That an order's number begins so.
#[must_use]
pub fn begins(start: &str) -> Condition {
    ("o.number >= ? AND o.number < ?", beginning(start).into())
}

/// ` FROM` the orders whose number begins so, joined to those of `table` that are about them, which `index` finds by the
/// column `order_id`. `None` = the orders are not few, or none is looked for.
///
/// # Errors
/// When the database fails.
pub async fn first(
    tx: &mut Tx,
    start: Option<&str>,
    (table, name): (&str, &str),
    index: &str,
) -> Result<Option<String>, StoreError> {
    let Some(start) = start else {
        return Ok(None);
    };
    let searched = Narrow {
        index: BY_NUMBER,
        condition: begins(start),
    };
    let few = narrowest(tx, ORDERS, vec![searched]).await?;
    Ok(few.map(|few| {
        let (orders, join) = (few.index.of(tx, ORDERS), read_first(tx));
        let found = indexed(tx, &format!("{table} {name}"), (index, index));
        format!("{orders} {join} {found} ON {name}.order_id = o.id")
    }))
}
