//! The catalogue: what an event's buyers are offered, made and changed.
//!
//! Invariants: every change takes the event's next revision first, counts the catalogue's own and leaves a row in the
//! audit trail, in one transaction. What a type was offered as is never rewritten: a change is a new version, and
//! an order keeps the one it was sold at. A quota never falls below what is taken.
//! Called by the command line and the panel. Promo codes: `app::promos`.

mod change;
mod create;
mod event_change;

pub use change::{CatalogError, TypeChange};
pub use event_change::EventChange;

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{App, events::EventError};
use crate::{
    domain::event::EventStatus,
    store::{self, StoreError, Tx, audit::AuditEntry, tx::transact},
};

impl App {
    /// Opens an event to the public.
    ///
    /// # Errors
    /// [`EventError::Unknown`] or [`EventError::IllegalMove`].
    pub async fn publish_event(&self, event: EventId) -> Result<(), EventError> {
        self.move_event(event, EventStatus::Published).await
    }

    /// Moves an event to another status, where [`EventStatus::step`] allows it. Whoever is to get money back does
    /// not get it by this.
    ///
    /// # Errors
    /// [`EventError::Unknown`] or [`EventError::IllegalMove`].
    pub async fn move_event(&self, event: EventId, to: EventStatus) -> Result<(), EventError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let found = store::event::by_id(tx, event).await?;
            let from = found.ok_or(EventError::Unknown)?.status;
            from.step(to)?;
            if !store::event::move_status(tx, event, from, to).await? {
                return Err(EventError::Store(StoreError::Corrupt(
                    "an event that moved meanwhile",
                )));
            }
            let detail = serde_json::json!({"from": from.name(), "to": to.name()});
            let change = Change {
                action: "event.status",
                subject_kind: "event",
                subject: event.0,
                detail,
            };
            self.note_change(tx, change, now).await?;
            Ok(())
        })
    }

    pub(super) async fn note_change(
        &self,
        tx: &mut Tx,
        change: Change,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: "staff",
            action: change.action,
            subject_kind: change.subject_kind,
            subject: change.subject,
            detail: &change.detail.to_string(),
        };
        store::audit::put(tx, entry).await
    }
}

/// What the audit trail is told of a change.
pub(super) struct Change {
    pub(super) action: &'static str,
    pub(super) subject_kind: &'static str,
    pub(super) subject: Uuid,
    pub(super) detail: serde_json::Value,
}
