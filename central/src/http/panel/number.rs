//! Counts as people read them: with their thousands apart, as their language has it.

use std::fmt::Display;

use documents::Language;

/// A count with its thousands apart.
pub(in crate::http::panel) fn grouped(count: i64, language: Language) -> String {
    any(&count, language)
}

/// The same of whatever writes itself as a whole number.
pub(in crate::http::panel) fn any(count: &impl Display, language: Language) -> String {
    let apart = match language {
        Language::English => ',',
        Language::Indonesian => '.',
    };
    let count = count.to_string();
    let digits = count.trim_start_matches('-');
    let mut text = String::from(if count.starts_with('-') { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    text
}

/// `14 / 100,010`
pub(in crate::http::panel) fn of(part: i64, whole: i64, language: Language) -> String {
    format!("{} / {}", grouped(part, language), grouped(whole, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart_as_the_language_has_it() {
        for (count, english, indonesian) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (100_010, "100,010", "100.010"),
            (
                i64::MIN,
                "-9,223,372,036,854,775,808",
                "-9.223.372.036.854.775.808",
            ),
        ] {
            assert_eq!(grouped(count, Language::English), english);
            assert_eq!(grouped(count, Language::Indonesian), indonesian);
            assert_eq!(any(&count, Language::English), english);
        }
    }
}
