//! Days that are moved: the schedule, the gates' windows, the sale that was to end with the event, and the letter that
//! tells the buyers, all in one transaction.
//!
//! Tickets stay as they are signed: they name numbers of days, and the windows of days are the gates' config. Papers
//! and calendar files are drawn from what is stored, so they follow.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{Actor, App, CatalogError, Deed, TypeChange};
use crate::{
    app::{
        events::{load_setup, put_config},
        letters::Was,
    },
    domain::{
        event::{Event, EventSetup, EventStatus},
        new_event,
        schedule::{DayMove, Schedule},
    },
    store::{self, Tx, revision::EventRevision, tx::transact},
};

impl App {
    /// Moves days of an event; buyers with a ticket of one of them are told.
    ///
    /// # Errors
    /// [`CatalogError::Schedule`], [`CatalogError::Invalid`], [`CatalogError::Event`].
    pub async fn move_days(
        &self,
        event: EventId,
        moves: &[DayMove],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let moved = transact!(self.store, |tx| {
            // First of all: gates see days.
            let revision = store::revision::take(tx, event).await?;
            self.put_days(tx, event, revision, moves, by, now).await
        });
        self.waits.changed(event);
        moved
    }

    /// Postpones an event to days that are known already: one letter tells both.
    ///
    /// # Errors
    /// What [`App::move_days`] says; an event that cannot be postponed is
    /// [`EventError::IllegalMove`](crate::app::events::EventError::IllegalMove).
    pub async fn postpone_to(
        &self,
        event: EventId,
        moves: &[DayMove],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let postponed = transact!(self.store, |tx| {
            let revision = store::revision::take(tx, event).await?;
            self.put_status(tx, event, EventStatus::Postponed, by, now)
                .await?;
            self.put_days(tx, event, revision, moves, by, now).await
        });
        self.waits.changed(event);
        postponed
    }

    /// The same in the caller's transaction, which holds the revision.
    pub(super) async fn put_days(
        &self,
        tx: &mut Tx,
        event: EventId,
        revision: EventRevision,
        moves: &[DayMove],
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let setup = load_setup(tx, event).await?;
        let old = Schedule::of(&setup);
        let stands = (setup.event.status, setup.event.time_zone.as_str());
        let new = old.moved(moves, stands, now)?;
        store_schedule(tx, &setup.event, &old, &new).await?;
        self.prolong_sale(tx, &setup, new.ends_at, by, now).await?;
        put_config(tx, event, revision).await?;
        let told = |one: &DayMove| serde_json::json!({"day": one.number + 1, "opens_at": one.opens_at.0, "closes_at": one.closes_at.0});
        let deed = Deed {
            action: "event.days",
            subject_kind: "event",
            subject: event.0,
            detail: serde_json::json!({"days": moves.iter().map(told).collect::<Vec<_>>()}),
        };
        self.note_catalog(tx, event, by, deed).await?;
        self.tell_of_change(
            tx,
            &Was::of(&setup),
            &setup.event,
            new.moved_mask(&old),
            now,
        )
        .await?;
        Ok(())
    }

    /// What was sold, and which codes were good, until the event ended, is so until its new end.
    async fn prolong_sale(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        ends_at: Timestamp,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let old = setup.event.ends_at;
        if ends_at == old {
            return Ok(());
        }
        let change = TypeChange {
            sale_until: Some(ends_at),
            ..TypeChange::default()
        };
        for kind in setup.types.iter().filter(|kind| kind.sale_until == old) {
            self.put_type(tx, kind, &change, by, now).await?;
        }
        Ok(store::promo::move_end(tx, setup.event.id, old, ends_at).await?)
    }
}

async fn store_schedule(
    tx: &mut Tx,
    event: &Event,
    old: &Schedule,
    new: &Schedule,
) -> Result<(), CatalogError> {
    let changed = Event {
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        ..event.clone()
    };
    new_event::check_event(&changed)?;
    let pairs = new.days.iter().zip(&old.days);
    for (day, _) in pairs.filter(|(day, was)| day != was) {
        store::event_day::put(tx, event.id, day).await?;
    }
    if new.check_outs != old.check_outs {
        store::event_day::replace_check_outs(tx, event.id, &new.check_outs).await?;
    }
    Ok(store::event::put_texts(tx, &changed, true).await?)
}
