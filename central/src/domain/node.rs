//! A node as central knows it: one scanning device, its key, and where its log stands.

use sync_protocol::{
    digest::Digest,
    id::{EventId, GateId, NodeId},
    occupancy::IN_CONTACT_MS,
    rights::Rights,
    scan::Head,
    time::Timestamp,
    wire::{assignment::Assignment, report::NodeReport},
};

use super::named::named_enum;

named_enum! {
    /// Whether central works with a node.
    pub enum NodeStatus {
        /// Yes.
        Active => "active",
        /// No more: it is told to erase; what it scanned before is still taken.
        Revoked => "revoked",
        /// Its log contradicts itself: what it sends is put aside until somebody looks.
        Quarantined => "quarantined",
    }
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The event it works for.
    pub event: EventId,
    /// The gate it stands at.
    pub gate: GateId,
    /// What people call it.
    pub name: String,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// Whether central works with it.
    pub status: NodeStatus,
    /// Why it is quarantined.
    pub quarantine_reason: Option<String>,
    /// Version of its program.
    pub program: String,
    /// It may decide until then without contact.
    pub lease_until: Timestamp,
    /// When it was last heard of.
    pub last_contact_at: Option<Timestamp>,
    /// All records up to here are durable.
    pub log_seq: u64,
    /// The hash of that record.
    pub log_hash: Digest,
    /// What the node said it has.
    pub claimed_seq: u64,
    /// Number of its last sync round.
    pub round: u64,
    /// What it may do.
    pub rights: Rights,
    /// What it told of itself in its last round; `None` = its program does not say.
    pub report: Option<Report>,
    /// Its gate or name was changed since it was taken in.
    pub is_assigned: bool,
}

/// How a node found itself in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The newest version of the messages that it speaks.
    pub protocol: u32,
    /// Its wall clock minus central's, milliseconds; what the request took on its way is in it.
    pub clock_offset_ms: i64,
    /// The revision at which its replica was proven to equal central's; `None` = it is not proven.
    pub proven: Option<u64>,
}

/// No clock is further off than this: what a node says is kept within it.
const MOST_OFFSET_MS: i64 = 1 << 53;

impl Report {
    /// What a node said in a request that came at this time.
    #[must_use]
    pub fn heard(said: &NodeReport, received_at: Timestamp) -> Self {
        let offset = said.wall.0.saturating_sub(received_at.0);
        Self {
            protocol: said.protocol,
            clock_offset_ms: offset.clamp(-MOST_OFFSET_MS, MOST_OFFSET_MS),
            proven: said
                .proven
                .filter(|revision| i64::try_from(*revision).is_ok()),
        }
    }
}

impl Node {
    /// Whether it works and was not heard of for longer than one that is in contact can be.
    #[must_use]
    pub fn is_silent(&self, now: Timestamp) -> bool {
        let heard = self.last_contact_at;
        self.status == NodeStatus::Active && heard.is_none_or(|at| now.ms_since(at) > IN_CONTACT_MS)
    }

    /// Records that it said it has and that have not arrived.
    #[must_use]
    pub const fn unsent(&self) -> u64 {
        self.claimed_seq.saturating_sub(self.log_seq)
    }

    /// What it is told of its place and name; `None` = as it was told when it was taken in.
    #[must_use]
    pub fn assignment(&self) -> Option<Assignment> {
        self.is_assigned.then(|| Assignment {
            gate: self.gate,
            name: self.name.clone(),
        })
    }

    /// Where its log stands at central.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head {
            node: self.id,
            seq: self.log_seq,
            hash: self.log_hash,
        }
    }
}

/// A code's enrolment as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id.
    pub id: uuid::Uuid,
    /// The event.
    pub event: EventId,
    /// The gate.
    pub gate: GateId,
    /// What the node will be called.
    pub node_name: String,
    /// What the node may do.
    pub rights: Rights,
    /// The code is good until then.
    pub expires_at: Timestamp,
    /// The node that used it.
    pub node: Option<NodeId>,
}
