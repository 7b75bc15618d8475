//! A session of the panel: how long it lives, and how far it has come.
//!
//! Invariants: it ends by silence and in any case after [`LIFETIME_MS`]; between password and second factor it opens
//! nothing but the question for the code, and not for long.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{id::UserId, named::named_enum};

/// Longest life.
pub const LIFETIME_MS: i64 = 12 * 3_600_000;
/// Longest silence.
pub const IDLE_MS: i64 = 3_600_000;
/// How long the second factor may take.
pub const SECOND_FACTOR_MS: i64 = 10 * 60_000;
/// The last sign of life is stored so rarely.
pub const SEEN_EVERY_MS: i64 = 60_000;

named_enum! {
    /// How far a session has come.
    pub enum Stage {
        /// The password was right; the code is still to come.
        SecondFactor => "second_factor",
        /// Signed in.
        Full => "full",
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, which opens nothing.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// How far it has come.
    pub stage: Stage,
    /// When it began.
    pub created_at: Timestamp,
    /// The last sign of life, to the minute.
    pub seen_at: Timestamp,
    /// Its end, whatever happens.
    pub expires_at: Timestamp,
    /// From where.
    pub address: String,
    /// With which browser.
    pub agent: String,
}

impl Session {
    /// Whether it still opens something.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.seen_at.plus_ms(IDLE_MS)
    }

    /// Whether the sign of life is to be stored anew.
    #[must_use]
    pub fn is_seen_long_ago(&self, now: Timestamp) -> bool {
        now >= self.seen_at.plus_ms(SEEN_EVERY_MS)
    }
}

impl Stage {
    /// When a session that begins now ends.
    #[must_use]
    pub const fn end(self, now: Timestamp) -> Timestamp {
        now.plus_ms(match self {
            Self::SecondFactor => SECOND_FACTOR_MS,
            Self::Full => LIFETIME_MS,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_silence_and_by_age() {
        let begin = Timestamp(1_000);
        let session = Session {
            id: Uuid::nil(),
            user: UserId(Uuid::nil()),
            stage: Stage::Full,
            created_at: begin,
            seen_at: begin,
            expires_at: Stage::Full.end(begin),
            address: String::new(),
            agent: String::new(),
        };
        assert!(session.is_alive(begin.plus_ms(IDLE_MS - 1)));
        assert!(!session.is_alive(begin.plus_ms(IDLE_MS)));
        let busy = Session {
            seen_at: begin.plus_ms(LIFETIME_MS - 1),
            ..session
        };
        assert!(busy.is_alive(begin.plus_ms(LIFETIME_MS - 1)));
        assert!(!busy.is_alive(begin.plus_ms(LIFETIME_MS)));
    }
}
