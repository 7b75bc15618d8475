//! How often anybody may guess: what is counted, and how long to wait after so many.
//!
//! Invariants: a guess is counted before it is looked at, so guesses made at the same time count too. Waits grow
//! and have an end: nobody can lock somebody else out for good, and a browser that signed in before waits for its own
//! guesses alone, unless very many are made from such browsers together. What was counted is forgotten after a day of silence.

use sync_protocol::time::Timestamp;

/// After this silence nothing is remembered.
pub const FORGET_MS: i64 = 24 * 3_600_000;
const FIRST_WAIT_MS: i64 = 15_000;
const LONGEST_WAIT_MS: i64 = 15 * 60_000;

/// What guesses are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// One account from one address: somebody who forgot a password.
    Both,
    /// One address: somebody who tries many accounts.
    Address,
    /// One account: many machines that try one.
    Account,
    /// One account from a browser that signed in there before: what others guess elsewhere does not hold it up.
    Browser,
    /// One account from all such browsers: somebody who gathered many of their marks.
    Browsers,
}

impl Counted {
    /// What a guess is counted for.
    #[must_use]
    pub const fn of(is_from_known_browser: bool) -> &'static [Self] {
        if is_from_known_browser {
            &[Self::Browser, Self::Browsers]
        } else {
            &[Self::Both, Self::Address, Self::Account]
        }
    }

    /// So many are free.
    const fn free(self) -> i64 {
        match self {
            Self::Both | Self::Browser => 5,
            Self::Address => 30,
            Self::Account | Self::Browsers => 60,
        }
    }

    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Address => "address",
            Self::Account => "account",
            Self::Browser => "browser",
            Self::Browsers => "browsers",
        }
    }
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guesses {
    /// How many.
    pub count: i64,
    /// The last one.
    pub last_at: Timestamp,
}

impl Guesses {
    /// What is still remembered now.
    #[must_use]
    pub fn remembered(self, now: Timestamp) -> Self {
        if now.0 - self.last_at.0 >= FORGET_MS {
            return Self::default();
        }
        self
    }

    /// When the next guess is looked at; `None` = now.
    #[must_use]
    pub fn wait_until(self, what: Counted, now: Timestamp) -> Option<Timestamp> {
        let over = self.remembered(now).count - what.free();
        if over < 0 {
            return None;
        }
        let wait = (FIRST_WAIT_MS << over.clamp(0, 16)).min(LONGEST_WAIT_MS);
        let until = self.last_at.plus_ms(wait);
        (until > now).then_some(until)
    }

    /// With one more.
    #[must_use]
    pub fn and_one(self, now: Timestamp) -> Self {
        Self {
            count: self.remembered(now).count + 1,
            last_at: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_have_an_end_and_are_forgotten() {
        let now = Timestamp(1_000_000_000);
        let mut guesses = Guesses::default();
        for _ in 0..5 {
            assert_eq!(guesses.wait_until(Counted::Both, now), None);
            guesses = guesses.and_one(now);
        }
        let mut waits = Vec::new();
        for _ in 0..8 {
            let until = guesses.wait_until(Counted::Both, now).expect("a wait");
            waits.push((until.0 - now.0) / 1_000);
            guesses = guesses.and_one(now);
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(
            guesses.wait_until(Counted::Both, now.plus_ms(LONGEST_WAIT_MS)),
            None
        );
        assert_eq!(
            guesses.and_one(now.plus_ms(FORGET_MS)).count,
            1,
            "a day later it begins anew"
        );
        assert_eq!(guesses.wait_until(Counted::Address, now), None);
    }
}
