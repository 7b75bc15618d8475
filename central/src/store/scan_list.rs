//! The list of an event's scans, the newest first, each with what was said of it before.

use sync_protocol::{
    id::{EventId, GateId, NodeId, TicketId},
    moment::Interval,
    number::TicketNumber,
    scan::{Action, ScanId},
    time::Timestamp,
    verdict::{Decision, Reason},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Index, Question, Value},
    revision::{signed, unsigned},
    ruling::{self, RulingChange},
    scan::{action, interval},
    tx::{fetch_all, fetch_optional},
};
use crate::domain::scan_search::{Ruled, ScanFilter, ScanMoment};

const BY_MOMENT: Index = Index::named("scans_by_moment");
const SELECT: &str = "SELECT s.node_id, s.seq, s.gate_id, s.action, s.decision, s.reason, s.provisional, s.lo_ms, \
    s.at_ms, s.hi_ms, s.ruling, s.winner_node, s.winner_seq, s.flag, s.received_at, t.number, u.name AS operator";
const JOINS: &str = " LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id) \
    LEFT JOIN users u ON u.id = s.operator_id";

/// One scan as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanItem {
    /// The scan.
    pub scan: ScanId,
    /// Where.
    pub gate: GateId,
    /// What was wanted.
    pub action: Action,
    /// The colour that was shown.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// The gate knew that it might be wrong.
    pub provisional: bool,
    /// When, with its error.
    pub time: Interval,
    /// The number of the ticket that it counts for, or that was shown.
    pub number: Option<TicketNumber>,
    /// Who worked the gate.
    pub operator: Option<String>,
    /// The name of its ruling; `None` = it admitted nobody.
    pub ruling: Option<String>,
    /// The scan that it lost to.
    pub winner: Option<ScanId>,
    /// What else must be said of it, by stable name.
    pub flag: Option<String>,
    /// When it came in.
    pub received_at: Timestamp,
    /// What was said of it before, oldest first.
    pub changes: Vec<RulingChange>,
}

impl ScanItem {
    /// Where a page ends with it.
    #[must_use]
    pub const fn place(&self) -> ScanMoment {
        ScanMoment {
            at: self.time.at,
            scan: self.scan,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    node_id: Uuid,
    seq: i64,
    gate_id: Uuid,
    action: i64,
    decision: i64,
    reason: i64,
    provisional: bool,
    lo_ms: i64,
    at_ms: i64,
    hi_ms: i64,
    ruling: Option<String>,
    winner_node: Option<Uuid>,
    winner_seq: Option<i64>,
    flag: Option<String>,
    received_at: i64,
    number: Option<i64>,
    operator: Option<String>,
}

impl Row {
    fn into_item(self) -> Result<ScanItem, StoreError> {
        let bad = StoreError::Corrupt;
        let code = |code: i64| u8::try_from(code).ok();
        let scan = |node, seq| {
            Ok::<_, StoreError>(ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            })
        };
        let winner = self.winner_node.zip(self.winner_seq);
        let number = self.number.map(unsigned).transpose()?;
        Ok(ScanItem {
            scan: scan(self.node_id, self.seq)?,
            gate: GateId(self.gate_id),
            action: action(self.action)?,
            decision: code(self.decision)
                .and_then(Decision::from_code)
                .ok_or(bad("decision"))?,
            reason: code(self.reason)
                .and_then(Reason::from_code)
                .ok_or(bad("reason"))?,
            provisional: self.provisional,
            time: interval(self.lo_ms, self.at_ms, self.hi_ms),
            number: number.map(TicketNumber::new),
            operator: self.operator,
            ruling: self.ruling,
            winner: winner.map(|(node, seq)| scan(node, seq)).transpose()?,
            flag: self.flag,
            received_at: Timestamp(self.received_at),
            changes: Vec::new(),
        })
    }
}

/// A page of an event's scans after a place.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    filter: &ScanFilter,
    after: Option<&ScanMoment>,
    most: usize,
) -> Result<Vec<ScanItem>, StoreError> {
    let from = match filter.ticket {
        Some(_) => " FROM scans s".to_owned(),
        None => BY_MOMENT.of(tx, "scans s"),
    };
    let mut question = Question::new([SELECT, &from, JOINS].concat());
    conditions(&mut question, filter);
    if let Some(ticket) = filter.ticket {
        of_ticket(tx, &mut question, filter.event, ticket).await?;
    }
    if let Some(place) = after {
        let (at, node) = (Value::Number(place.at.0), Value::Id(place.scan.node.0));
        // The first says the same as the rest and is a range of the index.
        question.and((
            "s.at_ms <= ? AND (s.at_ms < ? OR s.node_id < ? OR (s.node_id = ? AND s.seq < ?))",
            vec![
                at.clone(),
                at,
                node.clone(),
                node,
                Value::Number(signed(place.scan.seq)),
            ],
        ));
    }
    let order = " ORDER BY s.at_ms DESC, s.node_id DESC, s.seq DESC";
    let rows: Vec<Row> = question.ask(tx, order, most).await?;
    let mut items = Vec::new();
    for row in rows {
        let mut item = row.into_item()?;
        if item.ruling.is_some() {
            item.changes = ruling::of_scan(tx, item.scan).await?;
        }
        items.push(item);
    }
    Ok(items)
}

fn conditions(question: &mut Question, filter: &ScanFilter) {
    let number = |value: i64| vec![Value::Number(value)];
    question.and(("s.event_id = ?", vec![Value::Id(filter.event.0)]));
    if let Some(gate) = filter.gate {
        question.and(("s.gate_id = ?", vec![Value::Id(gate.0)]));
    }
    if let Some(node) = filter.node {
        question.and(("s.node_id = ?", vec![Value::Id(node.0)]));
    }
    if let Some(operator) = filter.operator {
        question.and(("s.operator_id = ?", vec![Value::Id(operator.0)]));
    }
    if let Some(decision) = filter.decision {
        question.and(("s.decision = ?", number(i64::from(decision.code()))));
    }
    if let Some(reason) = filter.reason {
        question.and(("s.reason = ?", number(i64::from(reason.code()))));
    }
    if let Some(from) = filter.from {
        question.and(("s.at_ms >= ?", number(from.0)));
    }
    if let Some(until) = filter.until {
        question.and(("s.at_ms < ?", number(until.0)));
    }
    if let Some(ruled) = filter.ruled {
        question.and((ruled_text(ruled), Vec::new()));
    }
}

const fn ruled_text(ruled: Ruled) -> &'static str {
    match ruled {
        Ruled::Counted => "s.ruling = 'counted'",
        Ruled::Double => "s.ruling IN ('double', 'double_undecidable')",
        Ruled::Unbound => "s.ruling = 'unbound'",
        Ruled::Stray => "s.ruling = 'stray'",
        Ruled::Undone => "s.ruling = 'undone'",
        Ruled::Nothing => "s.ruling IS NULL",
        Ruled::Changed => {
            "EXISTS (SELECT 1 FROM ruling_changes c WHERE c.node_id = s.node_id AND c.seq = s.seq)"
        }
    }
}

/// The scans that show a ticket, and those of wristbands that were exchanged for it: each by an index of its own.
async fn of_ticket(
    tx: &mut Tx,
    question: &mut Question,
    event: EventId,
    ticket: TicketId,
) -> Result<(), StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "SELECT DISTINCT wristband_id FROM scans WHERE ticket_id = ? AND event_id = ? AND wristband_id IS NOT NULL LIMIT 20",
        ticket.0,
        event.0
    )?;
    let mut values = vec![Value::Id(ticket.0)];
    values.extend(rows.iter().map(|(id,)| Value::Id(*id)));
    let text = match rows.len() {
        0 => "s.ticket_id = ?",
        1 => "(s.ticket_id = ? OR s.wristband_id = ?)",
        _ => {
            "(s.ticket_id = ? OR s.wristband_id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))"
        }
    };
    if rows.len() > 1 {
        // Statements of a fixed size stay prepared: the last one stands for those that are missing.
        let last = values[values.len() - 1].clone();
        values.resize(21, last);
    }
    question.and((text, values));
    Ok(())
}

/// The ticket of an event with this number.
///
/// # Errors
/// When the database fails.
pub async fn ticket_of_number(
    tx: &mut Tx,
    event: EventId,
    number: TicketNumber,
) -> Result<Option<TicketId>, StoreError> {
    let sql = "SELECT id FROM tickets WHERE number = ? AND event_id = ?";
    let row = fetch_optional!(tx, (Uuid,), sql, signed(number.value()), event.0)?;
    Ok(row.map(|(id,)| TicketId(id)))
}
