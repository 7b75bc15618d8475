//! What the overview asks of a day: each question reads along one index and has an end.

use std::collections::BTreeMap;

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    overview::PerEvent,
    tx::{fetch_all, fetch_one},
};

/// So many orders are added up; beyond that a sum is one of at least.
pub const MOST_ORDERS: i64 = 20_000;

/// What was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    /// Orders.
    pub orders: i64,
    /// What they cost.
    pub sum_minor: i64,
}

/// Orders of an event that were paid in a span, up to [`MOST_ORDERS`] (`orders_paid`).
///
/// # Errors
/// When the database fails.
pub async fn sold(
    tx: &mut Tx,
    event: EventId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Sold, StoreError> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(paid.total_minor), 0) AS SIGNED) FROM \
         (SELECT total_minor FROM orders WHERE event_id = ? AND paid_at >= ? AND paid_at < ? LIMIT ?) paid";
    let (orders, sum_minor) =
        fetch_one!(tx, (i64, i64), sql, event.0, from.0, until.0, MOST_ORDERS)?;
    Ok(Sold { orders, sum_minor })
}

/// Payments whose buyers' banks hold the money back (`payments_open`).
///
/// # Errors
/// When the database fails.
pub async fn disputes(tx: &mut Tx) -> Result<PerEvent, StoreError> {
    let sql = "SELECT o.event_id, COUNT(*) FROM payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.status = 'disputed' GROUP BY o.event_id";
    Ok(per_event(fetch_all!(tx, (Uuid, i64), sql)?))
}

/// Ticket types that are on sale and of which no more than a tenth is left.
///
/// # Errors
/// When the database fails.
pub async fn scarce(tx: &mut Tx, now: Timestamp) -> Result<PerEvent, StoreError> {
    let sql = "SELECT t.event_id, COUNT(*) FROM events e JOIN ticket_types t ON t.event_id = e.id \
         WHERE e.status = 'published' AND e.ends_at > ? AND t.sale_from <= ? AND t.sale_until > ? \
         AND t.quota > 0 AND t.taken * 10 >= t.quota * 9 GROUP BY t.event_id";
    let rows = fetch_all!(tx, (Uuid, i64), sql, now.0, now.0, now.0)?;
    Ok(per_event(rows))
}

fn per_event(rows: Vec<(Uuid, i64)>) -> PerEvent {
    let rows = rows.into_iter();
    rows.map(|(event, count)| (EventId(event), count))
        .collect::<BTreeMap<_, _>>()
}
