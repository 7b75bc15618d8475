//! Events: set up, loaded, and the keys that sign their tickets. What is sold of them: `app::catalog`.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use sync_protocol::{
    config::EventConfig,
    id::{EventId, GateId},
    time::Timestamp,
};
use zeroize::Zeroizing;

use super::{
    App,
    trail::{Actor, Deed},
};
use crate::{
    domain::{
        event::{Day, Event, EventSetup, EventStatus, Gate, IllegalStep},
        id::ClientId,
        new_event::{NewClient, NewEvent, NewEventError},
    },
    store::{
        self, StoreError, Transient, Tx, gate::StoredKey, revision::EventRevision, tx::transact,
    },
};

/// What the private keys are sealed for.
const KEY_PURPOSE: &str = "event key";
const FIRST_SLOT: u8 = 0;

/// Why an event is not set up or moved.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Something is wrong with the wish.
    #[error(transparent)]
    Invalid(#[from] NewEventError),
    /// Another event has the slug.
    #[error("there is an event with this slug already")]
    SlugTaken,
    /// No such event.
    #[error("there is no such event")]
    Unknown,
    /// It does not stand where the move begins.
    #[error(transparent)]
    IllegalMove(#[from] IllegalStep),
    /// The event has no key, or central runs with another master key.
    #[error(
        "the event's signing key cannot be opened: start central with the master key it was made with"
    )]
    Key,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EventError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "event_invalid",
            Self::SlugTaken => "slug_taken",
            Self::Unknown => "unknown_event",
            Self::IllegalMove(_) => "illegal_move",
            Self::Key => "event_key",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for EventError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl App {
    /// Sets up a draft: organiser, days, gates, types, the first signing key and revision 1.
    ///
    /// # Errors
    /// [`EventError::Invalid`] or [`EventError::SlugTaken`].
    pub async fn create_event(&self, wish: &NewEvent, by: &Actor) -> Result<EventId, EventError> {
        wish.check()?;
        self.store_event(wish, by).await
    }

    /// The same with days and types still to come.
    ///
    /// # Errors
    /// [`EventError::Invalid`] or [`EventError::SlugTaken`].
    pub async fn create_draft(&self, wish: &NewEvent, by: &Actor) -> Result<EventId, EventError> {
        wish.check_draft()?;
        self.store_event(wish, by).await
    }

    async fn store_event(&self, wish: &NewEvent, by: &Actor) -> Result<EventId, EventError> {
        let now = self.clock.now();
        let id = EventId(self.new_id(now));
        let stored = transact!(self.store, |tx| {
            self.insert_event(tx, id, wish, by, now).await?;
            Ok(id)
        });
        slug_taken(stored)
    }

    /// Stores a wish that was checked, in the caller's transaction.
    pub(super) async fn insert_event(
        &self,
        tx: &mut Tx,
        id: EventId,
        wish: &NewEvent,
        by: &Actor,
        now: Timestamp,
    ) -> Result<(), EventError> {
        if store::event::by_slug(tx, &wish.slug).await?.is_some() {
            return Err(EventError::SlugTaken);
        }
        let client = self.client(tx, &wish.client, now).await?;
        store::event::insert(tx, &draft(id, client, wish), now).await?;
        store::revision::insert(tx, id).await?;
        self.insert_parts(tx, id, wish, now).await?;
        // The organiser's other gates learn the new key too, so that they can say "wrong event".
        for event in store::event::ids_of_client(tx, client).await? {
            let revision = store::revision::take(tx, event).await?;
            put_config(tx, event, revision).await?;
        }
        let deed = Deed {
            action: "event.create",
            subject_kind: "event",
            subject: id.0,
            detail: serde_json::json!({"slug": wish.slug, "organiser": wish.client.slug}),
        };
        Ok(self.leave_row(tx, by, deed, now).await?)
    }

    /// An event with its days, gates and types, as of one moment.
    ///
    /// # Errors
    /// [`EventError::Unknown`].
    pub async fn event(&self, event: EventId) -> Result<EventSetup, EventError> {
        let mut tx = self.store.read().await?;
        load_setup(&mut tx, event).await
    }

    /// The same by its name in addresses.
    ///
    /// # Errors
    /// [`EventError::Unknown`].
    pub async fn event_by_slug(&self, slug: &str) -> Result<EventSetup, EventError> {
        let mut tx = self.store.read().await?;
        let event = store::event::by_slug(&mut tx, slug).await?;
        load_setup(&mut tx, event.ok_or(EventError::Unknown)?.id).await
    }

    /// All events, the soonest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_events(&self) -> Result<Vec<Event>, StoreError> {
        let mut tx = self.store.read().await?;
        store::event::all(&mut tx).await
    }

    /// The slot and key that new tickets are signed with. Read anew each time: keys rotate, and other central
    /// servers may have rotated them.
    ///
    /// # Errors
    /// [`EventError::Key`].
    pub async fn signing_key(
        &self,
        tx: &mut Tx,
        event: EventId,
    ) -> Result<(u8, SigningKey), EventError> {
        let stored = store::gate::signing_key(tx, event).await?;
        self.open_key(&stored.ok_or(EventError::Key)?)
    }

    /// The key in one slot, retired or not: a ticket is printed again with the key that first signed it.
    ///
    /// # Errors
    /// [`EventError::Key`].
    pub async fn key_in_slot(
        &self,
        tx: &mut Tx,
        event: EventId,
        slot: u8,
    ) -> Result<SigningKey, EventError> {
        let stored = store::gate::key_in_slot(tx, event, slot).await?;
        Ok(self.open_key(&stored.ok_or(EventError::Key)?)?.1)
    }

    fn open_key(&self, stored: &StoredKey) -> Result<(u8, SigningKey), EventError> {
        let seed = self.vault.open(KEY_PURPOSE, &stored.sealed);
        let seed = seed.map_err(|_| EventError::Key)?;
        let seed = <&[u8; 32]>::try_from(seed.as_slice()).map_err(|_| EventError::Key)?;
        Ok((stored.slot, SigningKey::from_bytes(seed)))
    }

    async fn client(
        &self,
        tx: &mut Tx,
        client: &NewClient,
        now: Timestamp,
    ) -> Result<ClientId, StoreError> {
        if let Some(id) = store::event::client_by_slug(tx, &client.slug).await? {
            return Ok(id);
        }
        let id = ClientId(self.new_id(now));
        store::event::insert_client(tx, id, client, now).await?;
        Ok(id)
    }

    async fn insert_parts(
        &self,
        tx: &mut Tx,
        event: EventId,
        wish: &NewEvent,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (number, day) in (0u8..).zip(&wish.days) {
            let day = Day {
                number,
                label: day.label.clone(),
                local_date: day.local_date.clone(),
                opens_at: day.opens_at,
                closes_at: day.closes_at,
            };
            store::event_day::insert(tx, event, &day).await?;
        }
        let mut gates = BTreeMap::new();
        for name in &wish.gates {
            let id = GateId(self.new_id(now));
            let name = name.clone();
            store::gate::insert(
                tx,
                event,
                &Gate {
                    id,
                    name: name.clone(),
                },
            )
            .await?;
            gates.insert(name, id);
        }
        for at in &wish.check_outs {
            store::event_day::insert_check_out(tx, event, *at).await?;
        }
        if let Some(unbound) = wish.wristbands {
            store::wristband::set_unbound(tx, event, unbound).await?;
        }
        self.insert_catalog(tx, event, wish, &gates, now).await?;
        store::gate::insert_key(tx, event, &self.new_key(), now).await
    }

    fn new_key(&self) -> StoredKey {
        let mut seed = Zeroizing::new([0; 32]);
        self.entropy.fill(&mut *seed);
        StoredKey {
            slot: FIRST_SLOT,
            public: SigningKey::from_bytes(&seed).verifying_key().to_bytes(),
            sealed: self.vault.seal(KEY_PURPOSE, &*seed, &*self.entropy),
        }
    }
}

/// Somebody was quicker with the same slug.
pub(super) fn slug_taken<T>(stored: Result<T, EventError>) -> Result<T, EventError> {
    match stored {
        Err(EventError::Store(StoreError::Duplicate)) => Err(EventError::SlugTaken),
        other => other,
    }
}

/// Marks the taken revision as the one of the event's config.
pub(super) async fn put_config(
    tx: &mut Tx,
    event: EventId,
    taken: EventRevision,
) -> Result<(), StoreError> {
    let config_revision = taken.manifest.revision;
    let now = EventRevision {
        config_revision,
        ..taken
    };
    store::revision::put(tx, event, &now).await
}

/// An event with its days, gates and types.
///
/// # Errors
/// [`EventError::Unknown`].
pub async fn load_setup(tx: &mut Tx, event: EventId) -> Result<EventSetup, EventError> {
    Ok(EventSetup {
        event: store::event::by_id(tx, event)
            .await?
            .ok_or(EventError::Unknown)?,
        days: store::event_day::of_event(tx, event).await?,
        gates: store::gate::of_event(tx, event).await?,
        types: store::ticket_type::of_event(tx, event).await?,
        check_outs: store::event_day::check_outs(tx, event).await?,
    })
}

/// What gates are told of an event.
///
/// # Errors
/// [`EventError::Unknown`].
pub async fn load_config(
    tx: &mut Tx,
    event: EventId,
    config_revision: u64,
) -> Result<EventConfig, EventError> {
    let setup = load_setup(tx, event).await?;
    let keys = store::gate::public_keys(tx, setup.event.client).await?;
    Ok(setup.config(config_revision, keys))
}

fn draft(id: EventId, client: ClientId, wish: &NewEvent) -> Event {
    Event {
        id,
        client,
        slug: wish.slug.clone(),
        name: wish.name.clone(),
        summary: wish.summary.clone(),
        description: wish.description.clone(),
        terms: wish.terms.clone(),
        venue: wish.venue.clone(),
        address: wish.address.clone(),
        city: wish.city.clone(),
        time_zone: wish.time_zone.clone(),
        currency: wish.currency,
        status: EventStatus::Draft,
        starts_at: wish.starts_at,
        ends_at: wish.ends_at,
        hold_ms: wish.hold_ms,
        rules: wish.rules,
        calendar_sequence: 0,
        status_sequence: 0,
        days_sequence: 0,
    }
}
