//! Scans at rest: records with their true times and rulings, the audit trail of rulings, and what was set aside.
//!
//! Uploads are large and hold the event's lock, so everything here works on many rows per statement, in a few fixed
//! sizes whose texts stay prepared.

use sync_protocol::{
    flag::Flag,
    id::{EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    merge::{Fact, Ruling},
    moment::Interval,
    scan::{Action, ScanId, ScanRecord},
    time::Timestamp,
    wire::v1::PassageChange,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    change::PassageRow,
    dialect,
    many::{ids, write_many},
    revision::{signed, unsigned},
    tx::{fetch_all, fetch_optional},
};
use crate::domain::{
    conflict::Kind,
    ingest::Standing,
    log_time::{OpenRecord, When},
};

/// One row of `scans`.
#[derive(Clone, Debug)]
pub struct ScanRow<'a> {
    /// The scan.
    pub scan: ScanId,
    /// The event.
    pub event: EventId,
    /// Where.
    pub gate: GateId,
    /// The ticket that was shown, if one was.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown or bound.
    pub wristband: Option<WristbandId>,
    /// Who worked the gate.
    pub operator: Option<OperatorId>,
    /// What was wanted.
    pub action: Action,
    /// Number of the verdict's decision.
    pub decision: u8,
    /// Number of the verdict's reason.
    pub reason: u8,
    /// The gate knew that it might be wrong.
    pub provisional: bool,
    /// When.
    pub when: When,
    /// What gates are told, if it let somebody in or out.
    pub told: Option<PassageChange>,
    /// The earlier record of the same log that it decides about or takes back.
    pub answers: Option<u64>,
    /// When it came in.
    pub received_at: Timestamp,
    /// Its canonical bytes.
    pub record: &'a [u8],
}

impl<'a> ScanRow<'a> {
    /// A fresh record's row.
    #[must_use]
    pub fn new(record: &ScanRecord, bytes: &'a [u8], when: When, received_at: Timestamp) -> Self {
        Self {
            scan: record.id(),
            event: record.event,
            gate: record.gate,
            ticket: record.subject.ticket(),
            wristband: record.subject.wristband().or(record.wristband),
            operator: record.operator,
            action: record.action,
            decision: record.decision.code(),
            reason: record.reason.code(),
            provisional: record.provisional,
            when,
            told: None,
            answers: record.answers,
            received_at,
            record: bytes,
        }
    }

    /// A row that is there already and gets another time or ruling; the rest stays as it is stored.
    #[must_use]
    pub fn changed(scan: ScanId, event: EventId, gate: GateId, action: Action, when: When) -> Self {
        Self {
            scan,
            event,
            gate,
            ticket: None,
            wristband: None,
            operator: None,
            action,
            decision: 0,
            reason: 0,
            provisional: false,
            when,
            told: None,
            answers: None,
            received_at: Timestamp(0),
            record: &[],
        }
    }

    fn ruling(&self) -> Option<Ruling> {
        self.told.map(|told| told.ruling)
    }

    fn conflict(&self) -> Option<Kind> {
        let told = self.told?;
        Kind::of_scan(told.ruling.name(), told.flag)
    }

    fn winner(&self) -> Option<ScanId> {
        winner(self.ruling().as_ref())
    }
}

const INSERT: &str = "INSERT INTO scans (node_id, seq, event_id, gate_id, ticket_id, wristband_id, operator_id, \
    action, decision, reason, provisional, lo_ms, at_ms, hi_ms, day, counted_ticket_id, ruling, winner_node, \
    winner_seq, flag, conflict, revision, answers, received_at, record) VALUES ";

/// Stores fresh scans.
///
/// # Errors
/// [`StoreError::Duplicate`] when one is stored already.
pub async fn insert(tx: &mut Tx, rows: &[ScanRow<'_>]) -> Result<(), StoreError> {
    write(tx, "", rows).await
}

/// Replaces times, rulings and revisions of stored scans.
///
/// # Errors
/// When the database fails.
pub async fn update(tx: &mut Tx, rows: &[ScanRow<'_>]) -> Result<(), StoreError> {
    let tail = dialect::update_scans(tx);
    write(tx, tail, rows).await
}

async fn write(tx: &mut Tx, tail: &'static str, rows: &[ScanRow<'_>]) -> Result<(), StoreError> {
    write_many!(
        tx,
        INSERT,
        tail,
        rows,
        |row| row.scan.node.0,
        signed(row.scan.seq),
        row.event.0,
        row.gate.0,
        row.ticket.map(|id| id.0),
        row.wristband.map(|id| id.0),
        row.operator.map(|id| id.0),
        i64::from(row.action.code()),
        i64::from(row.decision),
        i64::from(row.reason),
        row.provisional,
        row.when.time.lo.0,
        row.when.time.at.0,
        row.when.time.hi.0,
        i64::from(row.when.day),
        row.told.and_then(|told| told.ticket).map(|id| id.0),
        row.ruling().map(|ruling| ruling.name()),
        row.winner().map(|scan| scan.node.0),
        row.winner().map(|scan| signed(scan.seq)),
        row.told.and_then(|told| told.flag).map(Flag::name),
        row.conflict().map(Kind::name),
        row.told.map_or(0, |told| signed(told.revision)),
        row.answers.map(signed),
        row.received_at.0,
        row.record
    )
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    event_id: Uuid,
    ticket_id: Option<Uuid>,
    answers: Option<i64>,
    #[sqlx(flatten)]
    passage: PassageRow,
}

impl StandingRow {
    fn into_standing(self) -> Result<Standing, StoreError> {
        let was = self.passage.into_change()?;
        let fact = Fact {
            scan: was.scan,
            ticket: self.ticket_id.map(TicketId),
            wristband: was.wristband,
            gate: was.gate,
            action: was.action,
            undoes: self.answers.map(unsigned).transpose()?,
            day: was.day,
            time: was.time,
        };
        Ok(Standing {
            fact,
            was: Some(was),
        })
    }
}

/// The admitted scans of these tickets at gates of the event.
///
/// # Errors
/// When the database fails.
pub async fn standings(
    tx: &mut Tx,
    event: EventId,
    tickets: &[TicketId],
) -> Result<Vec<Standing>, StoreError> {
    let question = dialect::scans_by_ticket(tx);
    into_standings(event, ids!(tx, StandingRow, question, tickets)?)
}

/// The admitted scans that name these wristbands at gates of the event.
///
/// # Errors
/// When the database fails.
pub async fn standings_of_wristbands(
    tx: &mut Tx,
    event: EventId,
    wristbands: &[WristbandId],
) -> Result<Vec<Standing>, StoreError> {
    let question = dialect::scans_by_wristband(tx);
    into_standings(event, ids!(tx, StandingRow, question, wristbands)?)
}

fn into_standings(event: EventId, rows: Vec<StandingRow>) -> Result<Vec<Standing>, StoreError> {
    let ours = rows.into_iter().filter(|row| row.event_id == event.0);
    ours.map(StandingRow::into_standing).collect()
}

/// Those of these tickets that are not valid, with the revision at which that came about.
///
/// # Errors
/// When the database fails.
pub async fn invalid_tickets(
    tx: &mut Tx,
    event: EventId,
    tickets: &[TicketId],
) -> Result<Vec<(TicketId, u64)>, StoreError> {
    let rows = ids!(
        tx,
        (Uuid, Uuid, i64),
        "SELECT event_id, id, revision FROM tickets WHERE status <> 'valid' AND id IN ",
        tickets
    )?;
    let ours = rows.into_iter().filter(|(of, ..)| *of == event.0);
    let revised = |(_, id, revision)| Ok((TicketId(id), unsigned(revision)?));
    ours.map(revised).collect()
}

/// The stored records of a node after a place, as far as times can still change.
///
/// # Errors
/// When the database fails.
pub async fn open_records(
    tx: &mut Tx,
    node: NodeId,
    after: u64,
) -> Result<Vec<OpenRecord>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Vec<u8>, i64, i64, i64, i64),
        "SELECT record, lo_ms, at_ms, hi_ms, day FROM scans WHERE node_id = ? AND seq > ? ORDER BY seq",
        node.0,
        signed(after)
    )?;
    rows.into_iter().map(open_record).collect()
}

/// The time of a node's last stored record after a place.
///
/// # Errors
/// When the database fails.
pub async fn last_time(
    tx: &mut Tx,
    node: NodeId,
    after: u64,
) -> Result<Option<Interval>, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64, i64, i64),
        "SELECT lo_ms, at_ms, hi_ms FROM scans WHERE node_id = ? AND seq > ? ORDER BY seq DESC LIMIT 1",
        node.0,
        signed(after)
    )?;
    Ok(row.map(|(lo, at, hi)| interval(lo, at, hi)))
}

fn open_record(
    (bytes, lo, at, hi, day_): (Vec<u8>, i64, i64, i64, i64),
) -> Result<OpenRecord, StoreError> {
    let record = ScanRecord::from_bytes(&bytes).map_err(|_| StoreError::Corrupt("scan record"))?;
    Ok(OpenRecord {
        seq: record.seq,
        reading: record.reading(),
        gate: record.gate,
        action: record.action,
        admitted: crate::domain::ingest::admitted(&record),
        when: When {
            time: interval(lo, at, hi),
            day: day(day_)?,
        },
    })
}

/// A stored record's bytes.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut Tx, scan: ScanId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT record FROM scans WHERE node_id = ? AND seq = ?";
    let row = fetch_optional!(tx, (Vec<u8>,), sql, scan.node.0, signed(scan.seq))?;
    Ok(row.map(|(record,)| record))
}

/// The scan that a double lost to.
pub(super) fn winner(ruling: Option<&Ruling>) -> Option<ScanId> {
    match ruling {
        Some(Ruling::Double { winner, .. }) => Some(*winner),
        Some(Ruling::Counted | Ruling::Stray | Ruling::Unbound | Ruling::Undone) | None => None,
    }
}

pub(super) fn ruling(
    name: &str,
    winner_node: Option<Uuid>,
    winner_seq: Option<i64>,
) -> Result<Ruling, StoreError> {
    let bad = StoreError::Corrupt("ruling");
    Ok(match (name, winner_node, winner_seq) {
        ("counted", None, None) => Ruling::Counted,
        ("stray", None, None) => Ruling::Stray,
        ("unbound", None, None) => Ruling::Unbound,
        ("undone", None, None) => Ruling::Undone,
        ("double" | "double_undecidable", Some(node), Some(seq)) => Ruling::Double {
            winner: ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            },
            undecidable: name == "double_undecidable",
        },
        _ => return Err(bad),
    })
}

pub(super) const fn interval(lo: i64, at: i64, hi: i64) -> Interval {
    Interval {
        lo: Timestamp(lo),
        at: Timestamp(at),
        hi: Timestamp(hi),
    }
}

pub(super) fn action(code: i64) -> Result<Action, StoreError> {
    let code = u8::try_from(code).ok();
    let action = code.and_then(Action::from_code);
    action.ok_or(StoreError::Corrupt("action"))
}

pub(super) fn day(day: i64) -> Result<u8, StoreError> {
    u8::try_from(day).map_err(|_| StoreError::Corrupt("day"))
}
