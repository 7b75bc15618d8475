//! Why a letter is not sent now.

use crate::{
    app::{events::EventError, orders::OrderError},
    mail::MailError,
    store::StoreError,
};

/// Why a letter is not sent now.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// It did not leave.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What it is about cannot be read or drawn.
    #[error("the letter's order cannot be read: {0}")]
    Order(#[from] OrderError),
    /// No letter leaves now.
    #[error("no letter can leave now: see the warnings before this")]
    Outage,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<EventError> for LetterError {
    fn from(error: EventError) -> Self {
        Self::Order(error.into())
    }
}

impl LetterError {
    /// Stable name.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Mail(error) => error.code(),
            Self::Order(error) => error.code().to_owned(),
            Self::Outage => "mail_outage".to_owned(),
            Self::Store(_) => "internal".to_owned(),
        }
    }

    /// Whether trying it often is no use.
    #[must_use]
    pub const fn is_for_good(&self) -> bool {
        match self {
            Self::Mail(error) => error.is_for_good(),
            Self::Order(_) | Self::Outage | Self::Store(_) => false,
        }
    }
}
