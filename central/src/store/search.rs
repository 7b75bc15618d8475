//! The lock of an event's search by name.

use sync_protocol::{config::SearchLock, id::EventId};

use super::{StoreError, Tx, tx::fetch_optional};

/// The lock; `None` = the event has no search.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, event: EventId) -> Result<Option<SearchLock>, StoreError> {
    let sql = "SELECT salt, memory_kib, rounds, sealed_key FROM event_search WHERE event_id = ?";
    let row = fetch_optional!(tx, (Vec<u8>, i64, i64, Vec<u8>), sql, event.0)?;
    let bad = StoreError::Corrupt("search lock");
    let lock = |(salt, memory_kib, rounds, sealed_key): (Vec<u8>, i64, i64, Vec<u8>)| {
        Some(SearchLock {
            salt: salt.try_into().ok()?,
            memory_kib: u32::try_from(memory_kib).ok()?,
            rounds: u32::try_from(rounds).ok()?,
            sealed_key,
        })
    };
    row.map(|row| lock(row).ok_or(bad)).transpose()
}
