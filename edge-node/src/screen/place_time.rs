//! Moments as people at the venue read them: in the event's time zone.

use chrono::{DateTime, Offset as _};
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

/// The event's zone; UTC for a name that this program does not know.
#[derive(Clone, Copy, Debug)]
pub struct Zone(Tz);

impl Zone {
    /// Where the event's own cannot be read.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone with this IANA name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(name.parse().unwrap_or(Tz::UTC))
    }

    /// `14:03:22` on the day of `now`, else with the date: `16 Aug 14:03`.
    #[must_use]
    pub fn clock(self, at: Timestamp, now: Timestamp) -> String {
        let (Some(at), Some(now)) = (self.local(at), self.local(now)) else {
            return "?".to_owned();
        };
        if at.date_naive() == now.date_naive() {
            at.format("%H:%M:%S").to_string()
        } else {
            at.format("%-d.%-m. %H:%M").to_string()
        }
    }

    /// The hour in which a moment falls, by the venue's clock, counted from 1970.
    #[must_use]
    pub fn hour(self, at: Timestamp) -> i64 {
        let offset_ms = self.local(at).map_or(0, |local| {
            i64::from(local.offset().fix().local_minus_utc()) * 1_000
        });
        (at.0 + offset_ms).div_euclid(3_600_000)
    }

    /// The same in words: `18`, on another day than `now` with the date.
    #[must_use]
    pub fn hour_label(self, hour: i64, now: Timestamp) -> String {
        let in_day = hour.rem_euclid(24);
        match self.hour(now).div_euclid(24) == hour.div_euclid(24) {
            true => format!("{in_day:02}"),
            false => {
                let at = DateTime::from_timestamp_millis(hour * 3_600_000);
                at.map_or_else(String::new, |at| at.format("%-d.%-m. %H").to_string())
            }
        }
    }

    fn local(self, at: Timestamp) -> Option<DateTime<Tz>> {
        DateTime::from_timestamp_millis(at.0).map(|time| time.with_timezone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_venues_own_time() {
        // 2026-08-17 12:30:05 UTC
        let at = Timestamp(1_786_969_805_000);
        for (zone, now, text) in [
            ("Asia/Jakarta", at, "19:30:05"),
            ("Asia/Jakarta", at.plus_ms(5 * 3_600_000), "17.8. 19:30"),
            ("UTC", at.plus_ms(5 * 3_600_000), "12:30:05"),
            ("Mars/Olympus", at, "12:30:05"),
            ("UTC", Timestamp(i64::MAX), "?"),
        ] {
            let at = if text == "?" { Timestamp(i64::MIN) } else { at };
            assert_eq!(Zone::named(zone).clock(at, now), text, "{zone}");
        }
    }
}
