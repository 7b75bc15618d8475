//! What happened to one order besides what stands in its own tables: notices, letters, and the scans of its tickets.

use sync_protocol::{
    id::TicketId, number::TicketNumber, scan::Action, time::Timestamp, verdict::Reason,
};
use uuid::Uuid;

use super::{StoreError, Tx, outbox::NOT_NEEDED, revision::unsigned, scan::action, tx::fetch_all};
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
    /// As it came.
    pub body: Vec<u8>,
}

/// Webhooks about an order, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn notices(tx: &mut Tx, order: OrderId) -> Result<Vec<NoticeRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, bool, i64, Option<String>, Vec<u8>),
        "SELECT n.received_at, n.authentic, n.times_received, n.outcome, n.body FROM payments p \
         JOIN payment_notices n ON n.reference = p.reference AND n.provider = p.provider \
         WHERE p.order_id = ? ORDER BY n.received_at, n.id",
        order.0
    )?;
    let row = |(at, is_authentic, times, outcome, body)| NoticeRow {
        at: Timestamp(at),
        is_authentic,
        times,
        outcome,
        body,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A hold on capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// What is held.
    pub kind: String,
    /// How many were ordered, whatever became of them.
    pub quantity: i64,
    /// Until then.
    pub until: Timestamp,
    /// `held`, `sold`, `released`.
    pub status: String,
}

/// What an order holds or held.
///
/// # Errors
/// When the database fails.
pub async fn holds(tx: &mut Tx, order: OrderId) -> Result<Vec<HoldRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, i64, i64, String),
        "SELECT k.name, COALESCE((SELECT CAST(SUM(i.quantity) AS SIGNED) FROM order_items i \
         WHERE i.order_id = h.order_id AND i.ticket_type_id = h.ticket_type_id), h.quantity), h.hold_until, h.status \
         FROM holds h JOIN ticket_types k ON k.id = h.ticket_type_id WHERE h.order_id = ? ORDER BY k.place, k.id",
        order.0
    )?;
    let row = |(kind, quantity, until, status)| HoldRow {
        kind,
        quantity,
        until: Timestamp(until),
        status,
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
    /// When it left, or was found to be needed no more.
    pub done_at: Option<Timestamp>,
    /// It never left, because there was nothing to say any more.
    pub is_needless: bool,
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
    type Row = (String, i64, Option<i64>, Option<i64>, i64, Option<String>);
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT kind, created_at, done_at, failed_at, attempts, last_error FROM outbox \
         WHERE kind IN ('tickets_mail', 'payment_pending', 'payment_expired', 'event_reminder', 'event_cancelled', \
         'event_postponed', 'event_moved', 'payment_reversed', 'payment_disputed', 'dispute_won', 'refund_mail') \
         AND (subject_id = ? OR subject_id IN (SELECT r.id FROM refunds r WHERE r.order_id = ?)) \
         ORDER BY created_at, id",
        order.0,
        order.0
    )?;
    let row = |(kind, at, done_at, failed_at, attempts, stopped): Row| LetterRow {
        kind,
        at: Timestamp(at),
        done_at: done_at.map(Timestamp),
        is_needless: stopped.as_deref() == Some(NOT_NEEDED),
        is_given_up: failed_at.is_some(),
        attempts,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A scan of a ticket, or of the wristband that it was exchanged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanRow {
    /// When, corrected.
    pub at: Timestamp,
    /// The number printed on the ticket.
    pub ticket: TicketNumber,
    /// What was wanted.
    pub action: Action,
    /// Why the gate answered as it did.
    pub reason: Reason,
    /// What the merge says of it, where it admitted.
    pub ruling: Option<String>,
    /// The gate.
    pub gate: Option<String>,
    /// The node.
    pub node: Option<String>,
}

type Scanned = (
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Uuid,
    i64,
);

/// Scans whose ticket, shown or counted, is meant by the condition; each once, though it may be both.
macro_rules! scanned {
    ($which:literal) => {
        concat!(
            "SELECT s.at_ms AS at_ms, t.number, s.action, s.reason, s.ruling, g.name AS gate, n.name AS node, s.node_id, s.seq \
             FROM tickets t JOIN scans s ON s.ticket_id = t.id LEFT JOIN gates g ON g.id = s.gate_id \
             LEFT JOIN nodes n ON n.id = s.node_id WHERE ",
            $which,
            " UNION SELECT s.at_ms, t.number, s.action, s.reason, s.ruling, g.name, n.name, s.node_id, s.seq \
             FROM tickets t JOIN scans s ON s.counted_ticket_id = t.id LEFT JOIN gates g ON g.id = s.gate_id \
             LEFT JOIN nodes n ON n.id = s.node_id WHERE ",
            $which,
            " ORDER BY at_ms, node_id, seq"
        )
    };
}

/// Scans of an order's tickets, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn scans(tx: &mut Tx, order: OrderId) -> Result<Vec<ScanRow>, StoreError> {
    let sql = scanned!("t.order_id = ?");
    let rows = fetch_all!(tx, Scanned, sql, order.0, order.0)?;
    rows.into_iter().map(scan_row).collect()
}

/// Scans of one ticket, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn scans_of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<ScanRow>, StoreError> {
    let sql = scanned!("t.id = ?");
    let rows = fetch_all!(tx, Scanned, sql, ticket.0, ticket.0)?;
    rows.into_iter().map(scan_row).collect()
}

fn scan_row(
    (at, ticket, wanted, reason, ruling, gate, node, ..): Scanned,
) -> Result<ScanRow, StoreError> {
    let reason = u8::try_from(reason).ok().and_then(Reason::from_code);
    Ok(ScanRow {
        reason: reason.ok_or(StoreError::Corrupt("reason"))?,
        at: Timestamp(at),
        ticket: TicketNumber::new(unsigned(ticket)?),
        action: action(wanted)?,
        ruling,
        gate,
        node,
    })
}
