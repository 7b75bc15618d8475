//! What the door's page tells of the whole event: a walk through all its scans and tickets, so it is asked for less often
//! than the minutes.

use sync_protocol::id::EventId;

use super::day;
use crate::{
    app::{
        App,
        events::{EventError, load_setup},
        occupancy::Inside,
    },
    domain::conflict::ConflictId,
    store,
};

/// The sums, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// How many are inside, and by what it is bounded.
    pub inside: Inside,
    /// Tickets of the day that have not come.
    pub to_come: u64,
    /// Times in which a node was faster than counts assume, and that nobody has decided about.
    pub rushes: u64,
}

impl App {
    /// The sums of an event's door.
    ///
    /// # Errors
    /// [`EventError::Unknown`], or when the database fails.
    pub async fn door_sums(&self, event: EventId) -> Result<Sums, EventError> {
        let now = self.clock.now();
        let inside = self.occupancy(event).await?;
        let mut tx = self.store.read().await?;
        let setup = load_setup(&mut tx, event).await?;
        let (day, stretch) = day(&setup, now);
        let (tickets, came) = store::live::attendance(&mut tx, event, day, stretch).await?;
        let most = inside.most_per_minute;
        let rushes = store::occupancy::rushes(&mut tx, event, most).await?;
        let decided = store::conflict_decision::of_others(&mut tx, event).await?;
        let is_open = |rush: &&store::occupancy::NodeRush| {
            let id = ConflictId::Rush(rush.node, rush.from).to_string();
            !decided.contains_key(&id)
        };
        Ok(Sums {
            inside,
            to_come: tickets.saturating_sub(came),
            rushes: rushes.iter().filter(is_open).count() as u64,
        })
    }
}
