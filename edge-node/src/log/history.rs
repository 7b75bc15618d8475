//! What this gate itself let through: the admitted scans of one ticket or wristband, out of the log's indexes.

use rusqlite::{CachedStatement, Connection, params};
use sync_protocol::{
    decide::Passage,
    id::{GateId, NodeId, TicketId, WristbandId},
    moment::Interval,
    occupancy::Pass,
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::{database::coded, error::NodeError};

/// What bears on the next verdict: neither what was taken back nor the record that did it.
macro_rules! standing {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM scans WHERE decision = 1 AND action <> 5 AND NOT EXISTS (SELECT 1 FROM scans undo
              WHERE undo.answers = scans.seq AND undo.action = 5 AND undo.decision = 1) AND ",
            $rest,
            " ORDER BY seq"
        )
    };
}

/// Own admitted scans of a ticket, in the order of the log.
pub(super) fn passages(
    connection: &Connection,
    node: NodeId,
    ticket: TicketId,
) -> Result<Vec<Passage>, NodeError> {
    let statement = connection.prepare_cached(standing!(
        "seq, ticket, wristband, action, gate, at_ms, day",
        "ticket = ?1"
    ))?;
    read(statement, node, ticket.as_bytes())
}

/// Own admitted scans that name a wristband, in the order of the log.
pub(super) fn passages_by(
    connection: &Connection,
    node: NodeId,
    wristband: WristbandId,
) -> Result<Vec<Passage>, NodeError> {
    let statement = connection.prepare_cached(standing!(
        "seq, ticket, wristband, action, gate, at_ms, day",
        "wristband = ?1"
    ))?;
    read(statement, node, wristband.as_bytes())
}

/// Own admitted entries and exits after a place, as far as this gate knows for which tickets.
pub(super) fn passes_after(
    connection: &Connection,
    node: NodeId,
    seq: u64,
) -> Result<Vec<Pass>, NodeError> {
    let mut statement = connection.prepare_cached(standing!(
        "seq, ticket, action, at_ms",
        "seq > ?1 AND action IN (2, 3) AND ticket IS NOT NULL"
    ))?;
    let rows = statement.query_map(params![seq], |row| {
        let seq = row.get(0)?;
        Ok(Pass {
            scan: ScanId { node, seq },
            ticket: TicketId::from_bytes(row.get(1)?),
            action: coded(row, 2, Action::from_code)?,
            time: Interval::around(Timestamp(row.get(3)?), 0),
            counted: true,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Own entries and exits that were taken back here.
pub(super) fn undone_passes(connection: &Connection) -> Result<Vec<u64>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT scans.seq FROM scans JOIN scans undo ON undo.answers = scans.seq
         WHERE undo.answers IS NOT NULL AND undo.action = 5 AND undo.decision = 1 AND scans.action IN (2, 3)
         ORDER BY scans.seq",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(
    mut statement: CachedStatement,
    node: NodeId,
    id: &[u8; 16],
) -> Result<Vec<Passage>, NodeError> {
    let rows = statement.query_map(params![id], |row| {
        let seq = row.get(0)?;
        Ok(Passage {
            scan: ScanId { node, seq },
            ticket: row.get::<_, Option<_>>(1)?.map(TicketId::from_bytes),
            wristband: row.get::<_, Option<_>>(2)?.map(WristbandId::from_bytes),
            action: coded(row, 3, Action::from_code)?,
            gate: GateId::from_bytes(row.get(4)?),
            at: Timestamp(row.get(5)?),
            day: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
