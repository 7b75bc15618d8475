//! The catalogue: what an event's buyers are offered, made and changed.
//!
//! Invariants: every change takes the event's next revision first, counts the catalogue's own and leaves a row in the
//! audit trail, in one transaction. What a type was offered as is never rewritten: a change is a new version, and
//! an order keeps the one it was sold at. A quota never falls below what is taken.
//! Called by the command line and the panel. Promo codes: `app::promos`.

mod access;
mod category;
mod change;
mod copy;
mod create;
mod day;
mod day_move;
mod draft;
mod event_change;
mod gate;
mod kind;
mod quota;
mod seen;
mod sequence;

pub use change::{CatalogError, TypeChange};
pub use copy::EventCopy;
pub use day::DayWish;
pub use draft::DraftChange;
pub use event_change::EventChange;
pub use gate::RulesChange;
pub use kind::{KindPlace, NewKind};
pub use seen::Change;
pub use sequence::Moved;

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    App,
    events::{EventError, load_setup, put_config},
    trail::{Actor, Deed},
};
use crate::{
    domain::event::{EventSetup, EventStatus},
    store::{self, StoreError, Tx, revision::EventRevision, tx::transact},
};

impl App {
    /// Opens an event to the public.
    ///
    /// # Errors
    /// [`EventError::Unknown`] or [`EventError::IllegalMove`].
    pub async fn publish_event(&self, event: EventId, by: &Actor) -> Result<(), EventError> {
        self.move_event(event, EventStatus::Published, by).await
    }

    /// Moves an event to another status, where [`EventStatus::step`] allows it. Whoever is to get money back does
    /// not get it by this.
    ///
    /// # Errors
    /// [`EventError::Unknown`] or [`EventError::IllegalMove`].
    pub async fn move_event(
        &self,
        event: EventId,
        to: EventStatus,
        by: &Actor,
    ) -> Result<(), EventError> {
        let now = self.clock.now();
        let found = store::event::by_id(&mut self.store.read().await?, event).await?;
        found.ok_or(EventError::Unknown)?;
        transact!(self.store, |tx| {
            if to == EventStatus::Cancelled {
                // As in [`App::cancel_event`]: money that comes at this moment is either before it or after it.
                store::revision::lock(tx, event).await?;
            }
            self.put_status(tx, event, to, by, now).await
        })
    }

    /// Takes the event's next revision and loads it, first of all, for a change that gates see.
    async fn begin_change(
        &self,
        tx: &mut Tx,
        event: EventId,
    ) -> Result<(EventRevision, EventSetup), EventError> {
        let revision = store::revision::take(tx, event).await?;
        Ok((revision, load_setup(tx, event).await?))
    }

    /// Puts the change into the gates' config, counts it and leaves its row in the audit trail.
    async fn end_change(
        &self,
        tx: &mut Tx,
        revision: EventRevision,
        by: &Actor,
        (event, action, detail): (EventId, &str, serde_json::Value),
    ) -> Result<(), CatalogError> {
        put_config(tx, event, revision).await?;
        self.note_setup(tx, by, (event, action, detail)).await
    }

    /// Counts a change of the event's set-up and leaves its row in the audit trail.
    async fn note_setup(
        &self,
        tx: &mut Tx,
        by: &Actor,
        (event, action, detail): (EventId, &str, serde_json::Value),
    ) -> Result<(), CatalogError> {
        let deed = Deed {
            action,
            subject_kind: "event",
            subject: event.0,
            detail,
        };
        self.note_catalog(tx, event, by, deed).await
    }

    async fn put_status(
        &self,
        tx: &mut Tx,
        event: EventId,
        to: EventStatus,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), EventError> {
        let found = store::event::by_id(tx, event).await?;
        let from = found.ok_or(EventError::Unknown)?.status;
        from.step(to)?;
        if !store::event::move_status(tx, event, from, to).await? {
            return Err(EventError::Store(StoreError::Corrupt(
                "an event that moved meanwhile",
            )));
        }
        self.hear_opening(tx, event, to, now).await?;
        let detail = serde_json::json!({"from": from.name(), "to": to.name()});
        let deed = Deed {
            action: "event.status",
            subject_kind: "event",
            subject: event.0,
            detail,
        };
        Ok(self.leave_row(tx, by, deed, now).await?)
    }
}
