//! Letters to every buyer of an event: which are wanted at a moment.
//!
//! Invariant: each wish is named by what it is about (the opening of a day, or the sequence of a change), so that a day
//! is reminded of once, a day that moves is reminded of again, and every postponement is told.

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
    /// What it is about: the opening of the day of which it reminds, or the sequence of the change that it tells.
    pub occurrence: i64,
    /// Days of which a buyer must have a valid ticket; 0 = any ticket.
    pub day_mask: i64,
}

/// Days that begin within this of each other are one visit, of which a buyer is reminded once.
const ONE_VISIT_MS: i64 = 48 * 3_600_000;

/// What the buyers of an event should be told now, besides what they were told.
#[must_use]
pub fn wanted(event: &Event, days: &[Day], now: Timestamp) -> Vec<Mailing> {
    let news = |kind| Mailing {
        kind,
        occurrence: event.status_sequence,
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
        occurrence: day.opens_at.0,
        day_mask: 1 << day.number,
    }
}

/// The days, as bits, of which a buyer was reminded before the one that opens at `occurrence`, because they belong to
/// the same visit: who has a ticket for one of them needs no second reminder.
#[must_use]
pub fn same_visit(days: &[Day], occurrence: i64) -> i64 {
    let mut before: Vec<&Day> = days
        .iter()
        .filter(|day| day.opens_at.0 < occurrence)
        .collect();
    before.sort_by_key(|day| std::cmp::Reverse(day.opens_at));
    let (mut mask, mut next) = (0, occurrence);
    for day in before {
        if next - day.opens_at.0 > ONE_VISIT_MS {
            break;
        }
        mask |= 1 << day.number;
        next = day.opens_at.0;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn day(number: u8, opens_hour: i64) -> Day {
        Day {
            number,
            label: String::new(),
            local_date: String::new(),
            opens_at: Timestamp(opens_hour * HOUR),
            closes_at: Timestamp((opens_hour + 8) * HOUR),
        }
    }

    #[test]
    fn days_in_a_row_are_one_visit_and_a_day_that_moved_away_is_another() {
        let days = [day(0, 100), day(1, 124), day(2, 148), day(3, 900)];
        let masks = [100, 124, 148, 900].map(|hour| same_visit(&days, hour * HOUR));
        assert_eq!(masks, [0, 0b001, 0b011, 0]);
        // The first day was put after the others.
        let days = [day(0, 172), day(1, 124), day(2, 148)];
        let masks = [124, 148, 172].map(|hour| same_visit(&days, hour * HOUR));
        assert_eq!(masks, [0, 0b010, 0b110]);
    }
}
