//! What must hold, whatever happens: one function per rule, named by it.

pub mod conflicts;
pub mod gates;
pub mod logs;
pub mod replicas;
pub mod rulings;
pub mod sales;

use sync_protocol::{
    id::{GateId, NodeId, TicketId},
    moment::Interval,
    scan::{Action, ScanId},
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
    /// The ticket that was shown.
    pub ticket: Option<TicketId>,
    /// What for.
    pub action: Action,
    /// When central believes it was.
    pub time: Interval,
    /// The event day of that.
    pub day: u8,
    /// What the merge says.
    pub ruling: Option<String>,
    /// The scan that it lost to.
    pub winner: Option<ScanId>,
    /// Revision of the ruling.
    pub revision: u64,
    /// Its bytes.
    pub record: Vec<u8>,
}

type Columns = (
    (Uuid, i64, Uuid, Option<Uuid>, i64),
    (i64, i64, i64, i64),
    (Option<String>, Option<Uuid>, Option<i64>, i64, Vec<u8>),
);

/// All scans that central has, by name.
pub async fn rows(hall: &Hall) -> Vec<Row> {
    use sqlx::Row as _;
    let sql = "SELECT node_id, seq, gate_id, ticket_id, action, lo_ms, at_ms, hi_ms, day, ruling, \
               winner_node, winner_seq, revision, record FROM scans ORDER BY node_id, seq";
    let rows = sqlx::query(sql).fetch_all(hall.reader()).await;
    let columns = rows.expect("rows").into_iter().map(|row| {
        (
            (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4)),
            (row.get(5), row.get(6), row.get(7), row.get(8)),
            (
                row.get(9),
                row.get(10),
                row.get(11),
                row.get(12),
                row.get(13),
            ),
        )
    });
    columns.map(row).collect()
}

fn row((who, when, what): Columns) -> Row {
    let scan = |node, seq: i64| ScanId {
        node: NodeId(node),
        seq: seq.unsigned_abs(),
    };
    let small = |value: i64| u8::try_from(value).expect("a small number");
    Row {
        scan: scan(who.0, who.1),
        gate: GateId(who.2),
        ticket: who.3.map(TicketId),
        action: Action::from_code(small(who.4)).expect("an action"),
        time: Interval {
            lo: Timestamp(when.0),
            at: Timestamp(when.1),
            hi: Timestamp(when.2),
        },
        day: small(when.3),
        ruling: what.0,
        winner: what.1.zip(what.2).map(|(node, seq)| scan(node, seq)),
        revision: what.3.unsigned_abs(),
        record: what.4,
    }
}

impl World {
    /// After whatever central did.
    pub async fn look_at_central(&mut self) -> Held {
        let (revision, tickets) = self.hall.tickets().await;
        self.revisions.retain(|known, _| *known <= revision);
        self.revisions.insert(revision, tickets);
        let rows = rows(&self.hall).await;
        logs::nothing_is_invented(&self.devices, &rows)?;
        rulings::every_interval_contains_the_truth(&self.devices, &rows)?;
        rulings::rulings_are_the_oracles(&self.devices, self.plan.rules.entry_rule, &rows)
    }
}
