//! A batch of records as a node sent it: what follows from the log, what is a repeat, what is set aside.
//!
//! Nothing here trusts the sender: every byte was signed by somebody, but a record that says nonsense must not stop
//! the records after it, and a log that contradicts what is already stored must be named and kept apart. A record
//! is *poison* when the chain runs through it and yet it cannot be used.
//! Called by `app::sync` outside its transaction; the answer depends on the batch and the stored head alone.

use sync_protocol::{
    digest::Digest,
    id::EventId,
    scan::{ChainFault, Head, ScanRecord, SignedHead, record_hash},
    wire::v1::Refusal,
};

/// Readings beyond this are no times; sums of them stay within 64 bits.
const MOST_MS: i64 = 1 << 53;
/// Longest record that fits its column; ours have 300 bytes.
const MOST_BYTES: usize = 1_000;

/// A record with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place in the log.
    pub seq: u64,
    /// The hash it follows, where it can be read.
    pub previous: Option<Digest>,
    /// Its own hash.
    pub hash: Digest,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// What it says, or why it cannot be used.
    pub content: Result<ScanRecord, Poison>,
}

/// Why a record that stands in its place cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Poison {
    /// The bytes are no record.
    #[error("record {0} cannot be read")]
    Unreadable(u64),
    /// It is of another node.
    #[error("record {0} belongs to another node")]
    ForeignNode(u64),
    /// It is of another event.
    #[error("record {0} belongs to another event")]
    OtherEvent(u64),
    /// Its clock readings are no times.
    #[error("record {0} has clock readings that no clock gives")]
    BadClock(u64),
}

impl Poison {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "record_unreadable",
            Self::ForeignNode(_) => "record_of_other_node",
            Self::OtherEvent(_) => "record_of_other_event",
            Self::BadClock(_) => "record_clock_impossible",
        }
    }

    /// What the node is told.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        Refusal {
            code: self.code().to_owned(),
            message: self.to_string(),
            acknowledged: None,
        }
    }
}

/// A whole batch is refused; its records are put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchFault {
    /// The batch contradicts what is stored: the node's disk was copied or altered.
    #[error(
        "record {0} differs from the one that central has: this disk was copied, restored or altered"
    )]
    Forked(u64),
    /// The batch does not hold together.
    #[error(transparent)]
    Chain(#[from] ChainFault),
    /// No log is that long.
    #[error("a log of {0} records is not possible")]
    Impossible(u64),
    /// The head that was signed is not the one that the records lead to.
    #[error("the signed head at record {0} is not the head of the records that came with it")]
    OtherHead(u64),
}

impl BatchFault {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forked(_) => "log_forked",
            Self::Chain(ChainFault::Gap { .. }) => "log_gap",
            Self::Chain(ChainFault::BadHead(_)) => "bad_head_signature",
            Self::Impossible(_) => "log_head_impossible",
            Self::Chain(_) | Self::OtherHead(_) => "log_broken",
        }
    }
}

/// A chained batch, not yet compared with what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its records, places ascending by one.
    pub links: Vec<Link>,
}

/// Reads and chains a batch. `upto` has been verified: it is what the node signed.
///
/// # Errors
/// [`BatchFault::Chain`] or [`BatchFault::OtherHead`] names the row.
pub fn chain(
    records: &[impl AsRef<[u8]>],
    upto: &Head,
    event: EventId,
) -> Result<Batch, BatchFault> {
    let mut links: Vec<Link> = Vec::with_capacity(records.len());
    let count = records.len() as u64;
    let first = (upto.seq + 1).checked_sub(count).filter(|first| *first > 0);
    let first = first.ok_or(BatchFault::OtherHead(upto.seq))?;
    for (seq, bytes) in (first..).zip(records) {
        let link = link(seq, bytes.as_ref(), upto, event)?;
        let before = links.last().map(|before| before.hash);
        if let (Some(before), Some(previous)) = (before, link.previous)
            && before != previous
        {
            return Err(ChainFault::Broken(seq).into());
        }
        links.push(link);
    }
    match links.last() {
        Some(last) if last.hash != upto.hash => Err(BatchFault::OtherHead(upto.seq)),
        _ => Ok(Batch { links }),
    }
}

fn link(seq: u64, bytes: &[u8], upto: &Head, event: EventId) -> Result<Link, BatchFault> {
    let record = if bytes.len() <= MOST_BYTES {
        ScanRecord::from_bytes(bytes).ok()
    } else {
        None
    };
    if let Some(record) = &record
        && record.node == upto.node
        && record.seq != seq
    {
        let (expected, found) = (seq, record.seq);
        return Err(ChainFault::Gap { expected, found }.into());
    }
    Ok(Link {
        seq,
        previous: record.as_ref().map(|record| record.previous),
        hash: record_hash(bytes),
        bytes: bytes.to_vec(),
        content: usable(seq, record, upto, event),
    })
}

fn usable(
    seq: u64,
    record: Option<ScanRecord>,
    upto: &Head,
    event: EventId,
) -> Result<ScanRecord, Poison> {
    let record = record.ok_or(Poison::Unreadable(seq))?;
    let possible = |ms: i64| (-MOST_MS..=MOST_MS).contains(&ms);
    if record.node != upto.node {
        Err(Poison::ForeignNode(seq))
    } else if record.event != event {
        Err(Poison::OtherEvent(seq))
    } else if !possible(record.mono_ms)
        || !possible(record.wall.0)
        || record.cursor > MOST_MS as u64
    {
        Err(Poison::BadClock(seq))
    } else {
        Ok(record)
    }
}

impl Batch {
    /// The places whose stored hash [`Batch::fresh`] needs: the last record that is stored already, if the batch
    /// repeats any and ends before the stored head.
    #[must_use]
    pub fn overlap(&self, stored: &Head) -> Option<u64> {
        let last = self.links.last()?.seq;
        (last < stored.seq).then_some(last)
    }

    /// The place and the hash of every record.
    #[must_use]
    pub fn hashes(&self) -> Vec<(u64, Digest)> {
        let links = self.links.iter();
        links.map(|link| (link.seq, link.hash)).collect()
    }

    /// The records that are new. `known` is the stored hash of the record at [`Batch::overlap`].
    ///
    /// # Errors
    /// [`BatchFault::Forked`] where the batch contradicts what is stored, a gap where it begins too late.
    pub fn fresh(mut self, stored: &Head, known: Option<Digest>) -> Result<Vec<Link>, BatchFault> {
        let Some(first) = self.links.first().map(|link| link.seq) else {
            return Ok(Vec::new());
        };
        if first > stored.seq + 1 {
            let (expected, found) = (stored.seq + 1, first);
            return Err(ChainFault::Gap { expected, found }.into());
        }
        let repeats = usize::try_from(stored.seq + 1 - first).unwrap_or(usize::MAX);
        let fresh = self.links.split_off(repeats.min(self.links.len()));
        if let Some(last) = self.links.last() {
            let expected = if last.seq == stored.seq {
                Some(stored.hash)
            } else {
                known
            };
            if expected != Some(last.hash) {
                return Err(BatchFault::Forked(last.seq));
            }
        } else if let Some(previous) = fresh.first().and_then(|link| link.previous)
            && previous != stored.hash
        {
            return Err(BatchFault::Forked(stored.seq));
        }
        Ok(fresh)
    }
}

/// Longest log: a scan a second for centuries.
const MOST_SEQ: u64 = 1 << 40;
/// Most records that a log may have beyond what is stored: days of a busy gate.
const MOST_AHEAD: u64 = 10_000_000;

/// Whether the heads of a request fit together: both signed by the node, the log not shorter than the batch, and not
/// longer than logs can be. `stored` is how far central has it.
///
/// # Errors
/// [`BatchFault`] names the head.
pub fn check_heads(log: &SignedHead, upto: &SignedHead, stored: u64) -> Result<(), BatchFault> {
    if log.head.seq > MOST_SEQ || log.head.seq > stored.saturating_add(MOST_AHEAD) {
        return Err(BatchFault::Impossible(log.head.seq));
    }
    let same_place = log.head.seq == upto.head.seq;
    if log.head.seq < upto.head.seq || (same_place && log.head.hash != upto.head.hash) {
        return Err(BatchFault::OtherHead(log.head.seq));
    }
    Ok(())
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
