//! What somebody signed in does to events: the act, and the row that says who did it, in one transaction.
//!
//! Invariant: an event that lacks something is not opened to the public from here; the list of what is missing is the
//! answer ([`readiness`]).

use serde_json::json;
use sync_protocol::id::EventId;

use super::{
    App,
    events::{EventError, load_setup},
    users::By,
};
use crate::{
    domain::{
        event::EventStatus,
        readiness::{self, Missing},
    },
    store::{self, StoreError, Transient, tx::transact},
};

/// Why an event is not opened.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Something is missing.
    #[error("the event lacks {} things", .0.len())]
    NotReady(Vec<Missing>),
    /// It was to be taken back how it was left, and stands elsewhere.
    #[error("somebody moved the event meanwhile: look at its status")]
    Moved,
    /// It does not stand where the move begins.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl From<StoreError> for PublishError {
    fn from(error: StoreError) -> Self {
        Self::Event(error.into())
    }
}

impl Transient for PublishError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Event(error) if error.is_transient())
    }
}

impl App {
    /// Opens an event to the public, if nothing is missing; only where its status was not moved since this move of it, if
    /// one is named by its number.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn publish_when_ready(
        &self,
        by: &By,
        event: EventId,
        left: Option<i64>,
    ) -> Result<(), PublishError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let locked = store::event::lock(tx, event).await?;
            let stands = locked.ok_or(EventError::Unknown)?.status_sequence;
            if left.is_some_and(|left| left != stands) {
                return Err(PublishError::Moved);
            }
            let setup = load_setup(tx, event).await?;
            let missing = readiness::missing(&setup, now);
            if !missing.is_empty() {
                return Err(PublishError::NotReady(missing));
            }
            self.step(tx, by, event, setup.event.status, EventStatus::Published)
                .await?;
            Ok(())
        })
    }

    /// Ends an event's sale for now; gives where it stood, and the number of this move of its status.
    ///
    /// # Errors
    /// [`EventError::IllegalMove`].
    pub async fn close_sale(
        &self,
        by: &By,
        event: EventId,
    ) -> Result<(EventStatus, i64), EventError> {
        transact!(self.store, |tx| {
            let found = store::event::lock(tx, event).await?;
            let from = found.ok_or(EventError::Unknown)?.status;
            self.step(tx, by, event, from, EventStatus::Closed).await?;
            let closed = store::event::by_id(tx, event).await?;
            Ok((from, closed.ok_or(EventError::Unknown)?.status_sequence))
        })
    }

    async fn step(
        &self,
        tx: &mut store::Tx,
        by: &By,
        event: EventId,
        from: EventStatus,
        to: EventStatus,
    ) -> Result<(), EventError> {
        from.step(to)?;
        if !store::event::move_status(tx, event, from, to).await? {
            return Err(EventError::Store(StoreError::Corrupt(
                "an event that moved meanwhile",
            )));
        }
        let (now, subject) = (self.clock.now(), ("event", event.0));
        self.hear_opening(tx, event, to, now).await?;
        let detail = json!({"from": from.name(), "to": to.name()});
        Ok(self
            .note_by(tx, by, "event.status", subject, now, detail)
            .await?)
    }
}
