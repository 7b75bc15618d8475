//! Tickets that are revoked only while their payment is disputed.

use sync_protocol::{id::TicketId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};
use crate::domain::id::OrderId;

/// Notes that a ticket is frozen.
///
/// # Errors
/// [`StoreError::Duplicate`] when it is.
pub async fn insert(
    tx: &mut Tx,
    order: OrderId,
    ticket: TicketId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO frozen_tickets (ticket_id, order_id, frozen_at) VALUES (?, ?, ?)";
    execute!(tx, sql, ticket.0, order.0, now.0)?;
    Ok(())
}

/// The frozen tickets of an order.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<TicketId>, StoreError> {
    let sql = "SELECT ticket_id FROM frozen_tickets WHERE order_id = ? ORDER BY ticket_id";
    let rows = fetch_all!(tx, (Uuid,), sql, order.0)?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// Forgets that tickets of an order were frozen.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let sql = "DELETE FROM frozen_tickets WHERE order_id = ?";
    execute!(tx, sql, order.0)?;
    Ok(())
}
