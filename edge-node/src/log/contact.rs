//! This node's dealings with central: what was acknowledged, what time it is there, how long it may decide.
//!
//! Invariant: the acknowledged place goes back only when central itself has less than it acknowledged, of two clock
//! samples of one boot the better is kept, and an answer that a later one overtook changes nothing but the
//! acknowledged place. One row beside the scans, because it must outlive the replica.

use rusqlite::{Connection, Row, params};
use sync_protocol::{
    id::BootId,
    moment::{Interval, Sample, Trip},
    receipt::Receipt,
    rights::Rights,
    time::{Reading, Timestamp},
    wire::{
        self,
        assignment::Assignment,
        v1::{RoundTrip, SyncAnswer, SyncRequest},
    },
};

use crate::{database::cbor_option, error::NodeError};

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Central has every record up to this place.
    pub acknowledged: u64,
    /// The last round whose answer arrived, to be reported in the next.
    pub last_round: Option<RoundTrip>,
    /// What central's clock said at one instant of a boot.
    pub sample: Option<Sample>,
    /// The latest of central's times that this node saw; time is never before it.
    pub central_seen: Option<Timestamp>,
    /// The node may decide until then.
    pub lease_until: Option<Timestamp>,
    /// Central told the node to erase its replica.
    pub is_erased: bool,
    /// Central holds other or more scans of this node than its log: this disk is an old copy, and must not decide.
    pub is_copy: bool,
    /// A scan met the end of the lease: only central can end that, whatever the clock says later.
    pub is_over: bool,
    /// What the node may do.
    pub rights: Rights,
    /// Central's signed word for what it has.
    pub receipt: Option<Receipt>,
    /// Where central has the node stand, if not where it was enrolled.
    pub assignment: Option<Assignment>,
}

impl Default for Contact {
    fn default() -> Self {
        Self {
            acknowledged: 0,
            last_round: None,
            sample: None,
            central_seen: None,
            lease_until: None,
            is_erased: false,
            is_copy: false,
            is_over: false,
            rights: Rights::ALL,
            receipt: None,
            assignment: None,
        }
    }
}

impl Contact {
    /// Whether an answer of a later round was taken in after `request` was made. A request that already named
    /// that later round is not overtaken: then central itself went back, to a copy of its database.
    #[must_use]
    pub fn has_overtaken(&self, request: &SyncRequest, answer: &SyncAnswer) -> bool {
        self.last_round.is_some_and(|last| {
            let named = request.previous.map(|previous| previous.round);
            answer.round < last.round && named != Some(last.round)
        })
    }

    /// Takes in what the answer to `request` says.
    pub fn note(&mut self, request: &SyncRequest, answer: &SyncAnswer, trip: Trip) {
        if self.has_overtaken(request, answer) {
            self.acknowledged = self.acknowledged.max(answer.acknowledged);
            return;
        }
        self.acknowledged = match is_less(request, answer) {
            true => answer.acknowledged,
            false => self.acknowledged.max(answer.acknowledged),
        };
        let round = answer.round;
        self.last_round = Some(RoundTrip { round, trip });
        let sample = Sample::of_trip(&trip, answer.received_at, answer.answered_at);
        self.sample = Some(better(self.sample, sample));
        self.central_seen = self.central_seen.max(Some(answer.answered_at));
        self.lease_until = Some(answer.lease_until);
        self.is_over = false;
        self.is_erased = answer.order.is_some();
        // Central took this very log: a person released the node after its copy was found.
        self.is_copy &= answer.order.is_some();
        self.rights = answer.rights.unwrap_or(Rights::ALL);
        self.assignment.clone_from(&answer.assignment);
    }

    /// Central's time at a reading with its bounds, if it was heard of in this boot.
    #[must_use]
    pub fn central_time(&self, reading: &Reading) -> Option<Interval> {
        self.sample?.time_of(reading)
    }

    /// The best estimate of central's time at a reading. Without a sample of this boot it is the wall clock, but
    /// never earlier than central's last word: a board without a clock battery wakes up in 1970. Such a clock is
    /// disproved, and what has passed since the boot, which came after that word, is added to it, or the time would
    /// stand still and the lease never end.
    #[must_use]
    pub fn estimate(&self, reading: &Reading) -> Timestamp {
        match (self.central_time(reading), self.central_seen) {
            (Some(time), _) => time.at,
            (None, Some(seen)) if reading.wall < seen => seen.plus_ms(reading.mono_ms.max(0)),
            (None, _) => reading.wall,
        }
    }

    /// Whether the node may no longer decide.
    #[must_use]
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.is_erased || self.is_copy || self.is_over || self.ends_before(now)
    }

    /// Why the node may no longer decide, by stable name.
    #[must_use]
    pub fn locked_because(&self, now: Timestamp) -> Option<&'static str> {
        match self {
            Self { is_copy: true, .. } => Some("copy"),
            Self {
                is_erased: true, ..
            } => Some("revoked"),
            _ if self.is_locked(now) => Some("lease_over"),
            _ => None,
        }
    }

    /// Whether the lease is over.
    #[must_use]
    pub fn ends_before(&self, now: Timestamp) -> bool {
        self.lease_until.is_some_and(|until| now >= until)
    }
}

/// Whether central has less than it had acknowledged when `request` was made: its records begin behind that place.
fn is_less(request: &SyncRequest, answer: &SyncAnswer) -> bool {
    let sent = request.records.len() as u64;
    answer.acknowledged < request.upto.head.seq.saturating_sub(sent)
}

/// The sample with the smaller error at the later instant; another boot's sample is of no more use.
fn better(old: Option<Sample>, new: Sample) -> Sample {
    let reading = Reading {
        boot: new.boot,
        mono_ms: new.mono_ms,
        wall: new.central,
    };
    match old.and_then(|old| Some((old, old.time_of(&reading)?))) {
        Some((old, then)) if then.error_ms() < new.error_ms => old,
        _ => new,
    }
}

pub(super) fn load(connection: &Connection) -> Result<Contact, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT acknowledged, round, trip_boot, trip_sent_ms, trip_got_ms, sample_boot, sample_mono_ms,
                sample_central_ms, sample_error_ms, central_seen_ms, lease_until_ms, is_erased, is_copy, is_over, rights, receipt,
                assignment
         FROM contact WHERE id = 1",
    )?;
    Ok(statement.query_row([], |row| {
        Ok(Contact {
            acknowledged: row.get(0)?,
            last_round: last_round(row)?,
            sample: sample(row)?,
            central_seen: row.get::<_, Option<i64>>(9)?.map(Timestamp),
            lease_until: row.get::<_, Option<i64>>(10)?.map(Timestamp),
            is_erased: row.get(11)?,
            is_copy: row.get(12)?,
            is_over: row.get(13)?,
            rights: Rights::from_bits(row.get(14)?),
            receipt: cbor_option(row, 15)?,
            assignment: cbor_option(row, 16)?,
        })
    })?)
}

fn last_round(row: &Row) -> rusqlite::Result<Option<RoundTrip>> {
    let Some(round) = row.get(1)? else {
        return Ok(None);
    };
    let trip = Trip {
        boot: BootId::from_bytes(row.get(2)?),
        sent_ms: row.get(3)?,
        got_ms: row.get(4)?,
    };
    Ok(Some(RoundTrip { round, trip }))
}

fn sample(row: &Row) -> rusqlite::Result<Option<Sample>> {
    let Some(boot) = row.get(5)? else {
        return Ok(None);
    };
    Ok(Some(Sample {
        boot: BootId::from_bytes(boot),
        mono_ms: row.get(6)?,
        central: Timestamp(row.get(7)?),
        error_ms: row.get(8)?,
    }))
}

pub(super) fn store(connection: &Connection, contact: &Contact) -> Result<(), NodeError> {
    let (round, sample) = (contact.last_round, contact.sample);
    connection
        .prepare_cached(
            "UPDATE contact SET acknowledged = ?1, round = ?2, trip_boot = ?3, trip_sent_ms = ?4,
                trip_got_ms = ?5, sample_boot = ?6, sample_mono_ms = ?7, sample_central_ms = ?8,
                sample_error_ms = ?9, central_seen_ms = ?10, lease_until_ms = ?11, is_erased = ?12,
                is_copy = ?13, is_over = ?14, rights = ?15, receipt = ?16,
                assignment = ?17
             WHERE id = 1",
        )?
        .execute(params![
            contact.acknowledged,
            round.map(|r| r.round),
            round.map(|r| *r.trip.boot.as_bytes()),
            round.map(|r| r.trip.sent_ms),
            round.map(|r| r.trip.got_ms),
            sample.map(|s| *s.boot.as_bytes()),
            sample.map(|s| s.mono_ms),
            sample.map(|s| s.central.0),
            sample.map(|s| s.error_ms),
            contact.central_seen.map(|at| at.0),
            contact.lease_until.map(|at| at.0),
            contact.is_erased,
            contact.is_copy,
            contact.is_over,
            contact.rights.bits(),
            contact.receipt.map(|receipt| wire::encode(&receipt)),
            contact.assignment.as_ref().map(wire::encode),
        ])?;
    Ok(())
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;
