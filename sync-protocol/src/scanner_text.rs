//! What scanners and cameras add around a code, taken away again before anything is judged.
//!
//! A USB scanner types: lower case when caps lock is on, an AIM prefix (`]Q1`), an ECI mark (`\000026`), a line
//! end, the code twice when the trigger bounces, a stray key before it (acceptance case 12). Cleaning never
//! guesses at characters inside a code: the signature decides, and what does not fit stays unreadable.

use crate::{
    code::{TEXT_LEN, TicketCode},
    rehearsal::RehearsalCode,
    wristband::{self, WristbandError},
};

/// Longest text worth looking at; anything longer is refused unread.
pub const MAX_LEN: usize = 1_024;

/// The text without what scanners add: prefixes, line ends, lower case.
#[must_use]
pub fn clean(raw: &str) -> String {
    let trimmed = raw.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let without_aim = strip_aim(trimmed);
    strip_eci(without_aim).trim().to_ascii_uppercase()
}

/// The ticket code in a cleaned text: alone, doubled, or with strays before or after it.
#[must_use]
pub fn find_code(cleaned: &str) -> Option<TicketCode> {
    find(cleaned, |text| TicketCode::parse(text).ok())
}

/// The rehearsal ticket in a cleaned text, in the same places.
#[must_use]
pub fn find_rehearsal(cleaned: &str) -> Option<RehearsalCode> {
    find(cleaned, |text| RehearsalCode::parse(text).ok())
}

fn find<T>(cleaned: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    let compact: String = cleaned.chars().filter(|c| !c.is_whitespace()).collect();
    if compact.len() < TEXT_LEN || !compact.is_ascii() {
        return None;
    }
    let last = compact.len() - TEXT_LEN;
    [last, 0]
        .into_iter()
        .find_map(|start| parse(&compact[start..start + TEXT_LEN]))
}

/// The wristband in a cleaned text: alone, doubled, or with strays before or after it. `verify` reads one spelling.
///
/// # Errors
/// [`WristbandError::NotGenuine`] if something looks like one and is not genuine, else
/// [`WristbandError::Malformed`].
pub fn find_wristband<T>(
    cleaned: &str,
    verify: impl Fn(&str) -> Result<T, WristbandError>,
) -> Result<T, WristbandError> {
    let compact: String = cleaned.chars().filter(|c| !c.is_whitespace()).collect();
    if !(wristband::TEXT_LEN..=2 * wristband::TEXT_LEN + 4).contains(&compact.len())
        || !compact.is_ascii()
    {
        return Err(WristbandError::Malformed);
    }
    let last = compact.len() - wristband::TEXT_LEN;
    let read = |start: usize| verify(&compact[start..start + wristband::TEXT_LEN]);
    match (read(last), read(0)) {
        (Ok(found), _) | (_, Ok(found)) => Ok(found),
        (Err(WristbandError::NotGenuine), _) | (_, Err(WristbandError::NotGenuine)) => {
            Err(WristbandError::NotGenuine)
        }
        _ => Err(WristbandError::Malformed),
    }
}

/// `]` + letter + digit, as scanners report the symbology.
fn strip_aim(text: &str) -> &str {
    match text.as_bytes() {
        [b']', letter, digit, ..] if letter.is_ascii_alphabetic() && digit.is_ascii_digit() => {
            &text[3..]
        }
        _ => text,
    }
}

/// `\` + six digits, as scanners report the character set.
fn strip_eci(text: &str) -> &str {
    match text.as_bytes() {
        [b'\\', digits @ ..] if digits.len() >= 6 && digits[..6].iter().all(u8::is_ascii_digit) => {
            &text[7..]
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_12_a_code_as_scanners_deliver_it() {
        let code = include_str!("../vectors/ticket-code-v1.txt").trim();
        for (name, raw) in [
            ("as printed", code.to_owned()),
            ("lower case", code.to_lowercase()),
            ("line end", format!("{code}\r\n")),
            ("tab", format!("{code}\t")),
            ("AIM prefix", format!("]Q1{code}")),
            ("AIM and ECI prefix", format!("]Q2\\000026{code}\r")),
            ("doubled scan", format!("{code}{code}")),
            (
                "doubled scan with line ends",
                format!("{code}\r\n{code}\r\n"),
            ),
            ("a stray key before it", format!("x{code}")),
            ("a stray key after it", format!("{code}7")),
            ("control characters", format!("\u{2}{code}\u{3}")),
        ] {
            let found = find_code(&clean(&raw)).map(|c| c.to_text());
            assert_eq!(found.as_deref(), Some(code), "{name}");
        }
    }

    #[test]
    fn case_12_damage_is_unreadable_not_guessed() {
        let code = include_str!("../vectors/ticket-code-v1.txt").trim();
        for (name, raw) in [
            ("empty", String::new()),
            ("only a line end", "\r\n".to_owned()),
            ("truncated", code[..100].to_owned()),
            (
                "a hole in the middle",
                format!("{}{}", &code[..70], &code[71..]),
            ),
            ("keyboard layout damage", code.replace('Y', "ß")),
        ] {
            assert!(find_code(&clean(&raw)).is_none() || raw == code, "{name}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(raw in "\\PC{0,400}") {
            let _ = find_code(&clean(&raw));
        }
    }
}
