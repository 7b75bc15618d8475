//! Following a stored log from its first record: does it hold together, and is it what the node signed?
//!
//! What was set aside is part of the chain too: its bytes are kept, and the record after it names their hash. Of a
//! place that was sent in several versions, only the one that its neighbours follow counts.

use sync_protocol::{
    digest::Digest,
    id::NodeId,
    scan::{Head, ScanRecord, genesis, record_hash},
};

/// A stored row as far as it repeats its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its place.
    pub seq: u64,
    /// The record as the node sent it.
    pub bytes: Vec<u8>,
    /// The columns beside it.
    pub columns: Columns,
}

/// What columns repeat of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Numbers of action, decision and reason.
    pub codes: [u8; 3],
    /// The ticket that was shown.
    pub ticket: Option<uuid::Uuid>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<uuid::Uuid>,
    /// The gate.
    pub gate: uuid::Uuid,
    /// The earlier record that it decides about or takes back.
    pub answers: Option<u64>,
}

/// The first row that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// A row is gone.
    #[error("record {0} is missing")]
    Missing(u64),
    /// The record's bytes are none of this node's, or of another place.
    #[error("record {0} was altered: its bytes are no record of this place")]
    Altered(u64),
    /// It does not follow from the one before.
    #[error("record {0} does not follow from the record before it: one of the two was altered")]
    Broken(u64),
    /// The columns say something else than the record.
    #[error("record {0} was altered: its columns differ from what the node signed")]
    Columns(u64),
    /// The last record is not the acknowledged one.
    #[error("record {0} is not the one that was acknowledged to the node")]
    End(u64),
}

/// A walk along one log.
pub struct Walk {
    node: NodeId,
    seq: u64,
    /// Hashes that the next record may follow: several only after a place that was sent in several versions.
    heads: Vec<Digest>,
}

impl Walk {
    /// Before the first record.
    #[must_use]
    pub fn new(node: NodeId) -> Self {
        Self {
            node,
            seq: 0,
            heads: vec![genesis(node)],
        }
    }

    /// The next place.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.seq + 1
    }

    /// Takes the stored record of the next place.
    ///
    /// # Errors
    /// [`LogFault`] names the row.
    pub fn take(&mut self, row: &StoredRecord) -> Result<(), LogFault> {
        let seq = self.next_seq();
        if row.seq != seq {
            return Err(LogFault::Missing(seq));
        }
        let record = ScanRecord::from_bytes(&row.bytes).map_err(|_| LogFault::Altered(seq))?;
        if record.node != self.node || record.seq != seq {
            return Err(LogFault::Altered(seq));
        }
        if !self.heads.contains(&record.previous) {
            return Err(LogFault::Broken(seq));
        }
        if columns(&record) != row.columns {
            return Err(LogFault::Columns(seq));
        }
        self.seq = seq;
        self.heads = vec![record_hash(&row.bytes)];
        Ok(())
    }

    /// Takes what was set aside at the next place, in every version that was sent.
    ///
    /// # Errors
    /// [`LogFault::Missing`] when nothing was, [`LogFault::Broken`] when none follows.
    pub fn take_parked(&mut self, versions: &[&[u8]]) -> Result<(), LogFault> {
        let seq = self.next_seq();
        if versions.is_empty() {
            return Err(LogFault::Missing(seq));
        }
        let follows = |bytes: &&&[u8]| {
            let record = ScanRecord::from_bytes(bytes);
            record.map_or(true, |record| self.heads.contains(&record.previous))
        };
        let heads: Vec<Digest> = versions
            .iter()
            .filter(follows)
            .map(|bytes| record_hash(bytes))
            .collect();
        if heads.is_empty() {
            return Err(LogFault::Broken(seq));
        }
        self.seq = seq;
        self.heads = heads;
        Ok(())
    }

    /// Whether the log ends where it was acknowledged to the node.
    ///
    /// # Errors
    /// [`LogFault::End`].
    pub fn finish(&self, acknowledged: &Head) -> Result<(), LogFault> {
        if self.seq == acknowledged.seq && self.heads.contains(&acknowledged.hash) {
            return Ok(());
        }
        Err(LogFault::End(acknowledged.seq))
    }
}

fn columns(record: &ScanRecord) -> Columns {
    let wristband = record.subject.wristband().or(record.wristband);
    Columns {
        codes: [
            record.action.code(),
            record.decision.code(),
            record.reason.code(),
        ],
        ticket: record.subject.ticket().map(|ticket| ticket.0),
        wristband: wristband.map(|wristband| wristband.0),
        gate: record.gate.0,
        answers: record.answers,
    }
}
