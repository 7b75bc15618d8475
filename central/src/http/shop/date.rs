//! Moments as people at the venue read them, in their language and the venue's zone.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _};
use chrono_tz::Tz;
use documents::Language;
use sync_protocol::time::Timestamp;

const DAYS: [(&str, &str); 7] = [
    ("Mon", "Sen"),
    ("Tue", "Sel"),
    ("Wed", "Rab"),
    ("Thu", "Kam"),
    ("Fri", "Jum"),
    ("Sat", "Sab"),
    ("Sun", "Min"),
];
const MONTHS: [(&str, &str); 12] = [
    ("January", "Januari"),
    ("February", "Februari"),
    ("March", "Maret"),
    ("April", "April"),
    ("May", "Mei"),
    ("June", "Juni"),
    ("July", "Juli"),
    ("August", "Agustus"),
    ("September", "September"),
    ("October", "Oktober"),
    ("November", "November"),
    ("December", "Desember"),
];

const fn of(
    language: Language,
    (english, indonesian): (&'static str, &'static str),
) -> &'static str {
    match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    }
}

/// The moment on the venue's clock; UTC where its zone is not known.
pub fn local(at: Timestamp, zone: &str) -> DateTime<Tz> {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    DateTime::from_timestamp_millis(at.0)
        .unwrap_or_default()
        .with_timezone(&zone)
}

/// `Tue 1 Dec 2026`, `Sel 1 Des 2026`
pub fn day(date: NaiveDate, language: Language) -> String {
    format!(
        "{} {} {} {}",
        weekday(date, language),
        date.day(),
        short_month(date, language),
        date.year()
    )
}

/// `Tue`, `Sel`
pub fn weekday(date: NaiveDate, language: Language) -> &'static str {
    of(
        language,
        DAYS[date.weekday().num_days_from_monday() as usize],
    )
}

/// The weekdays from Monday on.
pub fn weekdays(language: Language) -> [&'static str; 7] {
    DAYS.map(|day| of(language, day))
}

/// `Dec`, `Des`
pub fn short_month(date: NaiveDate, language: Language) -> &'static str {
    let name = of(language, MONTHS[date.month0() as usize]);
    // All names are plain letters.
    &name[..3]
}

/// `December 2026`, `Desember 2026`
pub fn month(date: NaiveDate, language: Language) -> String {
    format!(
        "{} {}",
        of(language, MONTHS[date.month0() as usize]),
        date.year()
    )
}

/// `07:00 WIB`, `07.00 WIB`
pub fn time(at: Timestamp, zone: &str, language: Language) -> String {
    let local = local(at, zone);
    let point = of(language, (":", "."));
    format!(
        "{:02}{point}{:02} {}",
        local.hour(),
        local.minute(),
        local.format("%Z")
    )
}

/// `Tue 1 Dec 2026, 07:00 WIB`
pub fn moment(at: Timestamp, zone: &str, language: Language) -> String {
    let date = local(at, zone).date_naive();
    format!("{}, {}", day(date, language), time(at, zone, language))
}

/// One day, or the first and the last: `Tue 1 Dec 2026 – Wed 2 Dec 2026`.
pub fn days(from: Timestamp, until: Timestamp, zone: &str, language: Language) -> String {
    let first = local(from, zone).date_naive();
    // What ends in the small hours belongs to the evening before.
    let last = local(until.plus_ms(-6 * 3_600_000), zone).date_naive();
    if last <= first {
        return day(first, language);
    }
    format!("{} – {}", day(first, language), day(last, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_at_the_venue() {
        let at = Timestamp(1_796_083_200_000);
        let zone = "Asia/Jakarta";
        assert_eq!(
            moment(at, zone, Language::English),
            "Tue 1 Dec 2026, 07:00 WIB"
        );
        assert_eq!(
            moment(at, zone, Language::Indonesian),
            "Sel 1 Des 2026, 07.00 WIB"
        );
        assert_eq!(
            moment(at, "Nowhere", Language::English),
            "Tue 1 Dec 2026, 00:00 UTC"
        );
        let night = at.plus_ms(20 * 3_600_000);
        assert_eq!(days(at, night, zone, Language::English), "Tue 1 Dec 2026");
        let next = at.plus_ms(40 * 3_600_000);
        assert_eq!(
            days(at, next, zone, Language::Indonesian),
            "Sel 1 Des 2026 – Rab 2 Des 2026"
        );
        assert_eq!(
            month(
                NaiveDate::from_ymd_opt(2026, 8, 1).expect("a day"),
                Language::Indonesian
            ),
            "Agustus 2026"
        );
    }
}
