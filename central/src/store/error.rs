//! What can go wrong in the database, in the few kinds that callers treat differently.

/// A failed question or statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this unique value is there already.
    #[error("a row with this value is there already")]
    Duplicate,
    /// Deadlock, certification failure or busy: the same transaction may succeed when it is run again.
    #[error("the database asked to try again: {0}")]
    TryAgain(sqlx::Error),
    /// The stored row makes no sense to this program.
    #[error("unexpected value in the database: {0}")]
    Corrupt(&'static str),
    /// The database is newer than this program.
    #[error("the database was made by a newer version of central: update this program")]
    Newer,
    /// The database cannot be used as it is set up.
    #[error("{0}")]
    Unfit(String),
    /// Everything else.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(sqlx::migrate::MigrateError),
}

impl StoreError {
    /// Whether one of several things that were stored together may have spoiled them all: each is worth a try alone.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        use sqlx::Error as E;
        match self {
            Self::Duplicate | Self::Corrupt(_) => true,
            // The server itself is out of reach, and would be so for each.
            Self::Database(error) => !matches!(
                error,
                E::Io(_)
                    | E::Tls(_)
                    | E::Protocol(_)
                    | E::PoolTimedOut
                    | E::PoolClosed
                    | E::WorkerCrashed
            ),
            _ => false,
        }
    }
}

/// Errors that know whether the same transaction may be tried again.
pub trait Transient {
    /// Whether running the same transaction again can help.
    fn is_transient(&self) -> bool;
}

impl Transient for StoreError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::TryAgain(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(cause) = error.as_database_error() else {
            return Self::Database(error);
        };
        if cause.is_unique_violation() {
            return Self::Duplicate;
        }
        // MySQL: 1205 lock wait, 1213 deadlock, 1020 and 40001 snapshot or certification; SQLite: 5 busy, 6 locked.
        let number = cause
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .map(|e| e.number());
        let code = cause.code();
        let again = matches!(number, Some(1020 | 1205 | 1213))
            || matches!(code.as_deref(), Some("40001" | "5" | "6" | "517"));
        if again {
            Self::TryAgain(error)
        } else {
            Self::Database(error)
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(_)
            | sqlx::migrate::MigrateError::VersionTooNew(..) => Self::Newer,
            other => Self::Migration(other),
        }
    }
}
