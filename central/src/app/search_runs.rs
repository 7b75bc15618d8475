//! Names that are sealed for an event's search, or taken away after it: long work, done in pieces.
//!
//! Invariants: each piece is one transaction at a revision of its own with its manifest, so sales go on in between and a
//! replica is exact at every step. A piece does what the event wants at that moment, whoever asked, so it matters neither
//! who does it nor how many do. What was interrupted is a row that the worker finds and goes on with.

use serde_json::json;
use sync_protocol::id::EventId;

use super::{
    App,
    search::SearchSetupError,
    trail::{Actor, Deed},
    users::By,
};
pub use crate::store::search_run::SearchRun;
use crate::{
    domain::ticket::search_name,
    store::{self, StoreError, Tx, revision::EventRevision, tx::transact},
};

/// Names per transaction.
const PIECE: u32 = 1_000;

impl App {
    /// The work on an event's names that is not done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_run(&self, event: EventId) -> Result<Option<SearchRun>, StoreError> {
        let mut tx = self.store.read().await?;
        store::search_run::open_of(&mut tx, event).await
    }

    /// Does a piece for each event that waits; gives how many names were done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_names(&self) -> Result<usize, StoreError> {
        let events = {
            let mut tx = self.store.read().await?;
            store::search_run::open(&mut tx).await?
        };
        let mut done = 0;
        for event in events {
            match self.seal_piece(event).await {
                Ok(names) => done += names,
                Err(SearchSetupError::Store(error)) => return Err(error),
                // One event whose key does not open holds up no other.
                Err(error) => self.tell_stuck(event, &error).await?,
            }
        }
        Ok(usize::try_from(done).unwrap_or(usize::MAX))
    }

    /// Says that an event's names cannot be sealed: once in its run, however often that is tried, and on its page.
    async fn tell_stuck(&self, event: EventId, error: &SearchSetupError) -> Result<(), StoreError> {
        let now = self.clock.now();
        let is_news = transact!(self.store, |tx| {
            store::search_run::stick(tx, event, now).await
        })?;
        if is_news {
            tracing::error!(%event, %error, "names of an event are not sealed");
        }
        Ok(())
    }

    /// Goes on until every name of an event is done; gives how many this did.
    pub(super) async fn seal_to_the_end(
        &self,
        event: EventId,
        told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<u64, SearchSetupError> {
        let mut done = 0;
        while self.search_run(event).await?.is_some() {
            let names = self.seal_piece(event).await?;
            done += names;
            if names > 0 {
                told(done);
            }
        }
        Ok(done)
    }

    /// Begins the work on all names of an event, whose lock is held.
    pub(super) async fn begin_search_run(
        &self,
        tx: &mut Tx,
        by: &By,
        event: EventId,
        revision: &EventRevision,
    ) -> Result<(), StoreError> {
        let run = SearchRun {
            asked_by: by.name().to_owned(),
            started_at: self.clock.now(),
            total: revision.manifest.total(),
            done: 0,
            stuck_at: None,
        };
        store::search_run::begin(tx, event, &run).await
    }

    /// Looks for names that are not sealed, unless that is under way.
    pub(super) async fn look_through_again(
        &self,
        by: &By,
        event: EventId,
    ) -> Result<(), SearchSetupError> {
        transact!(self.store, |tx| {
            let revision = store::revision::lock(tx, event).await?;
            if store::search_run::open_of(tx, event).await?.is_none() {
                self.begin_search_run(tx, by, event, &revision).await?;
            }
            Ok(())
        })
    }

    /// A piece of an event's names; 0 = there was none left, and the work is done.
    async fn seal_piece(&self, event: EventId) -> Result<u64, SearchSetupError> {
        let is_on = self.has_search(event).await?;
        if !self.has_others(event, is_on).await? {
            self.end_search_run(event, is_on).await?;
            return Ok(0);
        }
        let names = transact!(self.store, |tx| { self.seal_some(tx, event).await })?;
        self.waits.changed(event);
        Ok(names)
    }

    /// Whether there is anything to do, so that no revision is taken for nothing.
    async fn has_others(&self, event: EventId, want_sealed: bool) -> Result<bool, StoreError> {
        let mut tx = self.store.read().await?;
        let others = store::ticket::of_search(&mut tx, event, !want_sealed, 1).await?;
        Ok(!others.is_empty())
    }

    async fn seal_some(&self, tx: &mut Tx, event: EventId) -> Result<u64, SearchSetupError> {
        let mut revision = store::revision::take(tx, event).await?;
        let key = self.index_key(tx, event).await?;
        let mut names = Vec::new();
        for mut ticket in store::ticket::of_search(tx, event, key.is_none(), PIECE).await? {
            revision.manifest.remove(&ticket.gate);
            ticket.gate.search = search_name(&ticket, key.as_ref());
            ticket.gate.revision = revision.manifest.revision;
            revision.manifest.add(&ticket.gate);
            names.push((ticket.gate.id, ticket.gate.search));
        }
        store::search::set_names(tx, &names, revision.manifest.revision).await?;
        store::revision::put(tx, event, &revision).await?;
        let done = names.len() as u64;
        store::search_run::advance(tx, event, done).await?;
        Ok(done)
    }

    async fn end_search_run(&self, event: EventId, was_on: bool) -> Result<(), SearchSetupError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::revision::lock(tx, event).await?;
            let is_on = store::search::of_event(tx, event).await?.is_some();
            let run = store::search_run::open_of(tx, event).await?;
            let Some(run) = run.filter(|_| is_on == was_on) else {
                return Ok(());
            };
            store::search_run::finish(tx, event, now).await?;
            // A migration opened it in case something had been interrupted, and nothing had.
            if run.total == 0 && run.done == 0 {
                return Ok(());
            }
            let detail = json!({"tickets": run.done, "by": run.asked_by});
            let action = if is_on {
                "event.search_sealed"
            } else {
                "event.search_cleared"
            };
            let deed = Deed {
                action,
                subject_kind: "event",
                subject: event.0,
                detail,
            };
            Ok(self.leave_row(tx, &Actor::System, deed, now).await?)
        })
    }
}
