//! The days that a report is about, in one time zone, and the steps into which they are cut.
//!
//! Invariants: a period has at least one day and at most [`MOST_DAYS`]; its moments are those at which its first day
//! begins and its last one ends in the zone, also where clocks are moved that night.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

/// Longest period.
pub const MOST_DAYS: u64 = 1_100;
/// Longest period that is cut into days, and into weeks.
const AS_DAYS: u64 = 62;
const AS_WEEKS: u64 = 400;

/// Days in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
    zone: Tz,
}

/// How a period is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into days.
    Day,
    /// Into weeks, which begin on Mondays.
    Week,
    /// Into months.
    Month,
}

impl Period {
    /// The days from `first` to `last`, both included; turned round and cut short where they must be.
    #[must_use]
    pub fn new(first: NaiveDate, last: NaiveDate, zone: Tz) -> Self {
        let (first, last) = (first.min(last), first.max(last));
        let longest = first.checked_add_days(Days::new(MOST_DAYS - 1));
        let last = longest.map_or(last, |longest| last.min(longest));
        Self { first, last, zone }
    }

    /// The first day.
    #[must_use]
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// When the first day begins.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        midnight(self.first, self.zone)
    }

    /// When the last day is over.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        midnight(next(self.last), self.zone)
    }

    /// How it is cut so that its parts can be told apart in a picture.
    #[must_use]
    pub fn step(&self) -> Step {
        let days = (self.last - self.first).num_days().unsigned_abs() + 1;
        match days {
            days if days <= AS_DAYS => Step::Day,
            days if days <= AS_WEEKS => Step::Week,
            _ => Step::Month,
        }
    }

    /// The first day of every part.
    #[must_use]
    pub fn parts(&self, step: Step) -> Vec<NaiveDate> {
        let mut at = begin(self.first, step);
        let mut parts = Vec::new();
        while at <= self.last {
            parts.push(at);
            at = after(at, step);
        }
        parts
    }

    /// The part in which a moment lies.
    #[must_use]
    pub fn part_of(&self, at: Timestamp, step: Step) -> NaiveDate {
        begin(day_of(at, self.zone), step)
    }
}

/// The day of a moment.
#[must_use]
pub fn day_of(at: Timestamp, zone: Tz) -> NaiveDate {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.with_timezone(&zone).date_naive()
}

/// When a day begins: at midnight, or a little later where clocks are put forward just then.
#[must_use]
pub fn midnight(day: NaiveDate, zone: Tz) -> Timestamp {
    let quarters = (0..=12).map(|n| TimeDelta::minutes(15 * n));
    let times = quarters.filter_map(|later| day.and_hms_opt(0, 0, 0)?.checked_add_signed(later));
    let mut found = times.filter_map(|time| zone.from_local_datetime(&time).earliest());
    Timestamp(found.next().map_or(0, |at| at.timestamp_millis()))
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

fn begin(day: NaiveDate, step: Step) -> NaiveDate {
    match step {
        Step::Day => day,
        Step::Week => day.week(chrono::Weekday::Mon).first_day(),
        Step::Month => day.with_day(1).unwrap_or(day),
    }
}

fn after(part: NaiveDate, step: Step) -> NaiveDate {
    let later = match step {
        Step::Day => part.checked_add_days(Days::new(1)),
        Step::Week => part.checked_add_days(Days::new(7)),
        Step::Month => part.checked_add_months(Months::new(1)),
    };
    // At the end of the calendar nothing follows.
    later.unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn period(first: &str, last: &str, zone: &str) -> Period {
        Period::new(day(first), day(last), zone.parse().expect("a zone"))
    }

    #[test]
    fn days_are_days_of_the_zone_also_when_clocks_move() {
        for (zone, first, hours) in [
            ("Asia/Jakarta", "2026-03-29", 24),
            ("Asia/Kathmandu", "2026-03-29", 24),
            ("Europe/Berlin", "2026-03-29", 23),
            ("Europe/Berlin", "2026-10-25", 25),
            // Here midnight itself is skipped.
            ("Africa/Cairo", "2026-04-24", 23),
        ] {
            let one = period(first, first, zone);
            assert_eq!((one.until().0 - one.from().0) / 3_600_000, hours, "{zone}");
            assert_eq!(one.part_of(one.from(), Step::Day), day(first), "{zone}");
            let before = Timestamp(one.until().0 - 1);
            assert_eq!(one.part_of(before, Step::Day), day(first), "{zone}");
            assert_ne!(one.part_of(one.until(), Step::Day), day(first), "{zone}");
        }
    }

    #[test]
    fn long_periods_have_few_parts_and_every_day_is_in_one() {
        for (first, last, step, parts) in [
            ("2026-11-01", "2026-11-01", Step::Day, 1),
            ("2026-11-01", "2027-01-01", Step::Day, 62),
            ("2026-11-01", "2027-01-02", Step::Week, 10),
            ("2025-01-01", "2026-12-31", Step::Month, 24),
        ] {
            let whole = period(first, last, "Asia/Jakarta");
            assert_eq!((whole.step(), whole.parts(step).len()), (step, parts));
            let known = whole.parts(step);
            for end in [whole.from(), Timestamp(whole.until().0 - 1)] {
                assert!(known.contains(&whole.part_of(end, step)), "{first}");
            }
        }
    }

    #[test]
    fn what_is_typed_the_wrong_way_round_or_without_an_end_is_mended() {
        let turned = period("2026-12-31", "2026-12-01", "UTC");
        assert_eq!(turned.first(), day("2026-12-01"));
        let endless = period("0001-01-01", "9999-12-31", "UTC");
        assert_eq!((endless.last() - endless.first()).num_days(), 1_099);
    }
}
