//! An order that a person flagged, with a note: apart from what central itself found (`attention`), because only the
//! person who flagged it, or another, knows when it is done.

use sync_protocol::time::Timestamp;

/// Longest note, characters.
pub const MOST_NOTE: usize = 500;

/// A flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFlag {
    /// What people call whoever flagged it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

impl OrderFlag {
    /// What tells this flag from every other of its order.
    #[must_use]
    pub fn stamp(&self) -> String {
        format!("{} {}", self.at.0, self.author)
    }
}

/// The stamp of what stands; empty where no flag does.
#[must_use]
pub fn stamp(flag: Option<&OrderFlag>) -> String {
    flag.map(OrderFlag::stamp).unwrap_or_default()
}

/// The note as it is kept; `None` where there is none, or too long a one.
#[must_use]
pub fn note(typed: &str) -> Option<String> {
    let words: Vec<_> = typed.split_whitespace().collect();
    let note = words.join(" ");
    let is_fit = (1..=MOST_NOTE).contains(&note.chars().count());
    (is_fit && !note.chars().any(char::is_control)).then_some(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_line_of_words() {
        assert_eq!(note("  call \n the  buyer "), Some("call the buyer".into()));
        assert_eq!(note(" \n"), None);
        assert_eq!(note("a\u{0}b"), None);
        assert_eq!(note(&"x".repeat(MOST_NOTE + 1)), None);
    }
}
