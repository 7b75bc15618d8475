//! Letters to every buyer of an event: which are wanted at a moment.
//!
//! Invariant: each wish is named by the moment that it is about, so that a day is reminded of once, and a day or an
//! event that moves is spoken of again.

use sync_protocol::time::Timestamp;

use super::{
    event::{Day, Event, EventStatus},
    letter::LetterKind,
};

/// How long before a day's gates open its buyers are reminded.
pub const REMIND_BEFORE_MS: i64 = 24 * 3_600_000;
/// An event that ended longer ago than this is nobody's news.
pub const NEWS_FOR_MS: i64 = 30 * 24 * 3_600_000;

/// A letter to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mailing {
    /// What it is about.
    pub kind: LetterKind,
    /// The moment that it is about.
    pub occurrence: Timestamp,
    /// Days of which a buyer must have a valid ticket; 0 = any ticket.
    pub day_mask: i64,
}

/// What the buyers of an event should be told now, besides what they were told.
#[must_use]
pub fn wanted(event: &Event, days: &[Day], now: Timestamp) -> Vec<Mailing> {
    let news = |kind| Mailing {
        kind,
        occurrence: event.starts_at,
        day_mask: 0,
    };
    let is_news = now < event.ends_at.plus_ms(NEWS_FOR_MS);
    match event.status {
        EventStatus::Published | EventStatus::Closed => {
            let is_near =
                |day: &&Day| now < day.opens_at && day.opens_at <= now.plus_ms(REMIND_BEFORE_MS);
            days.iter().filter(is_near).map(reminder).collect()
        }
        EventStatus::Cancelled if is_news => vec![news(LetterKind::EventCancelled)],
        EventStatus::Postponed if is_news => vec![news(LetterKind::EventPostponed)],
        EventStatus::Cancelled
        | EventStatus::Postponed
        | EventStatus::Draft
        | EventStatus::Completed => Vec::new(),
    }
}

fn reminder(day: &Day) -> Mailing {
    Mailing {
        kind: LetterKind::EventReminder,
        occurrence: day.opens_at,
        day_mask: 1 << day.number,
    }
}
