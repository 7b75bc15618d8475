//! Refunds that programs asked for, by the key of the request: the same request is the same refund.

use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_optional},
};
use crate::domain::id::{OrderId, RefundId};

/// What was asked under this key: the refund, and a digest of the request.
///
/// # Errors
/// When the database fails.
pub async fn by_key(
    tx: &mut Tx,
    order: OrderId,
    key: &str,
) -> Result<Option<(RefundId, Vec<u8>)>, StoreError> {
    let sql = "SELECT refund_id, request_digest FROM refund_asks \
               WHERE order_id = ? AND idempotency_key = ?";
    let row = fetch_optional!(tx, (Uuid, Vec<u8>), sql, order.0, key)?;
    Ok(row.map(|(refund, digest)| (RefundId(refund), digest)))
}

/// Stores what is asked under a key.
///
/// # Errors
/// [`StoreError::Duplicate`] when the key is taken.
pub async fn insert(
    tx: &mut Tx,
    (order, key): (OrderId, &str),
    digest: &[u8; 32],
    refund: RefundId,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO refund_asks (order_id, idempotency_key, request_digest, refund_id) VALUES (?, ?, ?, ?)",
        order.0,
        key,
        digest.as_slice(),
        refund.0
    )?;
    Ok(())
}
