//! One row of the log by its place.

use rusqlite::{OptionalExtension, params};
use sync_protocol::{
    digest::Digest,
    id::{OperatorId, TicketId, WristbandId},
    scan::ScanRecord,
    time::Timestamp,
    verdict::Reason,
};

use super::{Append, Log};
use crate::{
    database::{cbor, coded},
    error::NodeError,
};

/// A record, and what this gate noted beside it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The record.
    pub record: ScanRecord,
    /// The ticket that it counts for here.
    pub ticket: Option<TicketId>,
    /// When, by the best estimate of that time.
    pub at: Timestamp,
}

impl Written {
    /// The wristband that was shown, bound or taken away.
    #[must_use]
    pub fn wristband(&self) -> Option<WristbandId> {
        self.record.subject.wristband().or(self.record.wristband)
    }
}

impl Log {
    /// The supervisor who let in by the record at this place, if it is such a record.
    ///
    /// # Errors
    /// [`NodeError::Database`], also when the row is damaged.
    pub fn overridden_by(&self, seq: u64) -> Result<Option<OperatorId>, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT record FROM scans WHERE seq = ?1 AND reason = ?2")?;
        let found = statement.query_row(params![seq, Reason::Overridden.code()], |row| {
            cbor::<ScanRecord>(row, 0)
        });
        Ok(found.optional()?.and_then(|record| record.operator))
    }
}

impl Append<'_> {
    /// The hash of the record at this place, if the log reaches that far.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn hash(&self, seq: u64) -> Result<Option<Digest>, NodeError> {
        let mut statement = self
            .tx
            .prepare_cached("SELECT hash FROM scans WHERE seq = ?1")?;
        Ok(statement
            .query_row([seq], |row| Ok(Digest(row.get(0)?)))
            .optional()?)
    }

    /// The record at this place, if the log reaches that far.
    ///
    /// # Errors
    /// [`NodeError::Database`], also when the row is damaged.
    pub fn record(&self, seq: u64) -> Result<Option<Written>, NodeError> {
        let mut statement = self
            .tx
            .prepare_cached("SELECT record, ticket, at_ms FROM scans WHERE seq = ?1")?;
        let row = |row: &rusqlite::Row| {
            let ticket: Option<[u8; 16]> = row.get(1)?;
            Ok(Written {
                record: cbor(row, 0)?,
                ticket: ticket.map(TicketId::from_bytes),
                at: Timestamp(row.get(2)?),
            })
        };
        Ok(statement.query_row([seq], row).optional()?)
    }

    /// Whether a supervisor's word about this record stands in the log: a decision, or an undoing.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn is_answered(&self, seq: u64, by: &[Reason]) -> Result<bool, NodeError> {
        let mut statement = self
            .tx
            .prepare_cached("SELECT reason FROM scans WHERE answers = ?1")?;
        let reasons = statement.query_map([seq], |row| coded(row, 0, Reason::from_code))?;
        let reasons: Vec<Reason> = reasons.collect::<Result<_, _>>()?;
        Ok(reasons.iter().any(|reason| by.contains(reason)))
    }
}
