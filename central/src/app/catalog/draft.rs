//! What only a draft may still become: another address, another zone, another currency.
//!
//! Once an event was seen, links are of its slug, days of its zone and prices of its currency.

use super::{Actor, App, CatalogError};
use crate::{
    domain::{
        event::{Event, EventSetup, EventStatus},
        money::Currency,
        new_event,
    },
    store::{self, Tx},
};

/// What is to be another way about a draft; `None` = as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftChange {
    /// Its name in addresses.
    pub slug: Option<String>,
    /// IANA name of the venue's time zone; only while nothing has times.
    pub time_zone: Option<String>,
    /// What it is sold in; only while nothing has an amount.
    pub currency: Option<Currency>,
}

impl DraftChange {
    fn apply(&self, event: Event) -> Event {
        Event {
            slug: self.slug.clone().unwrap_or(event.slug),
            time_zone: self.time_zone.clone().unwrap_or(event.time_zone),
            currency: self.currency.unwrap_or(event.currency),
            ..event
        }
    }
}

impl App {
    /// Changes what only a draft may still become, in the caller's transaction.
    /// [`CatalogError::ZoneStays`] and [`CatalogError::CurrencyStays`] where times or amounts are of the old one.
    pub(super) async fn put_draft(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        change: &DraftChange,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let (old, event) = (&setup.event, setup.event.id);
        let new = change.apply(old.clone());
        if new == *old {
            return Ok(());
        }
        if old.status != EventStatus::Draft {
            return Err(CatalogError::NotDraft);
        }
        new_event::check_slug(&new.slug)?;
        new_event::check_zone(&new.time_zone)?;
        let has_promos = store::promo::is_any(tx, event).await?;
        let has_times = !setup.days.is_empty()
            || !setup.types.is_empty()
            || !setup.check_outs.is_empty()
            || has_promos;
        if new.time_zone != old.time_zone && has_times {
            return Err(CatalogError::ZoneStays);
        }
        let has_amounts = !setup.types.is_empty()
            || has_promos
            || !store::charge::of_event(tx, event).await?.is_empty()
            || !store::charge::groups_of_event(tx, event).await?.is_empty();
        if new.currency != old.currency && has_amounts {
            return Err(CatalogError::CurrencyStays);
        }
        store::event::put_draft(tx, &new).await?;
        let detail = serde_json::json!({
            "slug": {"from": old.slug, "to": new.slug}, "time_zone": {"from": old.time_zone, "to": new.time_zone},
            "currency": {"from": old.currency.code(), "to": new.currency.code()},
        });
        self.note_setup(tx, by, (event, "event.draft", detail))
            .await
    }
}
