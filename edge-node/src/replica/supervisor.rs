//! Who let in where a gate had asked or refused, as central tells of other gates' scans: to be named, not to decide by.

use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::{id::OperatorId, scan::ScanId, wire::v1::Override};

use crate::error::NodeError;

/// The supervisor of a scan, if it was one's word.
pub(super) fn of_scan(
    connection: &Connection,
    scan: ScanId,
) -> Result<Option<OperatorId>, NodeError> {
    let mut statement =
        connection.prepare_cached("SELECT operator FROM overrides WHERE node = ?1 AND seq = ?2")?;
    let found = statement.query_row(params![scan.node.as_bytes(), scan.seq], |row| {
        Ok(OperatorId::from_bytes(row.get(0)?))
    });
    Ok(found.optional()?)
}

/// Takes in one row; it never changes.
pub(super) fn take(connection: &Connection, new: &Override) -> Result<(), NodeError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO overrides (node, seq, operator) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![
            new.scan.node.as_bytes(),
            new.scan.seq,
            new.by.as_bytes()
        ])?;
    Ok(())
}

/// Drops those whose scans are here no more.
pub(super) fn sweep(connection: &Connection) -> Result<(), NodeError> {
    connection.execute(
        "DELETE FROM overrides WHERE NOT EXISTS
         (SELECT 1 FROM passages WHERE passages.node = overrides.node AND passages.seq = overrides.seq)",
        [],
    )?;
    Ok(())
}
