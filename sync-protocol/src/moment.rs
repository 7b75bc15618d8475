//! When a scan truly happened: an interval of central's time, whatever the node's clocks said.
//!
//! Facts are the records' own readings and one [`Mark`] per sync round. A mark says: at this moment of
//! central's time the log ended at `head`; so records up to it are older and records after it are younger,
//! which no clock can talk its way around. Where the node reported the round trip it is also a clock sample.
//!
//! For a record: the last sample before it, of the same boot, if it is fresh; else the better of the samples
//! before and after. The interval is then clipped to what the marks allow. A wall clock that no sample of its boot
//! confirms may be wrong by any time, so it bounds nothing: it only says where between the marks the scan probably was.
//! Records between two sampled marks are corrected together and never influence those outside, so central
//! can correct a new batch without reading the whole log again (see the test `a_suffix_is_enough`).

use crate::{
    id::BootId,
    time::{Reading, Timestamp},
};

/// A crystal's worst drift, parts per million; cheap boards stay below it between −20 and 60 °C.
const DRIFT_PPM: i64 = 100;
/// Clocks count whole milliseconds: what the four readings of a round trip cut off, the halving of it, and the reading
/// that is to be placed.
const ROUNDING_MS: i64 = 4;
/// Nobody was scanned before 1970.
const EARLIEST: Timestamp = Timestamp(0);
/// A sample this young is good enough (60 ms of drift), so connected nodes are corrected only once.
const FRESH_MS: i64 = 600_000;
/// A sync request that reports no round trip left the node at most this long before it arrived.
pub const REQUEST_LIMIT_MS: i64 = 60_000;

/// A moment with its bounds, in central's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Interval {
    /// Not before this.
    #[n(0)]
    pub lo: Timestamp,
    /// Best estimate.
    #[n(1)]
    pub at: Timestamp,
    /// Not after this.
    #[n(2)]
    pub hi: Timestamp,
}

/// What central knows of one sync round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Place of the last record in the node's log when the request was made.
    pub head: u64,
    /// When the request reached central.
    pub received_at: Timestamp,
    /// When central sent its answer.
    pub answered_at: Timestamp,
    /// The node's side of the round trip, which it reports one round later.
    pub trip: Option<Trip>,
    /// The log came on a stick: nobody knows how long it was on the way, so this bounds nothing that was recorded after.
    pub carried: bool,
}

/// A round trip by the node's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Trip {
    /// The boot.
    #[n(0)]
    pub boot: BootId,
    /// When the request was made.
    #[n(1)]
    pub sent_ms: i64,
    /// When the answer was there.
    #[n(2)]
    pub got_ms: i64,
}

/// A record's place and readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place in the log.
    pub seq: u64,
    /// The node's clocks when it was written.
    pub reading: Reading,
}

/// A monotonic instant of one boot, in central's time, with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The boot.
    pub boot: BootId,
    /// The monotonic instant.
    pub mono_ms: i64,
    /// Central's time at that instant.
    pub central: Timestamp,
    /// ± this many milliseconds.
    pub error_ms: i64,
}

impl Interval {
    /// A moment ± an error.
    #[must_use]
    pub const fn around(at: Timestamp, error_ms: i64) -> Self {
        Self {
            lo: at.plus_ms(-error_ms),
            at,
            hi: at.plus_ms(error_ms),
        }
    }

    /// Whether the two could have been in either order.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.lo <= other.hi && other.lo <= self.hi
    }

    /// How far the truth can be from `at`.
    #[must_use]
    pub fn error_ms(&self) -> i64 {
        self.at.ms_since(self.lo).max(self.hi.ms_since(self.at))
    }

    /// Clipped to `[lo, hi]`. A claim that lies wholly outside is disproved: then only the bounds count, and
    /// the latest moment, so that a lying clock wins nothing.
    fn clipped(self, lo: Timestamp, hi: Timestamp) -> Self {
        let hi = hi.max(lo);
        if self.hi < lo || self.lo > hi {
            return Self { lo, at: hi, hi };
        }
        Self {
            lo: self.lo.max(lo),
            at: self.at.clamp(lo, hi),
            hi: self.hi.min(hi),
        }
    }
}

impl Sample {
    /// The sample that a finished round trip gives: both ends' midpoints, error half of the time on the way and what
    /// the clock may have drifted meanwhile.
    #[must_use]
    pub fn of_trip(trip: &Trip, received_at: Timestamp, answered_at: Timestamp) -> Self {
        let whole = trip.got_ms - trip.sent_ms;
        let on_the_way = whole - answered_at.ms_since(received_at);
        Self {
            boot: trip.boot,
            mono_ms: trip.sent_ms.midpoint(trip.got_ms),
            central: Timestamp(received_at.0.midpoint(answered_at.0)),
            error_ms: on_the_way.max(0) / 2 + drift_ms(whole) + ROUNDING_MS,
        }
    }

    /// Whether it is worth having after an earlier one of the same log. A round that hung in a dead network for
    /// seconds tells less than a quick one before it, and would blur every scan until the next.
    #[must_use]
    pub fn adds_to(&self, known: &Self) -> bool {
        let passed = self.mono_ms - known.mono_ms;
        let is_old = !(0..=FRESH_MS).contains(&passed);
        self.boot != known.boot || is_old || self.error_ms <= known.error_ms + drift_ms(passed)
    }

    /// Central's time at a reading of the same boot; `None` for another boot.
    #[must_use]
    pub fn time_of(&self, reading: &Reading) -> Option<Interval> {
        (self.boot == reading.boot).then(|| {
            let distance = reading.mono_ms - self.mono_ms;
            let error_ms = self.error_ms + drift_ms(distance);
            Interval::around(self.central.plus_ms(distance), error_ms)
        })
    }
}

/// How far a crystal may be off after a time.
const fn drift_ms(passed_ms: i64) -> i64 {
    let parts = passed_ms.saturating_abs().saturating_mul(DRIFT_PPM);
    parts.saturating_add(999_999) / 1_000_000
}

impl Mark {
    /// The clock sample of this round, once the node has reported its side.
    #[must_use]
    pub fn sample(&self) -> Option<Sample> {
        let plausible = |trip: &&Trip| trip.got_ms >= trip.sent_ms;
        let trip = self.trip.as_ref().filter(plausible)?;
        Some(Sample::of_trip(trip, self.received_at, self.answered_at))
    }

    /// Records after `head` are not older than this.
    fn after(&self) -> Timestamp {
        if self.carried {
            return EARLIEST;
        }
        let way = self.sample().map_or(REQUEST_LIMIT_MS, |s| s.error_ms * 2);
        self.received_at.plus_ms(-way)
    }
}

/// Corrects the records of one log; `entries` and `marks` ascend. One interval per entry, in their order.
#[must_use]
pub fn correct(entries: &[Entry], marks: &[Mark]) -> Vec<Interval> {
    let mut times: Vec<_> = entries.iter().map(|entry| bounded(entry, marks)).collect();
    let mut start = 0;
    while start < entries.len() {
        let end_seq = marks
            .iter()
            .find(|m| m.trip.is_some() && m.head >= entries[start].seq);
        let inside = |entry: &Entry| end_seq.is_none_or(|mark| entry.seq <= mark.head);
        let length = entries[start..]
            .iter()
            .take_while(|entry| inside(entry))
            .count();
        keep_order(&mut times[start..start + length]);
        start += length;
    }
    times
}

/// The claim of one record, clipped to what the marks around it allow.
fn bounded(entry: &Entry, marks: &[Mark]) -> Interval {
    let split = marks.partition_point(|mark| mark.head < entry.seq);
    let (before, after) = marks.split_at(split);
    let lo = before.iter().map(Mark::after).max().unwrap_or(EARLIEST);
    let hi = after
        .first()
        .map_or(Timestamp(i64::MAX), |mark| mark.received_at.max(lo));
    let at = entry.reading.wall;
    let wall = Interval { lo: at, at, hi: at };
    match claim(&entry.reading, before, after) {
        Some(claim) => claim.clipped(lo, hi),
        None => Interval {
            lo,
            hi,
            ..wall.clipped(lo, hi)
        },
    }
}

/// What the samples of its boot make of a reading.
fn claim(reading: &Reading, before: &[Mark], after: &[Mark]) -> Option<Interval> {
    let time_by = |mark: &Mark| {
        mark.sample()
            .and_then(|sample| Some((sample, sample.time_of(reading)?)))
    };
    let earlier = before.iter().rev().find_map(time_by);
    if let Some((sample, time)) = earlier
        && reading.mono_ms - sample.mono_ms <= FRESH_MS
    {
        return Some(time);
    }
    let later = after.iter().find_map(time_by);
    [earlier, later]
        .into_iter()
        .flatten()
        .map(|(_, time)| time)
        .min_by_key(Interval::error_ms)
}

/// Records of one log never run backwards.
fn keep_order(times: &mut [Interval]) {
    let mut lo = Timestamp(i64::MIN);
    for time in times.iter_mut() {
        lo = lo.max(time.lo);
        time.lo = lo;
    }
    let mut hi = Timestamp(i64::MAX);
    for time in times.iter_mut().rev() {
        hi = hi.min(time.hi).max(time.lo);
        time.hi = hi;
    }
    let mut at = Timestamp(i64::MIN);
    for time in times.iter_mut() {
        at = at.max(time.at).clamp(time.lo, time.hi);
        time.at = at;
    }
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;
