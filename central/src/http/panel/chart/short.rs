//! Numbers in few letters, for axes: `1.5M`, `1,5 jt`.

use documents::Language;

/// From how much on, in English and in Indonesian.
const UNITS: [(u64, &str, &str); 4] = [
    (1_000_000_000_000, "T", " T"),
    (1_000_000_000, "B", " M"),
    (1_000_000, "M", " jt"),
    (1_000, "K", " rb"),
];

/// A whole number in few letters.
pub(in crate::http::panel) fn short(value: i64, language: Language) -> String {
    let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let Some((unit, english, indonesian)) = UNITS.into_iter().find(|(unit, ..)| size >= *unit)
    else {
        return format!("{sign}{size}");
    };
    let (letters, point) = match language {
        Language::English => (english, '.'),
        Language::Indonesian => (indonesian, ','),
    };
    let (whole, hundredths) = (size / unit, size % unit / (unit / 100));
    let after = match whole {
        0..10 => format!("{point}{hundredths:02}"),
        10..100 => format!("{point}{}", hundredths / 10),
        _ => String::new(),
    };
    let after = after.trim_end_matches('0').trim_end_matches(point);
    format!("{sign}{whole}{after}{letters}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_people_say_them() {
        for (value, english, indonesian) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1K", "1 rb"),
            (1_550_000, "1.55M", "1,55 jt"),
            (1_500_000, "1.5M", "1,5 jt"),
            (1_752_000_000, "1.75B", "1,75 M"),
            (10_060_000, "10M", "10 jt"),
            (150_700_000, "150M", "150 jt"),
            (-2_000_000_000, "-2B", "-2 M"),
            (i64::MAX, "9223372T", "9223372 T"),
        ] {
            assert_eq!(short(value, Language::English), english);
            assert_eq!(short(value, Language::Indonesian), indonesian);
        }
    }
}
