//! The door of an event as it is now: what whoever runs it watches.
//!
//! Invariant: who watches asks the database nothing. One watcher per event ([`watch`]) asks for all of them, as long as
//! there is one; everybody is told the same.

mod watch;

use sync_protocol::{
    id::{EventId, GateId},
    occupancy::IN_CONTACT_MS,
    time::Timestamp,
    verdict::Reason,
};

pub use self::watch::Doors;
use super::{
    App,
    events::{EventError, load_setup},
    occupancy::Inside,
};
use crate::{
    domain::{
        event::{Day, EventSetup},
        forecast::{self, Peak},
        node::{Node, NodeStatus},
    },
    store::{
        self,
        live::{Minute, Stretch},
    },
};

const MINUTE_MS: i64 = 60_000;
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
    /// How the door of an event stands now.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn door_now(&self, event: EventId) -> Result<DoorNow, EventError> {
        let now = self.clock.now();
        let inside = self.occupancy(event).await?;
        let mut tx = self.store.read().await?;
        let setup = load_setup(&mut tx, event).await?;
        let nodes = store::node::of_event(&mut tx, event).await?;
        let (day, stretch) = day(&setup, now);
        let arrivals = store::live::arrivals(&mut tx, event, stretch).await?;
        let (tickets, came) = store::live::attendance(&mut tx, event, day, stretch).await?;
        let to_come = tickets.saturating_sub(came);
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
            conflicts: store::overview::conflicts_of(&mut tx, event).await?,
            inside,
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
    let is_silent = |node: &&Node| {
        let heard = node.last_contact_at;
        node.status == NodeStatus::Active && heard.is_none_or(|at| now.ms_since(at) > IN_CONTACT_MS)
    };
    let silent = nodes.iter().filter(is_silent);
    silent
        .map(|node| (node.name.clone(), node.gate, node.last_contact_at))
        .collect()
}
