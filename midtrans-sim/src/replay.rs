//! The header `Idempotency-Key`: the same call within five minutes gets the same answer, and nothing is done twice.
//!
//! As documented: only successes are remembered, a key is one for all addresses, and the bodies are not compared.

use std::collections::BTreeMap;

/// How long an answer is remembered.
pub const LIFE_MS: i64 = 5 * 60_000;
/// Longest key.
pub const KEY_LENGTH: usize = 36;

/// Answers by key.
#[derive(Debug, Default)]
pub struct Replays(BTreeMap<String, (i64, u16, String)>);

impl Replays {
    /// The answer that was given under this key.
    pub fn find(&mut self, key: &str, now: i64) -> Option<(u16, String)> {
        self.0.retain(|_, (made_at, ..)| now < *made_at + LIFE_MS);
        let (_, status, body) = self.0.get(key)?;
        Some((*status, body.clone()))
    }

    /// Remembers an answer.
    pub fn keep(&mut self, key: &str, status: u16, body: &str, now: i64) {
        self.0
            .insert(key.to_owned(), (now, status, body.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_forgotten_after_five_minutes() {
        let mut replays = Replays::default();
        replays.keep("a", 201, "{}", 1_000);
        let known = Some((201, "{}".to_owned()));
        assert_eq!(replays.find("a", 1_000 + LIFE_MS - 1), known);
        assert_eq!(replays.find("b", 1_000), None);
        assert_eq!(replays.find("a", 1_000 + LIFE_MS), None);
    }
}
