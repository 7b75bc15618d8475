//! Wrong gate secrets, counted per operator beside the log: what an erased replica forgets, this does not.

use rusqlite::{OptionalExtension, params};
use sync_protocol::id::{BootId, OperatorId};

use super::Log;
use crate::error::NodeError;

/// Wrong secrets in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// In which boot the next moment counts.
    pub boot: BootId,
    /// The next may be tried then, by that boot's monotonic clock.
    pub not_before_ms: i64,
}

impl Log {
    /// The wrong secrets that were tried for an operator since the last right one.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn failures(&self, operator: OperatorId) -> Result<Option<Failures>, NodeError> {
        let sql = "SELECT failures, boot, not_before_ms FROM operator_failures WHERE operator = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let row = statement.query_row([operator.as_bytes()], |row| {
            Ok(Failures {
                count: row.get(0)?,
                boot: BootId::from_bytes(row.get(1)?),
                not_before_ms: row.get(2)?,
            })
        });
        Ok(row.optional()?)
    }

    /// Keeps them, durably; none are forgotten.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn set_failures(
        &self,
        operator: OperatorId,
        failures: Option<Failures>,
    ) -> Result<(), NodeError> {
        let Some(failures) = failures else {
            let sql = "DELETE FROM operator_failures WHERE operator = ?1";
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.execute([operator.as_bytes()])?;
            return Ok(());
        };
        let sql = "INSERT OR REPLACE INTO operator_failures (operator, failures, boot, not_before_ms) \
                   VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![
            operator.as_bytes(),
            failures.count,
            failures.boot.as_bytes(),
            failures.not_before_ms
        ])?;
        Ok(())
    }
}
