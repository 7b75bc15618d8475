//! What people type into forms: numbers, money, percentages, moments; and the same as forms show it again.
//!
//! Invariant: what is shown is read as the same value. Nothing is guessed: what is no number is `None`, and the handler
//! says so.

use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

use crate::domain::{money::Currency, promo::UNLIMITED, wall_clock};

/// Larger numbers and amounts, in minor units, are slips: sums of them would no longer fit.
const MOST: i64 = 1_000_000_000;
const MOST_MINOR: i64 = 1_000_000 * MOST;

/// A whole number.
pub(super) fn number(text: &str) -> Option<i64> {
    let number = text.trim().parse().ok();
    number.filter(|number| (-MOST..=MOST).contains(number))
}

/// An amount, `150000` or `99.50`, in minor units.
pub(super) fn money(text: &str, currency: Currency) -> Option<i64> {
    decimal(text, currency.exponent())
}

/// An amount as a form shows it.
pub(super) fn money_text(minor: i64, currency: Currency) -> String {
    decimal_text(minor, currency.exponent())
}

/// A percentage, `11` or `7.25`, in hundredths of a percent.
pub(super) fn percent(text: &str) -> Option<i64> {
    decimal(text, 2)
}

/// A percentage as a form shows it: without a fraction where there is none.
pub(super) fn percent_text(hundredths: i64) -> String {
    let text = decimal_text(hundredths, 2);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// How many; nothing typed stands for as many as you like.
pub(super) fn limit(text: &str) -> Option<i64> {
    match text.trim() {
        "" => Some(UNLIMITED),
        text => number(text),
    }
}

/// The same as a form shows it.
pub(super) fn limit_text(limit: i64) -> String {
    match limit {
        UNLIMITED => String::new(),
        limit => limit.to_string(),
    }
}

/// A moment on the venue's clock; nothing typed is `default`.
pub(super) fn moment(text: &str, zone: Tz, default: Option<Timestamp>) -> Option<Timestamp> {
    match text.trim() {
        "" => default,
        text => wall_clock::parse(text, zone),
    }
}

/// A moment as a form shows it; one that stands for always is not shown.
pub(super) fn moment_text(at: Timestamp, zone: Tz) -> String {
    match at.0 {
        ..=0 => String::new(),
        _ => wall_clock::typed(at, zone),
    }
}

fn decimal(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && is_plain(whole) && is_plain(part);
    if !fits || part.len() > places as usize {
        return None;
    }
    let unit = 10_i64.checked_pow(places)?;
    let width = places as usize;
    let part: i64 = match places {
        0 => 0,
        _ => format!("{part:0<width$}").parse().ok()?,
    };
    let whole: i64 = whole.parse().ok()?;
    let minor = whole.checked_mul(unit)?.checked_add(part);
    minor.filter(|minor| *minor <= MOST_MINOR)
}

fn decimal_text(value: i64, places: u32) -> String {
    let unit = 10_i64.pow(places);
    let width = places as usize;
    match places {
        0 => value.to_string(),
        _ => format!("{}.{:0width$}", value / unit, value % unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_as_the_same_value() {
        for value in [0, 1, 99, 100, 150_000, 7_25] {
            for currency in Currency::ALL {
                assert_eq!(money(&money_text(value, currency), currency), Some(value));
            }
            assert_eq!(percent(&percent_text(value)), Some(value));
        }
        assert_eq!(percent_text(1_100), "11");
        assert_eq!(percent_text(725), "7.25");
        assert_eq!(limit(&limit_text(UNLIMITED)), Some(UNLIMITED));
        assert_eq!(limit("12"), Some(12));
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in [
            "",
            "-1",
            "1.5",
            "1e3",
            "1,000",
            "Rp 5",
            "99999999999999999999",
        ] {
            assert_eq!(money(text, Currency::Idr), None, "{text}");
        }
        assert_eq!(money("1.5", Currency::Kes), Some(150));
        assert_eq!(money("1.555", Currency::Kes), None);
        assert_eq!(number("x"), None);
    }
}
