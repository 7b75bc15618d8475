//! Wrong gate secrets, counted per operator beside the log: what an erased replica forgets, this does not.

use rusqlite::params;
use sync_protocol::id::OperatorId;

use super::Log;
use crate::error::NodeError;

impl Log {
    /// How many wrong secrets in a row were tried for each operator.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn failures(&self) -> Result<Vec<(OperatorId, u32)>, NodeError> {
        let sql = "SELECT operator, failures FROM operator_failures";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok((OperatorId::from_bytes(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps that number, durably.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn set_failures(&self, operator: OperatorId, failures: u32) -> Result<(), NodeError> {
        let sql = "INSERT OR REPLACE INTO operator_failures (operator, failures) VALUES (?1, ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![operator.as_bytes(), failures])?;
        Ok(())
    }
}
