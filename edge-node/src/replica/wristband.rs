//! Wristbands that need a row: those that were printed elsewhere, and those that are void.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{
    id::WristbandId,
    manifest::Tally,
    wristband::{Wristband, WristbandStatus},
};

use crate::{database::coded, error::NodeError};

/// Whether it may be used; `None`: it has no row.
pub(super) fn status(
    connection: &Connection,
    id: WristbandId,
) -> Result<Option<WristbandStatus>, NodeError> {
    let mut statement = connection.prepare_cached("SELECT status FROM wristbands WHERE id = ?1")?;
    let read = |row: &Row| coded(row, 0, WristbandStatus::from_code);
    Ok(statement
        .query_row(params![id.as_bytes()], read)
        .optional()?)
}

/// A row as central sent it.
pub(super) fn wristband(row: &Row) -> rusqlite::Result<Wristband> {
    Ok(Wristband {
        id: WristbandId::from_bytes(row.get(0)?),
        status: coded(row, 1, WristbandStatus::from_code)?,
        revision: row.get(2)?,
    })
}

/// Takes in one row; the same rule as for tickets.
pub(super) fn take(
    connection: &Connection,
    pass: u64,
    new: &Wristband,
    tally: &mut Tally,
) -> Result<(), NodeError> {
    let old = connection
        .prepare_cached("SELECT id, status, revision FROM wristbands WHERE id = ?1 AND pass = ?2")?
        .query_row(params![new.id.as_bytes(), pass], wristband)
        .optional()?;
    if let Some(old) = old {
        if new.revision <= old.revision {
            return Ok(());
        }
        tally.remove(&old.digest());
    }
    connection
        .prepare_cached(
            "REPLACE INTO wristbands (id, status, revision, pass) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            new.id.as_bytes(),
            new.status.code(),
            new.revision,
            pass
        ])?;
    tally.add(&new.digest());
    Ok(())
}
