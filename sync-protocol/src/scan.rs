//! The scan log: one record per attempt, each chained to the one before, heads signed by the node.
//!
//! A record is never edited. Its hash covers its canonical CBOR and the hash before it, so an edit, a
//! deletion, a gap or a fork is found and the row is named ([`ChainFault`]). The node's key signs the head of
//! every batch: whoever relays a log cannot change it, and nobody can send one under another node's name.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::{
    cbor::closed_enum,
    digest::Digest,
    id::{BootId, EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    ticket::Revision,
    time::{Reading, Timestamp},
    verdict::{Decision, Reason, Verdict},
};

closed_enum! {
    /// What the guest wants at the gate.
    pub enum Action {
        /// Ticket for wristband.
        Exchange = 1 => "exchange",
        /// In.
        Entry = 2 => "entry",
        /// Out.
        Exit = 3 => "exit",
        /// The wristband is taken from the ticket again: it is broken or was the wrong one.
        Unpair = 4 => "unpair",
        /// An admitted scan of this gate is taken back, as if it had not been.
        Undo = 5 => "undo",
    }
}

impl Action {
    /// What a guest may want; the rest is a supervisor's doing.
    pub const OF_GUESTS: [Self; 4] = [Self::Exchange, Self::Entry, Self::Exit, Self::Unpair];
}

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Subject {
    /// A ticket, by its code or its number.
    #[n(0)]
    Ticket(#[n(0)] TicketId),
    /// A wristband.
    #[n(1)]
    Wristband(#[n(0)] WristbandId),
    /// Something else: the digest of the text, so that a leaked log holds no code.
    #[n(2)]
    Unknown(#[n(0)] Digest),
}

impl Subject {
    /// The ticket, if that is what was shown.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Ticket(ticket) => Some(*ticket),
            Self::Wristband(_) | Self::Unknown(_) => None,
        }
    }

    /// The wristband, if that is what was shown.
    #[must_use]
    pub const fn wristband(&self) -> Option<WristbandId> {
        match self {
            Self::Wristband(wristband) => Some(*wristband),
            Self::Ticket(_) | Self::Unknown(_) => None,
        }
    }
}

/// Names one scan for ever: the node and its place in that node's log.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
pub struct ScanId {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// Place in its log, from 1.
    #[n(1)]
    pub seq: u64,
}

/// One attempt at a gate. Refused attempts are records too.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct ScanRecord {
    /// The node that decided.
    #[n(0)]
    pub node: NodeId,
    /// Place in its log, from 1, without gaps.
    #[n(1)]
    pub seq: u64,
    /// Hash of the record before, or [`genesis`].
    #[n(2)]
    pub previous: Digest,
    /// The boot in which `mono_ms` counts.
    #[n(3)]
    pub boot: BootId,
    /// Monotonic milliseconds since that boot.
    #[n(4)]
    pub mono_ms: i64,
    /// What the wall clock said, right or wrong.
    #[n(5)]
    pub wall: Timestamp,
    /// The event.
    #[n(6)]
    pub event: EventId,
    /// The gate.
    #[n(7)]
    pub gate: GateId,
    /// Who worked the gate, where somebody had signed in.
    #[n(8)]
    pub operator: Option<OperatorId>,
    /// What the guest wanted.
    #[n(9)]
    pub action: Action,
    /// What was shown.
    #[n(10)]
    pub subject: Subject,
    /// What the gate answered.
    #[n(11)]
    pub decision: Decision,
    /// And why.
    #[n(12)]
    pub reason: Reason,
    /// The gate knew that it might be wrong (replica behind, peers out of reach).
    #[n(13)]
    pub provisional: bool,
    /// The replica's revision at that moment: what the gate could know.
    #[n(14)]
    pub cursor: Revision,
    /// The wristband that an exchange bound to the ticket, or that was taken from it again.
    #[n(15)]
    pub wristband: Option<WristbandId>,
    /// The ticket that was shown, where `subject` is the same person's add-on that is taken here.
    #[n(16)]
    pub via: Option<TicketId>,
    /// The earlier record of this log that a supervisor decides about, or takes back ([`crate::decision`]).
    #[n(17)]
    pub answers: Option<u64>,
}

/// Where a log stands: the last record's place and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Head {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// Place of the last record, 0 for an empty log.
    #[n(1)]
    pub seq: u64,
    /// Its hash, or [`genesis`].
    #[n(2)]
    pub hash: Digest,
}

/// A head with the node's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SignedHead {
    /// The head.
    #[n(0)]
    pub head: Head,
    /// Ed25519 over the head.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

/// The first row at which a log does not hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A record is missing or repeated at this place.
    #[error("record {expected} is missing: found {found} in its place")]
    Gap {
        /// The place that should come next.
        expected: u64,
        /// The place that was found.
        found: u64,
    },
    /// The record does not follow from the one before: one of the two was altered, or the log was forked.
    #[error("record {0} does not follow from the record before it: the log was altered or copied")]
    Broken(u64),
    /// The record names another node.
    #[error("record {0} belongs to another node")]
    Foreign(u64),
    /// The bytes are no record.
    #[error("record {0} cannot be read")]
    Unreadable(u64),
    /// The head's signature does not hold.
    #[error("the signature of the log's head at record {0} is not this node's")]
    BadHead(u64),
}

/// The hash before a node's first record.
#[must_use]
pub fn genesis(node: NodeId) -> Digest {
    Digest::of("gerbang log v1", &[node.as_bytes()])
}

impl ScanRecord {
    /// Canonical CBOR: equal records give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory cannot fail")
    }

    /// Reads canonical CBOR.
    ///
    /// # Errors
    /// When the bytes are no record, or a second spelling of one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let record: Self = minicbor::decode(bytes)?;
        if record.to_bytes() == bytes {
            Ok(record)
        } else {
            Err(minicbor::decode::Error::message("not in canonical form"))
        }
    }

    /// The clock readings it carries.
    #[must_use]
    pub const fn reading(&self) -> Reading {
        Reading {
            boot: self.boot,
            mono_ms: self.mono_ms,
            wall: self.wall,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> ScanId {
        ScanId {
            node: self.node,
            seq: self.seq,
        }
    }

    /// What the gate answered.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        Verdict {
            decision: self.decision,
            reason: self.reason,
        }
    }
}

/// The hash of a record's canonical bytes, which hold the hash before it.
#[must_use]
pub fn record_hash(bytes: &[u8]) -> Digest {
    Digest::of("gerbang scan v1", &[bytes])
}

impl Head {
    /// The head of an empty log.
    #[must_use]
    pub fn empty(node: NodeId) -> Self {
        Self {
            node,
            seq: 0,
            hash: genesis(node),
        }
    }

    /// Follows the log by one record.
    ///
    /// # Errors
    /// [`ChainFault`] names the row that does not follow.
    pub fn follow(&self, bytes: &[u8]) -> Result<(Self, ScanRecord), ChainFault> {
        let expected = self.seq + 1;
        let record = ScanRecord::from_bytes(bytes).map_err(|_| ChainFault::Unreadable(expected))?;
        if record.node != self.node {
            return Err(ChainFault::Foreign(expected));
        }
        if record.seq != expected {
            return Err(ChainFault::Gap {
                expected,
                found: record.seq,
            });
        }
        if record.previous != self.hash {
            return Err(ChainFault::Broken(expected));
        }
        Ok((
            Self {
                node: self.node,
                seq: expected,
                hash: record_hash(bytes),
            },
            record,
        ))
    }

    /// Signs the head.
    #[must_use]
    pub fn sign(self, key: &SigningKey) -> SignedHead {
        SignedHead {
            head: self,
            signature: key.sign(&self.signed_bytes()).to_bytes(),
        }
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let seq = self.seq.to_be_bytes();
        [
            b"gerbang head v1".as_slice(),
            self.node.as_bytes(),
            &seq,
            &self.hash.0,
        ]
        .concat()
    }
}

impl SignedHead {
    /// Checks that this node signed this head.
    ///
    /// # Errors
    /// [`ChainFault::BadHead`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<Head, ChainFault> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.head.signed_bytes(), &signature)
            .map_err(|_| ChainFault::BadHead(self.head.seq))?;
        Ok(self.head)
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
