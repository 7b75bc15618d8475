//! Who watches doors: one watcher per event, shared by all who look, ended with the last of them.
//!
//! It asks for everything anew when this server hears of something (at once), when the event's revision has moved
//! (another server made the change), and every few seconds in any case, because silence and minutes pass without one.
//! Between two looks it rests at least twice as long as the last one took, so a large event costs a third of a
//! processor at most, however many gates report. No connection is held in between. Sums of the whole event are asked
//! for beside the looks, and rest for longer: where they are quick, every look has new ones; where they are slow, the
//! minutes do not wait for them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sync_protocol::id::EventId;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::{DoorNow, Sums};
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

/// A look waits this long for sums that are being asked for.
const SUMS_WAIT: Duration = Duration::from_millis(150);
/// Sums rest so many times as long as they took.
const SUMS_REST: u32 = 4;

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
            sums: Asked::default(),
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
    sums: Asked,
}

/// The sums that are known, and those that are being asked for.
#[derive(Default)]
struct Asked {
    known: Option<Sums>,
    /// Begun then.
    begun: Option<(Instant, JoinHandle<Result<Sums, EventError>>)>,
    /// Not before then again.
    due: Option<Instant>,
}

impl Asked {
    /// Asks for new sums, if it is time.
    fn ask(&mut self, app: &App, event: EventId) {
        let is_due = self.due.is_none_or(|due| due <= Instant::now());
        if self.begun.is_none() && is_due {
            let app = app.clone();
            let asked = tokio::spawn(async move { app.door_sums(event).await });
            self.begun = Some((Instant::now(), asked));
        }
    }

    /// Until those that are being asked for are known; for ever, if there are none.
    async fn come(&mut self) {
        let Some((begun, asked)) = &mut self.begun else {
            return std::future::pending().await;
        };
        let came = asked.await;
        let took = begun.elapsed();
        self.begun = None;
        self.due = Some(Instant::now() + took * SUMS_REST);
        match came {
            Ok(Ok(sums)) => self.known = Some(sums),
            Ok(Err(EventError::Unknown)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a door's sums cannot be asked for"),
            Err(error) => tracing::error!(%error, "a door's sums broke"),
        }
    }

    /// Until there are new sums or, where the last look had to go without, until it is time to ask for them.
    async fn next(&mut self, is_behind: bool) {
        match self.due.filter(|_| is_behind && self.begun.is_none()) {
            Some(due) => tokio::time::sleep_until(due).await,
            None => self.come().await,
        }
    }
}

impl Watcher {
    async fn run(mut self) {
        let (mut known, mut came) = (None, false);
        while !self.is_alone() {
            let begun = Instant::now();
            // Before the look: what comes in between is looked for again.
            known = self.revision().await.ok().or(known);
            let is_behind = self.sum_up(came).await;
            let looking = Instant::now();
            self.look().await;
            sleep((looking.elapsed() * 2).max(BREATH)).await;
            let mut sums = std::mem::take(&mut self.sums);
            // Over time, with news, or with sums.
            came = tokio::select! {
                () = sleep(AT_LEAST_EVERY.saturating_sub(begun.elapsed())) => false,
                () = self.until_news(known) => false,
                () = sums.next(is_behind) => true,
            };
            self.sums = sums;
        }
        self.app.waits.forget(self.event);
    }

    /// Asks for sums and waits a little for them, the first time to the end; tells whether the look must go without new
    /// ones. When they `came` just now, the look is theirs.
    async fn sum_up(&mut self, came: bool) -> bool {
        self.sums.ask(&self.app, self.event);
        if self.sums.begun.is_none() {
            return !came;
        }
        if self.sums.known.is_none() {
            self.sums.come().await;
            return false;
        }
        timeout(SUMS_WAIT, self.sums.come()).await.is_err()
    }

    async fn look(&self) {
        let Some(sums) = &self.sums.known else {
            return;
        };
        match self.app.door_now(self.event, sums).await {
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
