//! Moments as people at the venue read them: in the event's time zone.

use chrono::DateTime;
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
