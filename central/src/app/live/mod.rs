//! The door of an event as it is now: what whoever runs it watches.
//!
//! Invariant: who watches asks the database nothing, and neither does who opens the page ([`App::door_seen`]). One
//! watcher per event (`watch`) asks for all of them, as long as there is one; everybody is told the same. What takes
//! a walk through the whole event ([`Sums`]) is asked for less often, beside the minutes.

mod sums;
mod watch;

use std::{sync::Arc, time::Duration};

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
    verdict::Reason,
};
use tokio::time::timeout;

pub use self::{sums::Sums, watch::Doors};
use super::{
    App,
    events::{EventError, load_setup},
    occupancy::Inside,
};
use crate::{
    domain::{
        event::{Day, EventSetup},
        forecast::{self, Peak},
        node::Node,
    },
    store::{
        self,
        live::{Minute, Stretch},
    },
};

const MINUTE_MS: i64 = 60_000;
/// A watcher that is well has looked since.
const OLD_MS: i64 = 30_000;
/// Longest wait for a watcher's look.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many minutes are shown one by one.
pub const MINUTES: usize = 60;

/// All of it, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorNow {
    /// When it was asked for.
    pub at: Timestamp,
    /// The event with its gates and types.
    pub setup: EventSetup,
    /// How many are inside, and by what it is bounded.
    pub inside: Inside,
    /// The first of the minutes.
    pub from: Timestamp,
    /// Entries by gate, minute by minute, in the order of the event's gates.
    pub gates: Vec<(GateId, Vec<u64>)>,
    /// Entries of the day.
    pub entries: u64,
    /// Tickets of the day that have not come.
    pub to_come: u64,
    /// The busiest time.
    pub peak: Option<Peak>,
    /// How often each reason refused that day.
    pub refused: Vec<(Reason, u64)>,
    /// Nodes that were not heard of for longer than a connected one can be; `None` = never.
    pub silent: Vec<(String, GateId, Option<Timestamp>)>,
    /// Conflicts that nobody has decided.
    pub conflicts: u64,
}

impl App {
    /// How the door of an event stands, as its watcher saw it last; where nobody watches, a watcher is started. A look
    /// that is older than any can be while the watcher is well is not shown: the next one is waited for.
    ///
    /// # Errors
    /// As [`App::door_now`].
    pub async fn door_seen(&self, event: EventId) -> Result<Arc<DoorNow>, EventError> {
        let mut door = self.doors.watch(self, event);
        let is_new = |now: &Option<Arc<DoorNow>>| {
            let at = now.as_ref().map(|now| now.at);
            at.is_some_and(|at| self.clock.now().ms_since(at) < OLD_MS)
        };
        let seen = timeout(PATIENCE, door.wait_for(is_new)).await;
        let seen = seen.ok().and_then(Result::ok);
        if let Some(now) = seen.and_then(|seen| (*seen).clone()) {
            return Ok(now);
        }
        // The watcher cannot look: whoever asks is told why.
        let sums = self.door_sums(event).await?;
        Ok(Arc::new(self.door_now(event, &sums).await?))
    }

    /// How the door of an event stands now, beside sums that may be a little older.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn door_now(&self, event: EventId, sums: &Sums) -> Result<DoorNow, EventError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let setup = load_setup(&mut tx, event).await?;
        let nodes = store::node::of_event(&mut tx, event).await?;
        let (_, stretch) = day(&setup, now);
        let arrivals = store::live::arrivals(&mut tx, event, stretch).await?;
        let to_come = sums.to_come;
        let from = hour_before(now);
        let hour = Stretch {
            from,
            until: now.plus_ms(MINUTE_MS),
        };
        let minutes = store::live::minutes(&mut tx, event, hour).await?;
        Ok(DoorNow {
            at: now,
            from,
            gates: by_gate(&setup, &minutes, from),
            entries: arrivals.iter().map(|bin| bin.count).sum(),
            to_come,
            peak: forecast::peak(&arrivals, to_come, now),
            refused: store::live::refused(&mut tx, event, stretch).await?,
            silent: silent(&nodes, now),
            conflicts: store::overview::conflicts_of(&mut tx, event).await? + sums.rushes,
            inside: sums.inside.clone(),
            setup,
        })
    }
}

/// The first of the minutes that are shown, the one under way being the last.
fn hour_before(now: Timestamp) -> Timestamp {
    let minute = now.0 - now.0.rem_euclid(MINUTE_MS);
    let before = i64::try_from(MINUTES - 1).unwrap_or_default() * MINUTE_MS;
    Timestamp(minute - before)
}

/// The day that is on, or was last, or comes first, and from when to when.
fn day(setup: &EventSetup, now: Timestamp) -> (u8, Stretch) {
    let mut days: Vec<&Day> = setup.days.iter().collect();
    days.sort_by_key(|day| day.opens_at);
    let begun = days.iter().rev().find(|day| day.opens_at <= now);
    match begun.or(days.first()) {
        Some(day) => {
            let (from, until) = (day.opens_at, day.closes_at);
            (day.number, Stretch { from, until })
        }
        None => {
            let (from, until) = (setup.event.starts_at, setup.event.ends_at);
            (0, Stretch { from, until })
        }
    }
}

fn by_gate(setup: &EventSetup, minutes: &[Minute], from: Timestamp) -> Vec<(GateId, Vec<u64>)> {
    let row = |gate: GateId| {
        let mut row = vec![0; MINUTES];
        for minute in minutes.iter().filter(|minute| minute.gate == gate) {
            let place = minute.from.ms_since(from) / MINUTE_MS;
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            if let Some(entries) = row.get_mut(place) {
                *entries = minute.entries;
            }
        }
        (gate, row)
    };
    setup.gates.iter().map(|gate| row(gate.id)).collect()
}

fn silent(nodes: &[Node], now: Timestamp) -> Vec<(String, GateId, Option<Timestamp>)> {
    let silent = nodes.iter().filter(|node| node.is_silent(now));
    silent
        .map(|node| (node.name.clone(), node.gate, node.last_contact_at))
        .collect()
}
