//! The days of an order as a calendar file: what a phone adds to its calendar at a tap.
//!
//! Invariant: times are in UTC, so no reader must know our zones; the id of a day stays the same in every file, so a
//! file that comes later replaces what an earlier one brought.

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus as Standing};

use super::{compose::moment, words::days};
use crate::{
    app::orders::OrderView,
    domain::event::{Day, EventStatus},
    mail::Attachment,
};

/// The order's days; nothing for an event without days.
pub(super) fn attachment(view: &OrderView) -> Option<Attachment> {
    let mut calendar = Calendar::new();
    for day in days(view) {
        calendar.push(entry(view, day));
    }
    calendar.events().next()?;
    Some(Attachment {
        file: format!("{}.ics", view.order.number),
        kind: "text/calendar; charset=utf-8",
        bytes: calendar.done().to_string().into_bytes(),
    })
}

fn entry(view: &OrderView, day: &Day) -> Event {
    let event = &view.setup.event;
    let (starts, ends) = (
        day.opens_at.max(event.starts_at),
        day.closes_at.min(event.ends_at),
    );
    // A day outside the event's own times keeps its window.
    let (starts, ends) = if starts < ends {
        (starts, ends)
    } else {
        (day.opens_at, day.closes_at)
    };
    let (standing, sequence) = match event.status {
        EventStatus::Cancelled => (Standing::Cancelled, 2),
        EventStatus::Postponed => (Standing::Tentative, 1),
        _ => (Standing::Confirmed, 0),
    };
    let name = if view.setup.days.len() > 1 {
        format!("{} – {}", event.name, day.label)
    } else {
        event.name.clone()
    };
    Event::new()
        .uid(&format!("{}-{}@gerbang", event.id, day.number))
        .timestamp(moment(view.order.paid_at.unwrap_or(view.order.created_at)))
        .sequence(sequence)
        .status(standing)
        .summary(&name)
        .location(&format!(
            "{}, {}, {}",
            event.venue, event.address, event.city
        ))
        .description(&event.summary)
        .starts(moment(starts))
        .ends(moment(ends))
        .done()
}
