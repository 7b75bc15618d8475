//! What must hold, whatever happens: one function per rule, named by it.

pub mod conflicts;
pub mod gates;
pub mod logs;
pub mod prices;
pub mod replicas;
pub mod rulings;
pub mod sales;

use sqlx::{Row as _, sqlite::SqliteRow};
use sync_protocol::{
    flag::Flag,
    id::{GateId, NodeId, TicketId, WristbandId},
    moment::Interval,
    scan::{Action, ScanId},
    ticket::Ticket,
    time::Timestamp,
};
use uuid::Uuid;

use super::{World, broken::Held, hall::Hall};

/// One row of central's scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The scan.
    pub scan: ScanId,
    /// Where.
    pub gate: GateId,
    /// What for.
    pub action: Action,
    /// When central believes it was.
    pub time: Interval,
    /// The event day of that.
    pub day: u8,
    /// What gates are told of it.
    pub told: Option<Said>,
    /// Its bytes.
    pub record: Vec<u8>,
}

/// What gates are told of an admitted scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What the merge says.
    pub ruling: String,
    /// The ticket that it counts for.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// The scan that it lost to.
    pub winner: Option<ScanId>,
    /// What else is said of it.
    pub flag: Option<Flag>,
    /// Since when.
    pub revision: u64,
}

/// What a gate can see at one revision.
pub struct Seen {
    /// The tickets.
    pub tickets: Vec<Ticket>,
    /// The scans.
    pub rows: Vec<Row>,
}

/// All scans that central has, by name.
pub async fn rows(hall: &Hall) -> Vec<Row> {
    let sql = "SELECT node_id, seq, gate_id, counted_ticket_id, wristband_id, action, lo_ms, at_ms, hi_ms, day, ruling, \
               winner_node, winner_seq, flag, revision, record FROM scans ORDER BY node_id, seq";
    let rows = sqlx::query(sql).fetch_all(hall.reader()).await;
    rows.expect("rows").iter().map(row).collect()
}

fn row(row: &SqliteRow) -> Row {
    let number = |name: &str| row.get::<i64, _>(name);
    let small = |name: &str| u8::try_from(number(name)).expect(name);
    let moment = |name: &str| Timestamp(number(name));
    Row {
        scan: scan(row.get("node_id"), number("seq")),
        gate: GateId(row.get("gate_id")),
        action: Action::from_code(small("action")).expect("an action"),
        time: Interval {
            lo: moment("lo_ms"),
            at: moment("at_ms"),
            hi: moment("hi_ms"),
        },
        day: small("day"),
        told: row
            .get::<Option<String>, _>("ruling")
            .map(|ruling| said(row, ruling)),
        record: row.get("record"),
    }
}

fn said(row: &SqliteRow, ruling: String) -> Said {
    let id = |name: &str| row.get::<Option<Uuid>, _>(name);
    let seq: Option<i64> = row.get("winner_seq");
    let flag: Option<String> = row.get("flag");
    Said {
        ruling,
        ticket: id("counted_ticket_id").map(TicketId),
        wristband: id("wristband_id").map(WristbandId),
        winner: id("winner_node")
            .zip(seq)
            .map(|(node, seq)| scan(node, seq)),
        flag: flag.map(|name| Flag::from_name(&name).expect("a flag")),
        revision: row.get::<i64, _>("revision").unsigned_abs(),
    }
}

fn scan(node: Uuid, seq: i64) -> ScanId {
    ScanId {
        node: NodeId(node),
        seq: seq.unsigned_abs(),
    }
}

impl World {
    /// After whatever central did.
    pub async fn look_at_central(&mut self) -> Held {
        let (revision, tickets) = self.hall.tickets().await;
        let rows = rows(&self.hall).await;
        logs::nothing_is_invented(&self.devices, &rows)?;
        rulings::every_interval_contains_the_truth(&self.devices, &rows)?;
        rulings::rulings_are_the_oracles(&self.devices, &self.plan.oracles_rules(), &rows)?;
        let seen = self.revisions.entry(revision).or_default();
        // Another look at the same is of no use.
        if seen
            .last()
            .is_none_or(|last| last.tickets != tickets || last.rows != rows)
        {
            seen.push(Seen { tickets, rows });
        }
        Ok(())
    }
}
