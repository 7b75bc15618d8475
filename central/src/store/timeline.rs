//! What happened to one order besides what stands in its own tables: notices, letters, and the scans of its tickets.

use sync_protocol::{number::TicketNumber, scan::Action, time::Timestamp, verdict::Reason};

use super::{StoreError, Tx, revision::unsigned, scan::action, tx::fetch_all};
use crate::domain::id::OrderId;

/// A webhook about one of the order's payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// When it came first.
    pub at: Timestamp,
    /// It proved itself.
    pub is_authentic: bool,
    /// How often it came.
    pub times: i64,
    /// Stable name of what came of it.
    pub outcome: Option<String>,
}

/// Webhooks about an order, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn notices(tx: &mut Tx, order: OrderId) -> Result<Vec<NoticeRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, bool, i64, Option<String>),
        "SELECT n.received_at, n.authentic, n.times_received, n.outcome FROM payments p \
         JOIN payment_notices n ON n.reference = p.reference AND n.provider = p.provider \
         WHERE p.order_id = ? ORDER BY n.received_at, n.id",
        order.0
    )?;
    let row = |(at, is_authentic, times, outcome)| NoticeRow {
        at: Timestamp(at),
        is_authentic,
        times,
        outcome,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A letter about the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// What it is about.
    pub kind: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// When it left.
    pub done_at: Option<Timestamp>,
    /// It was given up.
    pub is_given_up: bool,
    /// Tries so far.
    pub attempts: i64,
}

/// Letters about an order, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn letters(tx: &mut Tx, order: OrderId) -> Result<Vec<LetterRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, i64, Option<i64>, Option<i64>, i64),
        "SELECT kind, created_at, done_at, failed_at, attempts FROM outbox \
         WHERE kind IN ('tickets_mail', 'payment_pending', 'payment_expired', 'event_reminder') AND subject_id = ? \
         ORDER BY created_at, id",
        order.0
    )?;
    let row =
        |(kind, at, done_at, failed_at, attempts): (_, _, Option<i64>, Option<i64>, _)| LetterRow {
            kind,
            at: Timestamp(at),
            done_at: done_at.map(Timestamp),
            is_given_up: failed_at.is_some(),
            attempts,
        };
    Ok(rows.into_iter().map(row).collect())
}

/// A scan of one of the order's tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRow {
    /// When, corrected.
    pub at: Timestamp,
    /// The number printed on the ticket.
    pub ticket: TicketNumber,
    /// What was wanted.
    pub action: Action,
    /// Stable name of the reason that the gate gave.
    pub reason: &'static str,
    /// What the merge says of it, where it admitted.
    pub ruling: Option<String>,
    /// The gate.
    pub gate: Option<String>,
    /// The node.
    pub node: Option<String>,
}

/// Scans of an order's tickets, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn scans(tx: &mut Tx, order: OrderId) -> Result<Vec<ScanRow>, StoreError> {
    type Row = (
        i64,
        i64,
        i64,
        i64,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT s.at_ms, t.number, s.action, s.reason, s.ruling, g.name, n.name FROM tickets t \
         JOIN scans s ON s.ticket_id = t.id LEFT JOIN gates g ON g.id = s.gate_id LEFT JOIN nodes n ON n.id = s.node_id \
         WHERE t.order_id = ? ORDER BY s.at_ms, s.node_id, s.seq",
        order.0
    )?;
    let row = |(at, ticket, wanted, reason, ruling, gate, node): Row| {
        let reason = u8::try_from(reason).ok().and_then(Reason::from_code);
        Ok(ScanRow {
            reason: reason.ok_or(StoreError::Corrupt("reason"))?.name(),
            at: Timestamp(at),
            ticket: TicketNumber::new(unsigned(ticket)?),
            action: action(wanted)?,
            ruling,
            gate,
            node,
        })
    };
    rows.into_iter().map(row).collect()
}
