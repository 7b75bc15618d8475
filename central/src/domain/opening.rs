//! A wish that an event be opened to the public, of somebody who sets it up and may not open it.
//!
//! Pure. An event has one at most: asking again, after it was taken back or heard, begins it anew.

use sync_protocol::{id::EventId, time::Timestamp};

use super::named::named_enum;

named_enum! {
    /// Where such a wish stands.
    pub enum OpeningStatus {
        /// Nobody has opened the event yet.
        Waiting => "waiting",
        /// Somebody has.
        Opened => "opened",
        /// Whoever sets the event up took it back.
        Withdrawn => "withdrawn",
    }
}

/// Letters about one event are this far apart, however often somebody asks.
const TOLD_MS: i64 = 3_600_000;

/// The wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The event.
    pub event: EventId,
    /// Where it stands.
    pub status: OpeningStatus,
    /// What people call whoever asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// When letters were written of it last.
    pub told_at: Timestamp,
    /// When it was heard or taken back.
    pub ended_at: Option<Timestamp>,
}

impl Opening {
    /// Whether somebody still waits.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.status == OpeningStatus::Waiting
    }

    /// Whether those who may open the event are written to when it is asked for once more.
    #[must_use]
    pub const fn is_news(&self, now: Timestamp) -> bool {
        self.told_at.0 + TOLD_MS <= now.0
    }
}
