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

/// A sum in minor units: `150000`, `Rp 150.000` and `150,000` alike. Thousands stand in threes, all divided by the same
/// sign, and a fraction has no more places than the currency: whatever might be read in two ways is no sum.
pub(super) fn money(text: &str, currency: Currency) -> Option<i64> {
    let places = currency.exponent();
    let text = without_name(text.trim(), currency);
    let (whole, part) = match text.rsplit_once(['.', ',']) {
        Some((whole, part)) if (1..=places as usize).contains(&part.len()) => {
            let sign = text.get(whole.len()..=whole.len())?;
            (!whole.contains(sign)).then_some((whole, part))?
        }
        _ => (text, ""),
    };
    let whole = without_groups(whole)?;
    decimal(&format!("{whole}.{part}"), places)
}

/// What is said when a sum cannot be read, in both languages.
pub(super) const NO_MONEY: (&str, &str) = (
    "Type the sum in digits, such as 150000 or 150.000, with no more decimals than its currency has.",
    "Tulis jumlahnya dengan angka, misalnya 150000 atau 150.000, tanpa desimal yang tidak ada di mata uangnya.",
);

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

/// Without the currency's name before it.
fn without_name(text: &str, currency: Currency) -> &str {
    let names: &[&str] = match currency {
        Currency::Idr => &["Rp.", "Rp", "IDR"],
        Currency::Kes => &["KSh", "KES"],
    };
    let is_name = |name: &&&str| {
        let start = text.get(..name.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let found = names.iter().find(is_name);
    let rest = found.and_then(|name| text.get(name.len()..));
    rest.map_or(text, str::trim_start)
}

/// The digits of a whole number whose thousands may be divided by one sign; `None` where they do not stand in threes.
fn without_groups(text: &str) -> Option<String> {
    let Some(sign) = text.chars().find(|sign| !sign.is_ascii_digit()) else {
        return Some(text.to_owned());
    };
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let is_first = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let is_sign = matches!(sign, '.' | ',' | ' ' | '\u{A0}');
    let are_threes = groups.all(|group| group.len() == 3);
    // Another sign among the digits is found when they are read.
    (is_first && is_sign && are_threes).then(|| text.replace(sign, ""))
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
        for text in ["", "-1", "1.5", "1e3", "99999999999999999999"] {
            assert_eq!(money(text, Currency::Idr), None, "{text}");
        }
        assert_eq!(number("x"), None);
    }

    #[test]
    fn sums_are_read_as_people_write_them() {
        use Currency::{Idr, Kes};
        for (currency, text, want) in [
            (Idr, "1250000", Some(1_250_000)),
            (Idr, " 1.250.000 ", Some(1_250_000)),
            (Idr, "1,250,000", Some(1_250_000)),
            (Idr, "Rp 1,250,000", Some(1_250_000)),
            (Idr, "Rp1.250.000", Some(1_250_000)),
            (Idr, "rp. 5", Some(5)),
            (Idr, "IDR\u{A0}150\u{A0}000", Some(150_000)),
            (Idr, "150 000", Some(150_000)),
            (Idr, "0", Some(0)),
            (Idr, "15000.00", None),
            (Idr, "15.000,00", None),
            (Idr, "1.500,00", None),
            (Idr, "1.5", None),
            (Idr, "1.50", None),
            (Idr, "1.5000", None),
            (Idr, "1500.000", None),
            (Idr, "0.500", None),
            (Idr, "1.250,000", None),
            (Idr, "1..000", None),
            (Idr, ".000", None),
            (Idr, "1.000.", None),
            (Idr, "1.000 000", None),
            (Idr, "many", None),
            (Idr, "-500", None),
            (Idr, "- 500", None),
            (Idr, "12x", None),
            (Idr, "1x000", None),
            (Idr, "Rp", None),
            (Idr, "KES 500", None),
            (Kes, "1.5", Some(150)),
            (Kes, "1,5", Some(150)),
            (Kes, "99.50", Some(9_950)),
            (Kes, "0.05", Some(5)),
            (Kes, "1.500", Some(150_000)),
            (Kes, "1,250.50", Some(125_050)),
            (Kes, "Ksh 1.250,50", Some(125_050)),
            (Kes, "1250.50", Some(125_050)),
            (Kes, "1.555.5", None),
            (Kes, "1250.555", None),
            (Kes, ".50", None),
            (Kes, "1.", None),
            (Kes, "1,250,50", None),
        ] {
            assert_eq!(money(text, currency), want, "{currency:?} {text}");
        }
    }
}
