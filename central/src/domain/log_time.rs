//! The true times of one log at central: corrected when records arrive, and again when a clock sample closes the
//! stretch they stand in.
//!
//! A record's time is open until a sampled round comes after it (`sync_protocol::moment`). Two ways lead to the same
//! times: [`correct_log`] corrects everything that is open; [`continue_log`] goes on from the last stored record,
//! which is enough while no new sample speaks of what is stored, and keeps a long backlog from being read again with
//! every batch. Called by `app::sync` before its transaction: only the node's own records and rounds matter.

use sync_protocol::{
    config::EventConfig,
    id::GateId,
    moment::{Entry, Interval, Mark, Sample, Trip, correct},
    scan::{Action, ScanRecord},
    time::Reading,
};

use super::ingest::Subjects;

/// Longest time on the way of a believed round trip.
const TRIP_LIMIT_MS: i64 = 600_000;
/// Clocks that count whole milliseconds can make a short way look this much shorter than nothing.
const TRIP_SLACK_MS: i64 = 2;

/// A record of the log's open end as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecord {
    /// Its place.
    pub seq: u64,
    /// What its clocks said.
    pub reading: Reading,
    /// Where it happened.
    pub gate: GateId,
    /// What was wanted.
    pub action: Action,
    /// What it let in or out, if it did.
    pub admitted: Option<Subjects>,
    /// When it happened, as far as it was known.
    pub when: When,
}

/// When a scan happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// In central's time.
    pub time: Interval,
    /// On which event day.
    pub day: u8,
}

/// The times of a log's open end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Stored records whose time is another now.
    pub moved: Vec<(OpenRecord, When)>,
    /// The times of the fresh records, in their order.
    pub fresh: Vec<When>,
}

/// Corrects the open end of one log: what is stored of it, then what is fresh.
#[must_use]
pub fn correct_log(
    config: &EventConfig,
    stored: Vec<OpenRecord>,
    fresh: &[&ScanRecord],
    marks: &[Mark],
) -> Times {
    let entries: Vec<Entry> = stored
        .iter()
        .map(|record| (record.seq, record.reading))
        .chain(fresh.iter().map(|record| (record.seq, record.reading())))
        .map(|(seq, reading)| Entry { seq, reading })
        .collect();
    let mut times = correct(&entries, marks).into_iter().map(|time| When {
        time,
        day: config.day_of(time.at),
    });
    let moved = stored
        .into_iter()
        .zip(times.by_ref())
        .filter(|(record, when)| record.when != *when)
        .collect();
    let fresh = times.collect();
    Times { moved, fresh }
}

/// Whether a node's report of a round trip can be true.
#[must_use]
pub fn is_plausible(trip: &Trip, mark: &Mark) -> bool {
    let possible = |ms: i64| (0..1 << 53).contains(&ms);
    if !possible(trip.sent_ms) || !possible(trip.got_ms) || trip.got_ms < trip.sent_ms {
        return false;
    }
    let at_central = mark.answered_at.ms_since(mark.received_at);
    let on_the_way = (trip.got_ms - trip.sent_ms).saturating_sub(at_central);
    (-TRIP_SLACK_MS..TRIP_LIMIT_MS).contains(&on_the_way)
}

/// Whether a reported round trip says more of the node's clock than an earlier round of the same boot.
#[must_use]
pub fn adds_to(trip: &Trip, mark: &Mark, known: &Mark) -> bool {
    let sample = Sample::of_trip(trip, mark.received_at, mark.answered_at);
    known.sample().is_none_or(|known| sample.adds_to(&known))
}

/// The times of fresh records that follow the stored one whose time is `last`. `None` when they would move what is
/// stored: then everything that is open must be corrected together.
#[must_use]
pub fn continue_log(
    config: &EventConfig,
    last: Option<Interval>,
    fresh: &[&ScanRecord],
    marks: &[Mark],
) -> Option<Times> {
    let entry = |record: &&ScanRecord| Entry {
        seq: record.seq,
        reading: record.reading(),
    };
    let entries: Vec<Entry> = fresh.iter().map(entry).collect();
    let times = continue_times(last, &entries, marks)?;
    let when = |time: Interval| When {
        time,
        day: config.day_of(time.at),
    };
    Some(Times {
        moved: Vec::new(),
        fresh: times.into_iter().map(when).collect(),
    })
}

/// Records of one stretch never run backwards, so the last stored one bounds those after it.
fn continue_times(
    last: Option<Interval>,
    entries: &[Entry],
    marks: &[Mark],
) -> Option<Vec<Interval>> {
    let mut times = correct(entries, marks);
    let (Some(last), Some(first)) = (last, entries.first()) else {
        return Some(times);
    };
    let closing = marks
        .iter()
        .find(|mark| mark.trip.is_some() && mark.head >= first.seq);
    let end = closing.map_or(u64::MAX, |mark| mark.head);
    let stretch = entries.iter().take_while(|entry| entry.seq <= end).count();
    let mut at = last.at;
    for time in &mut times[..stretch] {
        time.lo = time.lo.max(last.lo);
        time.hi = time.hi.max(time.lo);
        at = at.max(time.at).clamp(time.lo, time.hi);
        time.at = at;
    }
    (times[0].hi >= last.hi).then_some(times)
}

#[cfg(test)]
#[path = "log_time_tests.rs"]
mod tests;
