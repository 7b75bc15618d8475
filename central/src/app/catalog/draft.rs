//! What only a draft may still become: another address, another zone, another currency.
//!
//! Once an event was seen, links are of its slug, days of its zone and prices of its currency.

use sync_protocol::id::EventId;

use super::{Actor, App, CatalogError};
use crate::{
    app::events::{EventError, slug_taken},
    domain::{
        event::{Event, EventStatus},
        money::Currency,
        new_event,
    },
    store::{self, StoreError, tx::transact},
};

/// What is to be another way about a draft; `None` = as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftChange {
    /// Its name in addresses.
    pub slug: Option<String>,
    /// IANA name of the venue's time zone.
    pub time_zone: Option<String>,
    /// What it is sold in; only while nothing has a price.
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
    /// Changes what only a draft may still become.
    ///
    /// # Errors
    /// [`CatalogError::NotDraft`], [`CatalogError::InUse`] for a currency that prices are in, [`CatalogError::Invalid`],
    /// [`CatalogError::Event`] for a slug that is taken.
    pub async fn change_draft(
        &self,
        event: EventId,
        change: &DraftChange,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let changed = transact!(self.store, |tx| {
            let (revision, setup) = self.begin_change(tx, event).await?;
            let old = setup.event;
            let new = change.apply(old.clone());
            if new == old {
                return Ok(());
            }
            if old.status != EventStatus::Draft {
                return Err(CatalogError::NotDraft);
            }
            new_event::check_slug(&new.slug)?;
            new_event::check_zone(&new.time_zone)?;
            let has_prices =
                !setup.types.is_empty() || !store::charge::of_event(tx, event).await?.is_empty();
            if new.currency != old.currency && has_prices {
                return Err(CatalogError::InUse);
            }
            store::event::put_draft(tx, &new).await?;
            let detail = serde_json::json!({
                "slug": {"from": old.slug, "to": new.slug}, "time_zone": {"from": old.time_zone, "to": new.time_zone},
                "currency": {"from": old.currency.code(), "to": new.currency.code()},
            });
            self.end_change(tx, revision, by, (event, "event.draft", detail))
                .await
        });
        self.waits.changed(event);
        match changed {
            Err(CatalogError::Store(StoreError::Duplicate)) => {
                Ok(slug_taken(Err(EventError::Store(StoreError::Duplicate)))?)
            }
            other => other,
        }
    }
}
