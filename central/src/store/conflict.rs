//! Doubles of an event with the scans that they lost to.

use sync_protocol::{
    id::{EventId, GateId, NodeId, TicketId},
    moment::Interval,
    number::TicketNumber,
    scan::{Action, ScanId},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::unsigned,
    scan::{action, interval},
    tx::fetch_all,
};

/// One admitted scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmittedScan {
    /// The scan.
    pub scan: ScanId,
    /// Where.
    pub gate: GateId,
    /// When.
    pub time: Interval,
}

/// A double and its winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Double {
    /// The ticket.
    pub ticket: TicketId,
    /// The number printed on it, if central knows it.
    pub number: Option<TicketNumber>,
    /// What was wanted.
    pub action: Action,
    /// The clocks cannot tell which was first.
    pub undecidable: bool,
    /// The scan that counts.
    pub winner: AdmittedScan,
    /// The scan that lost.
    pub double: AdmittedScan,
}

#[derive(sqlx::FromRow)]
struct Row {
    ticket_id: Uuid,
    number: Option<i64>,
    action: i64,
    ruling: String,
    node_id: Uuid,
    seq: i64,
    gate_id: Uuid,
    lo_ms: i64,
    at_ms: i64,
    hi_ms: i64,
    winner_node: Uuid,
    winner_seq: i64,
    winner_gate: Uuid,
    winner_lo: i64,
    winner_at: i64,
    winner_hi: i64,
}

/// An event's doubles, in the order in which they happened.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Double>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT COALESCE(s.counted_ticket_id, s.ticket_id) AS ticket_id, t.number, s.action, s.ruling, s.node_id, s.seq, s.gate_id, s.lo_ms, s.at_ms, s.hi_ms, \
         s.winner_node, s.winner_seq, w.gate_id AS winner_gate, w.lo_ms AS winner_lo, w.at_ms AS winner_at, \
         w.hi_ms AS winner_hi \
         FROM scans s JOIN scans w ON w.node_id = s.winner_node AND w.seq = s.winner_seq \
         LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id) \
         WHERE s.event_id = ? AND s.revision > 0 AND s.ruling IN ('double', 'double_undecidable') \
         ORDER BY s.at_ms, s.node_id, s.seq",
        event.0
    )?;
    rows.iter().map(into_double).collect()
}

fn into_double(row: &Row) -> Result<Double, StoreError> {
    let scan = |node, seq| {
        Ok::<_, StoreError>(ScanId {
            node: NodeId(node),
            seq: unsigned(seq)?,
        })
    };
    let number = row.number.map(unsigned).transpose()?;
    Ok(Double {
        ticket: TicketId(row.ticket_id),
        number: number.map(TicketNumber::new),
        action: action(row.action)?,
        undecidable: row.ruling == "double_undecidable",
        winner: AdmittedScan {
            scan: scan(row.winner_node, row.winner_seq)?,
            gate: GateId(row.winner_gate),
            time: interval(row.winner_lo, row.winner_at, row.winner_hi),
        },
        double: AdmittedScan {
            scan: scan(row.node_id, row.seq)?,
            gate: GateId(row.gate_id),
            time: interval(row.lo_ms, row.at_ms, row.hi_ms),
        },
    })
}
