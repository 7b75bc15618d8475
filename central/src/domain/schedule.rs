//! The schedule: an event's days, its own beginning and end, and its check-outs, and how they move together.
//!
//! Invariant: a day keeps its number and label, because tickets are signed for numbers: whoever has a ticket for the day
//! has it for the new one. The event begins and ends as long after its first opening and its last closing as before,
//! and a check-out moves with the day that it ends. Called by `app::catalog`.

use chrono_tz::Tz;
use sync_protocol::time::Timestamp;

use super::{
    event::{Day, Event, EventSetup, EventStatus},
    wall_clock,
};

const DAY_MS: i64 = 86_400_000;

impl Event {
    /// Whether it was postponed and its days are not known yet.
    #[must_use]
    pub fn waits_for_days(&self) -> bool {
        self.status == EventStatus::Postponed && self.days_sequence <= self.status_sequence
    }
}

/// The window that is proposed for an event's first day: from its beginning to the hour of its end.
#[must_use]
pub fn first_day(starts_at: Timestamp, ends_at: Timestamp, zone: Tz) -> (Timestamp, Timestamp) {
    let days_more = (ends_at.ms_since(starts_at) - 1).max(0) / DAY_MS;
    (starts_at, wall_clock::days_later(ends_at, -days_more, zone))
}

/// A day's new window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMove {
    /// The day's number, from 0.
    pub number: u8,
    /// First moment at which its tickets are good.
    pub opens_at: Timestamp,
    /// First moment at which they are no longer good.
    pub closes_at: Timestamp,
}

/// When an event takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Its days, ascending by number.
    pub days: Vec<Day>,
    /// When everybody counts as outside again, ascending.
    pub check_outs: Vec<Timestamp>,
}

/// Why days are not moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The event is over, or will not take place.
    #[error("the event is {}, so its days stay", .0.name())]
    Over(EventStatus),
    /// Nothing was said.
    #[error("no day is moved: name one, and when it opens and closes")]
    Nothing,
    /// The event has no such day, or it was named twice.
    #[error("day {0} is none of the event, or named twice: days count from 1")]
    UnknownDay(u16),
    /// The window is none.
    #[error("{0} must close after it opens")]
    Backwards(String),
    /// It would be over.
    #[error("{0} would be over already: choose a day to come")]
    Past(String),
    /// People may have been let in.
    #[error("{0} has begun: postpone the event first, then move the day")]
    Begun(String),
    /// Gates could not tell two days apart.
    #[error("two days would open at the same moment: choose another")]
    SameOpening,
}

impl ScheduleError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Over(_) => "event_over",
            Self::Nothing => "no_day",
            Self::UnknownDay(_) => "unknown_day",
            Self::Backwards(_) => "day_backwards",
            Self::Past(_) => "day_past",
            Self::Begun(_) => "day_begun",
            Self::SameOpening => "same_opening",
        }
    }
}

impl Schedule {
    /// An event's, as it stands.
    #[must_use]
    pub fn of(setup: &EventSetup) -> Self {
        Self {
            starts_at: setup.event.starts_at,
            ends_at: setup.event.ends_at,
            days: setup.days.clone(),
            check_outs: setup.check_outs.clone(),
        }
    }

    /// The schedule after these moves of an event that stands at `status`.
    ///
    /// # Errors
    /// [`ScheduleError`]. A day that has begun moves only while the event is postponed, which somebody decided, or a
    /// draft, whose days nobody knows.
    pub fn moved(
        &self,
        moves: &[DayMove],
        (status, zone): (EventStatus, &str),
        now: Timestamp,
    ) -> Result<Self, ScheduleError> {
        if matches!(status, EventStatus::Cancelled | EventStatus::Completed) {
            return Err(ScheduleError::Over(status));
        }
        if moves.is_empty() {
            return Err(ScheduleError::Nothing);
        }
        self.check_numbers(moves)?;
        let days = self.days.iter().map(|day| {
            let to = moves.iter().find(|one| one.number == day.number);
            to.map_or_else(|| Ok(day.clone()), |to| put(day, *to, status, zone, now))
        });
        let days = days.collect::<Result<Vec<_>, _>>()?;
        let mut openings: Vec<_> = days.iter().map(|day| day.opens_at).collect();
        openings.sort_unstable();
        openings.dedup();
        if openings.len() < days.len() {
            return Err(ScheduleError::SameOpening);
        }
        Ok(self.with(days))
    }

    /// Days that are not as they were, as bits.
    #[must_use]
    pub fn moved_mask(&self, old: &Self) -> i64 {
        let pairs = self.days.iter().zip(&old.days);
        let changed = pairs.filter(|(new, old)| new != old);
        changed.fold(0, |mask, (day, _)| mask | 1 << day.number)
    }

    fn check_numbers(&self, moves: &[DayMove]) -> Result<(), ScheduleError> {
        for (place, one) in moves.iter().enumerate() {
            let is_known = self.days.iter().any(|day| day.number == one.number);
            let is_again = moves[..place]
                .iter()
                .any(|other| other.number == one.number);
            if !is_known || is_again {
                return Err(ScheduleError::UnknownDay(u16::from(one.number) + 1));
            }
        }
        Ok(())
    }

    fn with(&self, days: Vec<Day>) -> Self {
        let opening = |days: &[Day]| days.iter().map(|day| day.opens_at).min();
        let closing = |days: &[Day]| days.iter().map(|day| day.closes_at).max();
        let shift = |new: Option<Timestamp>, old: Option<Timestamp>| match (new, old) {
            (Some(new), Some(old)) => new.ms_since(old),
            _ => 0,
        };
        let by_first = shift(opening(&days), opening(&self.days));
        let by_last = shift(closing(&days), closing(&self.days));
        let mut check_outs: Vec<_> = self
            .check_outs
            .iter()
            .map(|at| at.plus_ms(self.shift_at(*at, &days)))
            .collect();
        check_outs.sort_unstable();
        check_outs.dedup();
        Self {
            starts_at: self.starts_at.plus_ms(by_first),
            ends_at: self.ends_at.plus_ms(by_last),
            days,
            check_outs,
        }
    }

    /// How far the end of the day moves that had opened last at a moment.
    fn shift_at(&self, at: Timestamp, days: &[Day]) -> i64 {
        let opened = self.days.iter().zip(days);
        let opened = opened.filter(|(old, _)| old.opens_at <= at);
        let last = opened.max_by_key(|(old, _)| old.opens_at);
        last.map_or(0, |(old, new)| new.closes_at.ms_since(old.closes_at))
    }
}

fn put(
    day: &Day,
    to: DayMove,
    status: EventStatus,
    zone: &str,
    now: Timestamp,
) -> Result<Day, ScheduleError> {
    let name = || match day.label.as_str() {
        "" => format!("day {}", day.number + 1),
        label => label.to_owned(),
    };
    if to.closes_at <= to.opens_at {
        return Err(ScheduleError::Backwards(name()));
    }
    let may_have_begun = matches!(status, EventStatus::Postponed | EventStatus::Draft);
    if day.opens_at <= now && !may_have_begun {
        return Err(ScheduleError::Begun(name()));
    }
    if to.closes_at <= now {
        return Err(ScheduleError::Past(name()));
    }
    Ok(Day {
        local_date: local_date(to.opens_at, zone),
        opens_at: to.opens_at,
        closes_at: to.closes_at,
        ..day.clone()
    })
}

/// The calendar day in a zone, ISO 8601.
pub(crate) fn local_date(at: Timestamp, zone: &str) -> String {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let at = chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    at.with_timezone(&zone).date_naive().to_string()
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
