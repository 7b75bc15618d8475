//! The search by name at gates: turned on by a passphrase, given another one, turned off.
//!
//! Invariants: the passphrase is stored nowhere and told to nobody. The index key is random, lies under the master key,
//! and dies when the search is turned off: who once learned it can read nothing that is sealed later. Gates are told
//! first, then the names follow, beside whoever asked (`search_runs`): the worker sees to them, and the command line waits for
//! them.

use serde_json::{Value, json};
use sync_protocol::{
    config::SearchLock,
    id::EventId,
    search::{self, Cost, IndexKey, MIN_PASSPHRASE, Passphrase, SearchError},
};
use zeroize::Zeroizing;

use super::{App, aside::aside, events::EventError, users::By};
use crate::store::{self, StoreError, Transient, Tx, search::StoredSearch, tx::transact};

const KEY_PURPOSE: &str = "search index key";

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum SearchSetupError {
    /// Who steals a gate would guess it.
    #[error("the passphrase is too short: it needs at least {MIN_PASSPHRASE} characters")]
    TooShort,
    /// It is on, with another passphrase.
    #[error("the search by name is on already: use --change to give it another passphrase")]
    IsOn,
    /// It is off.
    #[error("the search by name is off")]
    IsOff,
    /// It was turned off, and names that were sealed for it are left.
    #[error(
        "the names of the last search are still being taken away: wait until that is done, and try again"
    )]
    IsClearing,
    /// Somebody else turned it on or off at the same time.
    #[error("the search was turned on or off by somebody else meanwhile: look, and try again")]
    Overtaken,
    /// The lock cannot be made.
    #[error(transparent)]
    Lock(#[from] SearchError),
    /// The event, or its index key.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SearchSetupError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "passphrase_too_short",
            Self::IsOn => "search_is_on",
            Self::IsOff => "search_is_off",
            Self::IsClearing => "search_is_clearing",
            Self::Overtaken => "overtaken",
            Self::Lock(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for SearchSetupError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            _ => false,
        }
    }
}

impl App {
    /// Turns the search on and waits until every name is sealed, or goes on with that where it was interrupted; gives how
    /// many names this sealed. `told` hears that number after each piece.
    ///
    /// # Errors
    /// As [`App::ask_search_on_by`].
    pub async fn turn_search_on_by(
        &self,
        by: &By,
        event: EventId,
        passphrase: Passphrase,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        if self.search_of(event).await?.is_none() {
            // What an interrupted turning off left is sealed under a key that is gone.
            self.seal_to_the_end(event, &mut |_| ()).await?;
        }
        self.ask_search_on_by(by, event, passphrase).await?;
        self.seal_to_the_end(event, told).await
    }

    /// Turns the search on; its names are sealed from then on. Where it is on under this passphrase, they are looked
    /// through again.
    ///
    /// # Errors
    /// [`SearchSetupError::TooShort`], [`SearchSetupError::IsOn`], [`SearchSetupError::IsClearing`] or
    /// [`SearchSetupError::Overtaken`].
    pub async fn ask_search_on_by(
        &self,
        by: &By,
        event: EventId,
        passphrase: Passphrase,
    ) -> Result<(), SearchSetupError> {
        if !passphrase.is_long() {
            return Err(SearchSetupError::TooShort);
        }
        let Some(stored) = self.search_of(event).await? else {
            return self.begin_search(by, event, passphrase).await;
        };
        let opened = aside(move || search::unlock(event, &stored.lock, &passphrase)).await;
        opened.map_err(|error| match error {
            SearchError::WrongPassphrase => SearchSetupError::IsOn,
            other => other.into(),
        })?;
        self.look_through_again(by, event).await
    }

    /// Turns the search off and waits until every name is taken away, or goes on with that; gives how many this took.
    ///
    /// # Errors
    /// As [`App::ask_search_off_by`].
    pub async fn turn_search_off_by(
        &self,
        by: &By,
        event: EventId,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        self.ask_search_off_by(by, event).await?;
        self.seal_to_the_end(event, told).await
    }

    /// Turns the search off: the index key is gone from here on, and the names are taken away from then on.
    ///
    /// # Errors
    /// [`SearchSetupError::IsOff`] when nothing was on or left, or [`SearchSetupError::Overtaken`].
    pub async fn ask_search_off_by(&self, by: &By, event: EventId) -> Result<(), SearchSetupError> {
        if self.search_of(event).await?.is_none() {
            let left = self.search_run(event).await?;
            return left.map(drop).ok_or(SearchSetupError::IsOff);
        }
        transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, event).await?;
            if !store::search::delete(tx, event).await? {
                return Err(SearchSetupError::Overtaken);
            }
            self.begin_search_run(tx, by, event, &revision).await?;
            tell_gates(tx, event, &mut revision).await?;
            self.say_of_search(tx, by, event, "event.search_off", &json!({}))
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// Whether an event's names may be found at its gates.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_search(&self, event: EventId) -> Result<bool, StoreError> {
        Ok(self.search_of(event).await?.is_some())
    }

    /// Gives the search another passphrase. Names stay as they are; gates ask for the new one after their next sync.
    ///
    /// # Errors
    /// [`SearchSetupError::TooShort`], [`SearchSetupError::IsOff`] or [`SearchSetupError::Overtaken`].
    pub async fn change_search_passphrase_by(
        &self,
        by: &By,
        event: EventId,
        passphrase: Passphrase,
    ) -> Result<(), SearchSetupError> {
        if !passphrase.is_long() {
            return Err(SearchSetupError::TooShort);
        }
        let before = self.search_of(event).await?;
        let before = before.ok_or(SearchSetupError::IsOff)?;
        let key = self.open_index_key(&before)?;
        let (_, lock) = self.new_lock(event, key, passphrase).await?;
        transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, event).await?;
            demand(tx, event, Some(&before)).await?;
            store::search::set_lock(tx, event, &lock).await?;
            tell_gates(tx, event, &mut revision).await?;
            self.say_of_search(tx, by, event, "event.search_change", &cost_of(&lock))
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// The key that new tickets' names are sealed under; `None` = the event has no search.
    ///
    /// # Errors
    /// [`EventError::Key`] when central runs with another master key.
    pub(super) async fn index_key(
        &self,
        tx: &mut Tx,
        event: EventId,
    ) -> Result<Option<IndexKey>, EventError> {
        let stored = store::search::of_event(tx, event).await?;
        stored
            .map(|stored| self.open_index_key(&stored))
            .transpose()
    }

    pub(super) fn open_index_key(&self, stored: &StoredSearch) -> Result<IndexKey, EventError> {
        let key = self.vault.open(KEY_PURPOSE, &stored.sealed_index_key);
        let key = key.map_err(|_| EventError::Key)?;
        let key = <&[u8; 32]>::try_from(key.as_slice()).map_err(|_| EventError::Key)?;
        Ok(IndexKey::new(key))
    }

    async fn search_of(&self, event: EventId) -> Result<Option<StoredSearch>, StoreError> {
        let mut tx = self.store.read().await?;
        store::search::of_event(&mut tx, event).await
    }

    async fn begin_search(
        &self,
        by: &By,
        event: EventId,
        passphrase: Passphrase,
    ) -> Result<(), SearchSetupError> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.entropy.fill(&mut *bytes);
        let (key, lock) = self
            .new_lock(event, IndexKey::new(&bytes), passphrase)
            .await?;
        let stored = StoredSearch {
            lock,
            sealed_index_key: self.vault.seal(KEY_PURPOSE, key.as_bytes(), &*self.entropy),
        };
        transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, event).await?;
            demand(tx, event, None).await?;
            if store::search_run::open_of(tx, event).await?.is_some() {
                return Err(SearchSetupError::IsClearing);
            }
            store::search::insert(tx, event, &stored).await?;
            self.begin_search_run(tx, by, event, &revision).await?;
            tell_gates(tx, event, &mut revision).await?;
            self.say_of_search(tx, by, event, "event.search_on", &cost_of(&stored.lock))
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    async fn new_lock(
        &self,
        event: EventId,
        key: IndexKey,
        passphrase: Passphrase,
    ) -> Result<(IndexKey, SearchLock), SearchError> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        aside(move || {
            let lock = search::lock(event, &key, &passphrase, salt, Cost::NEW)?;
            Ok((key, lock))
        })
        .await
    }

    async fn say_of_search(
        &self,
        tx: &mut Tx,
        by: &By,
        event: EventId,
        action: &str,
        detail: &Value,
    ) -> Result<(), SearchSetupError> {
        let (now, subject) = (self.clock.now(), ("event", event.0));
        Ok(self
            .note_by(tx, by, action, subject, now, detail.clone())
            .await?)
    }
}

/// Gates are told of the search with the rest of the config.
async fn tell_gates(
    tx: &mut Tx,
    event: EventId,
    taken: &mut store::revision::EventRevision,
) -> Result<(), StoreError> {
    taken.config_revision = taken.manifest.revision;
    store::revision::put(tx, event, taken).await
}

/// Under the event's lock: the search is still the one that was meant, whatever its passphrase is.
async fn demand(
    tx: &mut Tx,
    event: EventId,
    meant: Option<&StoredSearch>,
) -> Result<(), SearchSetupError> {
    let found = store::search::of_event(tx, event).await?;
    let keys = [found.as_ref(), meant].map(|stored| stored.map(|s| &s.sealed_index_key));
    match keys[0] == keys[1] {
        true => Ok(()),
        false => Err(SearchSetupError::Overtaken),
    }
}

fn cost_of(lock: &SearchLock) -> Value {
    json!({"memory_kib": lock.memory_kib, "rounds": lock.rounds})
}
