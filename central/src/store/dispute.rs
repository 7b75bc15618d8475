//! Disputes as cases: when each began, until when the bank wants an answer, what people found out, how it ended.
//!
//! Invariant: a row changes in the transaction that freezes or frees the payment's money, so the list and the payments
//! say the same.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Question, Value},
    tx::{execute, fetch_all},
};
use crate::domain::{
    dispute::DisputeStatus,
    dispute_search::DisputeSort,
    id::{OrderId, PaymentId},
    money::{Currency, Money},
    order_search::Place,
};

/// A dispute with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The payment.
    pub payment: PaymentId,
    /// The number of its order.
    pub order: String,
    /// The event.
    pub event: EventId,
    /// Who bought.
    pub buyer_name: String,
    /// How it was paid.
    pub channel: Option<String>,
    /// What the bank holds, or held.
    pub amount: Money,
    /// Where it stands.
    pub status: DisputeStatus,
    /// When it began.
    pub opened_at: Timestamp,
    /// Until when the bank wants an answer.
    pub due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Dispute {
    /// Where it stands in a list.
    #[must_use]
    pub fn place(&self, sort: DisputeSort) -> Place {
        let value = match sort {
            DisputeSort::Newest | DisputeSort::Oldest => self.opened_at.0,
            DisputeSort::Due => self.due_at.map_or(i64::MAX, |due| due.0),
        };
        Place {
            value,
            id: self.payment.0,
        }
    }
}

/// What somebody found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeNote {
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    payment_id: Uuid,
    number: String,
    event_id: Uuid,
    buyer_name: String,
    channel: Option<String>,
    currency: String,
    amount_minor: i64,
    status: String,
    opened_at: i64,
    due_at: Option<i64>,
    ended_at: Option<i64>,
}

impl Row {
    pub(super) fn into_dispute(self) -> Result<Dispute, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(Dispute {
            payment: PaymentId(self.payment_id),
            order: self.number,
            event: EventId(self.event_id),
            buyer_name: self.buyer_name,
            channel: self.channel,
            amount: Money::new(self.amount_minor, currency),
            status: DisputeStatus::from_name(&self.status).ok_or(bad("dispute status"))?,
            opened_at: Timestamp(self.opened_at),
            due_at: self.due_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
        })
    }
}

/// Opens one, or opens it again.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &mut Tx,
    payment: PaymentId,
    (order, event): (OrderId, EventId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let again = execute!(
        tx,
        "UPDATE disputes SET status = 'open', opened_at = ?, due_at = NULL, ended_at = NULL WHERE payment_id = ?",
        now.0,
        payment.0
    )?;
    if again == 0 {
        execute!(
            tx,
            "INSERT INTO disputes (payment_id, order_id, event_id, status, opened_at) VALUES (?, ?, ?, 'open', ?)",
            payment.0,
            order.0,
            event.0,
            now.0
        )?;
    }
    Ok(())
}

/// Ends one; false where none is open.
///
/// # Errors
/// When the database fails.
pub async fn end(
    tx: &mut Tx,
    payment: PaymentId,
    to: DisputeStatus,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE disputes SET status = ?, ended_at = ? WHERE payment_id = ? AND status = 'open'";
    Ok(execute!(tx, sql, to.name(), now.0, payment.0)? == 1)
}

/// Writes down until when the bank wants an answer; false where it is not open.
///
/// # Errors
/// When the database fails.
pub async fn put_due(
    tx: &mut Tx,
    payment: PaymentId,
    due_at: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE disputes SET due_at = ? WHERE payment_id = ? AND status = 'open'";
    Ok(execute!(tx, sql, due_at.map(|at| at.0), payment.0)? == 1)
}

/// Keeps a note.
///
/// # Errors
/// When the database fails.
pub async fn insert_note(
    tx: &mut Tx,
    id: Uuid,
    payment: PaymentId,
    note: &DisputeNote,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO dispute_notes (id, payment_id, author, text, created_at) VALUES (?, ?, ?, ?, ?)",
        id,
        payment.0,
        note.author.as_str(),
        note.text.as_str(),
        note.at.0
    )?;
    Ok(())
}

/// The notes of one, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn notes(tx: &mut Tx, payment: PaymentId) -> Result<Vec<DisputeNote>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, String, i64),
        "SELECT author, text, created_at FROM dispute_notes WHERE payment_id = ? ORDER BY created_at, id",
        payment.0
    )?;
    let note = |(author, text, at)| DisputeNote {
        author,
        text,
        at: Timestamp(at),
    };
    Ok(rows.into_iter().map(note).collect())
}

pub(super) const SELECT: &str = "SELECT d.payment_id, o.number, d.event_id, o.buyer_name, p.channel, p.currency, \
    p.amount_minor, d.status, d.opened_at, d.due_at, d.ended_at";

/// The disputes of an order, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Dispute>, StoreError> {
    let mut question = Question::new(format!(
        "{SELECT} FROM disputes d JOIN orders o ON o.id = d.order_id JOIN payments p ON p.id = d.payment_id"
    ));
    question.and(("d.order_id = ?", [Value::Id(order.0)]));
    let order = " ORDER BY d.opened_at, d.payment_id";
    let rows: Vec<Row> = question.ask(tx, order, usize::MAX).await?;
    rows.into_iter().map(Row::into_dispute).collect()
}
