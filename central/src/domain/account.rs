//! An account of the panel: somebody who signs in with an address and a password.
//!
//! Invariant: addresses are kept in small letters, so that nobody has two accounts by writing theirs another way.

use sync_protocol::time::Timestamp;

use super::{
    email::Email,
    id::{ClientId, UserId},
};

/// Longest life of a password that somebody else made.
pub const ONE_TIME_MS: i64 = 7 * 24 * 3_600_000;
/// Longest life of a link that resets a password.
pub const RESET_MS: i64 = 30 * 60_000;
/// Links that reset a password, in an hour.
pub const MOST_RESETS: i64 = 3;

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Its address, which signs in.
    pub email: String,
    /// What people call the person.
    pub name: String,
    /// The organiser it belongs to.
    pub client: Option<ClientId>,
    /// It may sign in.
    pub is_active: bool,
    /// Its password was made by somebody else.
    pub must_change_password: bool,
    /// Until when such a password is good.
    pub one_time_until: Option<Timestamp>,
    /// Raised by a new password or second factor and by the end of all sessions: what was given out before is void.
    pub generation: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Account {
    /// Whether its password is one that was to be changed by now.
    #[must_use]
    pub fn has_stale_password(&self, now: Timestamp) -> bool {
        self.must_change_password && self.one_time_until.is_none_or(|until| now >= until)
    }
}

/// An address as accounts keep it.
#[must_use]
pub fn address(email: &Email) -> String {
    email.as_str().to_ascii_lowercase()
}

/// A name that pages can show: 1 to 100 characters, none of them a control character.
#[must_use]
pub fn name(typed: &str) -> Option<String> {
    let name = typed.trim();
    let is_good = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    is_good.then(|| name.to_owned())
}
