//! Whether the rows still are what was taken in, within the caller's transaction.
//!
//! Pages keep the manifest row by row and never look at old rows, so a disk that lost or altered one would go on
//! being called complete. The gate asks once, when it opens. Rows of an earlier pass are in no sum: they go when
//! the fetch under way reaches its last page.

use rusqlite::{Connection, params};
use sync_protocol::manifest::{Gap, Manifest};

use super::{passage, state, ticket, wristband};
use crate::error::NodeError;

pub(super) fn verify(tx: &Connection) -> Result<Option<Gap>, NodeError> {
    let mut state = state::load(tx)?;
    let Some(gap) = compare(tx, &state)? else {
        return Ok(None);
    };
    state.position = None;
    state.is_complete = false;
    state.gap = Some(gap.to_string());
    state::store(tx, &state)?;
    Ok(Some(gap))
}

pub(super) fn compare(tx: &Connection, state: &state::State) -> Result<Option<Gap>, NodeError> {
    match rows(tx, state.pass) {
        Ok(found) => Ok(state.running.prove(&found).err()),
        // A value that no ticket has.
        Err(
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..),
        ) => Ok(Some(Gap::Different)),
        Err(error) => Err(error.into()),
    }
}

fn rows(tx: &Connection, pass: u64) -> rusqlite::Result<Manifest> {
    let mut manifest = Manifest::default();
    let mut statement = tx.prepare(&format!(
        "SELECT {} FROM tickets WHERE pass = ?1",
        ticket::COLUMNS
    ))?;
    for ticket in statement.query_map(params![pass], ticket::ticket)? {
        manifest.add(&ticket?);
    }
    let mut statement = tx.prepare(&format!(
        "SELECT {} FROM passages WHERE pass = ?1",
        passage::COLUMNS
    ))?;
    for change in statement.query_map(params![pass], passage::change)? {
        manifest.passages.add(&change?.digest());
    }
    let mut statement =
        tx.prepare("SELECT id, status, revision FROM wristbands WHERE pass = ?1")?;
    for row in statement.query_map(params![pass], wristband::wristband)? {
        manifest.wristbands.add(&row?.digest());
    }
    Ok(manifest)
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
