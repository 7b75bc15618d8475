//! Conflicts: tickets that were admitted twice, with the names of gates and nodes, for the venue manager.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, GateId, NodeId, TicketId},
    moment::Interval,
    scan::{Action, ScanId},
};

use super::App;
use crate::store::{self, StoreError, conflict::AdmittedScan};

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
}

/// A ticket that was admitted twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
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

impl App {
    /// An event's conflicts, in the order in which they happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conflicts(&self, event: EventId) -> Result<Vec<Conflict>, StoreError> {
        let mut tx = self.store.read().await?;
        let doubles = store::conflict::of_event(&mut tx, event).await?;
        let nodes = store::node::of_event(&mut tx, event).await?;
        let gates = store::gate::of_event(&mut tx, event).await?;
        let nodes: BTreeMap<NodeId, String> = nodes.into_iter().map(|n| (n.id, n.name)).collect();
        let gates: BTreeMap<GateId, String> = gates.into_iter().map(|g| (g.id, g.name)).collect();
        let admission = |one: &AdmittedScan| Admission {
            scan: one.scan,
            node_name: name(&nodes, &one.scan.node),
            gate_name: name(&gates, &one.gate),
            time: one.time,
        };
        let conflicts = doubles.iter().map(|double| Conflict {
            ticket: double.ticket,
            number: double.number.map(|number| number.to_string()),
            action: double.action,
            undecidable: double.undecidable,
            winner: admission(&double.winner),
            double: admission(&double.double),
        });
        Ok(conflicts.collect())
    }
}

/// What people call it, or its id when nobody named it.
fn name<Id: Ord + std::fmt::Display>(names: &BTreeMap<Id, String>, id: &Id) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_string())
}
