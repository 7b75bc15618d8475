//! Times in which a node was faster than counts assume, of many events at once: what the overview counts among the
//! conflicts.
//!
//! They follow from all scans of an event, so they are kept with the sum of those scans and looked for again only where
//! that has changed; an event whose gates are busy is looked at every few seconds at most. One look at a time is under way,
//! and a page waits for it only so long: what it could not wait for is known to the next. Events that are over for some days
//! are not looked at: all their scans would be read again by a server that was started anew. What is known of them stays
//! counted until somebody has decided.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sync_protocol::{digest::Digest, id::EventId};
use tokio::time::{Instant, timeout};

use super::App;
use crate::{
    domain::{conflict::ConflictId, event::Event},
    store::{self, StoreError, overview::PerEvent},
};

/// A page waits this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Gates bring the last scans of an event within this time, and somebody looks at them. What comes later is in the event's own list
/// of conflicts.
const LATE_MS: i64 = 3 * 24 * 3_600_000;
/// Between two looks at one event.
const REST: Duration = Duration::from_secs(10);

/// What is known; cloned cheaply.
#[derive(Clone, Default)]
pub struct Rushes {
    known: Arc<Mutex<BTreeMap<EventId, Known>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Of one event.
struct Known {
    /// The sum of its scans, and the premise.
    of: (Digest, u32),
    looked: Instant,
    /// The names of its rushes.
    names: Vec<String>,
}

impl Rushes {
    fn known(&self) -> MutexGuard<'_, BTreeMap<EventId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_fresh(&self, event: EventId, of: (Digest, u32)) -> bool {
        let known = self.known();
        let known = known.get(&event);
        known.is_some_and(|known| known.of == of || known.looked.elapsed() < REST)
    }

    fn names(&self, event: EventId) -> Vec<String> {
        let known = self.known();
        let known = known.get(&event);
        known.map_or_else(Vec::new, |known| known.names.clone())
    }
}

impl App {
    /// How many rushes of each of these events nobody has decided about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_rushes(&self, events: &[&Event]) -> Result<PerEvent, StoreError> {
        let premise = |event: &&Event| (event.id, event.rules.most_per_minute);
        let premises = self.not_over(events).await?.iter().map(premise).collect();
        let app = self.clone();
        let look = tokio::spawn(async move { app.look_for_rushes(premises).await });
        match timeout(PATIENCE, look).await {
            Ok(Ok(looked)) => looked?,
            Ok(Err(error)) => tracing::error!(%error, "a look for rushes broke"),
            Err(_) => {}
        }
        let mut open = PerEvent::new();
        for event in events {
            let names = self.rushes.names(event.id);
            if !names.is_empty() {
                open.insert(event.id, self.undecided(event.id, &names).await?);
            }
        }
        Ok(open)
    }

    /// Those at which gates may still let in, or bring what they held back.
    async fn not_over<'a>(&self, events: &[&'a Event]) -> Result<Vec<&'a Event>, StoreError> {
        let since = self.clock.now().plus_ms(-LATE_MS);
        let mut tx = self.store.read().await?;
        let late = store::event_day::closing_after(&mut tx, since).await?;
        let is_meant = |event: &&&Event| event.ends_at > since || late.contains(&event.id);
        Ok(events.iter().filter(is_meant).copied().collect())
    }

    async fn look_for_rushes(&self, premises: Vec<(EventId, u32)>) -> Result<(), StoreError> {
        // Somebody looks already, and all who ask know it then.
        let Ok(_turn) = self.rushes.turn.try_lock() else {
            return Ok(());
        };
        let sums = {
            let mut tx = self.store.read().await?;
            store::revision::passages(&mut tx).await?
        };
        for (event, most) in premises {
            let Some(sum) = sums.get(&event) else {
                continue;
            };
            let of = (*sum, most);
            if !self.rushes.is_fresh(event, of) {
                let names = self.rushes_of(event, most).await?;
                let looked = Instant::now();
                let known = Known { of, looked, names };
                self.rushes.known().insert(event, known);
            }
        }
        Ok(())
    }

    async fn rushes_of(&self, event: EventId, most: u32) -> Result<Vec<String>, StoreError> {
        let mut tx = self.store.read().await?;
        let rushes = store::occupancy::rushes(&mut tx, event, most).await?;
        let name = |rush: &store::occupancy::NodeRush| ConflictId::Rush(rush.node, rush.from);
        Ok(rushes.iter().map(|rush| name(rush).to_string()).collect())
    }

    async fn undecided(&self, event: EventId, names: &[String]) -> Result<i64, StoreError> {
        let mut tx = self.store.read().await?;
        let decided = store::conflict_decision::of_others(&mut tx, event).await?;
        let open = names.iter().filter(|name| !decided.contains_key(*name));
        Ok(i64::try_from(open.count()).unwrap_or(i64::MAX))
    }
}
