//! Counts per event for the overview: what waits for somebody, and what is sold.

use std::collections::BTreeMap;

use sync_protocol::id::EventId;
use uuid::Uuid;

use super::{
    StoreError, Tx, conflict_other,
    revision::unsigned,
    tx::{fetch_all, fetch_one},
};
use crate::domain::refund::RefundStatus;

/// A count of each event that has one.
pub type PerEvent = BTreeMap<EventId, i64>;

fn per_event(rows: Vec<(Uuid, i64)>) -> PerEvent {
    rows.into_iter()
        .map(|(event, count)| (EventId(event), count))
        .collect()
}

/// Orders that are to be looked at because the system found a reason.
///
/// # Errors
/// When the database fails.
pub async fn to_look_at(tx: &mut Tx) -> Result<PerEvent, StoreError> {
    let sql = "SELECT event_id, COUNT(*) FROM orders WHERE attention IS NOT NULL GROUP BY event_id";
    Ok(per_event(fetch_all!(tx, (Uuid, i64), sql)?))
}

/// Orders that a person flagged (`orders_by_flag`).
///
/// # Errors
/// When the database fails.
pub async fn flagged(tx: &mut Tx) -> Result<PerEvent, StoreError> {
    let sql = "SELECT event_id, COUNT(*) FROM orders WHERE flagged_at > 0 GROUP BY event_id";
    Ok(per_event(fetch_all!(tx, (Uuid, i64), sql)?))
}

/// Refunds that stand here.
///
/// # Errors
/// When the database fails.
pub async fn refunds(tx: &mut Tx, status: RefundStatus) -> Result<PerEvent, StoreError> {
    let sql = "SELECT o.event_id, COUNT(*) FROM refunds r JOIN orders o ON o.id = r.order_id \
         WHERE r.status = ? GROUP BY o.event_id";
    Ok(per_event(fetch_all!(tx, (Uuid, i64), sql, status.name())?))
}

/// What is in conflict and what nobody has decided as it is now: scans, read out of those in conflict alone
/// (`scans_by_conflict`), records that were set aside and nodes in quarantine.
///
/// # Errors
/// When the database fails.
pub async fn conflicts(tx: &mut Tx) -> Result<PerEvent, StoreError> {
    let sql = "SELECT s.event_id, COUNT(*) FROM scans s \
         LEFT JOIN conflict_decisions d ON d.node_id = s.node_id AND d.seq = s.seq AND d.kind = s.conflict \
         WHERE s.conflict IN ('double', 'unbound', 'after_revocation', 'not_valid') AND d.conflict IS NULL \
         GROUP BY s.event_id";
    let mut all = per_event(fetch_all!(tx, (Uuid, i64), sql)?);
    for (event, count) in conflict_other::open(tx).await? {
        *all.entry(event).or_default() += count;
    }
    Ok(all)
}

/// The same of one event.
///
/// # Errors
/// When the database fails.
pub async fn conflicts_of(tx: &mut Tx, event: EventId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM scans s \
         LEFT JOIN conflict_decisions d ON d.node_id = s.node_id AND d.seq = s.seq AND d.kind = s.conflict \
         WHERE s.conflict IN ('double', 'unbound', 'after_revocation', 'not_valid') AND s.event_id = ? \
         AND d.conflict IS NULL";
    let (scans,) = fetch_one!(tx, (i64,), sql, event.0)?;
    unsigned(scans + conflict_other::open_of(tx, event).await?)
}

/// What is held or sold, and how many there are, of each event.
///
/// # Errors
/// When the database fails.
pub async fn sold(tx: &mut Tx) -> Result<BTreeMap<EventId, (i64, i64)>, StoreError> {
    let sql = "SELECT event_id, CAST(SUM(taken) AS SIGNED), CAST(SUM(quota) AS SIGNED) \
         FROM ticket_types GROUP BY event_id";
    let rows = fetch_all!(tx, (Uuid, i64, i64), sql)?;
    let sold = rows
        .into_iter()
        .map(|(event, taken, quota)| (EventId(event), (taken, quota)));
    Ok(sold.collect())
}

/// Letters that were given up.
///
/// # Errors
/// When the database fails.
pub async fn letters_given_up(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM outbox WHERE failed_at IS NOT NULL AND done_at IS NULL";
    let (count,) = fetch_one!(tx, (i64,), sql)?;
    Ok(count)
}
