//! Conflicts: all that a venue manager must look at, as a feed that can be paged and followed, and what people remark.
//!
//! Nothing here is a row of its own that could disagree with the facts: the feed is asked of scans, set-aside records
//! and nodes as they stand. Scans come by revision, so one whose ruling changes comes again, at the end, also when it
//! is in conflict no more. Set-aside records come by arrival. What concerns nodes is short and comes whole with every
//! last page. Nothing is written here: see [`super::conflict_notes`].

use std::collections::BTreeMap;

use sync_protocol::{
    flag::Flag,
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

use super::{App, events::EventError};
use crate::{
    domain::{
        conflict::{ConflictId, Cursor, Kind},
        conflict_search::State,
        node::{Node, NodeStatus},
    },
    store::{
        self, StoreError, Tx,
        conflict::{AdmittedScan, Marked, SetAside},
        conflict_note::Note,
        occupancy::NodeRush,
        ruling::RulingChange,
    },
};

/// Requests that were under way together may be stored in another order than they came; rounds end before this.
const SETTLED_MS: i64 = 60_000;

/// One scan of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The scan.
    pub scan: ScanId,
    /// The node's name.
    pub node_name: String,
    /// The gate's name.
    pub gate_name: String,
    /// When, with its error.
    pub time: Interval,
    /// The supervisor who let in where the gate had asked or refused.
    pub overridden_by: Option<String>,
}

/// A ticket that was admitted twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// The ticket.
    pub ticket: TicketId,
    /// The number printed on it, if central knows it.
    pub number: Option<String>,
    /// What was wanted.
    pub action: Action,
    /// The clocks cannot tell which was first.
    pub undecidable: bool,
    /// The scan that counts.
    pub winner: Admission,
    /// The scan that lost.
    pub double: Admission,
}

/// What a conflict is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a page holds few, and nearly all are scans"
)]
pub enum Matter {
    /// An admitted scan.
    Scan {
        /// The ticket that it counts for.
        ticket: Option<TicketId>,
        /// The number printed on it.
        number: Option<String>,
        /// The wristband that was shown, bound or taken away.
        wristband: Option<WristbandId>,
        /// What was wanted.
        action: Action,
        /// The name of its ruling now.
        ruling: String,
        /// What else must be said of it.
        flag: Option<Flag>,
        /// The scan.
        admission: Admission,
        /// The scan that it lost to.
        winner: Option<Admission>,
        /// Number of the winner's ticket where it is another one: one wristband was given to both.
        other_ticket: Option<String>,
    },
    /// A record that was set aside.
    Record {
        /// Where in the log it stood.
        scan: ScanId,
        /// The node's name.
        node_name: String,
        /// Why, by stable name.
        code: String,
        /// When it came.
        received_at: Timestamp,
    },
    /// A node that is quarantined.
    Node {
        /// The node.
        node: NodeId,
        /// Its name.
        node_name: String,
        /// Why.
        reason: String,
    },
    /// A time in which a node was faster than counts assume.
    Rush {
        /// The node's name.
        node_name: String,
        /// When and how fast.
        rush: NodeRush,
        /// What was assumed.
        most_per_minute: u32,
    },
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its name, which stays.
    pub id: ConflictId,
    /// What kind it is, or was.
    pub kind: Kind,
    /// It is one now; else its scan is ruled otherwise since.
    pub is_open: bool,
    /// What it is about.
    pub matter: Matter,
    /// What was said of its scan before, oldest first.
    pub history: Vec<RulingChange>,
    /// What people remarked, oldest first.
    pub notes: Vec<Note>,
}

/// A page of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What is new or has changed.
    pub conflicts: Vec<Conflict>,
    /// Where to go on.
    pub cursor: Cursor,
    /// There is more now.
    pub has_more: bool,
}

impl App {
    /// An event's doubles, in the order in which they happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn doubles(&self, event: EventId) -> Result<Vec<Double>, StoreError> {
        let mut tx = self.store.read().await?;
        let doubles = store::conflict::of_event(&mut tx, event).await?;
        let names = Names::load(&mut tx, event).await?;
        let doubles = doubles.iter().map(|double| Double {
            ticket: double.ticket,
            number: double.number.map(|number| number.to_string()),
            action: double.action,
            undecidable: double.undecidable,
            winner: names.admission(&double.winner),
            double: names.admission(&double.double),
        });
        Ok(doubles.collect())
    }

    /// What is new or has changed since a place in the feed, at most `most` scans and `most` records at once.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn conflict_feed(
        &self,
        event: EventId,
        after: &Cursor,
        most: usize,
    ) -> Result<Feed, EventError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let names = Names::load(&mut tx, event).await?;
        let scans = store::conflict::marked(&mut tx, event, &after.scans, most).await?;
        let parked = store::conflict::set_aside(&mut tx, event, &after.parked, most).await?;
        let mut cursor = Cursor {
            scans: scans.last().map_or(after.scans, |last| last.place),
            parked: parked.last().map_or(after.parked, |last| last.place),
        };
        let has_more = scans.len() == most || parked.len() == most;
        let mut conflicts = Vec::new();
        for scan in scans {
            conflicts.extend(scan_conflict(&mut tx, &names, scan).await?);
        }
        conflicts.extend(
            parked
                .into_iter()
                .map(|record| record_conflict(&names, record)),
        );
        if !has_more {
            let settled = now.plus_ms(-SETTLED_MS).max(after.parked.received_at);
            cursor.parked.received_at = cursor.parked.received_at.min(settled);
            conflicts.extend(node_conflicts(&mut tx, event, &names).await?);
        }
        for conflict in &mut conflicts {
            let id = conflict.id.to_string();
            conflict.notes = store::conflict_note::notes(&mut tx, event, &id).await?;
        }
        Ok(Feed {
            conflicts,
            cursor,
            has_more,
        })
    }
}

/// Set-aside records that are shown at once.
pub const MOST_RECORDS: usize = 50;

impl App {
    /// What else somebody must look at, besides scans: nodes in quarantine, nodes that were faster than counts assume,
    /// and the first of the records that were set aside and that the filter wants. Those of nodes come whole: whoever
    /// shows them looks which were decided.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn other_conflicts(
        &self,
        event: EventId,
        state: State,
    ) -> Result<Vec<Conflict>, EventError> {
        let mut tx = self.store.read().await?;
        let names = Names::load(&mut tx, event).await?;
        let parked = store::conflict_other::set_aside(&mut tx, event, state, MOST_RECORDS).await?;
        let mut all = node_conflicts(&mut tx, event, &names).await?;
        let parked = parked.into_iter();
        all.extend(parked.map(|record| record_conflict(&names, record)));
        for conflict in &mut all {
            let id = conflict.id.to_string();
            conflict.notes = store::conflict_note::notes(&mut tx, event, &id).await?;
        }
        Ok(all)
    }
}

/// What people call the gates and nodes of an event.
struct Names {
    nodes: Vec<Node>,
    gates: BTreeMap<GateId, String>,
}

impl Names {
    async fn load(tx: &mut Tx, event: EventId) -> Result<Self, StoreError> {
        let gates = store::gate::of_event(tx, event).await?;
        Ok(Self {
            nodes: store::node::of_event(tx, event).await?,
            gates: gates.into_iter().map(|gate| (gate.id, gate.name)).collect(),
        })
    }

    fn node(&self, id: NodeId) -> String {
        let node = self.nodes.iter().find(|node| node.id == id);
        node.map_or_else(|| id.to_string(), |node| node.name.clone())
    }

    fn admission(&self, one: &AdmittedScan) -> Admission {
        let gate = self.gates.get(&one.gate).cloned();
        Admission {
            scan: one.scan,
            node_name: self.node(one.scan.node),
            gate_name: gate.unwrap_or_else(|| one.gate.to_string()),
            time: one.time,
            overridden_by: one.overridden_by.clone(),
        }
    }
}

/// A scan's conflict, with what was said of it before.
async fn scan_conflict(
    tx: &mut Tx,
    names: &Names,
    scan: Marked,
) -> Result<Option<Conflict>, StoreError> {
    let history = store::ruling::of_scan(tx, scan.scan.scan).await?;
    let now = Kind::of_scan(&scan.ruling, scan.flag);
    let mut before = history.iter().rev();
    let before = before.find_map(|change| Kind::of_scan(change.old.name(), None));
    let Some(kind) = now.or(before) else {
        return Ok(None);
    };
    let other_ticket = match (&scan.winner, scan.wristband) {
        (Some(winner), Some(_)) => store::conflict::ticket_of(tx, winner.scan).await?,
        _ => None,
    };
    let other_ticket = other_ticket.filter(|number| Some(*number) != scan.number);
    Ok(Some(Conflict {
        id: ConflictId::Scan(scan.scan.scan),
        kind,
        is_open: now.is_some(),
        matter: Matter::Scan {
            ticket: scan.ticket,
            number: scan.number.map(|number| number.to_string()),
            wristband: scan.wristband,
            action: scan.action,
            flag: scan.flag,
            admission: names.admission(&scan.scan),
            winner: scan.winner.as_ref().map(|winner| names.admission(winner)),
            other_ticket: other_ticket.map(|number| number.to_string()),
            ruling: scan.ruling,
        },
        history,
        notes: Vec::new(),
    }))
}

fn record_conflict(names: &Names, record: SetAside) -> Conflict {
    let matter = Matter::Record {
        scan: record.scan,
        node_name: names.node(record.scan.node),
        code: record.code,
        received_at: record.place.received_at,
    };
    open(ConflictId::Record(record.place.id), Kind::Parked, matter)
}

/// What concerns nodes, as it is now.
async fn node_conflicts(
    tx: &mut Tx,
    event: EventId,
    names: &Names,
) -> Result<Vec<Conflict>, EventError> {
    let found = store::event::by_id(tx, event).await?;
    let most_per_minute = found.ok_or(EventError::Unknown)?.rules.most_per_minute;
    let rushes = store::occupancy::rushes(tx, event, most_per_minute).await?;
    let stopped = |node: &&Node| node.status == NodeStatus::Quarantined;
    let quarantined = names.nodes.iter().filter(stopped).map(|node| {
        let matter = Matter::Node {
            node: node.id,
            node_name: node.name.clone(),
            reason: node.quarantine_reason.clone().unwrap_or_default(),
        };
        open(ConflictId::Node(node.id), Kind::Quarantined, matter)
    });
    let rushed = rushes.into_iter().map(|rush| {
        let matter = Matter::Rush {
            node_name: names.node(rush.node),
            rush,
            most_per_minute,
        };
        let id = ConflictId::Rush(rush.node, rush.from);
        open(id, Kind::FasterThanAssumed, matter)
    });
    Ok(quarantined.chain(rushed).collect())
}

const fn open(id: ConflictId, kind: Kind, matter: Matter) -> Conflict {
    Conflict {
        id,
        kind,
        is_open: true,
        matter,
        history: Vec::new(),
        notes: Vec::new(),
    }
}
