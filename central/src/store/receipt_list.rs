//! Receipts and credit notes of an event, the latest number first, a page at a time.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx, dialect,
    question::{Question, Value, beginning, most},
};
use crate::domain::{
    money::{Currency, Money},
    receipt::ReceiptKind,
};

/// A receipt in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The order of a sale, the refund of a credit note.
    pub subject: Uuid,
    /// Which numbering.
    pub kind: ReceiptKind,
    /// Its number.
    pub number: i64,
    /// The same as it is printed.
    pub shown: String,
    /// The number of its order.
    pub order: String,
    /// Who bought.
    pub buyer_name: String,
    /// What was paid, or went back.
    pub amount: Money,
    /// When it was issued.
    pub issued_at: Timestamp,
}

type Row = (
    Uuid,
    String,
    i64,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    i64,
);

fn receipt(row: Row) -> Result<ReceiptRow, StoreError> {
    let (subject, kind, number, shown, order, buyer_name, currency, total, back, issued_at) = row;
    let currency = Currency::from_code(&currency).ok_or(StoreError::Corrupt("currency"))?;
    Ok(ReceiptRow {
        subject,
        kind: ReceiptKind::from_name(&kind).ok_or(StoreError::Corrupt("receipt kind"))?,
        number,
        shown,
        order,
        buyer_name,
        amount: Money::new(back.unwrap_or(total), currency),
        issued_at: Timestamp(issued_at),
    })
}

/// A page of one numbering, below a number; `order` = only those of orders whose number begins so.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    event: EventId,
    kind: ReceiptKind,
    (order, below): (Option<&str>, Option<i64>),
    rows: usize,
) -> Result<Vec<ReceiptRow>, StoreError> {
    let join = dialect::read_first(tx);
    let from = match order {
        None => format!("receipts c {join} orders o ON o.id = c.order_id"),
        Some(_) => "orders o JOIN receipts c ON c.order_id = o.id".to_owned(),
    };
    let mut question = Question::new(format!(
        "SELECT c.subject_id, c.kind, c.number, c.shown, o.number, o.buyer_name, o.currency, o.total_minor, \
         r.amount_minor, c.issued_at FROM {from} LEFT JOIN refunds r ON r.id = c.subject_id WHERE c.event_id = ?"
    ));
    question.end("", [Value::Id(event.0)]);
    question.and("c.kind = ?", [Value::Text(kind.name().to_owned())]);
    if let Some(start) = order {
        question.and("o.number >= ? AND o.number < ?", beginning(start));
    }
    if let Some(below) = below {
        question.and("c.number < ?", [Value::Number(below)]);
    }
    question.end(" ORDER BY c.number DESC LIMIT ?", [most(rows)]);
    let rows: Vec<Row> = question.ask(tx).await?;
    rows.into_iter().map(receipt).collect()
}
