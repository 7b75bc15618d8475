//! Why a form of the set-up is refused, gathered from what the layers below say.

use axum::response::Response;

use crate::{
    app::{catalog::CatalogError, events::EventError},
    domain::new_event::NewEventError,
    store::StoreError,
};

/// Why a form is refused.
pub(crate) enum Fault {
    /// It names something that is not there.
    Unknown,
    /// What was typed cannot be read: what to do, in both languages.
    Said(&'static str, &'static str),
    /// A rule says no.
    Refused(CatalogError),
    /// The database failed.
    Broken(StoreError),
    /// Somebody must say yes first; the page that asks.
    Asked(Box<Response>),
}

impl From<CatalogError> for Fault {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Unknown | CatalogError::Event(EventError::Unknown) => Self::Unknown,
            CatalogError::Store(error) | CatalogError::Event(EventError::Store(error)) => {
                Self::Broken(error)
            }
            other => Self::Refused(other),
        }
    }
}

impl From<EventError> for Fault {
    fn from(error: EventError) -> Self {
        CatalogError::from(error).into()
    }
}

impl From<NewEventError> for Fault {
    fn from(error: NewEventError) -> Self {
        CatalogError::from(error).into()
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}
