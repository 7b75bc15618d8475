//! The list of an event's scans, the newest first, each with what was said of it before.
//!
//! What is rare has an index of its own: scans of a ticket and of its wristbands, of a node, and those that were ruled
//! otherwise before. All else is met on the way along the moments.

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
    dialect::read_first,
    listed::{Index, Narrow, Question, Value, narrowest},
    revision::{signed, unsigned},
    ruling::{self, RulingChange},
    scan::{action, interval},
    tx::fetch_optional,
};
use crate::domain::scan_search::{Ruled, ScanFilter, ScanMoment};

const BY_MOMENT: Index = Index::named("scans_by_moment");
const BY_NODE: Index = Index::named("scans_by_node");
const BY_TICKET: Index = Index::named("scans_by_ticket");
const BY_WRISTBAND: Index = Index::named("scans_by_wristband");
const CHANGES: Index = Index::named("ruling_changes_of_event");
const TABLE: &str = "scans s";
/// Wristbands of one ticket that are looked for: nobody wears more.
const MOST_WRISTBANDS: usize = 20;
/// The latest first, as [`follow`] goes on.
pub(super) const ORDER: &str = " ORDER BY s.at_ms DESC, s.node_id DESC, s.seq DESC";
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
    let mut rows: Vec<Row> = Vec::new();
    for question in questions(tx, filter, after).await? {
        rows.extend(question.ask::<Row>(tx, ORDER, most).await?);
    }
    let place = |row: &Row| (row.at_ms, row.node_id, row.seq);
    rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
    // A scan may show a ticket and its wristband.
    rows.dedup_by_key(|row| place(row));
    rows.truncate(most);
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

/// What is asked so that the answers together are the list after a place.
async fn questions(
    tx: &mut Tx,
    filter: &ScanFilter,
    after: Option<&ScanMoment>,
) -> Result<Vec<Question>, StoreError> {
    let mut questions = match filter {
        ScanFilter {
            ticket: Some(ticket),
            ..
        } => of_ticket(tx, filter.event, *ticket).await?,
        ScanFilter { node: Some(_), .. } => vec![by(tx, BY_NODE)],
        ScanFilter {
            ruled: Some(Ruled::Changed),
            ..
        } => vec![changed(tx, filter.event).await?],
        _ => vec![by(tx, BY_MOMENT)],
    };
    for question in &mut questions {
        conditions(question, filter);
        if let Some(place) = after {
            follow(question, place);
        }
    }
    Ok(questions)
}

fn by(tx: &Tx, index: Index) -> Question {
    Question::new([SELECT, &index.of(tx, TABLE), JOINS].concat())
}

/// What comes after a place. The first condition says the same as the rest and is a range of the index.
pub(super) fn follow(question: &mut Question, place: &ScanMoment) {
    let (at, node) = (Value::Number(place.at.0), Value::Id(place.scan.node.0));
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
            "EXISTS (SELECT 1 FROM ruling_changes e WHERE e.node_id = s.node_id AND e.seq = s.seq)"
        }
    }
}

/// The scans that show a ticket, and those of wristbands that were exchanged for it: each by an index of its own.
async fn of_ticket(
    tx: &mut Tx,
    event: EventId,
    ticket: TicketId,
) -> Result<Vec<Question>, StoreError> {
    let from = BY_TICKET.of(tx, TABLE);
    let mut worn = Question::new(format!("SELECT DISTINCT s.wristband_id{from}"));
    let shown = ("s.ticket_id = ?", vec![Value::Id(ticket.0)]);
    worn.and(shown.clone());
    worn.and((
        "s.event_id = ? AND s.wristband_id IS NOT NULL",
        vec![Value::Id(event.0)],
    ));
    let worn: Vec<(Uuid,)> = worn.ask(tx, "", MOST_WRISTBANDS).await?;
    let mut of_it = by(tx, BY_TICKET);
    of_it.and(shown);
    let mut questions = vec![of_it];
    if !worn.is_empty() {
        let mut of_them = by(tx, BY_WRISTBAND);
        of_them.among("s.wristband_id", worn.into_iter().map(|(id,)| id));
        questions.push(of_them);
    }
    Ok(questions)
}

/// The scans that were ruled otherwise before. Where there are few, they are found by the changes and sorted; where
/// there are many, they are met soon enough along the moments.
async fn changed(tx: &mut Tx, event: EventId) -> Result<Question, StoreError> {
    let of_event = Narrow {
        index: CHANGES,
        condition: ("c.event_id = ?", vec![Value::Id(event.0)]),
    };
    let few = narrowest(tx, "ruling_changes c", vec![of_event]).await?;
    Ok(match few {
        None => by(tx, BY_MOMENT),
        Some(few) => by_change(tx, few),
    })
}

fn by_change(tx: &Tx, few: Narrow) -> Question {
    let (join, from) = (read_first(tx), few.index.of(tx, "ruling_changes c"));
    let (condition, values) = few.condition;
    let text = format!(
        "{SELECT} FROM (SELECT DISTINCT c.node_id, c.seq{from} WHERE {condition}) once \
         {join} scans s ON s.node_id = once.node_id AND s.seq = once.seq{JOINS}"
    );
    Question::holding(text, values)
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

#[cfg(test)]
#[path = "scan_list_tests.rs"]
mod tests;
