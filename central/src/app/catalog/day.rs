//! Days that an event gets or, as a draft, loses, and what people call them. Days that move: `day_move`.
//!
//! Invariant: a number that tickets could be signed for never means another day, so only the last day goes, and only
//! from a draft. A new day is good for no type until somebody says so (`access`).

use sync_protocol::{id::EventId, time::Timestamp};

use super::{Actor, App, CatalogError};
use crate::{
    domain::{
        event::{Day, Event, EventSetup, EventStatus},
        new_event::{self, MOST_DAYS, NewDay},
        schedule::{ScheduleError, local_date},
    },
    store::{self, Tx, tx::transact},
};

/// A day that an event is to get.
#[derive(Clone, Debug)]
pub struct DayWish {
    /// What people call it.
    pub label: String,
    /// First moment at which a ticket of this day is good.
    pub opens_at: Timestamp,
    /// First moment at which it is no longer good.
    pub closes_at: Timestamp,
}

impl App {
    /// Adds a day after the others by number; the event lasts as long as its days. Gives the number.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`], [`CatalogError::TooMany`], [`CatalogError::Schedule`].
    pub async fn add_day(
        &self,
        event: EventId,
        wish: &DayWish,
        by: &Actor,
    ) -> Result<u8, CatalogError> {
        let added = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let day = new_day(&setup, wish)?;
            store::event_day::insert(tx, event, &day).await?;
            stretch(tx, &setup, &day).await?;
            let detail = serde_json::json!({"day": day.number + 1, "label": day.label, "opens_at": day.opens_at.0,
                "closes_at": day.closes_at.0});
            self.end_change(tx, revision, by, (event, "event.day_added", detail))
                .await?;
            Ok::<_, CatalogError>(day.number)
        });
        self.waits.changed(event);
        added
    }

    /// Calls a day something else, in the caller's transaction.
    pub(super) async fn put_label(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        (number, label): (u8, &str),
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let old = setup.days.iter().find(|day| day.number == number);
        let old = old.ok_or(CatalogError::Unknown)?;
        let label = label.trim();
        if label == old.label {
            return Ok(());
        }
        let new = NewDay {
            label: label.to_owned(),
            local_date: old.local_date.clone(),
            opens_at: old.opens_at,
            closes_at: old.closes_at,
        };
        new.check()?;
        store::event_day::put_label(tx, setup.event.id, number, label).await?;
        let detail = serde_json::json!({"day": number + 1, "from": old.label, "to": label});
        self.note_setup(tx, by, (setup.event.id, "event.day_renamed", detail))
            .await
    }

    /// Takes a draft's last day away.
    ///
    /// # Errors
    /// [`CatalogError::NotDraft`], [`CatalogError::Unknown`] unless it is the last, [`CatalogError::InUse`] where a type
    /// is good on it.
    pub async fn remove_day(
        &self,
        event: EventId,
        number: u8,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let removed = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            if setup.event.status != EventStatus::Draft {
                return Err(CatalogError::NotDraft);
            }
            let last = setup.days.iter().map(|day| day.number).max();
            if last != Some(number) {
                return Err(CatalogError::Unknown);
            }
            if setup
                .types
                .iter()
                .any(|kind| kind.day_mask & (1 << number) != 0)
            {
                return Err(CatalogError::InUse);
            }
            store::event_day::delete(tx, event, number).await?;
            let detail = serde_json::json!({"day": number + 1});
            self.end_change(tx, revision, by, (event, "event.day_removed", detail))
                .await
        });
        self.waits.changed(event);
        removed
    }
}

fn new_day(setup: &EventSetup, wish: &DayWish) -> Result<Day, CatalogError> {
    let status = setup.event.status;
    if matches!(status, EventStatus::Cancelled | EventStatus::Completed) {
        return Err(ScheduleError::Over(status).into());
    }
    let last = setup.days.iter().map(|day| day.number).max();
    let number = last.map_or(0, |last| last + 1);
    if usize::from(number) >= MOST_DAYS {
        return Err(CatalogError::TooMany);
    }
    if setup.days.iter().any(|day| day.opens_at == wish.opens_at) {
        return Err(ScheduleError::SameOpening.into());
    }
    let new = NewDay {
        label: wish.label.trim().to_owned(),
        local_date: local_date(wish.opens_at, &setup.event.time_zone),
        opens_at: wish.opens_at,
        closes_at: wish.closes_at,
    };
    new.check()?;
    Ok(Day {
        number,
        label: new.label,
        local_date: new.local_date,
        opens_at: new.opens_at,
        closes_at: new.closes_at,
    })
}

/// The event begins and ends no later and no earlier than its days; the first day of a draft says when that is.
async fn stretch(tx: &mut Tx, setup: &EventSetup, day: &Day) -> Result<(), CatalogError> {
    let old = &setup.event;
    let is_first = setup.days.is_empty();
    let new = Event {
        starts_at: match is_first {
            true => old
                .starts_at
                .max(day.opens_at)
                .min(day.closes_at.plus_ms(-1)),
            false => old.starts_at.min(day.opens_at),
        },
        ends_at: match is_first {
            true => day.closes_at,
            false => old.ends_at.max(day.closes_at),
        },
        ..old.clone()
    };
    if (new.starts_at, new.ends_at) == (old.starts_at, old.ends_at) {
        return Ok(());
    }
    new_event::check_event(&new)?;
    Ok(store::event::put_texts(tx, &new, true).await?)
}
