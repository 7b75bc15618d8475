//! Doubles: admitted scans that lost their ticket to an earlier one, as far as they concern one node.

use rusqlite::{Connection, Row, params};
use sync_protocol::{
    id::{GateId, NodeId, TicketId},
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::{database::coded, error::NodeError};

/// A double and the scan that won.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// The ticket that was shown twice.
    pub ticket: Option<TicketId>,
    /// What the guests wanted.
    pub action: Action,
    /// The scan that lost.
    pub lost: Place,
    /// The scan that won.
    pub won: Option<Place>,
    /// The clocks cannot tell which was first.
    pub undecidable: bool,
}

/// A scan, where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The scan.
    pub scan: ScanId,
    /// The gate.
    pub gate: GateId,
    /// Corrected time.
    pub at: Timestamp,
}

/// Doubles that `node` lost or won, the newest first.
pub(super) fn of_node(
    connection: &Connection,
    node: NodeId,
    most: usize,
) -> Result<Vec<Double>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT d.ticket, d.action, d.ruling = 2, d.node, d.seq, d.gate, d.at_ms,
                w.node, w.seq, w.gate, w.at_ms
         FROM passages d LEFT JOIN passages w ON w.node = d.winner_node AND w.seq = d.winner_seq
         WHERE d.ruling IN (1, 2) AND (d.node = ?1 OR d.winner_node = ?1)
         ORDER BY d.at_ms DESC, d.node, d.seq LIMIT ?2",
    )?;
    let rows = statement.query_map(params![node.as_bytes(), most], double)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn double(row: &Row) -> rusqlite::Result<Double> {
    let won: Option<[u8; 16]> = row.get(7)?;
    Ok(Double {
        ticket: row.get::<_, Option<_>>(0)?.map(TicketId::from_bytes),
        action: coded(row, 1, Action::from_code)?,
        undecidable: row.get(2)?,
        lost: place(row, 3)?,
        won: won.map(|_| place(row, 7)).transpose()?,
    })
}

/// A place out of four columns.
fn place(row: &Row, first: usize) -> rusqlite::Result<Place> {
    Ok(Place {
        scan: ScanId {
            node: NodeId::from_bytes(row.get(first)?),
            seq: row.get(first + 1)?,
        },
        gate: GateId::from_bytes(row.get(first + 2)?),
        at: Timestamp(row.get(first + 3)?),
    })
}
