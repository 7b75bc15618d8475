//! The small forms of Midtrans' wire: amounts, times, references, messages. Pure.

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use serde_json::Value;

/// Longest message of theirs that we repeat.
const MESSAGE_LENGTH: usize = 200;

/// Reads `150000.00` (or `150000`) into whole rupiah. Strict: no sign, no spaces, no leading zero,
/// no cents other than zero.
pub(super) fn parse_amount(text: &str) -> Option<i64> {
    let whole = text.strip_suffix(".00").unwrap_or(text);
    let is_plain = !whole.is_empty()
        && whole.len() <= 15
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && (whole == "0" || !whole.starts_with('0'));
    if is_plain { whole.parse().ok() } else { None }
}

/// An amount that may also come as a JSON integer (metadata is less regular than the rest).
pub(super) fn amount_in(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_amount(text),
        Value::Number(number) => number.as_i64().filter(|amount| *amount >= 0),
        _ => None,
    }
}

fn western_indonesia() -> Option<FixedOffset> {
    FixedOffset::east_opt(7 * 3600)
}

/// Reads a time of theirs (GMT+7, no offset) into Unix ms.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    let moment = local.and_local_timezone(western_indonesia()?).single()?;
    Some(moment.timestamp_millis())
}

/// Unix ms in the form of `expiry.start_time`.
pub(super) fn format_start(unix_ms: i64) -> Option<String> {
    let moment = DateTime::from_timestamp_millis(unix_ms)?.with_timezone(&western_indonesia()?);
    Some(moment.format("%Y-%m-%d %H:%M:%S %z").to_string())
}

/// Whether a reference can stand in an address as it is. Theirs comes from a message whose signature
/// does not cover it, and must not be able to name another endpoint.
pub(super) fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// A message of theirs, cut short.
pub(super) fn message(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or("no message")
        .chars()
        .take(MESSAGE_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_strict() {
        let cases = [
            ("150000.00", Some(150_000)),
            ("150000", Some(150_000)),
            ("0.00", Some(0)),
            ("150000.50", None),
            ("150000.0", None),
            ("150,000.00", None),
            ("-1.00", None),
            ("+1.00", None),
            (" 1.00", None),
            ("01.00", None),
            (".00", None),
            ("", None),
            ("1e5", None),
            ("9999999999999999.00", None),
        ];
        for (text, want) in cases {
            assert_eq!(parse_amount(text), want, "{text:?}");
        }
    }

    #[test]
    fn times_are_seven_hours_ahead() {
        assert_eq!(parse_time("2025-12-01 07:00:00"), Some(1_764_547_200_000));
        assert_eq!(
            format_start(1_764_547_200_000).as_deref(),
            Some("2025-12-01 07:00:00 +0700")
        );
    }

    #[test]
    fn references_cannot_leave_their_place() {
        for good in [
            "ETK-20261201-0001",
            "249fc620-6017-4540-af7c-5a1c25788f46",
            "a~b_c.d",
        ] {
            assert!(is_reference(good), "{good}");
        }
        for bad in ["", "..", ".", "a/b", "a?b", "a#b", "a%2fb", "a b", "é"] {
            assert!(!is_reference(bad), "{bad}");
        }
    }
}
