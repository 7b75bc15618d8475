//! What this gate let through, in the order of the log: for counts on the screen.

use rusqlite::params;
use sync_protocol::{id::TicketId, scan::Action, time::Timestamp};

use super::Log;
use crate::{database::coded, error::NodeError};

/// Place in the log, the ticket, what for, and when.
pub type Passage = (u64, Option<TicketId>, Action, Timestamp);

impl Log {
    /// Admitted scans after a place that were not taken back, at most so many.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passed_after(&self, seq: u64, most: usize) -> Result<Vec<Passage>, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, ticket, action, at_ms FROM scans
             WHERE seq > ?1 AND decision = 1 AND action IN (1, 2, 3) AND NOT EXISTS (SELECT 1 FROM scans undo
              WHERE undo.answers = scans.seq AND undo.action = 5 AND undo.decision = 1)
             ORDER BY seq LIMIT ?2",
        )?;
        let rows = statement.query_map(params![seq, most], |row| {
            let ticket: Option<[u8; 16]> = row.get(1)?;
            Ok((
                row.get(0)?,
                ticket.map(TicketId::from_bytes),
                coded(row, 2, Action::from_code)?,
                Timestamp(row.get(3)?),
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many scans were taken back.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn undone(&self) -> Result<u64, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*) FROM scans WHERE answers IS NOT NULL AND action = 5 AND decision = 1",
        )?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}
