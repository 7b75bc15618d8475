//! An event as a calendar file (RFC 5545): one entry for each of its days.
//!
//! Moments are in UTC, which every calendar shows in its owner's zone. The entry's id is made of the event's id, so
//! a file that is opened twice is one entry.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component as _, Event as Entry, EventLike as _};
use sync_protocol::time::Timestamp;

use crate::domain::event::{Day, EventSetup};

/// The text of the file.
pub(super) fn of(setup: &EventSetup, public_url: &str, now: Timestamp) -> String {
    let event = &setup.event;
    let mut calendar = Calendar::new();
    calendar.name(&event.name);
    let whole = [Day {
        number: 0,
        label: String::new(),
        local_date: String::new(),
        opens_at: event.starts_at,
        closes_at: event.ends_at,
    }];
    let days = if setup.days.is_empty() {
        &whole[..]
    } else {
        &setup.days
    };
    for day in days {
        let name = if days.len() == 1 {
            event.name.clone()
        } else {
            format!("{} – {}", event.name, day.label)
        };
        let entry = Entry::new()
            .uid(&format!("{}-{}@gerbang", event.id, day.number))
            .timestamp(moment(now))
            .summary(&name)
            .description(&event.summary)
            .location(&format!(
                "{}, {}, {}",
                event.venue, event.address, event.city
            ))
            .url(&format!("{public_url}/events/{}", event.slug))
            .starts(moment(day.opens_at))
            .ends(moment(day.closes_at))
            .done();
        calendar.push(entry);
    }
    calendar.to_string()
}

fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}
