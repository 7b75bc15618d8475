//! What was done to nodes, and by what a person judges one: the trail of its enrolment, quarantine, release and
//! revocation, and the records of it that were set aside.
//!
//! A quarantine never ends by itself, because only a person can see which of two disks is the right one; that person
//! ends it in [`super::node_acts`]. What to do before is in `docs/operations.md`. Called by the panel and `central node`.

use serde_json::Value;
use sync_protocol::{
    id::NodeId,
    scan::{ScanRecord, Subject},
    time::Timestamp,
};
use uuid::Uuid;

use super::{App, nodes::NodeError};
use crate::{
    domain::node::Node,
    store::{
        self, StoreError, Tx,
        audit::{AuditEntry, AuditRow},
    },
};

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

    /// Adds to the trail of a node.
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
            subject_kind: "node",
            subject,
            detail: &detail,
        };
        store::audit::put(tx, entry).await
    }
}
