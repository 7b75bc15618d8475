//! What this gate itself let through: the admitted scans of one ticket, out of the log's index.

use rusqlite::{Connection, params};
use sync_protocol::{
    decide::Passage,
    id::{GateId, NodeId, TicketId},
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::{database::coded, error::NodeError};

/// Own admitted scans of a ticket, in the order of the log.
pub(super) fn passages(
    connection: &Connection,
    node: NodeId,
    ticket: TicketId,
) -> Result<Vec<Passage>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, action, gate, at_ms, day FROM scans
         WHERE ticket = ?1 AND decision = 1 ORDER BY seq",
    )?;
    let rows = statement.query_map(params![ticket.as_bytes()], |row| {
        let seq = row.get(0)?;
        Ok(Passage {
            scan: ScanId { node, seq },
            action: coded(row, 1, Action::from_code)?,
            gate: GateId::from_bytes(row.get(2)?),
            at: Timestamp(row.get(3)?),
            day: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
