//! Why an act on wristbands was not done, with stable names.

use crate::{
    domain::wristband::RollError,
    store::{StoreError, Transient},
};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum WristbandError {
    /// The roll cannot be.
    #[error(transparent)]
    Roll(#[from] RollError),
    /// The event's exchanges bind no wristbands.
    #[error("the event binds no wristbands: its file sets none under rules.wristbands")]
    NotBound,
    /// Another roll of the event has the name.
    #[error("the event has a roll of this name already")]
    NameTaken,
    /// No such roll.
    #[error("the event has no such roll")]
    UnknownRoll,
    /// No roll has this code.
    #[error("no roll of the event has this code")]
    UnknownWristband,
    /// It was withdrawn before.
    #[error("it is void already")]
    AlreadyVoid,
    /// Its codes are not known here.
    #[error("the roll was printed elsewhere, so its codes are not known here")]
    NotOurs,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WristbandError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Roll(RollError::Lines(_)) => "bad_lines",
            Self::Roll(RollError::SerialsUsedUp(_)) => "serials_used_up",
            Self::Roll(RollError::TooLarge) => "roll_too_large",
            Self::Roll(RollError::TooMany) => "list_too_long",
            Self::Roll(_) => "bad_roll",
            Self::NotBound => "binds_no_wristbands",
            Self::NameTaken => "roll_name_taken",
            Self::UnknownRoll => "unknown_roll",
            Self::UnknownWristband => "unknown_wristband",
            Self::AlreadyVoid => "already_void",
            Self::NotOurs => "printed_elsewhere",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for WristbandError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
