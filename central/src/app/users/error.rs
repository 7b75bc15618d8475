//! Why an account is not signed in or changed: stable names, and sentences that say what to do.

use sync_protocol::time::Timestamp;

use crate::{
    domain::{email::EmailError, password::PasswordError},
    store::{StoreError, Transient},
};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Address or password; which one is not said.
    #[error("this address and password do not belong together: check both")]
    Wrong,
    /// Too many guesses.
    #[error("too many attempts: wait and try again")]
    Wait(Timestamp),
    /// The password that somebody else made was not changed in time.
    #[error("this one-time password is too old: ask for another one")]
    StalePassword,
    /// Too short or too long.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The old one again, or one's own address.
    #[error("choose a password that is neither the old one nor your address")]
    PoorPassword,
    /// The code is wrong, or was used.
    #[error("this code is wrong or was used before: wait for the next one")]
    WrongCode,
    /// There is a second factor already.
    #[error("the second factor is on already")]
    HasFactor,
    /// There is none to prove.
    #[error("begin again: no second factor is being set up")]
    NoFactor,
    /// The link is old or was used.
    #[error("this link is too old or was used before: ask for another one")]
    ResetOver,
    /// Not 1 to 100 characters.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// Not an address.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// Somebody has it.
    #[error("there is an account with this address already")]
    EmailTaken,
    /// The account works gates.
    #[error("whoever works gates has no account in the panel: use another address")]
    WorksGates,
    /// No such account.
    #[error("there is no such account")]
    Unknown,
    /// No such role, or none of the panel.
    #[error("choose a role of the panel")]
    Role,
    /// The role is for an organiser's accounts.
    #[error("choose the organiser that this account belongs to")]
    NoClient,
    /// No such organiser.
    #[error("there is no such organiser: open the list of organisers")]
    UnknownClient,
    /// The role is for some events.
    #[error("choose at least one event for this role")]
    NoEvents,
    /// It would give what the giver does not have.
    #[error("you cannot give rights that you do not have yourself")]
    NotYours,
    /// Nobody could mend anything any more.
    #[error("this is the last account that may do everything: make another one first")]
    LastAdmin,
    /// One's own account.
    #[error("you cannot do this to your own account: ask somebody else")]
    Own,
    /// A short name in addresses.
    #[error("a short name has 2 to 80 small letters, digits and hyphens")]
    Slug,
    /// Another organiser has it.
    #[error("there is an organiser with this short name already")]
    SlugTaken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl UserError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Wrong => "sign_in_wrong",
            Self::Wait(_) => "sign_in_wait",
            Self::StalePassword => "one_time_over",
            Self::Password(PasswordError::Short) => "password_short",
            Self::Password(PasswordError::Long) => "password_long",
            Self::PoorPassword => "password_poor",
            Self::WrongCode => "code_wrong",
            Self::HasFactor => "has_second_factor",
            Self::NoFactor => "no_second_factor",
            Self::ResetOver => "reset_over",
            Self::Name => "account_name",
            Self::Email(error) => match error {
                EmailError::At => "email_at",
                EmailError::Length => "email_length",
                EmailError::Local => "email_local",
                EmailError::Domain => "email_domain",
            },
            Self::EmailTaken => "email_taken",
            Self::WorksGates => "works_gates",
            Self::Unknown => "unknown_account",
            Self::Role => "unknown_role",
            Self::NoClient => "no_client",
            Self::UnknownClient => "unknown_client",
            Self::NoEvents => "no_events",
            Self::NotYours => "not_yours_to_give",
            Self::LastAdmin => "last_admin",
            Self::Own => "own_account",
            Self::Slug => "client_slug",
            Self::SlugTaken => "client_slug_taken",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for UserError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
