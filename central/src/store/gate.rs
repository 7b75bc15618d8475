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

/// What devices have to do with a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateUses {
    /// One stands there, revoked or not.
    pub has_node: bool,
    /// One may still be taken in there.
    pub has_code: bool,
    /// One was taken in there, wherever it stands now.
    pub took_in: bool,
    /// One was moved there, wherever it stands now: it may bring scans of this gate that nobody has heard of.
    pub had_node: bool,
}

/// Keeps that a node was moved to these gates, or away from them.
///
/// # Errors
/// When the database fails.
pub async fn mark_moved(tx: &mut Tx, gates: [GateId; 2]) -> Result<(), StoreError> {
    for gate in gates {
        let sql = "UPDATE gates SET had_node = ? WHERE id = ?";
        execute!(tx, sql, true, gate.0)?;
    }
    Ok(())
}

/// What devices have to do with a gate.
///
/// # Errors
/// When the database fails.
pub async fn uses(
    tx: &mut Tx,
    event: EventId,
    gate: GateId,
    now: Timestamp,
) -> Result<GateUses, StoreError> {
    let sql = "SELECT id FROM nodes WHERE event_id = ? AND gate_id = ? LIMIT 1";
    let node = fetch_optional!(tx, (Uuid,), sql, event.0, gate.0)?;
    let sql = "SELECT used_at, expires_at FROM node_enrolments WHERE gate_id = ?";
    let codes = fetch_all!(tx, (Option<i64>, i64), sql, gate.0)?;
    let sql = "SELECT had_node FROM gates WHERE id = ?";
    let had_node = fetch_optional!(tx, (bool,), sql, gate.0)?;
    Ok(GateUses {
        had_node: had_node.is_some_and(|(had_node,)| had_node),
        has_node: node.is_some(),
        has_code: codes
            .iter()
            .any(|(used, until)| used.is_none() && *until > now.0),
        took_in: codes.iter().any(|(used, _)| used.is_some()),
    })
}

/// One scan at a gate. Walks an index that holds the answer, once in the life of a gate, and not under a lock.
const SCAN_AT: &str = "SELECT event_id FROM scans WHERE event_id = ? AND gate_id = ? LIMIT 1";

/// Whether anybody was ever scanned at a gate.
///
/// # Errors
/// When the database fails.
pub async fn has_scans(tx: &mut Tx, event: EventId, gate: GateId) -> Result<bool, StoreError> {
    let found = fetch_optional!(tx, (Uuid,), SCAN_AT, event.0, gate.0)?;
    Ok(found.is_some())
}

/// Takes a gate away, with the codes for it that nobody used in time.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, gate: GateId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM node_enrolments WHERE gate_id = ? AND used_at IS NULL",
        "DELETE FROM gates WHERE id = ?",
    ] {
        execute!(tx, sql, gate.0)?;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Store,
        listed::{Question, Value},
    };

    #[tokio::test]
    async fn whether_a_gate_was_used_is_found_within_an_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let nobody = || Value::Id(Uuid::nil());
        let plan = Question::plan_of(&mut tx, SCAN_AT, vec![nobody(), nobody()]).await;
        let within = "SEARCH scans USING COVERING INDEX scans_reported (event_id=?)";
        assert_eq!(plan, [within]);
    }
}
