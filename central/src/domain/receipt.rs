//! Receipt numbers: how an organiser's own numbering writes them.
//!
//! Invariant: a [`Pattern`] holds the number exactly once, so that two receipts of one numbering never read alike, and
//! nothing that could not stand in a file name's or a header's text. Numbers themselves are counted by
//! `store::receipt`, without gaps, in the transaction that makes the receipt.

use super::named::named_enum;

named_enum! {
    /// What a receipt is of.
    pub enum ReceiptKind {
        /// Money that came.
        Sale => "sale",
        /// Money that went back.
        Refund => "refund",
    }
}

impl ReceiptKind {
    /// The pattern of an event that asked for none.
    #[must_use]
    pub const fn usual_pattern(self) -> &'static str {
        match self {
            Self::Sale => "INV/{event}/{year}/{number:05}",
            Self::Refund => "CN/{event}/{year}/{number:05}",
        }
    }
}

/// Longest pattern, characters.
pub const PATTERN_LENGTH: usize = 80;
/// Most digits that a number is filled up to.
const WIDTH: usize = 9;

/// A checked pattern such as `INV/{event}/{year}/{number:05}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

/// What to do so that a pattern is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Too long, or empty.
    #[error("Enter a pattern of 1 to 80 characters, such as INV/{{event}}/{{year}}/{{number:05}}.")]
    Length,
    /// A character that is not allowed.
    #[error(
        "Use letters, digits, spaces and / . _ - besides {{event}}, {{year}} and {{number:05}}."
    )]
    Character,
    /// Something else in braces.
    #[error(
        "Write {{event}}, {{year}}, {{number}} or {{number:05}} in the braces; the digits after 0 are 1 to 9."
    )]
    Place,
    /// Without a number all receipts would read alike.
    #[error("Write {{number}} or {{number:05}} into the pattern exactly once.")]
    Number,
}

enum Part<'a> {
    Text(&'a str),
    Event,
    Year,
    Number(usize),
}

impl Pattern {
    /// The pattern as typed, checked.
    ///
    /// # Errors
    /// [`PatternError`], whose text tells the person what to do.
    pub fn parse(typed: &str) -> Result<Self, PatternError> {
        let typed = typed.trim();
        if typed.is_empty() || typed.len() > PATTERN_LENGTH {
            return Err(PatternError::Length);
        }
        let mut numbers = 0;
        for part in parts(typed) {
            numbers += usize::from(matches!(part?, Part::Number(_)));
        }
        if numbers != 1 {
            return Err(PatternError::Number);
        }
        Ok(Self(typed.to_owned()))
    }

    /// As stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The receipt number that people see; `event` is the event's name in addresses.
    #[must_use]
    pub fn write(&self, event: &str, year: i32, number: i64) -> String {
        let write = |part: Part<'_>| match part {
            Part::Text(text) => text.to_owned(),
            Part::Event => event.to_uppercase(),
            Part::Year => year.to_string(),
            Part::Number(width) => format!("{number:0width$}"),
        };
        parts(&self.0).filter_map(Result::ok).map(write).collect()
    }
}

/// The parts of a pattern, in order.
fn parts(pattern: &str) -> impl Iterator<Item = Result<Part<'_>, PatternError>> {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('{') {
            let Some((name, after)) = inside.split_once('}') else {
                rest = "";
                return Some(Err(PatternError::Place));
            };
            rest = after;
            return Some(place(name));
        }
        let end = rest.find('{').unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(plain(text))
    })
}

fn plain(text: &str) -> Result<Part<'_>, PatternError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " /._-".contains(c);
    if text.chars().all(is_plain) {
        Ok(Part::Text(text))
    } else {
        Err(PatternError::Character)
    }
}

fn place(name: &str) -> Result<Part<'_>, PatternError> {
    match name {
        "event" => Ok(Part::Event),
        "year" => Ok(Part::Year),
        "number" => Ok(Part::Number(1)),
        other => {
            let width = other.strip_prefix("number:0");
            let width = width.and_then(|width| width.parse().ok());
            let width = width.filter(|width| (1..=WIDTH).contains(width));
            width.map(Part::Number).ok_or(PatternError::Place)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_written_or_refused() {
        for (pattern, written) in [
            (
                "INV/{event}/{year}/{number:05}",
                Ok("INV/GEMA-2026/2026/00042"),
            ),
            (" {number} ", Ok("42")),
            ("K {number:01}-{year}", Ok("K 42-2026")),
            ("", Err(PatternError::Length)),
            ("INV-{year}", Err(PatternError::Number)),
            ("{number}{number}", Err(PatternError::Number)),
            ("{number", Err(PatternError::Place)),
            ("{number:00}", Err(PatternError::Place)),
            ("{number:010}", Err(PatternError::Place)),
            ("{buyer}{number}", Err(PatternError::Place)),
            ("}{number}", Err(PatternError::Character)),
            ("é{number}", Err(PatternError::Character)),
            ("a\r\nBcc: x{number}", Err(PatternError::Character)),
        ] {
            let parsed = Pattern::parse(pattern);
            let shown = parsed.as_ref().map(|p| p.write("gema-2026", 2026, 42));
            assert_eq!(shown.as_deref().map_err(|e| **e), written, "{pattern:?}");
        }
        assert_eq!(Pattern::parse(&"1".repeat(81)), Err(PatternError::Length));
    }

    #[test]
    fn usual_patterns_are_good_and_differ() {
        let write = |kind: ReceiptKind| {
            let pattern = Pattern::parse(kind.usual_pattern()).expect("good");
            pattern.write("e", 2026, 1)
        };
        let [sale, refund] = [ReceiptKind::Sale, ReceiptKind::Refund].map(write);
        assert_ne!(sale, refund);
    }
}
