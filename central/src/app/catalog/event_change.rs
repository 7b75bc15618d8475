//! Changes of an event itself: its texts, its place, its time, how long its orders hold.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{Actor, App, CatalogError, Change, DraftChange};
use crate::{
    app::letters::Was,
    domain::{
        event::{Event, EventSetup},
        new_event,
    },
    store::{self, Tx},
};

/// Every day, as bits.
const ALL_DAYS: i64 = 0xFFFF;

/// What is to be another way about an event; `None` = as it is. Its slug, zone and currency stay: links, days and
/// prices are of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventChange {
    /// What people call it.
    pub name: Option<String>,
    /// One paragraph for lists.
    pub summary: Option<String>,
    /// All there is to say.
    pub description: Option<String>,
    /// What buyers agree to from now on.
    pub terms: Option<String>,
    /// The place.
    pub venue: Option<String>,
    /// Where that is.
    pub address: Option<String>,
    /// In which city.
    pub city: Option<String>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
    /// How long an order holds capacity from now on, milliseconds.
    pub hold_ms: Option<i64>,
}

impl EventChange {
    fn apply(&self, event: Event) -> Event {
        let text = |new: &Option<String>, old: String| new.clone().unwrap_or(old);
        Event {
            name: text(&self.name, event.name),
            summary: text(&self.summary, event.summary),
            description: text(&self.description, event.description),
            terms: text(&self.terms, event.terms),
            venue: text(&self.venue, event.venue),
            address: text(&self.address, event.address),
            city: text(&self.city, event.city),
            starts_at: self.starts_at.unwrap_or(event.starts_at),
            ends_at: self.ends_at.unwrap_or(event.ends_at),
            hold_ms: self.hold_ms.unwrap_or(event.hold_ms),
            ..event
        }
    }

    /// The names of what is changed, for the audit trail; texts can be long.
    fn names(&self) -> Vec<&'static str> {
        let changed = [
            ("name", self.name.is_some()),
            ("summary", self.summary.is_some()),
            ("description", self.description.is_some()),
            ("terms", self.terms.is_some()),
            ("venue", self.venue.is_some()),
            ("address", self.address.is_some()),
            ("city", self.city.is_some()),
            ("starts_at", self.starts_at.is_some()),
            ("ends_at", self.ends_at.is_some()),
            ("hold_ms", self.hold_ms.is_some()),
        ];
        let changed = changed.into_iter().filter(|(_, is)| *is);
        changed.map(|(name, _)| name).collect()
    }

    /// Whether who has a ticket of the event will hear of the change.
    #[must_use]
    pub fn is_news_for(&self, event: &Event) -> bool {
        Self::is_news(event, &self.apply(event.clone()))
    }

    /// Whether who comes must know of it.
    fn is_news(old: &Event, new: &Event) -> bool {
        (&old.venue, &old.address, &old.city) != (&new.venue, &new.address, &new.city)
            || (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)
    }
}

impl App {
    /// Changes what is said of an event; buyers are told of another place or time. Days are moved by
    /// [`App::move_days`]; gates and rules are not changed here.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`].
    pub async fn change_event(
        &self,
        event: EventId,
        change: &EventChange,
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let draft = DraftChange::default();
        self.change_as_seen(event, None, &Change::Event(&draft, change), by)
            .await
    }

    /// The same in the caller's transaction.
    pub(super) async fn put_event(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        change: &EventChange,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let (old, event) = (&setup.event, setup.event.id);
        let new = change.apply(old.clone());
        new_event::check_event(&new)?;
        let moves = (new.starts_at, new.ends_at) != (old.starts_at, old.ends_at);
        store::event::put_texts(tx, &new, moves).await?;
        let detail = serde_json::json!({"changed": change.names(), "name": new.name});
        self.note_setup(tx, by, (event, "event.change", detail))
            .await?;
        if EventChange::is_news(old, &new) {
            self.tell_of_change(tx, &Was::of(setup), old, ALL_DAYS, now)
                .await?;
        }
        Ok(())
    }
}
