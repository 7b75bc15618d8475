//! Opening one SQLite file: durable settings, its migrations, and the values that rows are made of.
//!
//! Invariant: a connection from here is in WAL mode with `synchronous=FULL`, so a commit that returns is on
//! the disk, its file is closed to other people, and its schema is exactly the one this program knows. Called by [`crate::log`] and
//! [`crate::replica`], which own the two files. There is no pool: each has one writer, behind a mutex.

use std::{
    io::ErrorKind,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior, types::Type};

use crate::error::NodeError;

/// How long to wait for another program that writes the same file; a guest waits as long.
const BUSY: Duration = Duration::from_secs(2);
const STATEMENTS: usize = 48;

/// Opens a database, making the file if it is not there, and brings it to the newest version.
///
/// # Errors
/// [`NodeError::NewerDatabase`] when a newer program wrote it, [`NodeError::NoWal`] where the file system cannot,
/// [`NodeError::File`] when the file cannot be made, else [`NodeError::Open`].
pub(crate) fn open(path: &Path, migrations: &[&str]) -> Result<Connection, NodeError> {
    let failed = |source| NodeError::Open {
        path: path.to_owned(),
        source,
    };
    make_file(path)?;
    let mut connection = connect(path).map_err(failed)?;
    demand_wal(&connection, path)?;
    let found = migrate(&mut connection, migrations).map_err(failed)?;
    if found > migrations.len() {
        return Err(NodeError::NewerDatabase {
            path: path.to_owned(),
            found,
            known: migrations.len(),
        });
    }
    Ok(connection)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    #[cfg(test)]
    statements::watch(&connection);
    Ok(connection)
}

/// Makes the file, closed to others, before SQLite would make it by the rights of the day; it gives the rights of
/// the database to its side files. A file that is there is never opened: closing it would drop SQLite's locks.
fn make_file(path: &Path) -> Result<(), NodeError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(NodeError::File {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// SQLite refuses WAL with an answer, not with an error.
fn demand_wal(connection: &Connection, path: &Path) -> Result<(), NodeError> {
    let answer = connection.query_row("PRAGMA journal_mode=wal", [], |row| row.get(0));
    let found: String = answer.map_err(|source| NodeError::Open {
        path: path.to_owned(),
        source,
    })?;
    match found.as_str() {
        "wal" => Ok(()),
        _ => Err(NodeError::NoWal {
            path: path.to_owned(),
            found,
        }),
    }
}

/// Runs what is missing and tells the version that was found.
fn migrate(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<usize> {
    let version = |connection: &Connection| {
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, usize>(0))
    };
    let found = version(connection)?;
    if found >= migrations.len() {
        return Ok(found);
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&tx)?;
    for migration in migrations.iter().skip(found) {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "user_version", migrations.len().max(found))?;
    tx.commit()?;
    Ok(found)
}

/// Takes a connection. A thread that panicked while it held one left no half-done write: SQLite rolls back.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A value of a closed enum out of its number.
pub(crate) fn coded<T>(row: &Row, column: usize, from: fn(u8) -> Option<T>) -> rusqlite::Result<T> {
    let code: u8 = row.get(column)?;
    from(code).ok_or_else(|| unreadable(column, &format!("no value has the number {code}")))
}

/// CBOR out of a column that this program wrote.
pub(crate) fn cbor<T>(row: &Row, column: usize) -> rusqlite::Result<T>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    let bytes: Vec<u8> = row.get(column)?;
    minicbor::decode(&bytes).map_err(|error| unreadable(column, &error.to_string()))
}

/// CBOR out of a column that may be empty.
pub(crate) fn cbor_option<T>(row: &Row, column: usize) -> rusqlite::Result<Option<T>>
where
    T: for<'b> minicbor::Decode<'b, ()>,
{
    match row.get_ref(column)?.data_type() {
        Type::Null => Ok(None),
        _ => cbor(row, column).map(Some),
    }
}

fn unreadable(column: usize, reason: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, reason.into())
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "statement_tests.rs"]
mod statements;
