//! Midtrans' times: western Indonesian time (GMT+7), written without an offset in what it sends and
//! with one in what it takes. Everything else in this crate is Unix milliseconds.

use chrono::{DateTime, FixedOffset, Utc};

/// `2026-12-01 09:30:00`, GMT+7, as in every body Midtrans sends. Sub-second parts are cut.
#[must_use]
pub fn format(unix_ms: i64) -> String {
    let utc = DateTime::<Utc>::from_timestamp_millis(unix_ms).unwrap_or_default();
    match FixedOffset::east_opt(7 * 3600) {
        Some(zone) => utc
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
        None => String::new(),
    }
}

/// Reads `2026-12-01 09:30:00 +0700` (the `start_time` of a Snap request) into Unix milliseconds.
#[must_use]
pub fn parse_start_time(text: &str) -> Option<i64> {
    let moment = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok()?;
    Some(moment.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seven_hours_ahead() {
        assert_eq!(format(1_764_547_200_999), "2025-12-01 07:00:00");
        assert_eq!(
            parse_start_time("2025-12-01 07:00:00 +0700"),
            Some(1_764_547_200_000)
        );
        assert_eq!(
            parse_start_time("2025-12-01 00:00:00 +0000"),
            Some(1_764_547_200_000)
        );
        assert_eq!(parse_start_time("2025-12-01 07:00:00"), None);
    }
}
