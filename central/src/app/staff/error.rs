//! Why staff is not taken in or changed: stable names, and sentences that say what to do.

use sync_protocol::operator::SecretError;

use super::MOST_IDLE_MINUTES;
use crate::{
    domain::email::EmailError,
    store::{StoreError, Transient},
};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Not 1 to 100 characters.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// Not a login name.
    #[error("a login has 2 to 40 small letters, digits, dots, hyphens and underscores")]
    Login,
    /// The address of a person by this login would be that of the form.
    #[error("the login `new` is kept for the panel's form: choose another one")]
    LoginKept,
    /// Not an address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// Somebody has it.
    #[error("this login is taken: choose another one")]
    LoginTaken,
    /// The account works gates already.
    #[error("the account of this address has a gate login already: use `central staff assign`")]
    HasSecret,
    /// The account uses the panel.
    #[error(
        "the account of this address uses the panel, and whoever uses the panel works no gate: use another address"
    )]
    UsesPanel,
    /// No such account.
    #[error("nobody signs in at gates as {0}: see `central staff list`")]
    Unknown(String),
    /// An operator works somewhere.
    #[error("name at least one event at which this person works")]
    NoEvent,
    /// The event has none.
    #[error("this event has no operators: its gates work without signing in")]
    NoOperators,
    /// Too short or too long.
    #[error("gates lock after 1 to {MOST_IDLE_MINUTES} minutes")]
    Idle,
    /// No secret could be made.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StaffError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name => "staff_name",
            Self::Login => "staff_login",
            Self::LoginKept => "login_kept",
            Self::Email(_) => "staff_email",
            Self::LoginTaken => "login_taken",
            Self::HasSecret => "has_gate_login",
            Self::UsesPanel => "uses_panel",
            Self::Unknown(_) => "unknown_login",
            Self::NoEvent => "no_event",
            Self::NoOperators => "no_operators",
            Self::Idle => "idle_minutes",
            Self::Secret(_) => "gate_secret",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for StaffError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
