//! The last rows, for a glance back, with what supervisors said about them since.

use rusqlite::{Row, params};
use sync_protocol::{
    id::TicketId,
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason, Verdict},
};

use super::Log;
use crate::{database::coded, error::NodeError, glance::Glance};

impl Log {
    /// The newest first, each with the ticket that it counts for.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn last_scans(&self, most: usize) -> Result<Vec<(Option<TicketId>, Glance)>, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, ticket, action, decision, reason, at_ms, answers,
                EXISTS (SELECT 1 FROM scans word WHERE word.answers = scans.seq AND word.reason IN (?1, ?2)),
                EXISTS (SELECT 1 FROM scans word WHERE word.answers = scans.seq AND word.reason = ?3)
             FROM scans WHERE reason <> ?4 ORDER BY seq DESC LIMIT ?5",
        )?;
        let rows = statement.query_map(
            params![
                Reason::Overridden.code(),
                Reason::TurnedAway.code(),
                Reason::Undone.code(),
                Reason::ShowWristband.code(),
                most
            ],
            row,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn row(row: &Row) -> rusqlite::Result<(Option<TicketId>, Glance)> {
    let ticket: Option<[u8; 16]> = row.get(1)?;
    let glance = Glance {
        seq: row.get(0)?,
        action: coded(row, 2, Action::from_code)?,
        verdict: Verdict {
            decision: coded(row, 3, Decision::from_code)?,
            reason: coded(row, 4, Reason::from_code)?,
        },
        at: Timestamp(row.get(5)?),
        answers: row.get(6)?,
        is_answered: row.get(7)?,
        is_undone: row.get(8)?,
        ticket: None,
    };
    Ok((ticket.map(TicketId::from_bytes), glance))
}
