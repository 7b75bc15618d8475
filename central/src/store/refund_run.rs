//! Cancelled events whose orders are refunded: how far each has come.
//!
//! Invariant: the place moves in the transaction that refunds the order it moves past, so what was interrupted goes on
//! where it was, and nothing is counted twice.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::id::OrderId;

/// How far a cancelled event has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRun {
    /// The event.
    pub event: EventId,
    /// The last order that was dealt with.
    pub after: OrderId,
    /// How many orders were refunded or given up.
    pub orders: i64,
    /// How many need a person.
    pub failed: i64,
    /// Who cancelled the event.
    pub asked_by: String,
    /// When.
    pub started_at: Timestamp,
    /// When the last order was dealt with.
    pub done_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    event_id: Uuid,
    after_id: Uuid,
    orders: i64,
    failed: i64,
    asked_by: String,
    started_at: i64,
    done_at: Option<i64>,
}

impl Row {
    fn into_run(self) -> RefundRun {
        RefundRun {
            event: EventId(self.event_id),
            after: OrderId(self.after_id),
            orders: self.orders,
            failed: self.failed,
            asked_by: self.asked_by,
            started_at: Timestamp(self.started_at),
            done_at: self.done_at.map(Timestamp),
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT event_id, after_id, orders, failed, asked_by, started_at, done_at FROM refund_runs ",
            $rest
        )
    };
}

/// Begins a run.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has one.
pub async fn insert(
    tx: &mut Tx,
    event: EventId,
    asked_by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO refund_runs (event_id, after_id, orders, failed, asked_by, started_at) \
         VALUES (?, ?, 0, 0, ?, ?)",
        event.0,
        Uuid::nil(),
        asked_by,
        now.0
    )?;
    Ok(())
}

/// The run of an event.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Option<RefundRun>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE event_id = ?"), event.0)?;
    Ok(row.map(Row::into_run))
}

/// Runs that are not done, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx) -> Result<Vec<RefundRun>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        select!("WHERE done_at IS NULL ORDER BY started_at, event_id")
    )?;
    Ok(rows.into_iter().map(Row::into_run).collect())
}

/// Cancelled events that have no run yet.
///
/// # Errors
/// When the database fails.
pub async fn without(tx: &mut Tx) -> Result<Vec<EventId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "SELECT id FROM events WHERE status = 'cancelled' \
         AND NOT EXISTS (SELECT 1 FROM refund_runs r WHERE r.event_id = events.id) ORDER BY id"
    )?;
    Ok(rows.into_iter().map(|(id,)| EventId(id)).collect())
}

/// The next orders of a run that money or capacity hangs on.
///
/// # Errors
/// When the database fails.
pub async fn orders(tx: &mut Tx, run: &RefundRun, most: i64) -> Result<Vec<OrderId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "SELECT id FROM orders WHERE event_id = ? AND id > ? \
         AND status IN ('pending', 'paid', 'partly_refunded') ORDER BY id LIMIT ?",
        run.event.0,
        run.after.0,
        most
    )?;
    Ok(rows.into_iter().map(|(id,)| OrderId(id)).collect())
}

/// Moves past an order; does nothing when another server did.
///
/// # Errors
/// When the database fails.
pub async fn pass(
    tx: &mut Tx,
    event: EventId,
    order: OrderId,
    has_failed: bool,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE refund_runs SET after_id = ?, orders = orders + ?, failed = failed + ? \
         WHERE event_id = ? AND after_id < ?",
        order.0,
        i64::from(!has_failed),
        i64::from(has_failed),
        event.0,
        order.0
    )?;
    Ok(())
}

/// Marks a run done; false when another server did.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, event: EventId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE refund_runs SET done_at = ? WHERE event_id = ? AND done_at IS NULL";
    Ok(execute!(tx, sql, now.0, event.0)? == 1)
}

/// What a cancellation would mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Orders whose money goes back.
    pub paid: i64,
    /// Orders that end unpaid.
    pub pending: i64,
    /// What is left of the money that came for the first.
    pub left_minor: i64,
}

/// What hangs on an event's orders. Free orders and money that went back already are none of it.
///
/// # Errors
/// When the database fails.
pub async fn left(tx: &mut Tx, event: EventId) -> Result<Left, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN status = 'pending' OR total_minor = 0 THEN 0 ELSE 1 END), 0) AS SIGNED), \
        CAST(COALESCE(SUM(CASE WHEN status = 'pending' THEN 1 ELSE 0 END), 0) AS SIGNED) \
        FROM orders WHERE event_id = ? AND status IN ('pending', 'paid', 'partly_refunded')";
    let counts = fetch_optional!(tx, (i64, i64), sql, event.0)?;
    let sql = "SELECT CAST(COALESCE(SUM(p.amount_minor - p.claimed_minor), 0) AS SIGNED) FROM orders o \
        JOIN payments p ON p.order_id = o.id WHERE o.event_id = ? AND o.status IN ('paid', 'partly_refunded') \
        AND p.status IN ('success', 'partly_refunded', 'refunded', 'disputed')";
    let money = fetch_optional!(tx, (i64,), sql, event.0)?;
    let (paid, pending) = counts.unwrap_or_default();
    Ok(Left {
        paid,
        pending,
        left_minor: money.map_or(0, |(left,)| left),
    })
}

/// How many orders a run has still to deal with.
///
/// # Errors
/// When the database fails.
pub async fn left_after(tx: &mut Tx, run: &RefundRun) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM orders WHERE event_id = ? AND id > ? \
               AND status IN ('pending', 'paid', 'partly_refunded')";
    let row = fetch_optional!(tx, (i64,), sql, run.event.0, run.after.0)?;
    Ok(row.map_or(0, |(count,)| count))
}
