//! The sealed names of tickets, in the order in which central changed them. Called by [`crate::search`].

use rusqlite::{Connection, params};
use sync_protocol::{
    id::TicketId,
    ticket::{Revision, TicketStatus},
};

use super::Replica;
use crate::{database::coded, error::NodeError};

/// What the search by name needs of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedName {
    /// The ticket.
    pub ticket: TicketId,
    /// Where it stands.
    pub status: TicketStatus,
    /// Its last change.
    pub revision: Revision,
    /// Its name under the event's index key; empty where the search is off.
    pub sealed: Vec<u8>,
}

impl Replica {
    /// Sealed names in the order of their revisions after a place, at most `most`.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn sealed_names(
        &self,
        revision: Revision,
        ticket: TicketId,
        most: u32,
    ) -> Result<Vec<SealedName>, NodeError> {
        after(&self.reader().connection, revision, ticket, most)
    }
}

/// The next tickets after a place, at most `most`.
fn after(
    connection: &Connection,
    revision: Revision,
    ticket: TicketId,
    most: u32,
) -> Result<Vec<SealedName>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, status, revision, search FROM tickets WHERE (revision, id) > (?1, ?2)
         ORDER BY revision, id LIMIT ?3",
    )?;
    let rows = statement.query_map(params![revision, ticket.as_bytes(), most], |row| {
        Ok(SealedName {
            ticket: TicketId::from_bytes(row.get(0)?),
            status: coded(row, 1, TicketStatus::from_code)?,
            revision: row.get(2)?,
            sealed: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
