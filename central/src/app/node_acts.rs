//! What people do to nodes: another gate, name or rights, revoked, let out of quarantine. Each leaves a row that says who.
//!
//! A node hears of its new place with its next round; the event's revision is taken, so that one which waits asks at
//! once. Its log stays one log of one event: for another event a node is taken in anew.

use serde_json::json;
use sync_protocol::{
    id::{EventId, GateId, NodeId},
    rights::Rights,
};

use super::{App, enrolments::node_name, nodes::NodeError, users::By};
use crate::{
    domain::{conflict::ConflictId, node::NodeStatus},
    store::{self, StoreError, tx::transact},
};

/// Longest reason.
const MOST_CHARS: usize = 200;

/// How a node is to stand.
#[derive(Clone, Debug)]
pub struct NodeChange {
    /// What people call it.
    pub name: String,
    /// The gate it stands at.
    pub gate: GateId,
    /// What it may do.
    pub rights: Rights,
}

impl App {
    /// Gives a node of an event another name, gate or rights.
    ///
    /// # Errors
    /// [`NodeError::BadName`], [`NodeError::NameTaken`], [`NodeError::UnknownGate`], [`NodeError::UnknownNode`] or
    /// [`NodeError::Revoked`].
    pub async fn change_node(
        &self,
        by: &By,
        (event, id): (EventId, NodeId),
        change: &NodeChange,
    ) -> Result<(), NodeError> {
        let (now, name) = (self.clock.now(), node_name(&change.name)?);
        transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order, and waiting gates hear of it.
            let revision = store::revision::take(tx, event).await?;
            store::revision::put(tx, event, &revision).await?;
            let node = store::node::by_id(tx, id).await?;
            let node = node.filter(|node| node.event == event);
            let node = node.ok_or(NodeError::UnknownNode)?;
            if node.status == NodeStatus::Revoked {
                return Err(NodeError::Revoked);
            }
            let gates = store::gate::of_event(tx, event).await?;
            if !gates.iter().any(|gate| gate.id == change.gate) {
                return Err(NodeError::UnknownGate);
            }
            let place = (name, change.gate);
            match store::node::assign(tx, id, place, change.rights).await {
                Err(StoreError::Duplicate) => return Err(NodeError::NameTaken),
                stored => stored?,
            };
            if node.gate != change.gate {
                store::gate::mark_moved(tx, [node.gate, change.gate]).await?;
            }
            let detail = json!({
                "name": name, "gate": change.gate, "may": change.rights.names(),
                "was": {"name": node.name, "gate": node.gate, "may": node.rights.names()},
            });
            self.note_by(tx, by, "node.change", ("node", id.0), now, detail)
                .await?;
            Ok(())
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// Revokes nodes, all or none: at their next contact they are told to erase their replicas.
    ///
    /// # Errors
    /// [`NodeError::UnknownNode`].
    pub async fn revoke_nodes(&self, by: &By, nodes: &[NodeId]) -> Result<(), NodeError> {
        let now = self.clock.now();
        let events = transact!(self.store, |tx| {
            let mut events = Vec::new();
            for id in nodes {
                let node = store::node::by_id(tx, *id).await?;
                let node = node.ok_or(NodeError::UnknownNode)?;
                if node.status == NodeStatus::Revoked {
                    continue;
                }
                store::node::set_status(tx, *id, NodeStatus::Revoked, None).await?;
                self.note_by(tx, by, "node.revoke", ("node", id.0), now, json!({}))
                    .await?;
                events.push(node.event);
            }
            Ok::<_, NodeError>(events)
        })?;
        events.iter().for_each(|event| self.waits.changed(*event));
        Ok(())
    }

    /// Revokes a node at the command line.
    ///
    /// # Errors
    /// [`NodeError::UnknownNode`].
    pub async fn revoke_node(&self, node: NodeId) -> Result<(), NodeError> {
        self.revoke_nodes(&By::CommandLine, &[node]).await
    }

    /// Ends a quarantine: central takes the node's log again where it stands. A second disk of its name would bring the
    /// quarantine back.
    ///
    /// # Errors
    /// [`NodeError::UnknownNode`], [`NodeError::NotQuarantined`] or [`NodeError::BadReason`].
    pub async fn release_node_by(
        &self,
        by: &By,
        id: NodeId,
        reason: &str,
    ) -> Result<(), NodeError> {
        let (now, reason) = (self.clock.now(), reason.trim());
        if !(1..=MOST_CHARS).contains(&reason.chars().count()) {
            return Err(NodeError::BadReason);
        }
        transact!(self.store, |tx| {
            let node = store::node::by_id(tx, id).await?;
            let node = node.ok_or(NodeError::UnknownNode)?;
            // Asked of the row itself: somebody may be revoking it at this moment.
            if !store::node::release(tx, id).await? {
                return Err(NodeError::NotQuarantined);
            }
            // What was decided about this quarantine says nothing about the next one.
            store::conflict_decision::remove(tx, node.event, ConflictId::Node(id)).await?;
            let detail = json!({"reason": reason, "was": node.quarantine_reason});
            self.note_by(tx, by, "node.release", ("node", id.0), now, detail)
                .await?;
            Ok(())
        })
    }

    /// The same at the command line.
    ///
    /// # Errors
    /// As [`App::release_node_by`].
    pub async fn release_node(&self, id: NodeId, reason: &str) -> Result<(), NodeError> {
        self.release_node_by(&By::CommandLine, id, reason).await
    }
}
