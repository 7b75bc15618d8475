//! One row of the log by its place.

use rusqlite::OptionalExtension;
use sync_protocol::digest::Digest;

use super::Append;
use crate::error::NodeError;

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
}
