//! Sums as people type them.

use crate::domain::money::{Currency, Money};

/// `1.250.000`, `Rp 1,250,000` and `1250000` alike; a fraction only where the currency has one and it is whole.
/// `None` for what is no sum.
pub(super) fn typed(text: &str, currency: Currency) -> Option<Money> {
    let places = usize::try_from(currency.exponent()).ok()?;
    let text = text
        .trim()
        .trim_start_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    let is_sum = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{A0}');
    if text.is_empty() || !text.chars().all(is_sum) {
        return None;
    }
    let fraction = text.rsplit(['.', ',']).next().unwrap_or_default();
    let has_fraction = places > 0 && fraction.len() == places && fraction.len() < text.len();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let minor: i64 = digits.parse().ok()?;
    let scale = if has_fraction {
        1
    } else {
        10_i64.checked_pow(currency.exponent())?
    };
    Some(Money::new(minor.checked_mul(scale)?, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_people_write_them() {
        let rupiah = Currency::from_code("IDR").expect("rupiah");
        let unit = 10_i64.pow(rupiah.exponent());
        for (text, want) in [
            ("1250000", Some(1_250_000)),
            ("1.250.000", Some(1_250_000)),
            ("Rp 1,250,000", Some(1_250_000)),
            ("Rp\u{A0}150 000", Some(150_000)),
            ("0", Some(0)),
            ("", None),
            ("many", None),
            ("-500", None),
            ("12x", None),
            ("99999999999999999999", None),
        ] {
            let minor = typed(text, rupiah).map(|sum| sum.minor);
            assert_eq!(minor, want.map(|want| want * unit), "{text}");
        }
    }
}
