//! Copies of the whole database, taken while others work on it, and put back.
//!
//! SQLite copies itself into another file (`sqlite`); of MySQL and MariaDB every row of central's tables (`plan`) is read in one snapshot and written
//! back row by row (`mysql`), so no program of the server's maker is needed and no password stands on a command line.

pub mod mysql;
pub mod plan;
pub mod sqlite;

use super::{Store, StoreError};

/// The number of the newest migration in a database; `None` where there is none at all.
///
/// # Errors
/// When the database fails.
pub async fn schema(store: &Store) -> Result<Option<i64>, StoreError> {
    let (table, newest) = match store {
        Store::Sqlite { .. } => (
            "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
            "SELECT MAX(version) FROM _sqlx_migrations",
        ),
        Store::MySql { .. } => (
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() \
             AND table_name = '_sqlx_migrations'",
            "SELECT MAX(version) FROM _sqlx_migrations",
        ),
    };
    if number(store, table).await? == Some(0) {
        return Ok(None);
    }
    number(store, newest).await
}

/// Whether somebody has worked with a database: it has an event, an organiser, or an account.
///
/// # Errors
/// When the database fails.
pub async fn is_used(store: &Store) -> Result<bool, StoreError> {
    if schema(store).await?.is_none() {
        return Ok(false);
    }
    let sql = "SELECT (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM clients) + (SELECT COUNT(*) FROM users)";
    Ok(number(store, sql).await? != Some(0))
}

async fn number(store: &Store, sql: &'static str) -> Result<Option<i64>, StoreError> {
    Ok(match store {
        Store::Sqlite { reader, .. } => sqlx::query_scalar(sql).fetch_one(reader).await?,
        Store::MySql { reader, .. } => sqlx::query_scalar(sql).fetch_one(reader).await?,
    })
}
