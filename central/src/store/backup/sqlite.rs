//! SQLite: the database writes a whole and compact copy of itself, of one moment, while others go on writing.

use std::path::Path;

use sqlx::{
    ConnectOptions as _, Connection as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::store::StoreError;

/// Writes a copy into a file that is there and empty.
///
/// # Errors
/// When the disk is full, or the database fails.
pub async fn copy_into(reader: &SqlitePool, file: &Path) -> Result<(), StoreError> {
    let mut connection = reader.acquire().await?;
    let copied = sqlx::query("VACUUM INTO ?").bind(file.display().to_string());
    copied.execute(&mut *connection).await?;
    Ok(())
}

/// What is wrong with a database file; `None` = it is whole.
///
/// # Errors
/// When it cannot be opened.
pub async fn fault(file: &Path) -> Result<Option<String>, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = options.connect().await?;
    let said: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok((said != "ok").then_some(said))
}

/// Puts everything into the one file, its write-ahead log included, unless another program has it open.
///
/// # Errors
/// [`StoreError::TryAgain`] when somebody has it open.
pub async fn fold(file: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(std::time::Duration::from_millis(500))
        // Leaving the write-ahead log takes the whole database for oneself.
        .journal_mode(SqliteJournalMode::Delete);
    let connection = options.connect().await?;
    Ok(connection.close().await?)
}
