//! What a venue manager must look at: doubles with the scans that they lost to, wristbands without a ticket, flagged
//! admissions and records that were set aside. What people remark about them stands in `conflict_note`.

use sync_protocol::{
    flag::Flag,
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    moment::Interval,
    number::TicketNumber,
    scan::{Action, ScanId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    scan::{action, interval},
    tx::{fetch_all, fetch_optional},
};
use crate::domain::conflict::{ParkedPlace, ScanPlace};

/// One admitted scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdmittedScan {
    /// The scan.
    pub scan: ScanId,
    /// Where.
    pub gate: GateId,
    /// When.
    pub time: Interval,
    /// The supervisor who let in where the gate had asked or refused.
    pub overridden_by: Option<String>,
}

/// A double and its winner.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    supervisor: Option<String>,
    winner_node: Uuid,
    winner_seq: i64,
    winner_gate: Uuid,
    winner_lo: i64,
    winner_at: i64,
    winner_hi: i64,
    winner_supervisor: Option<String>,
}

/// Who overrode the scan `s` and its winner `w`: joined where that is the reason, so that nobody else is named.
macro_rules! supervisors {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " LEFT JOIN users su ON su.id = s.operator_id AND s.reason = 34 \
             LEFT JOIN users wu ON wu.id = w.operator_id AND w.reason = 34 ",
            $after
        )
    };
}

/// An event's doubles, in the order in which they happened.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Double>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        supervisors!(
            "SELECT COALESCE(s.counted_ticket_id, s.ticket_id) AS ticket_id, t.number, s.action, s.ruling, s.node_id, s.seq, s.gate_id, s.lo_ms, s.at_ms, s.hi_ms, \
             su.name AS supervisor, s.winner_node, s.winner_seq, w.gate_id AS winner_gate, w.lo_ms AS winner_lo, \
             w.at_ms AS winner_at, w.hi_ms AS winner_hi, wu.name AS winner_supervisor \
             FROM scans s JOIN scans w ON w.node_id = s.winner_node AND w.seq = s.winner_seq \
             LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id)",
            "WHERE s.event_id = ? AND s.revision > 0 AND s.ruling IN ('double', 'double_undecidable') \
             ORDER BY s.at_ms, s.node_id, s.seq"
        ),
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
            overridden_by: row.winner_supervisor.clone(),
        },
        double: AdmittedScan {
            scan: scan(row.node_id, row.seq)?,
            gate: GateId(row.gate_id),
            time: interval(row.lo_ms, row.at_ms, row.hi_ms),
            overridden_by: row.supervisor.clone(),
        },
    })
}

/// An admitted scan that somebody should look at, or should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The scan.
    pub scan: AdmittedScan,
    /// The ticket that it counts for.
    pub ticket: Option<TicketId>,
    /// The number printed on it, if central knows it.
    pub number: Option<TicketNumber>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// What was wanted.
    pub action: Action,
    /// The name of its ruling.
    pub ruling: String,
    /// What else must be said of it.
    pub flag: Option<Flag>,
    /// The scan that it lost to.
    pub winner: Option<AdmittedScan>,
    /// Where it stands in the feed.
    pub place: ScanPlace,
}

#[derive(sqlx::FromRow)]
struct MarkedRow {
    ticket_id: Option<Uuid>,
    number: Option<i64>,
    wristband_id: Option<Uuid>,
    action: i64,
    ruling: String,
    flag: Option<String>,
    revision: i64,
    node_id: Uuid,
    seq: i64,
    gate_id: Uuid,
    lo_ms: i64,
    at_ms: i64,
    hi_ms: i64,
    supervisor: Option<String>,
    winner_node: Option<Uuid>,
    winner_seq: Option<i64>,
    winner_gate: Option<Uuid>,
    winner_lo: Option<i64>,
    winner_at: Option<i64>,
    winner_hi: Option<i64>,
    winner_supervisor: Option<String>,
}

/// Scans that are in conflict, and those that were and are ruled otherwise now, after a place and in its order.
///
/// # Errors
/// When the database fails.
pub async fn marked(
    tx: &mut Tx,
    event: EventId,
    after: &ScanPlace,
    most: usize,
) -> Result<Vec<Marked>, StoreError> {
    let (node, seq) = (after.scan.node.0, signed(after.scan.seq));
    let rows = fetch_all!(
        tx,
        MarkedRow,
        supervisors!(
            "SELECT COALESCE(s.counted_ticket_id, s.ticket_id) AS ticket_id, t.number, s.wristband_id, s.action, s.ruling, \
             s.flag, s.revision, s.node_id, s.seq, s.gate_id, s.lo_ms, s.at_ms, s.hi_ms, su.name AS supervisor, \
             s.winner_node, s.winner_seq, w.gate_id AS winner_gate, w.lo_ms AS winner_lo, w.at_ms AS winner_at, \
             w.hi_ms AS winner_hi, wu.name AS winner_supervisor \
             FROM scans s LEFT JOIN scans w ON w.node_id = s.winner_node AND w.seq = s.winner_seq \
             LEFT JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id)",
            "WHERE s.event_id = ? AND s.revision > 0 AND s.revision >= ? \
             AND (s.revision > ? OR s.node_id > ? OR (s.node_id = ? AND s.seq > ?)) \
             AND (s.ruling IN ('double', 'double_undecidable', 'unbound') OR s.flag IS NOT NULL \
             OR EXISTS (SELECT 1 FROM ruling_changes c WHERE c.node_id = s.node_id AND c.seq = s.seq \
             AND c.old_ruling IN ('double', 'double_undecidable', 'unbound'))) \
             ORDER BY s.revision, s.node_id, s.seq LIMIT ?"
        ),
        event.0,
        signed(after.revision),
        signed(after.revision),
        node,
        node,
        seq,
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    rows.into_iter().map(MarkedRow::into_marked).collect()
}

impl MarkedRow {
    fn into_marked(self) -> Result<Marked, StoreError> {
        let scan = ScanId {
            node: NodeId(self.node_id),
            seq: unsigned(self.seq)?,
        };
        let flag = self.flag.as_deref().map(|name| {
            let found = Flag::from_name(name);
            found.ok_or(StoreError::Corrupt("flag"))
        });
        let number = self.number.map(unsigned).transpose()?;
        Ok(Marked {
            winner: self.winner()?,
            scan: AdmittedScan {
                scan,
                gate: GateId(self.gate_id),
                time: interval(self.lo_ms, self.at_ms, self.hi_ms),
                overridden_by: self.supervisor,
            },
            ticket: self.ticket_id.map(TicketId),
            number: number.map(TicketNumber::new),
            wristband: self.wristband_id.map(WristbandId),
            action: action(self.action)?,
            flag: flag.transpose()?,
            ruling: self.ruling,
            place: ScanPlace {
                revision: unsigned(self.revision)?,
                scan,
            },
        })
    }

    fn winner(&self) -> Result<Option<AdmittedScan>, StoreError> {
        let place = (self.winner_node, self.winner_seq, self.winner_gate);
        let times = (self.winner_lo, self.winner_at, self.winner_hi);
        let ((Some(node), Some(seq), Some(gate)), (Some(lo), Some(at), Some(hi))) = (place, times)
        else {
            return Ok(None);
        };
        Ok(Some(AdmittedScan {
            scan: ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            },
            gate: GateId(gate),
            time: interval(lo, at, hi),
            overridden_by: self.winner_supervisor.clone(),
        }))
    }
}

/// A record that was set aside and that central does not hold otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where in the log it stood, or was said to stand.
    pub scan: ScanId,
    /// Why, by stable name.
    pub code: String,
    /// Where it stands in the feed.
    pub place: ParkedPlace,
}

/// Records of an event's nodes that were set aside, after a place and in its order.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(
    tx: &mut Tx,
    event: EventId,
    after: &ParkedPlace,
    most: usize,
) -> Result<Vec<SetAside>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, Uuid, i64, String, i64),
        "SELECT p.id, p.node_id, p.seq, p.code, p.received_at FROM parked_records p JOIN nodes n ON n.id = p.node_id \
         WHERE n.event_id = ? AND (p.received_at > ? OR (p.received_at = ? AND p.id > ?)) \
         AND NOT EXISTS (SELECT 1 FROM scans s WHERE s.node_id = p.node_id AND s.seq = p.seq AND s.record = p.body) \
         ORDER BY p.received_at, p.id LIMIT ?",
        event.0,
        after.received_at.0,
        after.received_at.0,
        after.id,
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    let parked = |(id, node, seq, code, at)| {
        Ok(SetAside {
            scan: ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            },
            code,
            place: ParkedPlace {
                received_at: Timestamp(at),
                id,
            },
        })
    };
    rows.into_iter().map(parked).collect()
}

/// Whether the event has this admitted scan.
///
/// # Errors
/// When the database fails.
pub async fn knows_scan(tx: &mut Tx, event: EventId, scan: ScanId) -> Result<bool, StoreError> {
    let sql =
        "SELECT seq FROM scans WHERE event_id = ? AND node_id = ? AND seq = ? AND revision > 0";
    let row = fetch_optional!(tx, (i64,), sql, event.0, scan.node.0, signed(scan.seq))?;
    Ok(row.is_some())
}

/// Whether a node of the event sent this record that was set aside.
///
/// # Errors
/// When the database fails.
pub async fn knows_set_aside(tx: &mut Tx, event: EventId, id: Uuid) -> Result<bool, StoreError> {
    let sql = "SELECT p.seq FROM parked_records p JOIN nodes n ON n.id = p.node_id WHERE n.event_id = ? AND p.id = ?";
    Ok(fetch_optional!(tx, (i64,), sql, event.0, id)?.is_some())
}

/// The number of the ticket that a scan counts for.
///
/// # Errors
/// When the database fails.
pub async fn ticket_of(tx: &mut Tx, scan: ScanId) -> Result<Option<TicketNumber>, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "SELECT t.number FROM scans s JOIN tickets t ON t.id = COALESCE(s.counted_ticket_id, s.ticket_id) \
         WHERE s.node_id = ? AND s.seq = ?",
        scan.node.0,
        signed(scan.seq)
    )?;
    row.map(|(number,)| Ok(TicketNumber::new(unsigned(number)?)))
        .transpose()
}
