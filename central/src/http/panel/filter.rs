//! What lists of several events have in common: the events that are seen, and days out of an address.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use sync_protocol::{id::EventId, time::Timestamp};

use super::{door::Here, list::Choice, when};
use crate::{
    domain::{event::Event, permission::Permission, policy::Sight, wall_clock},
    store::{self, StoreError},
};

/// The events that an account sees.
pub(super) struct Seen {
    /// By id.
    pub(super) events: BTreeMap<EventId, Event>,
    /// The one that the address asks for.
    pub(super) event: Option<EventId>,
    /// What lists are limited to; `None` = all there are.
    pub(super) limit: Option<Vec<EventId>>,
}

impl Seen {
    pub(super) async fn of(here: &Here, permission: Permission) -> Result<Self, StoreError> {
        let sight = here.signed.powers.sight(permission);
        let mut tx = here.app().store.read().await?;
        let all = store::event::all(&mut tx).await?.into_iter();
        let seen = all.filter(|event| sight.shows(event.id, event.client));
        let events: BTreeMap<EventId, Event> = seen.map(|event| (event.id, event)).collect();
        let asked = here.door.asked("event");
        let event = events.values().find(|event| event.slug == asked);
        Ok(Self {
            event: event.map(|event| event.id),
            limit: match sight {
                Sight::All => None,
                Sight::Some { .. } => Some(events.keys().copied().collect()),
            },
            events,
        })
    }

    /// All events, for a choice.
    pub(super) fn options(&self) -> impl Iterator<Item = Choice> {
        let all = self.events.values();
        all.map(|event| (event.slug.clone(), event.name.clone()))
    }

    /// The zone of the one event that is asked for, or of those who run the whole.
    pub(super) fn zone(&self) -> &str {
        when::zone(self.event.and_then(|event| self.events.get(&event)))
    }

    /// What an event is called, and its zone.
    pub(super) fn words(&self, event: EventId) -> (String, &str) {
        let found = self.events.get(&event);
        (
            found.map_or_else(String::new, |event| event.name.clone()),
            found.map_or(when::HOME, |event| event.time_zone.as_str()),
        )
    }
}

/// The first moment of a day in the address, or of a day after it.
pub(super) fn day(typed: &str, plus: i64) -> Option<Timestamp> {
    day_at(typed, plus, when::HOME.parse().ok()?)
}

/// The same on the clock of a venue; years have four digits, so that moments can be reckoned with.
pub(super) fn day_at(typed: &str, plus: i64, zone: Tz) -> Option<Timestamp> {
    let date = NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok()?;
    let is_near = (1970..=9999).contains(&date.year());
    let date = date.checked_add_signed(chrono::TimeDelta::days(plus))?;
    let midnight = date.and_hms_opt(0, 0, 0).filter(|_| is_near)?;
    wall_clock::moment(midnight, zone)
}

/// A moment as a field of a form holds its day.
pub(super) fn date_at(at: Timestamp, zone: Tz) -> String {
    wall_clock::date(at, zone).format("%Y-%m-%d").to_string()
}
