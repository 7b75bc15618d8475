//! An event as a calendar file (RFC 5545): one entry for each day, for the page of the event and for its buyers' letters.
//!
//! Invariants: times are in UTC, so no reader must know our zones; the id of a day stays the same in every file and the
//! sequence grows with every change, so a file that comes later replaces what an earlier one brought, and not the reverse.

use chrono::{DateTime, Utc};
use icalendar::{
    Calendar, Component as _, Event as Entry, EventLike as _, EventStatus as Standing,
};
use sync_protocol::time::Timestamp;

use crate::domain::event::{Day, Event, EventSetup, EventStatus};

/// The text of the file; none where there is no day. `url` is the page that the entries lead to.
#[must_use]
pub fn file<'a>(
    setup: &EventSetup,
    days: impl Iterator<Item = &'a Day>,
    url: &str,
    now: Timestamp,
) -> Option<String> {
    let mut calendar = Calendar::new();
    calendar.name(&setup.event.name);
    for day in days {
        calendar.push(entry(setup, day, url, now));
    }
    calendar.events().next()?;
    Some(calendar.done().to_string())
}

fn entry(setup: &EventSetup, day: &Day, url: &str, now: Timestamp) -> Entry {
    let event = &setup.event;
    let (starts, ends) = span(event, day);
    let name = if setup.days.len() > 1 {
        format!("{} – {}", event.name, day.label)
    } else {
        event.name.clone()
    };
    let place = [&event.venue, &event.address, &event.city].map(String::as_str);
    let place: Vec<_> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let sequence = u32::try_from(event.calendar_sequence).unwrap_or(u32::MAX);
    Entry::new()
        .uid(&format!("{}-{}@gerbang", event.id, day.number))
        .timestamp(moment(now))
        .sequence(sequence)
        .status(standing(event))
        .summary(&name)
        .location(&place.join(", "))
        .description(&event.summary)
        .url(url)
        .starts(moment(starts))
        .ends(moment(ends))
        .done()
}

/// The day within the event's own times; a day outside them keeps its window.
fn span(event: &Event, day: &Day) -> (Timestamp, Timestamp) {
    let (starts, ends) = (
        day.opens_at.max(event.starts_at),
        day.closes_at.min(event.ends_at),
    );
    match starts < ends {
        true => (starts, ends),
        false => (day.opens_at, day.closes_at),
    }
}

fn standing(event: &Event) -> Standing {
    match event.status {
        EventStatus::Cancelled => Standing::Cancelled,
        EventStatus::Postponed if event.waits_for_days() => Standing::Tentative,
        _ => Standing::Confirmed,
    }
}

fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}
