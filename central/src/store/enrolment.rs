//! Codes with which nodes are taken in: each a row that is used once, found by the keyed digest of the code.

use sync_protocol::{
    id::{EventId, GateId, NodeId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    node::rights,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::node::Enrolment;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    gate_id: Uuid,
    node_name: String,
    rights: i64,
    expires_at: i64,
    node_id: Option<Uuid>,
}

impl Row {
    fn into_enrolment(self) -> Result<Enrolment, StoreError> {
        Ok(Enrolment {
            id: self.id,
            event: EventId(self.event_id),
            gate: GateId(self.gate_id),
            node_name: self.node_name,
            rights: rights(self.rights)?,
            expires_at: Timestamp(self.expires_at),
            node: self.node_id.map(NodeId),
        })
    }
}

/// The enrolment of a code.
///
/// # Errors
/// When the database fails.
pub async fn by_code(tx: &mut Tx, code_digest: &[u8; 32]) -> Result<Option<Enrolment>, StoreError> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT id, event_id, gate_id, node_name, rights, expires_at, node_id FROM node_enrolments \
         WHERE code_digest = ?",
        code_digest.as_slice()
    )?;
    row.map(Row::into_enrolment).transpose()
}

/// The enrolment with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Enrolment>, StoreError> {
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT id, event_id, gate_id, node_name, rights, expires_at, node_id FROM node_enrolments WHERE id = ?",
        id
    )?;
    row.map(Row::into_enrolment).transpose()
}

/// An event's codes that nobody has used and that are still good, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(
    tx: &mut Tx,
    event: EventId,
    now: Timestamp,
) -> Result<Vec<Enrolment>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, event_id, gate_id, node_name, rights, expires_at, node_id FROM node_enrolments \
         WHERE event_id = ? AND used_at IS NULL AND expires_at > ? ORDER BY created_at DESC LIMIT 100",
        event.0,
        now.0
    )?;
    rows.into_iter().map(Row::into_enrolment).collect()
}

/// Makes a code good for nothing; false when it was used, or is not the event's.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(
    tx: &mut Tx,
    event: EventId,
    id: Uuid,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE node_enrolments SET expires_at = ? WHERE id = ? AND event_id = ? AND used_at IS NULL";
    Ok(execute!(tx, sql, now.0, id, event.0)? == 1)
}

/// Stores a code's enrolment.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut Tx,
    enrolment: &Enrolment,
    code_digest: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO node_enrolments (id, event_id, gate_id, node_name, rights, code_digest, created_at, expires_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        enrolment.id,
        enrolment.event.0,
        enrolment.gate.0,
        &enrolment.node_name,
        i64::from(enrolment.rights.bits()),
        code_digest.as_slice(),
        now.0,
        enrolment.expires_at.0
    )?;
    Ok(())
}

/// Uses a code up; false when somebody else did.
///
/// # Errors
/// When the database fails.
pub async fn use_up(
    tx: &mut Tx,
    enrolment: Uuid,
    node: NodeId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE node_enrolments SET used_at = ?, node_id = ? WHERE id = ? AND used_at IS NULL";
    Ok(execute!(tx, sql, now.0, node.0, enrolment)? == 1)
}
