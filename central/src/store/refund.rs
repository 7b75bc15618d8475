//! Refunds and the tickets that go with them.
//!
//! Invariant: a status is written only where the row still stands where the decision found it.

use sync_protocol::{id::TicketId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    id::{OrderId, PaymentId, RefundId, UserId},
    money::{Currency, Money},
    refund::{Refund, RefundReason, RefundStatus},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, order_id, payment_id, refund_key, status, reason, note, currency, amount_minor, asked_by, \
             decided_by, hand_reference, last_error, requested_at, decided_at, done_at FROM refunds ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Uuid,
    payment_id: Option<Uuid>,
    refund_key: String,
    status: String,
    reason: String,
    note: String,
    currency: String,
    amount_minor: i64,
    asked_by: String,
    decided_by: Option<String>,
    hand_reference: Option<String>,
    last_error: Option<String>,
    requested_at: i64,
    decided_at: Option<i64>,
    done_at: Option<i64>,
}

impl Row {
    fn into_refund(self) -> Result<Refund, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(Refund {
            id: RefundId(self.id),
            order: OrderId(self.order_id),
            payment: self.payment_id.map(PaymentId),
            key: self.refund_key,
            status: RefundStatus::from_name(&self.status).ok_or(bad("refund status"))?,
            reason: RefundReason::from_name(&self.reason).ok_or(bad("refund reason"))?,
            note: self.note,
            amount: Money::new(self.amount_minor, currency),
            asked_by: self.asked_by,
            decided_by: self.decided_by,
            hand_reference: self.hand_reference,
            last_error: self.last_error,
            requested_at: Timestamp(self.requested_at),
            decided_at: self.decided_at.map(Timestamp),
            done_at: self.done_at.map(Timestamp),
        })
    }
}

/// Stores a new refund with its tickets and their shares.
///
/// # Errors
/// [`StoreError::Duplicate`] when the payment has a refund of this key.
pub async fn insert(
    tx: &mut Tx,
    refund: &Refund,
    items: &[(TicketId, i64)],
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO refunds (id, order_id, payment_id, refund_key, status, reason, note, currency, amount_minor, \
         asked_by, decided_by, hand_reference, last_error, requested_at, decided_at, done_at, event_id) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT event_id FROM orders WHERE id = ?))",
        refund.id.0,
        refund.order.0,
        refund.payment.map(|payment| payment.0),
        &refund.key,
        refund.status.name(),
        refund.reason.name(),
        &refund.note,
        refund.amount.currency.code(),
        refund.amount.minor,
        &refund.asked_by,
        refund.decided_by.as_deref(),
        refund.hand_reference.as_deref(),
        refund.last_error.as_deref(),
        refund.requested_at.0,
        refund.decided_at.map(|at| at.0),
        refund.done_at.map(|at| at.0),
        refund.order.0
    )?;
    insert_items(tx, refund.id, items).await
}

async fn insert_items(
    tx: &mut Tx,
    refund: RefundId,
    items: &[(TicketId, i64)],
) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO refund_items (refund_id, ticket_id, amount_minor) VALUES ",
        "",
        items,
        |item| refund.0,
        item.0.0,
        item.1,
    )
}

/// Puts other tickets and shares in the place of those that a request named.
///
/// # Errors
/// When the database fails.
pub async fn replace_items(
    tx: &mut Tx,
    refund: RefundId,
    items: &[(TicketId, i64)],
) -> Result<(), StoreError> {
    let sql = "DELETE FROM refund_items WHERE refund_id = ?";
    execute!(tx, sql, refund.0)?;
    insert_items(tx, refund, items).await
}

/// The refund with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, refund: RefundId) -> Result<Option<Refund>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), refund.0)?;
    row.map(Row::into_refund).transpose()
}

/// The refunds of an order, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Refund>, StoreError> {
    let sql = select!("WHERE order_id = ? ORDER BY requested_at, id");
    let rows = fetch_all!(tx, Row, sql, order.0)?;
    rows.into_iter().map(Row::into_refund).collect()
}

/// Refunds of one status, the longest waiting first.
///
/// # Errors
/// When the database fails.
pub async fn of_status(
    tx: &mut Tx,
    status: RefundStatus,
    most: i64,
) -> Result<Vec<Refund>, StoreError> {
    let sql = select!("WHERE status = ? ORDER BY requested_at, id LIMIT ?");
    let rows = fetch_all!(tx, Row, sql, status.name(), most)?;
    rows.into_iter().map(Row::into_refund).collect()
}

/// The tickets of a refund and their shares.
///
/// # Errors
/// When the database fails.
pub async fn items(tx: &mut Tx, refund: RefundId) -> Result<Vec<(TicketId, i64)>, StoreError> {
    let sql =
        "SELECT ticket_id, amount_minor FROM refund_items WHERE refund_id = ? ORDER BY ticket_id";
    let rows = fetch_all!(tx, (Uuid, i64), sql, refund.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, minor)| (TicketId(id), minor))
        .collect())
}

/// Writes what became of a refund that stands at `from`.
///
/// # Errors
/// [`StoreError::Corrupt`] when it stands elsewhere: the caller had not locked its order.
pub async fn advance(tx: &mut Tx, from: RefundStatus, now: &Refund) -> Result<(), StoreError> {
    let moved = execute!(
        tx,
        "UPDATE refunds SET refund_key = ?, status = ?, amount_minor = ?, decided_by = ?, hand_reference = ?, \
         last_error = ?, decided_at = ?, done_at = ? WHERE id = ? AND status = ?",
        &now.key,
        now.status.name(),
        now.amount.minor,
        now.decided_by.as_deref(),
        now.hand_reference.as_deref(),
        now.last_error.as_deref(),
        now.decided_at.map(|at| at.0),
        now.done_at.map(|at| at.0),
        now.id.0,
        from.name()
    )?;
    if moved == 1 {
        return Ok(());
    }
    Err(StoreError::Corrupt("a refund that moved unlocked"))
}

/// Says whose refunds they are that a server of the release before wrote without it; gives how many those were.
///
/// # Errors
/// When the database fails.
pub async fn name_events(tx: &mut Tx) -> Result<usize, StoreError> {
    let named = execute!(
        tx,
        "UPDATE refunds SET event_id = (SELECT o.event_id FROM orders o WHERE o.id = refunds.order_id) \
         WHERE event_id IS NULL"
    )?;
    Ok(usize::try_from(named).unwrap_or(usize::MAX))
}

/// Whether a refund does not say whose it is.
///
/// # Errors
/// When the database fails.
pub async fn any_without_event(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM refunds WHERE event_id IS NULL LIMIT 1";
    Ok(fetch_optional!(tx, (Uuid,), sql)?.is_some())
}

/// Writes down which account asked for a refund.
///
/// # Errors
/// When the database fails.
pub async fn put_asker(tx: &mut Tx, refund: RefundId, asker: UserId) -> Result<(), StoreError> {
    let sql = "UPDATE refunds SET asked_by_id = ? WHERE id = ?";
    execute!(tx, sql, asker.0, refund.0)?;
    Ok(())
}

/// The account that asked for a refund; `None` = its buyer, or the command line.
///
/// # Errors
/// When the database fails.
pub async fn asker(tx: &mut Tx, refund: RefundId) -> Result<Option<UserId>, StoreError> {
    let sql = "SELECT asked_by_id FROM refunds WHERE id = ?";
    let row = fetch_optional!(tx, (Option<Uuid>,), sql, refund.0)?;
    Ok(row.and_then(|(asker,)| asker).map(UserId))
}

/// Writes down why a refund was declined.
///
/// # Errors
/// When the database fails.
pub async fn put_answer(tx: &mut Tx, refund: RefundId, answer: &str) -> Result<(), StoreError> {
    let sql = "UPDATE refunds SET answer = ? WHERE id = ?";
    execute!(tx, sql, answer, refund.0)?;
    Ok(())
}

/// Why a refund was declined, if somebody said it.
///
/// # Errors
/// When the database fails.
pub async fn answer(tx: &mut Tx, refund: RefundId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT answer FROM refunds WHERE id = ?";
    let row = fetch_optional!(tx, (Option<String>,), sql, refund.0)?;
    Ok(row.and_then(|(answer,)| answer))
}
