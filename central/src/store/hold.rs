//! Holds: claims on a ticket type's capacity.
//!
//! Invariants: `taken` changes only by one conditional statement each way, so it stays within the quota whoever
//! else is buying, and nothing is ever read first; a hold leaves `held` once, because that move is conditional
//! too, and only who made it gives the capacity back.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all},
};
use crate::domain::{
    hold::{Claim, HoldStatus},
    id::{OrderId, TicketTypeId},
};

/// Takes capacity; false when there is not enough left.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, claim: Claim) -> Result<bool, StoreError> {
    let quantity = i64::from(claim.quantity);
    let taken = execute!(
        tx,
        "UPDATE ticket_types SET taken = taken + ? WHERE id = ? AND taken + ? <= quota",
        quantity,
        claim.ticket_type.0,
        quantity
    )?;
    Ok(taken == 1)
}

/// Stores the claims of orders.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut Tx,
    holds: &[(OrderId, Claim)],
    until: Timestamp,
    status: HoldStatus,
) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO holds (order_id, ticket_type_id, quantity, hold_until, status) VALUES ",
        "",
        holds,
        |row| row.0.0,
        row.1.ticket_type.0,
        i64::from(row.1.quantity),
        until.0,
        status.name(),
    )
}

/// Turns an order's holds into sold capacity; false when they had been released.
///
/// # Errors
/// When the database fails.
pub async fn sell(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    let sql = "UPDATE holds SET status = 'sold' WHERE order_id = ? AND status = 'held'";
    Ok(execute!(tx, sql, order.0)? > 0)
}

/// Gives an order's capacity back; does nothing the second time.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    for claim in claims(tx, order).await? {
        let released = execute!(
            tx,
            "UPDATE holds SET status = 'released' \
             WHERE order_id = ? AND ticket_type_id = ? AND status = 'held'",
            order.0,
            claim.ticket_type.0
        )?;
        if released == 1 {
            execute!(
                tx,
                "UPDATE ticket_types SET taken = taken - ? WHERE id = ?",
                i64::from(claim.quantity),
                claim.ticket_type.0
            )?;
        }
    }
    Ok(())
}

/// Takes the capacity of released holds again, as sold; false when there is not enough left of one type.
///
/// # Errors
/// When the database fails.
pub async fn sell_again(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    for one in claims(tx, order).await? {
        if !claim(tx, one).await? {
            return Ok(false);
        }
    }
    let sql = "UPDATE holds SET status = 'sold' WHERE order_id = ? AND status = 'released'";
    Ok(execute!(tx, sql, order.0)? > 0)
}

/// What an order claims, by type.
async fn claims(tx: &mut Tx, order: OrderId) -> Result<Vec<Claim>, StoreError> {
    let sql =
        "SELECT ticket_type_id, quantity FROM holds WHERE order_id = ? ORDER BY ticket_type_id";
    let rows = fetch_all!(tx, (Uuid, i64), sql, order.0)?;
    let claim = |(ticket_type, quantity): (Uuid, i64)| {
        Ok(Claim {
            ticket_type: TicketTypeId(ticket_type),
            quantity: u32::try_from(quantity).map_err(|_| StoreError::Corrupt("quantity"))?,
        })
    };
    rows.into_iter().map(claim).collect()
}
