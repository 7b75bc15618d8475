//! The inbox of conflicts: scans that contradict others, with both sides and what a person decided. Only scans in conflict
//! are read (`scans_by_conflict`), or those that were decided.

use sync_protocol::{
    id::{EventId, GateId, NodeId},
    moment::Interval,
    number::TicketNumber,
    scan::{Action, ScanId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    conflict_decision::Decided,
    listed::{Index, Question, Value},
    revision::{signed, unsigned},
    scan::{action, interval},
    scan_list::{ORDER, follow},
};
use crate::domain::{
    conflict::{Kind, Outcome},
    conflict_search::{ConflictFilter, State},
    scan_search::ScanMoment,
};

/// One of the scans of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The scan.
    pub scan: ScanId,
    /// Where.
    pub gate: GateId,
    /// When, with its error.
    pub time: Interval,
    /// Who worked the gate.
    pub operator: Option<String>,
    /// That person let in where the gate had asked or refused.
    pub is_override: bool,
}

/// A conflict of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictItem {
    /// The event.
    pub event: EventId,
    /// What kind it is; `None` = it is none any more: its scan is ruled otherwise since.
    pub kind: Option<Kind>,
    /// What was wanted.
    pub action: Action,
    /// The name of its ruling.
    pub ruling: String,
    /// The number of its ticket.
    pub number: Option<TicketNumber>,
    /// The scan.
    pub side: Side,
    /// The scan that it lost to.
    pub winner: Option<Side>,
    /// The number of the winner's ticket, where it is another one.
    pub other_number: Option<TicketNumber>,
    /// How a person closed it.
    pub decided: Option<Decided>,
}

impl ConflictItem {
    /// Where a page ends with it.
    #[must_use]
    pub const fn place(&self) -> ScanMoment {
        ScanMoment {
            at: self.side.time.at,
            scan: self.side.scan,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    event_id: Uuid,
    conflict: Option<String>,
    action: i64,
    ruling: Option<String>,
    number: Option<i64>,
    node_id: Uuid,
    seq: i64,
    gate_id: Uuid,
    lo_ms: i64,
    at_ms: i64,
    hi_ms: i64,
    reason: i64,
    operator: Option<String>,
    winner_node: Option<Uuid>,
    winner_seq: Option<i64>,
    winner_gate: Option<Uuid>,
    winner_lo: Option<i64>,
    winner_at: Option<i64>,
    winner_hi: Option<i64>,
    winner_reason: Option<i64>,
    winner_operator: Option<String>,
    winner_number: Option<i64>,
    outcome: Option<String>,
    author: Option<String>,
    decided_at: Option<i64>,
}

/// The code of `Reason::Overridden`.
const OVERRIDDEN: i64 = 34;

impl Row {
    fn into_item(self) -> Result<ConflictItem, StoreError> {
        let number = |number: Option<i64>| {
            let number = number.map(unsigned).transpose()?;
            Ok::<_, StoreError>(number.map(TicketNumber::new))
        };
        let (winner, other) = (self.winner()?, number(self.winner_number)?);
        let own = number(self.number)?;
        Ok(ConflictItem {
            event: EventId(self.event_id),
            kind: self.conflict.as_deref().and_then(Kind::from_name),
            action: action(self.action)?,
            number: own,
            other_number: other.filter(|_| other != own),
            decided: self.decided(),
            side: Side {
                scan: ScanId {
                    node: NodeId(self.node_id),
                    seq: unsigned(self.seq)?,
                },
                gate: GateId(self.gate_id),
                time: interval(self.lo_ms, self.at_ms, self.hi_ms),
                operator: self.operator,
                is_override: self.reason == OVERRIDDEN,
            },
            ruling: self.ruling.unwrap_or_default(),
            winner,
        })
    }

    fn decided(&self) -> Option<Decided> {
        Some(Decided {
            outcome: Outcome::from_name(self.outcome.as_deref()?)?,
            author: self.author.clone()?,
            at: Timestamp(self.decided_at?),
        })
    }

    fn winner(&self) -> Result<Option<Side>, StoreError> {
        let place = (self.winner_node, self.winner_seq, self.winner_gate);
        let times = (self.winner_lo, self.winner_at, self.winner_hi);
        let ((Some(node), Some(seq), Some(gate)), (Some(lo), Some(at), Some(hi))) = (place, times)
        else {
            return Ok(None);
        };
        Ok(Some(Side {
            scan: ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            },
            gate: GateId(gate),
            time: interval(lo, at, hi),
            operator: self.winner_operator.clone(),
            is_override: self.winner_reason == Some(OVERRIDDEN),
        }))
    }
}

const BY_CONFLICT: Index = Index::named("scans_by_conflict");
const SELECT: &str = "SELECT s.event_id, s.conflict, s.action, s.ruling, t.number, s.node_id, s.seq, s.gate_id, s.lo_ms, \
    s.at_ms, s.hi_ms, s.reason, o.name AS operator, s.winner_node, s.winner_seq, w.gate_id AS winner_gate, \
    w.lo_ms AS winner_lo, w.at_ms AS winner_at, w.hi_ms AS winner_hi, w.reason AS winner_reason, \
    wo.name AS winner_operator, wt.number AS winner_number, d.outcome, d.author, d.decided_at";
const JOINS: &str = " LEFT JOIN scans w ON w.node_id = s.winner_node AND w.seq = s.winner_seq \
    LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id) \
    LEFT JOIN tickets wt ON wt.id = COALESCE(w.counted_ticket_id, w.ticket_id) \
    LEFT JOIN users o ON o.id = s.operator_id LEFT JOIN users wo ON wo.id = w.operator_id";

/// A page of the conflicts of these events after a place, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: &[EventId],
    filter: &ConflictFilter,
    after: Option<&ScanMoment>,
    most: usize,
) -> Result<Vec<ConflictItem>, StoreError> {
    let decided =
        " FROM conflict_decisions d JOIN scans s ON s.node_id = d.node_id AND s.seq = d.seq";
    let marked = " LEFT JOIN conflict_decisions d ON d.node_id = s.node_id AND d.seq = s.seq AND d.kind = s.conflict";
    // An engine that guesses wrongly walks all scans by time.
    let from = match filter.state {
        State::Decided => decided.to_owned(),
        State::Open | State::All => BY_CONFLICT.of(tx, "scans s") + marked,
    };
    let mut question = Question::new([SELECT, &from, JOINS].concat());
    question.among("s.event_id", events.iter().map(|event| event.0));
    match (filter.kind, filter.state) {
        (Some(kind), _) => {
            let name = Value::Text(kind.name().to_owned());
            question.and(("s.conflict = ?", vec![name]));
        }
        (None, State::Decided) => {}
        (None, _) => question.and((
            "s.conflict IN ('double', 'unbound', 'after_revocation', 'not_valid')",
            Vec::new(),
        )),
    }
    match filter.state {
        State::Open => question.and(("d.conflict IS NULL", Vec::new())),
        State::Decided => {
            question.and(("(s.conflict IS NULL OR s.conflict = d.kind)", Vec::new()));
        }
        State::All => {}
    }
    if let Some(number) = filter.number {
        let value = Value::Number(signed(number.value()));
        question.and((
            "(t.number = ? OR wt.number = ?)",
            vec![value.clone(), value],
        ));
    }
    if let Some(place) = after {
        follow(&mut question, place);
    }
    let rows: Vec<Row> = question.ask(tx, ORDER, most).await?;
    rows.into_iter().map(Row::into_item).collect()
}
