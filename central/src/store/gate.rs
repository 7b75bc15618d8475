//! Gates of an event, and the keys that its tickets are signed with.

use sync_protocol::{
    config::KeyEntry,
    id::{EventId, GateId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{event::Gate, id::ClientId};

/// An event's gates, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Gate>, StoreError> {
    let sql = "SELECT id, name FROM gates WHERE event_id = ? ORDER BY name";
    let rows = fetch_all!(tx, (Uuid, String), sql, event.0)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Gate {
            id: GateId(id),
            name,
        })
        .collect())
}

/// Stores a gate.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a gate of this name.
pub async fn insert(tx: &mut Tx, event: EventId, gate: &Gate) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gates (id, event_id, name) VALUES (?, ?, ?)",
        gate.id.0,
        event.0,
        &gate.name
    )?;
    Ok(())
}

/// Calls a gate something else.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a gate of this name.
pub async fn rename(tx: &mut Tx, gate: GateId, name: &str) -> Result<(), StoreError> {
    let sql = "UPDATE gates SET name = ? WHERE id = ?";
    execute!(tx, sql, name, gate.0)?;
    Ok(())
}

/// A key as it is stored: the private half is sealed.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Its slot, 0–15.
    pub slot: u8,
    /// The public half.
    pub public: [u8; 32],
    /// The private half under the vault.
    pub sealed: Vec<u8>,
}

/// Stores a signing key.
///
/// # Errors
/// [`StoreError::Duplicate`] when the slot is taken.
pub async fn insert_key(
    tx: &mut Tx,
    event: EventId,
    key: &StoredKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO event_keys (event_id, slot, public_key, sealed_private_key, created_at) VALUES (?, ?, ?, ?, ?)",
        event.0,
        i64::from(key.slot),
        key.public.as_slice(),
        key.sealed.as_slice(),
        now.0
    )?;
    Ok(())
}

/// The key that new tickets of an event are signed with: the newest that is not retired.
///
/// # Errors
/// When the database fails.
pub async fn signing_key(tx: &mut Tx, event: EventId) -> Result<Option<StoredKey>, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64, Vec<u8>, Vec<u8>),
        "SELECT slot, public_key, sealed_private_key FROM event_keys \
         WHERE event_id = ? AND retired_at IS NULL ORDER BY created_at DESC, slot DESC LIMIT 1",
        event.0
    )?;
    row.map(into_key).transpose()
}

/// The key in one slot, retired or not: tickets are printed again with the key that first signed them.
///
/// # Errors
/// When the database fails.
pub async fn key_in_slot(
    tx: &mut Tx,
    event: EventId,
    slot: u8,
) -> Result<Option<StoredKey>, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64, Vec<u8>, Vec<u8>),
        "SELECT slot, public_key, sealed_private_key FROM event_keys WHERE event_id = ? AND slot = ?",
        event.0,
        i64::from(slot)
    )?;
    row.map(into_key).transpose()
}

fn into_key((slot, public, sealed): (i64, Vec<u8>, Vec<u8>)) -> Result<StoredKey, StoreError> {
    Ok(StoredKey {
        slot: u8::try_from(slot).map_err(|_| StoreError::Corrupt("key slot"))?,
        public: public
            .try_into()
            .map_err(|_| StoreError::Corrupt("public key"))?,
        sealed,
    })
}

/// The public keys of all events of an organiser that are in use: a gate of one can then say "wrong event".
///
/// # Errors
/// When the database fails.
pub async fn public_keys(tx: &mut Tx, client: ClientId) -> Result<Vec<KeyEntry>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, Vec<u8>),
        "SELECT k.event_id, k.slot, k.public_key FROM event_keys k JOIN events e ON e.id = k.event_id \
         WHERE e.client_id = ? AND k.retired_at IS NULL ORDER BY k.event_id, k.slot",
        client.0
    )?;
    rows.into_iter()
        .map(|(event, slot, key)| {
            Ok(KeyEntry {
                event: EventId(event),
                slot: u8::try_from(slot).map_err(|_| StoreError::Corrupt("key slot"))?,
                key: key
                    .try_into()
                    .map_err(|_| StoreError::Corrupt("public key"))?,
            })
        })
        .collect()
}
