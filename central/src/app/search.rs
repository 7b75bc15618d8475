//! The search by name at gates: turned on by a passphrase, given another one, turned off.
//!
//! Invariants: the passphrase is stored nowhere and told to nobody. The index key is random, lies under the master key,
//! and dies when the search is turned off: who once learned it can read nothing that is sealed later. Gates are told
//! first, then the names follow, some hundred at a time: each batch is one transaction at a revision of its own with
//! its manifest, so sales go on in between and a replica is exact at every step. What was interrupted goes on when the
//! same command is given again.

use serde_json::{Value, json};
use sync_protocol::{
    config::SearchLock,
    id::EventId,
    search::{self, Cost, IndexKey, MIN_PASSPHRASE, Passphrase, SearchError},
};
use zeroize::Zeroizing;

use super::{App, events::EventError, users::By};
use crate::{
    domain::ticket::search_name,
    store::{self, StoreError, Transient, Tx, search::StoredSearch, tx::transact},
};

const KEY_PURPOSE: &str = "search index key";
/// Names per transaction.
const BATCH: u32 = 1_000;

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
    /// Turns the search on, or goes on with it where it was interrupted; gives how many names were sealed. `told`
    /// hears that number after each batch.
    ///
    /// # Errors
    /// [`SearchSetupError::TooShort`], [`SearchSetupError::IsOn`] or [`SearchSetupError::Overtaken`].
    pub async fn turn_search_on_by(
        &self,
        by: &By,
        event: EventId,
        passphrase: Passphrase,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        if !passphrase.is_long() {
            return Err(SearchSetupError::TooShort);
        }
        let stored = match self.search_of(event).await? {
            Some(stored) => {
                let lock = stored.lock.clone();
                let opened = work(move || search::unlock(event, &lock, &passphrase)).await;
                opened.map_err(|error| match error {
                    SearchError::WrongPassphrase => SearchSetupError::IsOn,
                    other => other.into(),
                })?;
                stored
            }
            None => {
                // What an interrupted turning off left is sealed under a key that is gone.
                self.reseal(event, None, &mut |_| ()).await?;
                self.begin_search(by, event, passphrase).await?
            }
        };
        let sealed = self.reseal(event, Some(&stored), told).await?;
        self.note_search(
            by,
            event,
            "event.search_sealed",
            &json!({"tickets": sealed}),
        )
        .await?;
        Ok(sealed)
    }

    /// Turns the search off, or goes on with it; gives how many names were taken away.
    ///
    /// # Errors
    /// [`SearchSetupError::IsOff`] when nothing was on or left, or [`SearchSetupError::Overtaken`].
    pub async fn turn_search_off_by(
        &self,
        by: &By,
        event: EventId,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        let was_on = self.end_search(by, event).await?;
        self.waits.changed(event);
        let cleared = self.reseal(event, None, told).await?;
        if !was_on && cleared == 0 {
            return Err(SearchSetupError::IsOff);
        }
        self.note_search(
            by,
            event,
            "event.search_cleared",
            &json!({"tickets": cleared}),
        )
        .await?;
        Ok(cleared)
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
            let revision = store::revision::take(tx, event).await?;
            demand(tx, event, Some(&before)).await?;
            store::search::set_lock(tx, event, &lock).await?;
            put_config(tx, event, revision).await?;
            self.say_of_search(tx, by, event, "event.search_change", &cost_of(&lock))
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// Whether the search is on, and whether names are left that are to be sealed or taken away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_state(&self, event: EventId) -> Result<(bool, bool), StoreError> {
        let is_on = self.search_of(event).await?.is_some();
        Ok((is_on, self.has_others(event, is_on).await?))
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

    fn open_index_key(&self, stored: &StoredSearch) -> Result<IndexKey, EventError> {
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
    ) -> Result<StoredSearch, SearchSetupError> {
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
            let revision = store::revision::take(tx, event).await?;
            demand(tx, event, None).await?;
            store::search::insert(tx, event, &stored).await?;
            put_config(tx, event, revision).await?;
            self.say_of_search(tx, by, event, "event.search_on", &cost_of(&stored.lock))
                .await
        })?;
        self.waits.changed(event);
        Ok(stored)
    }

    /// The index key is gone from here on; tells whether there was one.
    async fn end_search(&self, by: &By, event: EventId) -> Result<bool, SearchSetupError> {
        if self.search_of(event).await?.is_none() {
            return Ok(false);
        }
        transact!(self.store, |tx| {
            let revision = store::revision::take(tx, event).await?;
            if !store::search::delete(tx, event).await? {
                return Err(SearchSetupError::Overtaken);
            }
            put_config(tx, event, revision).await?;
            self.say_of_search(tx, by, event, "event.search_off", &json!({}))
                .await?;
            Ok(true)
        })
    }

    async fn new_lock(
        &self,
        event: EventId,
        key: IndexKey,
        passphrase: Passphrase,
    ) -> Result<(IndexKey, SearchLock), SearchError> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        work(move || {
            let lock = search::lock(event, &key, &passphrase, salt, Cost::NEW)?;
            Ok((key, lock))
        })
        .await
    }

    /// Seals every name under the search's key, or takes every sealed name away, batch by batch.
    async fn reseal(
        &self,
        event: EventId,
        wanted: Option<&StoredSearch>,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        let key = wanted
            .map(|stored| self.open_index_key(stored))
            .transpose()?;
        let mut done = 0;
        while self.has_others(event, wanted.is_some()).await? {
            done += self.reseal_batch(event, wanted, key.as_ref()).await?;
            self.waits.changed(event);
            told(done);
        }
        Ok(done)
    }

    /// Whether there is anything to do, so that no revision is taken for nothing.
    async fn has_others(&self, event: EventId, want_sealed: bool) -> Result<bool, StoreError> {
        let mut tx = self.store.read().await?;
        let others = store::ticket::of_search(&mut tx, event, !want_sealed, 1).await?;
        Ok(!others.is_empty())
    }

    async fn reseal_batch(
        &self,
        event: EventId,
        wanted: Option<&StoredSearch>,
        key: Option<&IndexKey>,
    ) -> Result<u64, SearchSetupError> {
        transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, event).await?;
            demand(tx, event, wanted).await?;
            let mut names = Vec::new();
            for mut ticket in store::ticket::of_search(tx, event, wanted.is_none(), BATCH).await? {
                revision.manifest.remove(&ticket.gate);
                ticket.gate.search = search_name(&ticket, key);
                ticket.gate.revision = revision.manifest.revision;
                revision.manifest.add(&ticket.gate);
                names.push((ticket.gate.id, ticket.gate.search));
            }
            store::search::set_names(tx, &names, revision.manifest.revision).await?;
            store::revision::put(tx, event, &revision).await?;
            Ok(names.len() as u64)
        })
    }

    async fn note_search(
        &self,
        by: &By,
        event: EventId,
        action: &str,
        detail: &Value,
    ) -> Result<(), SearchSetupError> {
        transact!(self.store, |tx| {
            self.say_of_search(tx, by, event, action, detail).await
        })
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
async fn put_config(
    tx: &mut Tx,
    event: EventId,
    mut taken: store::revision::EventRevision,
) -> Result<(), StoreError> {
    taken.config_revision = taken.manifest.revision;
    store::revision::put(tx, event, &taken).await
}

/// Under the event's lock: the search is still the one that was meant. A change of the passphrase alone is another
/// lock on the same key, and none of a batch's business.
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

/// Runs what takes a processor for a while, beside the runtime.
async fn work<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    match tokio::task::spawn_blocking(task).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
