//! Moments as people read them: in the event's zone, or Jakarta's where no event is meant.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use documents::Language;
use sync_protocol::time::Timestamp;

use crate::domain::event::Event;

/// Where those sit who run the whole.
pub(super) const HOME: &str = "Asia/Jakarta";

/// `22 November 2026, 00:05 WIB`
pub(super) fn moment(at: Timestamp, zone: &str, language: Language) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    language.moment(
        DateTime::from_timestamp_millis(at.0).unwrap_or_default(),
        zone,
    )
}

/// `19:05`
pub(super) fn clock(at: Timestamp, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// `1 December 2026, 19:05:12 WIB`
pub(super) fn second(at: Timestamp, zone: &str, language: Language) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    language.second(
        DateTime::from_timestamp_millis(at.0).unwrap_or_default(),
        zone,
    )
}

/// `1 December 2026, 19:05:12.120 WIB`
pub(super) fn milli(at: Timestamp, zone: &str, language: Language) -> String {
    let (text, millis) = (second(at, zone, language), at.0.rem_euclid(1_000));
    let point = match language {
        Language::English => '.',
        Language::Indonesian => ',',
    };
    // Before the name of the zone, which is the last word.
    match text.rsplit_once(' ') {
        Some((clock, zone)) => format!("{clock}{point}{millis:03} {zone}"),
        None => text,
    }
}

/// The zone of the one event that is meant, or of those who run the whole.
pub(super) fn zone(event: Option<&Event>) -> &str {
    event.map_or(HOME, |event| event.time_zone.as_str())
}

/// When a day begins where those sit who run the whole, so many days after the one that a browser's field sent.
pub(super) fn day_begins(text: &str, plus: i64) -> Option<Timestamp> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let date = date.checked_add_signed(TimeDelta::try_days(plus)?)?;
    let zone: Tz = HOME.parse().ok()?;
    let midnight = zone.from_local_datetime(&date.and_hms_opt(0, 0, 0)?);
    Some(Timestamp(midnight.earliest()?.timestamp_millis()))
}

/// How long ago, in the largest unit.
pub(super) fn ago(at: Timestamp, now: Timestamp, language: Language) -> String {
    let seconds = (now.0 - at.0).max(0) / 1_000;
    let (count, english, indonesian) = match seconds {
        0..60 => return pick(language, "just now", "baru saja"),
        60..3_600 => (seconds / 60, "min ago", "menit lalu"),
        3_600..86_400 => (seconds / 3_600, "h ago", "jam lalu"),
        _ => (seconds / 86_400, "d ago", "hari lalu"),
    };
    format!("{count} {}", pick(language, english, indonesian))
}

fn pick(language: Language, english: &str, indonesian: &str) -> String {
    match language {
        Language::English => english.to_owned(),
        Language::Indonesian => indonesian.to_owned(),
    }
}
