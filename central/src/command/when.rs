//! Moments as the operator of an event reads and types them: on the venue's clock.

use chrono::DateTime;
use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

use crate::domain::event::EventSetup;

/// The clock of an event's venue.
pub(super) struct When(Tz);

impl When {
    pub(super) fn of(setup: &EventSetup) -> Self {
        Self(setup.event.time_zone.parse().unwrap_or(Tz::UTC))
    }

    /// `2026-12-05 16:00`
    pub(super) fn text(&self, at: Timestamp) -> String {
        let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
        let local = at.with_timezone(&self.0);
        local.format("%Y-%m-%d %H:%M").to_string()
    }
}
