//! The clock on the wall of a venue: moments as people type and read them, and moved by whole days.
//!
//! Invariant: what was read here is typed as the same moment again, except for the hour that comes twice when clocks
//! are put back, of which the first is meant; a time that the clocks skip counts from the change on.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

const FORMATS: [&str; 3] = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"];

/// The zone of this name; UTC where there is none.
#[must_use]
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// What the clock shows at a moment.
#[must_use]
pub fn local(at: Timestamp, zone: Tz) -> NaiveDateTime {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.with_timezone(&zone).naive_local()
}

/// When the clock shows this.
#[must_use]
pub fn moment(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    let found = zone.from_local_datetime(&local).earliest();
    let skipped = local.checked_add_signed(TimeDelta::hours(1));
    let found = found.or_else(|| zone.from_local_datetime(&skipped?).earliest());
    Some(Timestamp(found?.timestamp_millis()))
}

/// What somebody typed, such as `2026-12-05T15:00`; years have four digits, so that moments can be reckoned with.
#[must_use]
pub fn parse(text: &str, zone: Tz) -> Option<Timestamp> {
    let parse = |format| NaiveDateTime::parse_from_str(text.trim(), format).ok();
    let local = FORMATS.into_iter().find_map(parse)?;
    (1970..=9999)
        .contains(&local.year())
        .then(|| moment(local, zone))?
}

/// As forms show it, `2026-12-05T15:00`.
#[must_use]
pub fn typed(at: Timestamp, zone: Tz) -> String {
    local(at, zone).format(FORMATS[0]).to_string()
}

/// The calendar day.
#[must_use]
pub fn date(at: Timestamp, zone: Tz) -> NaiveDate {
    local(at, zone).date()
}

/// So many days later at the same time of the day; a moment before 1970 stands for always and stays.
#[must_use]
pub fn days_later(at: Timestamp, days: i64, zone: Tz) -> Timestamp {
    if at.0 <= 0 {
        return at;
    }
    let later = TimeDelta::try_days(days).and_then(|days| local(at, zone).checked_add_signed(days));
    later.and_then(|later| moment(later, zone)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAKARTA: Tz = Tz::Asia__Jakarta;

    #[test]
    fn what_is_read_is_typed_as_the_same_moment() {
        let at = Timestamp(1_796_083_200_000);
        for zone in [JAKARTA, Tz::Europe__Amsterdam, Tz::UTC] {
            assert_eq!(parse(&typed(at, zone), zone), Some(at), "{zone}");
        }
        assert_eq!(typed(at, JAKARTA), "2026-12-01T07:00");
        assert_eq!(parse("2026-12-01 07:00", JAKARTA), Some(at));
        assert_eq!(parse("tomorrow", JAKARTA), None);
        assert_eq!(parse("", JAKARTA), None);
        assert_eq!(parse("+262142-12-31T23:59", JAKARTA), None);
    }

    #[test]
    fn a_day_later_is_the_same_time_of_the_day_whatever_the_clocks_did() {
        let zone = Tz::Europe__Amsterdam;
        let before = parse("2027-03-27T20:00", zone).expect("a time");
        let after = days_later(before, 1, zone);
        assert_eq!(typed(after, zone), "2027-03-28T20:00");
        assert_eq!(after.0 - before.0, 23 * 3_600_000);
        assert_eq!(days_later(Timestamp(0), 5, zone), Timestamp(0));
        assert_eq!(days_later(after, -1, zone), before);
    }
}
