//! Rehearsal tickets: signed by the event's key, stored nowhere, good for a while (`sync_protocol::rehearsal`).

use serde_json::json;
use sync_protocol::{id::EventId, rehearsal::RehearsalCode, time::Timestamp};

use super::{App, events::EventError, users::By};
use crate::store::tx::transact;

/// Most of them at once.
pub const MOST_REHEARSALS: u16 = 500;
const HOUR_MS: i64 = 3_600_000;

/// Some that were just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsals {
    /// The texts of their QR codes.
    pub codes: Vec<String>,
    /// Gates take them until then.
    pub until: Timestamp,
    /// Now.
    pub made_at: Timestamp,
}

impl App {
    /// Makes rehearsal tickets of an event.
    ///
    /// # Errors
    /// [`EventError::Key`].
    pub async fn make_rehearsals_by(
        &self,
        by: &By,
        event: EventId,
        (count, hours): (u16, i64),
    ) -> Result<Rehearsals, EventError> {
        let made_at = self.clock.now();
        let seconds = made_at.plus_ms(hours.saturating_mul(HOUR_MS)).0 / 1_000;
        // In whole seconds, as the code has it.
        let until = u32::try_from(seconds).unwrap_or(u32::MAX);
        let (slot, key) = {
            let mut tx = self.store.read().await?;
            self.signing_key(&mut tx, event).await?
        };
        let code = |_| {
            let mut serial = [0; 16];
            self.entropy.fill(&mut serial);
            RehearsalCode::sign(event, slot, &serial, until, &key).to_text()
        };
        let codes = (0..count.min(MOST_REHEARSALS)).map(code).collect();
        let detail = json!({"count": count, "until": until});
        let subject = ("event", event.0);
        transact!(self.store, |tx| {
            self.note_by(tx, by, "event.rehearsal", subject, made_at, detail.clone())
                .await
                .map_err(EventError::from)
        })?;
        Ok(Rehearsals {
            codes,
            until: Timestamp(i64::from(until) * 1_000),
            made_at,
        })
    }
}
