//! Orders that a person flagged: who, when, and why. The caller has locked the order.

use sync_protocol::time::Timestamp;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_optional},
};
use crate::domain::{flagged::OrderFlag, id::OrderId};

/// An order's flag.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Option<OrderFlag>, StoreError> {
    let sql = "SELECT author, note, created_at FROM order_flags WHERE order_id = ?";
    let row = fetch_optional!(tx, (String, String, i64), sql, order.0)?;
    Ok(row.map(|(author, note, at)| OrderFlag {
        author,
        note,
        at: Timestamp(at),
    }))
}

/// Puts a flag in the place of what stood there.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, order: OrderId, flag: &OrderFlag) -> Result<(), StoreError> {
    take(tx, order).await?;
    execute!(
        tx,
        "INSERT INTO order_flags (order_id, author, note, created_at) VALUES (?, ?, ?, ?)",
        order.0,
        flag.author.as_str(),
        flag.note.as_str(),
        flag.at.0
    )?;
    let sql = "UPDATE orders SET flagged_at = ? WHERE id = ?";
    execute!(tx, sql, flag.at.0, order.0)?;
    Ok(())
}

/// Takes a flag away; false when there is none.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    let taken = execute!(tx, "DELETE FROM order_flags WHERE order_id = ?", order.0)?;
    execute!(
        tx,
        "UPDATE orders SET flagged_at = NULL WHERE id = ?",
        order.0
    )?;
    Ok(taken == 1)
}
