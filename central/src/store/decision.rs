//! What supervisors decided and took back: the records that answer an earlier one, beside it.

use sync_protocol::{
    id::{EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    number::TicketNumber,
    scan::{Action, ScanId},
    time::Timestamp,
    verdict::{Decision, Reason},
};
use uuid::Uuid;

use super::{StoreError, Tx, revision::unsigned, scan::action, tx::fetch_all};

/// One record that answers another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its name; the scan that it is about is in the same log.
    pub scan: ScanId,
    /// That scan's place.
    pub answers: u64,
    /// Where.
    pub gate: GateId,
    /// Who said it.
    pub operator: Option<OperatorId>,
    /// Their name, if central still knows it.
    pub operator_name: Option<String>,
    /// What the guest wanted, or that it was taken back.
    pub action: Action,
    /// What was said.
    pub decision: Decision,
    /// And why.
    pub reason: Reason,
    /// What the gate had said, and why; `None` = that record is not here.
    pub before: Option<(Decision, Reason)>,
    /// What the merge says of it, and of the scan that it is about.
    pub rulings: [Option<String>; 2],
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// The number printed on it.
    pub number: Option<TicketNumber>,
    /// The wristband.
    pub wristband: Option<WristbandId>,
    /// When it was said.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    node_id: Uuid,
    seq: i64,
    answers: i64,
    gate_id: Uuid,
    operator_id: Option<Uuid>,
    operator_name: Option<String>,
    action: i64,
    decision: i64,
    reason: i64,
    ruling: Option<String>,
    earlier_decision: Option<i64>,
    earlier_reason: Option<i64>,
    earlier_ruling: Option<String>,
    ticket_id: Option<Uuid>,
    number: Option<i64>,
    wristband_id: Option<Uuid>,
    at_ms: i64,
}

/// All of an event, by time.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<DecisionRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT s.node_id, s.seq, s.answers, s.gate_id, s.operator_id, u.name AS operator_name, s.action, s.decision, \
         s.reason, s.ruling, e.decision AS earlier_decision, e.reason AS earlier_reason, e.ruling AS earlier_ruling, \
         COALESCE(s.counted_ticket_id, s.ticket_id) AS ticket_id, t.number, s.wristband_id, s.at_ms \
         FROM scans s LEFT JOIN scans e ON e.node_id = s.node_id AND e.seq = s.answers \
         LEFT JOIN users u ON u.id = s.operator_id \
         LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id) \
         WHERE s.event_id = ? AND s.answers IS NOT NULL ORDER BY s.at_ms, s.node_id, s.seq",
        event.0
    )?;
    rows.into_iter().map(Row::into_decision).collect()
}

impl Row {
    fn into_decision(self) -> Result<DecisionRow, StoreError> {
        let before = self.earlier_decision.zip(self.earlier_reason);
        let number = self.number.map(unsigned).transpose()?;
        Ok(DecisionRow {
            scan: ScanId {
                node: NodeId(self.node_id),
                seq: unsigned(self.seq)?,
            },
            answers: unsigned(self.answers)?,
            gate: GateId(self.gate_id),
            operator: self.operator_id.map(OperatorId),
            operator_name: self.operator_name,
            action: action(self.action)?,
            decision: decision(self.decision)?,
            reason: reason(self.reason)?,
            before: before
                .map(|(d, r)| Ok::<_, StoreError>((decision(d)?, reason(r)?)))
                .transpose()?,
            rulings: [self.ruling, self.earlier_ruling],
            ticket: self.ticket_id.map(TicketId),
            number: number.map(TicketNumber::new),
            wristband: self.wristband_id.map(WristbandId),
            at: Timestamp(self.at_ms),
        })
    }
}

fn decision(code: i64) -> Result<Decision, StoreError> {
    let found = u8::try_from(code).ok().and_then(Decision::from_code);
    found.ok_or(StoreError::Corrupt("decision"))
}

fn reason(code: i64) -> Result<Reason, StoreError> {
    let found = u8::try_from(code).ok().and_then(Reason::from_code);
    found.ok_or(StoreError::Corrupt("reason"))
}
