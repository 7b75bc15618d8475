//! Receipts: numbered without gaps, one numbering per event and kind.
//!
//! Invariant: a number is taken by one conditional statement in the transaction that stores the receipt, which locks
//! the numbering's row until the commit: what is rolled back gives its number back, and no two transactions hold one.

use std::collections::BTreeSet;

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::insert_ignore,
    many::{self, ask, write_many},
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    id::OrderId,
    receipt::{Pattern, ReceiptKind},
};

/// Numbers just taken, and what writes them.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The event's pattern.
    pub pattern: Pattern,
    /// The first of them.
    pub first: i64,
    /// The event's name in addresses.
    pub slug: String,
    /// The event's time zone.
    pub time_zone: String,
}

/// One receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The order of a sale, the refund of a credit note.
    pub subject: Uuid,
    /// The event.
    pub event: EventId,
    /// The order.
    pub order: OrderId,
    /// What it is of.
    pub kind: ReceiptKind,
    /// Its number.
    pub number: i64,
    /// The number as people see it.
    pub shown: String,
    /// When it was made.
    pub issued_at: Timestamp,
}

/// One numbering: kind, pattern, last number.
pub type Numbering = (ReceiptKind, String, i64);

/// Takes the next numbers of a numbering, so many, and its lock.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut Tx,
    event: EventId,
    kind: ReceiptKind,
    count: i64,
) -> Result<Taken, StoreError> {
    if !step(tx, event, kind, count).await? {
        begin(tx, event, kind, kind.usual_pattern()).await?;
        step(tx, event, kind, count).await?;
    }
    let row = fetch_optional!(
        tx,
        (String, i64, String, String),
        "SELECT c.pattern, c.last_number, e.slug, e.time_zone FROM receipt_counters c \
         JOIN events e ON e.id = c.event_id WHERE c.event_id = ? AND c.kind = ?",
        event.0,
        kind.name()
    )?;
    let (pattern, last, slug, time_zone) = row.ok_or(StoreError::Corrupt("a numbering"))?;
    Ok(Taken {
        pattern: Pattern::parse(&pattern).map_err(|_| StoreError::Corrupt("receipt pattern"))?,
        first: last - count + 1,
        slug,
        time_zone,
    })
}

async fn step(
    tx: &mut Tx,
    event: EventId,
    kind: ReceiptKind,
    count: i64,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE receipt_counters SET last_number = last_number + ? WHERE event_id = ? AND kind = ?";
    Ok(execute!(tx, sql, count, event.0, kind.name())? == 1)
}

/// Starts a numbering that was not started.
async fn begin(
    tx: &mut Tx,
    event: EventId,
    kind: ReceiptKind,
    pattern: &str,
) -> Result<(), StoreError> {
    let head = format!(
        "{} receipt_counters (event_id, kind, pattern, last_number) VALUES ",
        insert_ignore(tx)
    );
    let sql = many::text(&head, "", 1, 4);
    execute!(tx, sql, event.0, kind.name(), pattern, 0_i64)?;
    Ok(())
}

/// Writes numbers from now on by this pattern; they go on counting.
///
/// # Errors
/// When the database fails.
pub async fn put_pattern(
    tx: &mut Tx,
    event: EventId,
    kind: ReceiptKind,
    pattern: &Pattern,
) -> Result<(), StoreError> {
    begin(tx, event, kind, pattern.as_str()).await?;
    let sql = "UPDATE receipt_counters SET pattern = ? WHERE event_id = ? AND kind = ?";
    execute!(tx, sql, pattern.as_str(), event.0, kind.name())?;
    Ok(())
}

/// The numberings of an event that were started, by kind.
///
/// # Errors
/// When the database fails.
pub async fn numberings(tx: &mut Tx, event: EventId) -> Result<Vec<Numbering>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, String, i64),
        "SELECT kind, pattern, last_number FROM receipt_counters WHERE event_id = ? ORDER BY kind DESC",
        event.0
    )?;
    let numbering = |(kind, pattern, last): (String, String, i64)| {
        let kind = ReceiptKind::from_name(&kind).ok_or(StoreError::Corrupt("receipt kind"))?;
        Ok((kind, pattern, last))
    };
    rows.into_iter().map(numbering).collect()
}

/// Stores receipts.
///
/// # Errors
/// [`StoreError::Duplicate`] when a subject has one.
pub async fn insert(tx: &mut Tx, receipts: &[Receipt]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO receipts (subject_id, event_id, order_id, kind, number, shown, issued_at) VALUES ",
        "",
        receipts,
        |row| row.subject,
        row.event.0,
        row.order.0,
        row.kind.name(),
        row.number,
        row.shown.as_str(),
        row.issued_at.0,
    )
}

/// Which of these orders or refunds have a receipt.
///
/// # Errors
/// When the database fails.
pub async fn numbered(tx: &mut Tx, subjects: &[Uuid]) -> Result<BTreeSet<Uuid>, StoreError> {
    let head = "SELECT subject_id FROM receipts WHERE subject_id IN ";
    let rows = ask!(tx, (Uuid,), head, "", [], subjects, |subject| *subject)?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// What stands on the receipt of an order or a refund, and when it was made.
///
/// # Errors
/// When the database fails.
pub async fn of_subject(
    tx: &mut Tx,
    subject: Uuid,
) -> Result<Option<(String, Timestamp)>, StoreError> {
    let sql = "SELECT shown, issued_at FROM receipts WHERE subject_id = ?";
    let row = fetch_optional!(tx, (String, i64), sql, subject)?;
    Ok(row.map(|(shown, issued_at)| (shown, Timestamp(issued_at))))
}
