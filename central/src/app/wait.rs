//! Waiting for news of an event: the long poll of gates.
//!
//! Central is stateless and another server may make the change, so the database is asked: by one watcher per event
//! that somebody waits for, a few times a second, and at once when this server changed something. The watcher is
//! shared by all who wait and ends with the last of them.
//! Invariant: a node has one wait, and a newer one ends the older, so a node's waits cannot pile up; all of them
//! end when central stops. Called by the handler of gates; whoever takes an event's revision calls [`Waits::changed`].

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sync_protocol::{
    id::{EventId, NodeId},
    wire::v1::{WaitAnswer, WaitRequest},
};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{
    counter,
    domain::node::Node,
    store::{self, Store, StoreError},
};

/// Longest wait, whatever a node asks for: proxies and routers forget connections that are silent for longer.
pub const LONGEST: Duration = Duration::from_secs(25);
/// Pause between two looks at the database.
const LOOK_AGAIN: Duration = Duration::from_millis(180);
/// The same while this server changes one thing after another.
const BREATH: Duration = Duration::from_millis(20);

/// Why a wait is refused.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// The node works for another event.
    #[error("this node was not enrolled for that event")]
    OtherEvent,
}

impl WaitError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherEvent => "other_event",
        }
    }
}

/// All waits of this server; cloned cheaply.
#[derive(Clone, Default)]
pub struct Waits(Arc<Shared>);

#[derive(Default)]
struct Shared {
    watched: Mutex<BTreeMap<EventId, Watched>>,
    places: Mutex<BTreeMap<NodeId, (u64, CancellationToken)>>,
    numbers: AtomicU64,
    listeners: Mutex<BTreeMap<EventId, Arc<Notify>>>,
    stopping: CancellationToken,
}

/// An event that is watched.
struct Watched {
    standing: watch::Receiver<Standing>,
    changed: Arc<Notify>,
}

/// What waiting nodes are told apart by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Standing {
    revision: u64,
    /// Nodes that were revoked or quarantined: there is news for them, whatever the revision.
    closed: Vec<NodeId>,
}

/// A node's one place among those who wait; given back when dropped.
struct Place {
    waits: Waits,
    node: NodeId,
    number: u64,
    replaced: CancellationToken,
}

impl App {
    /// Waits until the event's revision is beyond the request's, or the node is to be told that it may no longer
    /// work, or the time is over, or central stops.
    ///
    /// # Errors
    /// [`WaitError`].
    pub async fn wait(&self, node: &Node, request: &WaitRequest) -> Result<WaitAnswer, WaitError> {
        if request.event != node.event {
            return Err(WaitError::OtherEvent);
        }
        let place = self.waits.place(node.id);
        let mut standing = self.waits.watch(&self.store, node.event);
        let longest = Duration::from_millis(request.longest_ms.into()).min(LONGEST);
        let has_news =
            |now: &Standing| now.revision > request.revision || now.closed.contains(&node.id);
        let end = tokio::select! {
            found = standing.wait_for(has_news) => if found.is_ok() { "news" } else { "failed" },
            () = place.replaced.cancelled() => "replaced",
            () = self.waits.0.stopping.cancelled() => "stopping",
            () = sleep(longest) => "silence",
        };
        counter::waited(end);
        let revision = standing.borrow().revision.max(request.revision);
        Ok(WaitAnswer { revision })
    }
}

impl Waits {
    /// This server changed something that the event's gates see.
    pub fn changed(&self, event: EventId) {
        if let Some(watched) = lock(&self.0.watched).get(&event) {
            watched.changed.notify_one();
        }
        if let Some(listener) = lock(&self.0.listeners).get(&event) {
            listener.notify_one();
        }
    }

    /// What is told whenever this server changes something of an event, scans that admit nobody included. There is one
    /// for each event, until it is forgotten.
    #[must_use]
    pub fn news(&self, event: EventId) -> Arc<Notify> {
        let mut all = lock(&self.0.listeners);
        Arc::clone(all.entry(event).or_default())
    }

    /// Nobody listens to an event any more.
    pub fn forget(&self, event: EventId) {
        let mut all = lock(&self.0.listeners);
        // The map's own, and that of whoever says so.
        if all
            .get(&event)
            .is_some_and(|news| Arc::strong_count(news) <= 2)
        {
            all.remove(&event);
        }
    }

    /// Done when central stops.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.0.stopping.clone()
    }

    /// Central stops: every wait ends now, and later ones at once.
    pub fn stop(&self) {
        self.0.stopping.cancel();
    }

    /// How many nodes wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.0.places).len()
    }

    /// How many events are watched for them.
    #[must_use]
    pub fn watched(&self) -> usize {
        lock(&self.0.watched).len()
    }

    fn place(&self, node: NodeId) -> Place {
        let number = self.0.numbers.fetch_add(1, Ordering::Relaxed);
        let replaced = CancellationToken::new();
        let mut places = lock(&self.0.places);
        if let Some((_, older)) = places.insert(node, (number, replaced.clone())) {
            older.cancel();
        }
        counter::waiting(places.len());
        Place {
            waits: self.clone(),
            node,
            number,
            replaced,
        }
    }

    /// Joins the event's watcher, or starts it.
    fn watch(&self, store: &Store, event: EventId) -> watch::Receiver<Standing> {
        let mut all = lock(&self.0.watched);
        let running = all.get(&event).map(|watched| watched.standing.clone());
        // A watcher that broke has dropped its end.
        if let Some(standing) = running.filter(|standing| standing.has_changed().is_ok()) {
            return standing;
        }
        let (sender, standing) = watch::channel(Standing::default());
        let changed = Arc::new(Notify::new());
        let watcher = Watcher {
            waits: self.clone(),
            store: store.clone(),
            event,
            changed: changed.clone(),
            standing: sender,
        };
        tokio::spawn(watcher.run());
        let kept = standing.clone();
        all.insert(
            event,
            Watched {
                standing: kept,
                changed,
            },
        );
        standing
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.waits.0.places);
        if places
            .get(&self.node)
            .is_some_and(|(number, _)| *number == self.number)
        {
            places.remove(&self.node);
        }
        counter::waiting(places.len());
    }
}

/// Reads one event's standing while somebody waits for it.
struct Watcher {
    waits: Waits,
    store: Store,
    event: EventId,
    changed: Arc<Notify>,
    standing: watch::Sender<Standing>,
}

impl Watcher {
    async fn run(self) {
        let mut fails = false;
        loop {
            let found = self.look().await;
            if let Err(error) = &found
                && !fails
            {
                tracing::warn!(event = %self.event, %error, "news of an event cannot be read");
            }
            fails = found.is_err();
            if let Ok(now) = found {
                self.standing.send_if_modified(|known| {
                    let is_news = *known != now;
                    *known = now;
                    is_news
                });
            }
            if self.is_alone() {
                return;
            }
            sleep(BREATH).await;
            tokio::select! {
                () = sleep(LOOK_AGAIN) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    async fn look(&self) -> Result<Standing, StoreError> {
        let mut tx = self.store.read().await?;
        let revision = store::revision::read(&mut tx, self.event).await?;
        Ok(Standing {
            revision: revision.manifest.revision,
            closed: store::node::closed(&mut tx, self.event).await?,
        })
    }

    /// Whether nobody waits any more; then nobody finds this watcher any more either.
    fn is_alone(&self) -> bool {
        let mut all = lock(&self.waits.0.watched);
        // One end is kept for those who come.
        let is_alone = self.standing.receiver_count() <= 1;
        if is_alone {
            all.remove(&self.event);
        }
        is_alone
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
