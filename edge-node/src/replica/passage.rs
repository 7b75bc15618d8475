//! Admitted scans of all nodes, as central rules them now.

use rusqlite::{CachedStatement, Connection, params};
use sync_protocol::{
    decide::Passage,
    id::{GateId, NodeId, TicketId},
    merge::Ruling,
    scan::{Action, ScanId},
    time::Timestamp,
    wire::v1::PassageChange,
};

use crate::{database::coded, error::NodeError};

/// Admitted scans of a ticket, at whatever gate.
pub(super) fn of_ticket(
    connection: &Connection,
    ticket: TicketId,
) -> Result<Vec<Passage>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT node, seq, action, gate, at_ms, day FROM passages WHERE ticket = ?1",
    )?;
    let rows = statement.query_map(params![ticket.as_bytes()], |row| {
        Ok(Passage {
            scan: ScanId {
                node: NodeId::from_bytes(row.get(0)?),
                seq: row.get(1)?,
            },
            action: coded(row, 2, Action::from_code)?,
            gate: GateId::from_bytes(row.get(3)?),
            at: Timestamp(row.get(4)?),
            day: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes in the rows of one page; the same rule as for tickets.
pub(super) struct Intake<'tx> {
    upsert: CachedStatement<'tx>,
    pass: u64,
}

impl<'tx> Intake<'tx> {
    pub(super) fn new(connection: &'tx Connection, pass: u64) -> Result<Self, NodeError> {
        let upsert = connection.prepare_cached(
            "INSERT INTO passages (node, seq, ticket, action, gate, lo_ms, at_ms, hi_ms, day, is_stray,
                 winner_node, winner_seq, is_undecidable, revision, pass)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (node, seq) DO UPDATE SET
                 ticket = excluded.ticket, action = excluded.action, gate = excluded.gate,
                 lo_ms = excluded.lo_ms, at_ms = excluded.at_ms, hi_ms = excluded.hi_ms,
                 day = excluded.day, is_stray = excluded.is_stray, winner_node = excluded.winner_node,
                 winner_seq = excluded.winner_seq, is_undecidable = excluded.is_undecidable,
                 revision = excluded.revision, pass = excluded.pass
             WHERE excluded.revision > passages.revision OR excluded.pass <> passages.pass",
        )?;
        Ok(Self { upsert, pass })
    }

    pub(super) fn take(&mut self, change: &PassageChange) -> Result<(), NodeError> {
        let (is_stray, winner, undecidable) = match change.ruling {
            Ruling::Counted => (false, None, false),
            Ruling::Stray => (true, None, false),
            Ruling::Double {
                winner,
                undecidable,
            } => (false, Some(winner), undecidable),
        };
        self.upsert.execute(params![
            change.scan.node.as_bytes(),
            change.scan.seq,
            change.ticket.as_bytes(),
            change.action.code(),
            change.gate.as_bytes(),
            change.time.lo.0,
            change.time.at.0,
            change.time.hi.0,
            change.day,
            is_stray,
            winner.map(|scan| *scan.node.as_bytes()),
            winner.map(|scan| scan.seq),
            undecidable,
            change.revision,
            self.pass,
        ])?;
        Ok(())
    }
}
