//! Capacities that several ticket types draw on, as they are set up. What is taken of them belongs to `hold`.

use sync_protocol::id::EventId;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};
use crate::domain::{id::SharedQuotaId, offer::SharedQuota};

/// An event's shared quotas, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<SharedQuota>, StoreError> {
    let sql = "SELECT id, name, quota, taken FROM shared_quotas WHERE event_id = ? ORDER BY name";
    let rows = fetch_all!(tx, (Uuid, String, i64, i64), sql, event.0)?;
    let quota = |(id, name, quota, taken)| SharedQuota {
        id: SharedQuotaId(id),
        event,
        name,
        quota,
        taken,
    };
    Ok(rows.into_iter().map(quota).collect())
}

/// Stores a shared quota of which nothing is taken.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has one of this name.
pub async fn insert(tx: &mut Tx, quota: &SharedQuota) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO shared_quotas (id, event_id, name, quota, taken) VALUES (?, ?, ?, ?, 0)",
        quota.id.0,
        quota.event.0,
        &quota.name,
        quota.quota
    )?;
    Ok(())
}

/// Changes how much there is; false when more than that is taken.
///
/// # Errors
/// When the database fails.
pub async fn resize(tx: &mut Tx, quota: SharedQuotaId, to: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE shared_quotas SET quota = ? WHERE id = ? AND taken <= ?";
    Ok(execute!(tx, sql, to, quota.0, to)? == 1)
}

/// Takes a quota away on which no type draws.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, quota: SharedQuotaId) -> Result<(), StoreError> {
    let sql = "DELETE FROM shared_quotas WHERE id = ?";
    execute!(tx, sql, quota.0)?;
    Ok(())
}
