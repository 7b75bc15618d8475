//! Who watches doors: one watcher per event, shared by all who look, ended with the last of them.
//!
//! It asks for everything anew when this server hears of something (at once), when the event's revision has moved
//! (another server made the change), and every few seconds in any case, because silence and minutes pass without one.
//! Between two looks it rests at least twice as long as the last one took, so a large event costs a third of a
//! processor at most, however many gates report. No connection is held in between.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sync_protocol::id::EventId;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};

use super::DoorNow;
use crate::{
    app::{App, events::EventError},
    store::{self, StoreError},
};

/// Longest time between two looks.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// Pause between two looks at the revision alone.
const LOOK_AGAIN: Duration = Duration::from_millis(400);
/// Shortest pause after a look.
const BREATH: Duration = Duration::from_millis(100);

/// What watchers tell: nothing before the first look.
pub type Seen = watch::Receiver<Option<Arc<DoorNow>>>;

/// All doors that are watched at this server; cloned cheaply.
#[derive(Clone, Default)]
pub struct Doors(Arc<Mutex<BTreeMap<EventId, Seen>>>);

impl Doors {
    /// How many doors are watched.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.all().len()
    }

    /// Joins the event's watcher, or starts it.
    #[must_use]
    pub fn watch(&self, app: &App, event: EventId) -> Seen {
        let mut all = self.all();
        // A watcher that broke has dropped its end.
        if let Some(seen) = all.get(&event).filter(|seen| seen.has_changed().is_ok()) {
            return seen.clone();
        }
        let (teller, seen) = watch::channel(None);
        let watcher = Watcher {
            doors: self.clone(),
            app: app.clone(),
            event,
            news: app.waits.news(event),
            teller,
        };
        tokio::spawn(watcher.run());
        all.insert(event, seen.clone());
        seen
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<EventId, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Watcher {
    doors: Doors,
    app: App,
    event: EventId,
    news: Arc<Notify>,
    teller: watch::Sender<Option<Arc<DoorNow>>>,
}

impl Watcher {
    async fn run(self) {
        let mut known = None;
        while !self.is_alone() {
            let begun = Instant::now();
            // Before the look: what comes in between is looked for again.
            known = self.revision().await.ok().or(known);
            self.look().await;
            sleep((begun.elapsed() * 2).max(BREATH)).await;
            let next = self.until_news(known);
            // Over time, or with news.
            let _ = timeout(AT_LEAST_EVERY.saturating_sub(begun.elapsed()), next).await;
        }
        self.app.waits.forget(self.event);
    }

    async fn look(&self) {
        match self.app.door_now(self.event).await {
            Ok(now) => drop(self.teller.send_replace(Some(Arc::new(now)))),
            Err(EventError::Unknown) => {}
            Err(error) => tracing::warn!(event = %self.event, %error, "a door cannot be looked at"),
        }
    }

    async fn revision(&self) -> Result<u64, StoreError> {
        let mut tx = self.app.store.read().await?;
        let revision = store::revision::read(&mut tx, self.event).await?;
        Ok(revision.manifest.revision)
    }

    /// Until this server or another has changed something.
    async fn until_news(&self, known: Option<u64>) {
        loop {
            if timeout(LOOK_AGAIN, self.news.notified()).await.is_ok() {
                return;
            }
            if self.revision().await.ok() != known {
                return;
            }
        }
    }

    /// Whether nobody looks any more; then nobody finds this watcher any more either.
    fn is_alone(&self) -> bool {
        let mut all = self.doors.all();
        // One end is kept for those who come.
        let is_alone = self.teller.receiver_count() <= 1;
        if is_alone {
            all.remove(&self.event);
        }
        is_alone
    }
}
