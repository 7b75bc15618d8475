//! Changes that somebody filled in on a page: whole or not at all, and only where the page still says what is stored.
//!
//! Invariant: a page carries the revision of the catalogue that it shows, and a change that was filled in on an older one
//! is refused inside the transaction ([`CatalogError::Raced`]): what somebody else changed meanwhile is not put back
//! unseen. One form is one transaction, so a form that is refused has done nothing.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    Actor, App, CatalogError, DraftChange, EventChange, KindPlace, Moved, RulesChange, TypeChange,
    kind::{check_free, of_number},
};
use crate::{
    app::events::{EventError, put_config},
    domain::{
        charge::{Charge, GroupDiscount},
        event::EventSetup,
        schedule::DayMove,
        sequence::Step,
    },
    store::{self, StoreError, Tx, tx::transact},
};

/// One form's change.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// What is said of the event, and what only a draft may become.
    Event(&'a DraftChange, &'a EventChange),
    /// What a type is offered as, and where it stands.
    Type(u16, &'a TypeChange, &'a KindPlace),
    /// What a day is called, and when it is.
    Day(u8, &'a str, Option<DayMove>),
    /// On which days types are good: number of the type, and its days as bits.
    Access(&'a [(u16, u16)]),
    /// Fees and taxes, all of them.
    Charges(&'a [Charge]),
    /// Group discounts, all of them.
    Groups(&'a [GroupDiscount]),
    /// How gates decide.
    Rules(&'a RulesChange),
    /// Where a type or a category stands among its like.
    Order(Moved, Step),
}

impl App {
    /// Changes an event as a form says; `seen` is the revision of the catalogue that its page showed.
    ///
    /// # Errors
    /// [`CatalogError::Raced`] when the page is older than what is stored, and what the change itself says.
    pub async fn change_as_seen(
        &self,
        event: EventId,
        seen: Option<i64>,
        change: &Change<'_>,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let now = self.clock.now();
        let changed = transact!(self.store, |tx| {
            // First of all: gates see most of it.
            let (revision, setup) = self.begin_change(tx, event).await?;
            let stored = store::event::catalog_revision(tx, event).await?;
            if seen.is_some_and(|seen| seen != stored) {
                return Err(CatalogError::Raced);
            }
            if let Change::Day(number, label, Some(moved)) = change {
                let taken = revision.clone();
                self.put_days(tx, event, taken, &[*moved], by, now).await?;
                self.put_label(tx, &setup, (*number, label), by).await?;
            } else {
                self.put_change(tx, &setup, change, (by, now)).await?;
            }
            Ok(put_config(tx, event, revision).await?)
        });
        self.waits.changed(event);
        match changed {
            // Nothing but the slug is one of its kind here.
            Err(CatalogError::Store(StoreError::Duplicate)) => Err(EventError::SlugTaken.into()),
            other => other,
        }
    }

    async fn put_change(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        change: &Change<'_>,
        (by, now): (&Actor, Timestamp),
    ) -> Result<(), CatalogError> {
        let event = setup.event.id;
        match change {
            Change::Event(draft, change) => {
                self.put_draft(tx, setup, draft, by).await?;
                self.put_event(tx, setup, change, by, now).await
            }
            Change::Type(number, change, place) => {
                let kind = of_number(setup, *number)?;
                if let Some(name) = &change.name {
                    check_free(setup, name.trim(), kind.id)?;
                }
                self.put_kind_place(tx, setup, (*number, place), by).await?;
                if change.changes(kind) {
                    self.put_type(tx, kind, change, by, now).await?;
                }
                Ok(())
            }
            Change::Day(number, label, _) => self.put_label(tx, setup, (*number, label), by).await,
            Change::Access(wanted) => self.put_masks(tx, setup, wanted, by).await,
            Change::Charges(charges) => self.put_charges(tx, event, charges, by).await,
            Change::Groups(groups) => self.put_groups(tx, event, groups, by).await,
            Change::Rules(change) => self.put_gate_rules(tx, setup, change, by).await,
            Change::Order(moved, step) => self.put_step(tx, setup, (*moved, *step), by).await,
        }
    }
}
