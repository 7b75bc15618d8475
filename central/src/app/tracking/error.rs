//! Why a question about orders is not answered, in words for who asked.

use crate::{
    domain::field::FieldError,
    store::{StoreError, Transient},
};

/// Why a question about orders is not answered.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// Fields of the question are wrong.
    #[error("Some fields are not right.")]
    Invalid(Vec<FieldError>),
    /// Too many questions about this number or from this place.
    #[error("That was asked too often: try again in an hour.")]
    TooOften,
    /// The code or link opens nothing.
    #[error("This code or link is not right, was used, or is too old: ask for a new one.")]
    NoAccess,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrackingError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_fields",
            Self::TooOften => "asked_too_often",
            Self::NoAccess => "no_access",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for TrackingError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
