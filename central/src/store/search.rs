//! The search by name: an event's lock and index key, and the sealed names of its tickets.

use sync_protocol::{
    config::SearchLock,
    id::{EventId, TicketId},
};

use super::{
    StoreError, Tx,
    many::{kind, pieces, set_by_id},
    revision::signed,
    tx::{execute, fetch_optional},
};

/// What is stored of an event's search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSearch {
    /// What gates are told.
    pub lock: SearchLock,
    /// The index key under the master key.
    pub sealed_index_key: Vec<u8>,
}

/// The lock; `None` = the event has no search.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, event: EventId) -> Result<Option<SearchLock>, StoreError> {
    Ok(of_event(tx, event).await?.map(|stored| stored.lock))
}

/// All that is stored; `None` = the event has no search.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Option<StoredSearch>, StoreError> {
    type Row = (Vec<u8>, i64, i64, Vec<u8>, Vec<u8>);
    let sql = "SELECT salt, memory_kib, rounds, sealed_key, sealed_index_key FROM event_search WHERE event_id = ?";
    let row = fetch_optional!(tx, Row, sql, event.0)?;
    let bad = StoreError::Corrupt("search lock");
    let stored = |(salt, memory_kib, rounds, sealed_key, sealed_index_key): Row| {
        let lock = SearchLock {
            salt: salt.try_into().ok()?,
            memory_kib: u32::try_from(memory_kib).ok()?,
            rounds: u32::try_from(rounds).ok()?,
            sealed_key,
        };
        Some(StoredSearch {
            lock,
            sealed_index_key,
        })
    };
    row.map(|row| stored(row).ok_or(bad)).transpose()
}

/// Turns the search on.
///
/// # Errors
/// [`StoreError::Duplicate`] when it is on.
pub async fn insert(tx: &mut Tx, event: EventId, search: &StoredSearch) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO event_search (event_id, salt, memory_kib, rounds, sealed_key, sealed_index_key) \
         VALUES (?, ?, ?, ?, ?, ?)",
        event.0,
        search.lock.salt.as_slice(),
        i64::from(search.lock.memory_kib),
        i64::from(search.lock.rounds),
        search.lock.sealed_key.as_slice(),
        search.sealed_index_key.as_slice()
    )?;
    Ok(())
}

/// Puts another lock on the same key.
///
/// # Errors
/// When the database fails.
pub async fn set_lock(tx: &mut Tx, event: EventId, lock: &SearchLock) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE event_search SET salt = ?, memory_kib = ?, rounds = ?, sealed_key = ? WHERE event_id = ?",
        lock.salt.as_slice(),
        i64::from(lock.memory_kib),
        i64::from(lock.rounds),
        lock.sealed_key.as_slice(),
        event.0
    )?;
    Ok(())
}

/// Turns the search off; tells whether it was on.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, event: EventId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM event_search WHERE event_id = ?";
    Ok(execute!(tx, sql, event.0)? > 0)
}

/// Gives tickets their sealed names at a revision.
///
/// # Errors
/// When the database fails.
pub async fn set_names(
    tx: &mut Tx,
    names: &[(TicketId, Vec<u8>)],
    revision: u64,
) -> Result<(), StoreError> {
    for piece in pieces(names) {
        let text = set_by_id("UPDATE tickets SET revision = ?, search", piece.len());
        let done = match &mut *tx {
            Tx::Sqlite(tx) => {
                let mut query = sqlx::query(text).bind(signed(revision));
                for (id, name) in piece {
                    query = query.bind(id.0).bind(name.as_slice());
                }
                for (id, _) in piece {
                    query = query.bind(id.0);
                }
                query.execute(&mut **tx).await.map(drop)
            }
            Tx::MySql(tx) => {
                let mut query = sqlx::query(text).bind(signed(revision));
                for (id, name) in piece {
                    query = query.bind(id.0).bind(name.as_slice());
                }
                for (id, _) in piece {
                    query = query.bind(id.0);
                }
                query.execute(&mut **tx).await.map(drop)
            }
        };
        kind(done)?;
    }
    Ok(())
}
