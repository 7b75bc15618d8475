//! Tickets in the replica: look-up by id and by number, and taking in a row from central.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{
    id::TicketId,
    manifest::Manifest,
    number::TicketNumber,
    ticket::{Ticket, TicketStatus},
};

use crate::{database::coded, error::NodeError};

pub(super) const COLUMNS: &str =
    "id, number, type_number, day_mask, status, revision, sealed, holder, search, pass";

pub(super) fn by_id(connection: &Connection, id: TicketId) -> Result<Option<Ticket>, NodeError> {
    let found = connection
        .prepare_cached(
            "SELECT id, number, type_number, day_mask, status, revision, sealed, holder, search FROM tickets
             WHERE id = ?1",
        )?
        .query_row(params![id.as_bytes()], ticket)
        .optional()?;
    Ok(found)
}

pub(super) fn by_number(
    connection: &Connection,
    number: TicketNumber,
) -> Result<Option<Ticket>, NodeError> {
    let found = connection
        .prepare_cached(
            "SELECT id, number, type_number, day_mask, status, revision, sealed, holder, search FROM tickets
             WHERE number = ?1",
        )?
        .query_row(params![number.value()], ticket)
        .optional()?;
    Ok(found)
}

pub(super) fn ticket(row: &Row) -> rusqlite::Result<Ticket> {
    Ok(Ticket {
        id: TicketId::from_bytes(row.get(0)?),
        number: TicketNumber::new(row.get(1)?),
        type_number: row.get(2)?,
        day_mask: row.get(3)?,
        status: coded(row, 4, TicketStatus::from_code)?,
        revision: row.get(5)?,
        sealed: row.get(6)?,
        holder: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
        search: row.get(8)?,
    })
}

/// The tickets of one person.
pub(super) fn of_holder(connection: &Connection, holder: u64) -> Result<Vec<Ticket>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, number, type_number, day_mask, status, revision, sealed, holder, search FROM tickets
         WHERE holder = ?1 ORDER BY id LIMIT 50",
    )?;
    let rows = statement.query_map(params![holder.cast_signed()], ticket)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes in the rows of one page and keeps the manifest of the pass.
pub(super) struct Intake<'tx> {
    insert: rusqlite::CachedStatement<'tx>,
    select: rusqlite::CachedStatement<'tx>,
    update: rusqlite::CachedStatement<'tx>,
    pass: u64,
}

impl<'tx> Intake<'tx> {
    pub(super) fn new(connection: &'tx Connection, pass: u64) -> Result<Self, NodeError> {
        Ok(Self {
            insert: connection.prepare_cached(&format!(
                "INSERT INTO tickets ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO NOTHING"
            ))?,
            select: connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM tickets WHERE id = ?1"))?,
            update: connection.prepare_cached(
                "UPDATE tickets SET number = ?2, type_number = ?3, day_mask = ?4, status = ?5,
                    revision = ?6, sealed = ?7, holder = ?8, search = ?9, pass = ?10 WHERE id = ?1",
            )?,
            pass,
        })
    }

    /// Takes in one row. A row that this pass saw before only yields to a newer revision; one of an earlier
    /// pass yields always, because a full fetch believes central alone.
    pub(super) fn take(
        &mut self,
        ticket: &Ticket,
        running: &mut Manifest,
    ) -> Result<(), NodeError> {
        if write(&mut self.insert, ticket, self.pass)? == 0 {
            let (old, pass) = self.old(ticket.id)?;
            if pass == self.pass {
                if ticket.revision <= old.revision {
                    return Ok(());
                }
                take_out(running, &old);
            }
            write(&mut self.update, ticket, self.pass)?;
        }
        running.add(ticket);
        Ok(())
    }

    fn old(&mut self, id: TicketId) -> Result<(Ticket, u64), NodeError> {
        let read = |row: &Row| Ok((ticket(row)?, row.get(9)?));
        Ok(self.select.query_row(params![id.as_bytes()], read)?)
    }
}

fn write(
    statement: &mut rusqlite::CachedStatement,
    ticket: &Ticket,
    pass: u64,
) -> Result<usize, NodeError> {
    Ok(statement.execute(params![
        ticket.id.as_bytes(),
        ticket.number.value(),
        ticket.type_number,
        ticket.day_mask,
        ticket.status.code(),
        ticket.revision,
        ticket.sealed,
        ticket.holder.map(u64::cast_signed),
        ticket.search,
        pass,
    ])?)
}

/// Counts a row out. A row that somebody altered may never have been counted in: then the sum will not
/// match at the end of the page, and the next full fetch mends it.
fn take_out(running: &mut Manifest, old: &Ticket) {
    let place = TicketStatus::ALL.iter().position(|s| *s == old.status);
    if place.is_some_and(|place| running.counts[place] > 0) {
        running.remove(old);
    }
}
