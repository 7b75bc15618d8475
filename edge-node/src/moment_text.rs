//! Moments as text for programs: RFC 3339 in UTC. Screens show the venue's own time instead.

use chrono::{DateTime, SecondsFormat};
use serde::Serializer;
use sync_protocol::time::Timestamp;

/// `2026-08-17T12:30:00.250Z`; a moment outside the calendar is shown as its milliseconds.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |time| time.to_rfc3339_opts(SecondsFormat::Millis, true),
    )
}

/// For `#[serde(serialize_with)]`.
///
/// # Errors
/// The serializer's own.
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*at))
}

/// For `#[serde(serialize_with)]` on a moment that may be missing.
///
/// # Errors
/// The serializer's own.
pub fn serialize_option<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serialize(at, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_and_utc() {
        assert_eq!(
            rfc3339(Timestamp(1_786_969_800_250)),
            "2026-08-17T12:30:00.250Z"
        );
        assert_eq!(rfc3339(Timestamp(i64::MAX)), format!("{} ms", i64::MAX));
    }
}
