//! What central has not got yet: a batch of records as they stand in the log, and where they end.

use minicbor::bytes::ByteVec;
use rusqlite::params;
use sync_protocol::{digest::Digest, scan::Head, wire::v1::Parked};

use super::{Append, Log};
use crate::error::NodeError;

/// Records in a row, and the head after the last of them.
pub struct Batch {
    /// Canonical CBOR, in order.
    pub records: Vec<ByteVec>,
    /// Where the log stood after the last of them; `None` when there is none.
    pub upto: Option<Head>,
}

impl Log {
    /// The first records after `acknowledged`, at most `most` of them.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn unsent(&self, acknowledged: u64, most: usize) -> Result<Batch, NodeError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, hash, record FROM scans WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![acknowledged, most])?;
        let mut batch = Batch {
            records: Vec::new(),
            upto: None,
        };
        while let Some(row) = rows.next()? {
            batch.upto = Some(Head {
                node: self.node,
                seq: row.get(0)?,
                hash: Digest(row.get(1)?),
            });
            batch.records.push(ByteVec::from(row.get::<_, Vec<u8>>(2)?));
        }
        Ok(batch)
    }

    /// How many records central put aside.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn parked(&self) -> Result<u64, NodeError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM parked")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

impl Append<'_> {
    /// Notes which records central put aside, and why.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn park(&self, parked: &[Parked]) -> Result<(), NodeError> {
        let mut statement = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO parked (seq, code, message) VALUES (?1, ?2, ?3)",
        )?;
        for one in parked {
            statement.execute(params![one.seq, one.refusal.code, one.refusal.message])?;
        }
        Ok(())
    }
}
