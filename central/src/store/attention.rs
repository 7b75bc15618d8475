//! Why an admin must look at an order: one reason stands with it. The caller has locked the order.

use super::{StoreError, Tx, tx::execute};
use crate::domain::{attention::Attention, id::OrderId};

/// Puts a reason in the place of what stood there.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, order: OrderId, why: Attention) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET attention = ? WHERE id = ?";
    execute!(tx, sql, why.name(), order.0)?;
    Ok(())
}

/// Takes a reason away, if it is still this.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &mut Tx, order: OrderId, why: Attention) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET attention = NULL WHERE id = ? AND attention = ?";
    execute!(tx, sql, order.0, why.name())?;
    Ok(())
}
