//! A node's replica as its files hold it, looked at in a copy.
use crate::{
    gate::Gate,
    logbook::{open_copy, scratch},
};

/// How far it has come.
#[derive(Debug)]
pub struct Replica {
    /// It says that it equals central's.
    pub is_complete: bool,
    /// How many tickets it holds.
    pub tickets: u32,
}

impl Replica {
    /// Reads it as the last program on the folder left it; one that was never opened is empty.
    pub fn read(gate: &Gate) -> Self {
        let copy = scratch();
        let Some(db) = open_copy(&gate.home, "replica.db", copy.path()) else {
            return Self::empty();
        };
        let ask = "SELECT is_complete, (SELECT count(*) FROM tickets) FROM state";
        // Killed before it had made its tables.
        let found = db.query_row(ask, [], |row| Ok((row.get(0)?, row.get(1)?)));
        found.map_or_else(
            |_| Self::empty(),
            |(is_complete, tickets)| Self {
                is_complete,
                tickets,
            },
        )
    }

    const fn empty() -> Self {
        Self {
            is_complete: false,
            tickets: 0,
        }
    }
}
