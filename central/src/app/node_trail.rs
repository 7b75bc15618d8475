//! What was done to nodes, and by what a person judges one: the trail of its enrolment, quarantine, release and
//! revocation, and the records of it that were set aside.
//!
//! A quarantine never ends by itself, because only a person can see which of two disks is the right one. It ends here,
//! with a reason that is kept. What to do before is in `docs/operations.md`. Called by `central node`.

use serde_json::{Value, json};
use sync_protocol::{
    id::NodeId,
    scan::{ScanRecord, Subject},
    time::Timestamp,
};
use uuid::Uuid;

use super::{App, nodes::NodeError};
use crate::{
    domain::node::{Node, NodeStatus},
    store::{
        self, StoreError, Tx,
        audit::{AuditEntry, AuditRow},
        tx::transact,
    },
};

/// Longest reason.
const MOST_CHARS: usize = 200;

/// All that is known of one node.
#[derive(Clone, Debug)]
pub struct NodeFile {
    /// The node.
    pub node: Node,
    /// Records that were set aside, by place.
    pub parked: Vec<ParkedNote>,
    /// What was done to it, oldest first.
    pub trail: Vec<AuditRow>,
}

/// A record that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedNote {
    /// Where in the log it stood, or was said to stand.
    pub seq: u64,
    /// Why, by stable name.
    pub code: String,
    /// What it says, if it can be read.
    pub record: Option<ScanRecord>,
}

impl ParkedNote {
    /// What it says, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let Some(record) = &self.record else {
            return "it cannot be read".to_owned();
        };
        let subject = match record.subject {
            Subject::Ticket(ticket) => format!("ticket {ticket}"),
            Subject::Wristband(wristband) => format!("wristband {wristband}"),
            Subject::Unknown(_) => "something unknown".to_owned(),
        };
        format!("{} of {subject}: {}", record.action, record.reason)
    }
}

impl App {
    /// All that is known of one node.
    ///
    /// # Errors
    /// [`NodeError::UnknownNode`].
    pub async fn node_file(&self, id: NodeId) -> Result<NodeFile, NodeError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, id).await?;
        let node = node.ok_or(NodeError::UnknownNode)?;
        let parked = store::ruling::parked_of(&mut tx, id).await?;
        let parked = parked.into_iter().map(|(seq, code, bytes)| ParkedNote {
            seq,
            code,
            record: ScanRecord::from_bytes(&bytes).ok(),
        });
        Ok(NodeFile {
            node,
            parked: parked.collect(),
            trail: store::audit::of_subject(&mut tx, "node", id.0).await?,
        })
    }

    /// Ends a quarantine: central takes the node's log again where it stands. A second disk of its name would bring the
    /// quarantine back.
    ///
    /// # Errors
    /// [`NodeError::UnknownNode`], [`NodeError::NotQuarantined`] or [`NodeError::BadReason`].
    pub async fn release_node(&self, id: NodeId, reason: &str) -> Result<(), NodeError> {
        let (now, reason) = (self.clock.now(), reason.trim());
        if !(1..=MOST_CHARS).contains(&reason.chars().count()) {
            return Err(NodeError::BadReason);
        }
        transact!(self.store, |tx| {
            let node = store::node::by_id(tx, id).await?;
            let node = node.ok_or(NodeError::UnknownNode)?;
            if node.status != NodeStatus::Quarantined {
                return Err(NodeError::NotQuarantined);
            }
            store::node::set_status(tx, id, NodeStatus::Active, None).await?;
            let detail = json!({"reason": reason, "was": node.quarantine_reason});
            self.note_node(tx, "node.release", "system", id.0, now, &detail)
                .await?;
            Ok(())
        })
    }

    /// Adds to the trail of a node, or of the code that became one.
    pub(super) async fn note_node(
        &self,
        tx: &mut Tx,
        action: &str,
        actor_kind: &str,
        subject: Uuid,
        now: Timestamp,
        detail: &Value,
    ) -> Result<(), StoreError> {
        let detail = detail.to_string();
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind,
            action,
            subject_kind: if action == "node.code" {
                "enrolment"
            } else {
                "node"
            },
            subject,
            detail: &detail,
        };
        store::audit::put(tx, entry).await
    }
}
