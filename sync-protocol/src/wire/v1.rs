//! Version 1 of the messages.
//!
//! | call | request | answer |
//! | --- | --- | --- |
//! | `POST /node/v1/enrol` | [`EnrolRequest`] | [`EnrolAnswer`] |
//! | `POST /node/v1/challenge` | [`ChallengeRequest`] | [`Challenge`] |
//! | `POST /node/v1/session` | [`SessionRequest`] | [`Session`] |
//! | `POST /node/v1/sync` | [`SyncRequest`] | [`SyncAnswer`] |
//! | `POST /node/v1/wait` | [`WaitRequest`] | [`WaitAnswer`] |
//!
//! Every refusal is a [`Refusal`] with a stable code. Bodies may be zstd-compressed (`content-encoding: zstd`).

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{assignment::Assignment, report::NodeReport};
use crate::{
    config::EventConfig,
    digest::Digest,
    flag::Flag,
    id::{BootId, EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    manifest::Manifest,
    merge::Ruling,
    moment::{Interval, Trip},
    receipt::Receipt,
    rights::Rights,
    scan::{Action, ScanId, SignedHead},
    ticket::{Revision, Ticket},
    time::Timestamp,
    wristband::Wristband,
};

/// Why central does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[cbor(map)]
#[error("{message} ({code})")]
pub struct Refusal {
    /// Stable snake_case name.
    #[n(0)]
    pub code: String,
    /// One sentence for the person.
    #[n(1)]
    pub message: String,
    /// With `log_gap`: how far central has this node's log.
    #[n(2)]
    pub acknowledged: Option<u64>,
}

/// A new node asks to be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolRequest {
    /// The one-time code from the panel.
    #[n(0)]
    pub code: String,
    /// The node's Ed25519 public key; the private half never leaves the node.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// The program's version, for the panel.
    #[n(2)]
    pub program: String,
}

/// A node was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EnrolAnswer {
    /// Its id.
    #[n(0)]
    pub node: NodeId,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// The event it works for.
    #[n(2)]
    pub event: EventId,
    /// The gate it stands at.
    #[n(3)]
    pub gate: GateId,
    /// Central's own certificate authority as DER, never a single leaf; `None` = the public web PKI.
    #[n(4)]
    pub authority: Option<ByteVec>,
    /// Central's time.
    #[n(5)]
    pub now: Timestamp,
}

/// A node asks for something to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ChallengeRequest {
    /// Who asks.
    #[n(0)]
    pub node: NodeId,
}

/// Something to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Challenge {
    /// Random, used once, good for a minute.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

/// A node proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SessionRequest {
    /// Who.
    #[n(0)]
    pub node: NodeId,
    /// The challenge.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// Ed25519 over the challenge, see [`SessionRequest::sign`].
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// A short right to sync.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Session {
    /// Sent back as `authorization: Bearer …`.
    #[n(0)]
    pub token: String,
    /// How long it is good for.
    #[n(1)]
    pub lasts_ms: i64,
}

/// The round trip of an earlier round, by the node's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RoundTrip {
    /// The round.
    #[n(0)]
    pub round: u64,
    /// The node's side of it.
    #[n(1)]
    pub trip: Trip,
}

/// One round: scans up, changes down.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncRequest {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// The boot in which the request is made.
    #[n(1)]
    pub boot: BootId,
    /// The round before this one, if its answer arrived: the clock sample.
    #[n(2)]
    pub previous: Option<RoundTrip>,
    /// Where the log stands now, unsent records included.
    #[n(3)]
    pub log: SignedHead,
    /// Where the log stands after `records`; equals `log` when they are the last.
    #[n(4)]
    pub upto: SignedHead,
    /// Records in canonical CBOR, in order, from the acknowledged high-water mark on. Hashes that their receiver
    /// computes do not travel (`super::chained`).
    #[n(5)]
    #[cbor(with = "super::chained")]
    pub records: Vec<ByteVec>,
    /// The place in the changes that the replica has reached; central's words, opaque to the node.
    #[n(6)]
    pub position: Option<ByteVec>,
    /// Most rows wanted in the answer.
    #[n(7)]
    pub page_rows: u32,
    /// The program's version, for the panel.
    #[n(8)]
    pub program: String,
    /// Revision of the event config that the node holds.
    #[n(9)]
    pub config_revision: Revision,
    /// How the node finds itself; programs before 0.2 do not say.
    #[n(10)]
    pub report: Option<NodeReport>,
}

/// A record that central could not take; it is kept aside at central and shown, and the queue goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Parked {
    /// Its place in the log.
    #[n(0)]
    pub seq: u64,
    /// Why.
    #[n(1)]
    pub refusal: Refusal,
}

/// An admitted scan of any node and what the merge says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PassageChange {
    /// Its name.
    #[n(0)]
    pub scan: ScanId,
    /// The ticket that it counts for; `None` = a wristband that belongs to none.
    #[n(1)]
    pub ticket: Option<TicketId>,
    /// What the guest wanted.
    #[n(2)]
    pub action: Action,
    /// Where.
    #[n(3)]
    pub gate: GateId,
    /// When, corrected.
    #[n(4)]
    pub time: Interval,
    /// On which event day.
    #[n(5)]
    pub day: u8,
    /// What the merge says.
    #[n(6)]
    pub ruling: Ruling,
    /// The revision of this change.
    #[n(7)]
    pub revision: Revision,
    /// The wristband that was shown, bound or taken away.
    #[n(8)]
    pub wristband: Option<WristbandId>,
    /// What else must be said of it.
    #[n(9)]
    pub flag: Option<Flag>,
}

impl PassageChange {
    /// The digest of every field; the manifest adds these up.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of("gerbang passage row v1", &[&super::encode(self)])
    }
}

/// A supervisor's word by which a scan was admitted. It bears on no verdict and on no manifest: it is told alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Override {
    /// The scan.
    #[n(0)]
    pub scan: ScanId,
    /// Who let in.
    #[n(1)]
    pub by: OperatorId,
}

/// A page of what changed at central.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Page {
    /// The event config, when the node's is older.
    #[n(0)]
    pub config: Option<EventConfig>,
    /// Tickets as they are now, tombstones included.
    #[n(1)]
    pub tickets: Vec<Ticket>,
    /// Admitted scans as they are ruled now.
    #[n(2)]
    pub passages: Vec<PassageChange>,
    /// The place after this page.
    #[n(3)]
    pub position: ByteVec,
    /// On the last page: what the replica must now hold. Absent = there is more.
    #[n(4)]
    pub manifest: Option<Manifest>,
    /// Wristbands as they are now: imported ones, and those that are void.
    #[n(5)]
    #[cbor(default)]
    pub wristbands: Vec<Wristband>,
    /// Of `passages`: those that a supervisor let in where a gate had asked or refused. Absent = none.
    #[n(6)]
    pub overrides: Option<Vec<Override>>,
}

/// What a node is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Order {
    /// Revoked: erase the replica, keep unsent scans.
    #[n(0)]
    Erase,
}

/// The answer to one round.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SyncAnswer {
    /// The round's number, to be named with its round trip next time.
    #[n(0)]
    pub round: u64,
    /// When the request reached central.
    #[n(1)]
    pub received_at: Timestamp,
    /// When the answer was made.
    #[n(2)]
    pub answered_at: Timestamp,
    /// All records up to this place are durable at central.
    #[n(3)]
    pub acknowledged: u64,
    /// Records put aside.
    #[n(4)]
    pub parked: Vec<Parked>,
    /// What changed.
    #[n(5)]
    pub page: Page,
    /// The node may decide until then without another contact.
    #[n(6)]
    pub lease_until: Timestamp,
    /// What to do.
    #[n(7)]
    pub order: Option<Order>,
    /// Central's signed word for `acknowledged`.
    #[n(8)]
    pub receipt: Option<Receipt>,
    /// What this node may do; `None` = everything.
    #[n(9)]
    pub rights: Option<Rights>,
    /// Where it stands and what it is called; `None` = as it was told when it was taken in.
    #[n(10)]
    pub assignment: Option<Assignment>,
}

/// A node asks to be told when something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WaitRequest {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// The revision that the node has reached.
    #[n(1)]
    pub revision: Revision,
    /// It will not wait longer than this; central may answer sooner.
    #[n(2)]
    pub longest_ms: u32,
}

/// Something changed, or the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WaitAnswer {
    /// The event's revision now.
    #[n(0)]
    pub revision: Revision,
}

impl SessionRequest {
    /// Signs a challenge.
    #[must_use]
    pub fn sign(node: NodeId, nonce: [u8; 32], key: &SigningKey) -> Self {
        Self {
            node,
            nonce,
            signature: key.sign(&session_bytes(node, &nonce)).to_bytes(),
        }
    }

    /// Whether this node's key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&session_bytes(self.node, &self.nonce), &signature)
            .is_ok()
    }
}

fn session_bytes(node: NodeId, nonce: &[u8; 32]) -> Vec<u8> {
    [b"gerbang session v1".as_slice(), node.as_bytes(), nonce].concat()
}
