//! Lines of orders. Reached as `store::order::items`: nobody asks for lines but with their orders.

use uuid::Uuid;

use super::{StoreError, Tx, many::write_many, tx::fetch_all};
use crate::domain::{
    id::{OrderId, OrderItemId, TicketTypeId},
    money::{Currency, Money},
    order::OrderItem,
};

/// Stores lines of orders.
///
/// # Errors
/// When the database fails, or a line's sum does not fit.
pub async fn insert_items(tx: &mut Tx, items: &[&(OrderId, OrderItem)]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO order_items (id, order_id, ticket_type_id, name, type_version, quantity, unit_price_minor, \
         amount_minor) VALUES ",
        "",
        items,
        |row| row.1.id.0,
        row.0.0,
        row.1.ticket_type.0,
        row.1.name.as_str(),
        row.1.type_version,
        i64::from(row.1.quantity),
        row.1.unit_price.minor,
        row.1.amount_minor(),
    )
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: Uuid,
    ticket_type_id: Uuid,
    name: String,
    type_version: i64,
    quantity: i64,
    unit_price_minor: i64,
    currency: String,
}

impl ItemRow {
    fn into_item(self) -> Result<OrderItem, StoreError> {
        let currency = Currency::from_code(&self.currency);
        let currency = currency.ok_or(StoreError::Corrupt("order currency"))?;
        Ok(OrderItem {
            id: OrderItemId(self.id),
            ticket_type: TicketTypeId(self.ticket_type_id),
            name: self.name,
            type_version: self.type_version,
            quantity: u32::try_from(self.quantity).map_err(|_| StoreError::Corrupt("quantity"))?,
            unit_price: Money::new(self.unit_price_minor, currency),
        })
    }
}

/// The lines of an order, in the order asked for.
///
/// # Errors
/// When the database fails.
pub async fn items(tx: &mut Tx, order: OrderId) -> Result<Vec<OrderItem>, StoreError> {
    let rows = fetch_all!(
        tx,
        ItemRow,
        "SELECT i.id, i.ticket_type_id, i.name, i.type_version, i.quantity, i.unit_price_minor, o.currency \
         FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.order_id = ? ORDER BY i.id",
        order.0
    )?;
    rows.into_iter().map(ItemRow::into_item).collect()
}
