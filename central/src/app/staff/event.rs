//! What an event says of its operators: when gates lock, and that there are none any more.

use serde_json::{Value, json};
use sync_protocol::{id::EventId, time::Timestamp};

use super::{App, StaffError, put_config};
use crate::{
    app::users::By,
    store::{self, Tx, tx::transact},
};

const MINUTE_MS: i64 = 60_000;
/// How long a gate may be left alone at most, minutes.
pub const MOST_IDLE_MINUTES: i64 = 12 * 60;

impl App {
    /// How long the gates of an event may be left alone before they lock.
    ///
    /// # Errors
    /// [`StaffError::Idle`] or [`StaffError::NoOperators`].
    pub async fn set_idle_lock_by(
        &self,
        by: &By,
        event: EventId,
        minutes: i64,
    ) -> Result<(), StaffError> {
        if !(1..=MOST_IDLE_MINUTES).contains(&minutes) {
            return Err(StaffError::Idle);
        }
        let now = self.clock.now();
        transact!(self.store, |tx| {
            put_config(tx, event).await?;
            store::staff::idle_ms(tx, event)
                .await?
                .ok_or(StaffError::NoOperators)?;
            store::staff::set_idle_ms(tx, event, minutes * MINUTE_MS).await?;
            let detail = json!({"minutes": minutes});
            self.note_event(tx, by, "event.idle_lock", (event, now), &detail)
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// An event's gates work without signing in again. Its staff keeps its roles.
    ///
    /// # Errors
    /// [`StaffError::NoOperators`].
    pub async fn open_gates_to_all_by(&self, by: &By, event: EventId) -> Result<(), StaffError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            put_config(tx, event).await?;
            if !store::staff::forget(tx, event).await? {
                return Err(StaffError::NoOperators);
            }
            self.note_event(tx, by, "event.operators_off", (event, now), &json!({}))
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    async fn note_event(
        &self,
        tx: &mut Tx,
        by: &By,
        action: &str,
        (event, now): (EventId, Timestamp),
        detail: &Value,
    ) -> Result<(), StaffError> {
        let subject = ("event", event.0);
        Ok(self
            .note_by(tx, by, action, subject, now, detail.clone())
            .await?)
    }
}
