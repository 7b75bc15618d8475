//! A wish that an event be opened to the public, of somebody who sets it up and may not open it.
//!
//! Pure. An event has one at most: asking again, after it was taken back, heard or declined, begins it anew.

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
        /// Whoever may open the event does not.
        Declined => "declined",
    }
}

/// Whoever takes a wish back and asks again within this time is told of by the same letters.
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
    /// The moment that its letters bear: when those were asked for that tell of it.
    pub told_at: Timestamp,
    /// When it was heard, taken back or declined.
    pub ended_at: Option<Timestamp>,
    /// Why it was declined, where that was said.
    pub reason: Option<String>,
}

impl Opening {
    /// Whether somebody still waits.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.status == OpeningStatus::Waiting
    }

    /// The moment that the letters of a wish bear which takes this one's place: where this one was taken back and its letters
    /// are young, they tell of the next one too.
    #[must_use]
    pub fn next_told_at(&self, now: Timestamp) -> Timestamp {
        let is_young = self.told_at.0 + TOLD_MS > now.0;
        match self.status {
            OpeningStatus::Withdrawn if is_young => self.told_at,
            _ => now,
        }
    }
}
