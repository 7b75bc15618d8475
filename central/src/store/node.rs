//! Nodes, their enrolments, challenges and sessions.

use sync_protocol::{
    digest::Digest,
    id::{EventId, GateId, NodeId},
    rights::Rights,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::node::{Enrolment, Node, NodeStatus};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.event_id, n.gate_id, n.name, n.public_key, n.status, n.quarantine_reason, n.program, \
             n.lease_until, n.last_contact_at, n.log_seq, n.log_hash, n.claimed_seq, n.round, n.rights FROM nodes n ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    gate_id: Uuid,
    name: String,
    public_key: Vec<u8>,
    status: String,
    quarantine_reason: Option<String>,
    program: String,
    lease_until: i64,
    last_contact_at: Option<i64>,
    log_seq: i64,
    log_hash: Vec<u8>,
    claimed_seq: i64,
    round: i64,
    rights: i64,
}

impl Row {
    fn into_node(self) -> Result<Node, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Node {
            id: NodeId(self.id),
            event: EventId(self.event_id),
            gate: GateId(self.gate_id),
            name: self.name,
            public_key: self.public_key.try_into().map_err(|_| bad("node key"))?,
            status: NodeStatus::from_name(&self.status).ok_or(bad("node status"))?,
            quarantine_reason: self.quarantine_reason,
            program: self.program,
            lease_until: Timestamp(self.lease_until),
            last_contact_at: self.last_contact_at.map(Timestamp),
            log_seq: unsigned(self.log_seq)?,
            log_hash: Digest(self.log_hash.try_into().map_err(|_| bad("log hash"))?),
            claimed_seq: unsigned(self.claimed_seq)?,
            round: unsigned(self.round)?,
            rights: rights(self.rights)?,
        })
    }
}

/// The node with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, node: NodeId) -> Result<Option<Node>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE n.id = ?"), node.0)?;
    row.map(Row::into_node).transpose()
}

/// The node whose session has this token and is not over.
///
/// # Errors
/// When the database fails.
pub async fn of_session(
    tx: &mut Tx,
    token_digest: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Node>, StoreError> {
    let row = fetch_optional!(
        tx,
        Row,
        select!(
            "JOIN node_sessions s ON s.node_id = n.id WHERE s.token_digest = ? AND s.expires_at > ?"
        ),
        token_digest.as_slice(),
        now.0
    )?;
    row.map(Row::into_node).transpose()
}

/// An event's nodes, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Node>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        select!("WHERE n.event_id = ? ORDER BY n.name"),
        event.0
    )?;
    rows.into_iter().map(Row::into_node).collect()
}

/// All nodes, by event and name.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Node>, StoreError> {
    let rows = fetch_all!(tx, Row, select!("ORDER BY n.event_id, n.name"))?;
    rows.into_iter().map(Row::into_node).collect()
}

/// The event's nodes that may no longer work: revoked or quarantined.
///
/// # Errors
/// When the database fails.
pub async fn closed(tx: &mut Tx, event: EventId) -> Result<Vec<NodeId>, StoreError> {
    let sql = "SELECT id FROM nodes WHERE event_id = ? AND status <> 'active' ORDER BY id";
    let rows = fetch_all!(tx, (Uuid,), sql, event.0)?;
    Ok(rows.into_iter().map(|(id,)| NodeId(id)).collect())
}

/// Stores a new node.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a node of this name.
pub async fn insert(tx: &mut Tx, node: &Node, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO nodes (id, event_id, gate_id, name, public_key, status, program, enrolled_at, lease_until, \
         log_seq, log_hash, claimed_seq, round, rights) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        node.id.0,
        node.event.0,
        node.gate.0,
        &node.name,
        node.public_key.as_slice(),
        node.status.name(),
        &node.program,
        now.0,
        node.lease_until.0,
        signed(node.log_seq),
        node.log_hash.0.as_slice(),
        signed(node.claimed_seq),
        signed(node.round),
        i64::from(node.rights.bits())
    )?;
    Ok(())
}

fn rights(bits: i64) -> Result<Rights, StoreError> {
    let bits = u32::try_from(bits).map_err(|_| StoreError::Corrupt("node rights"))?;
    Ok(Rights::from_bits(bits))
}

/// Sets a node's status and why; false when there is no such node.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    tx: &mut Tx,
    node: NodeId,
    status: NodeStatus,
    reason: Option<&str>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE nodes SET status = ?, quarantine_reason = ? WHERE id = ?";
    Ok(execute!(tx, sql, status.name(), reason, node.0)? == 1)
}

/// Quarantines an active node, and tells whether it was one; one that was revoked stays revoked, because it must still
/// be told to erase.
///
/// # Errors
/// When the database fails.
pub async fn quarantine(tx: &mut Tx, node: NodeId, reason: &str) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE nodes SET status = 'quarantined', quarantine_reason = ? WHERE id = ? AND status = 'active'",
        reason,
        node.0
    )?;
    Ok(changed == 1)
}

/// Lets a node decide until then; a longer lease stays.
///
/// # Errors
/// When the database fails.
pub async fn extend_lease(tx: &mut Tx, node: NodeId, until: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE nodes SET lease_until = ? WHERE id = ? AND lease_until < ?";
    execute!(tx, sql, until.0, node.0, until.0)?;
    Ok(())
}

/// Stores where a node stands after a round; false when another round of it came in between.
///
/// # Errors
/// When the database fails.
pub async fn finish_round(tx: &mut Tx, node: &Node, before: u64) -> Result<bool, StoreError> {
    let matched = execute!(
        tx,
        "UPDATE nodes SET round = ?, log_seq = ?, log_hash = ?, claimed_seq = ?, program = ?, lease_until = ?, \
         last_contact_at = ? WHERE id = ? AND round = ?",
        signed(node.round),
        signed(node.log_seq),
        node.log_hash.0.as_slice(),
        signed(node.claimed_seq),
        &node.program,
        node.lease_until.0,
        node.last_contact_at.map(|at| at.0),
        node.id.0,
        signed(before)
    )?;
    Ok(matched == 1)
}

#[derive(sqlx::FromRow)]
struct EnrolmentRow {
    id: Uuid,
    event_id: Uuid,
    gate_id: Uuid,
    node_name: String,
    rights: i64,
    expires_at: i64,
    node_id: Option<Uuid>,
}

/// The enrolment of a code.
///
/// # Errors
/// When the database fails.
pub async fn enrolment_by_code(
    tx: &mut Tx,
    code_digest: &[u8; 32],
) -> Result<Option<Enrolment>, StoreError> {
    let row = fetch_optional!(
        tx,
        EnrolmentRow,
        "SELECT id, event_id, gate_id, node_name, rights, expires_at, node_id FROM node_enrolments \
         WHERE code_digest = ?",
        code_digest.as_slice()
    )?;
    let enrolment = |row: EnrolmentRow| {
        Ok(Enrolment {
            id: row.id,
            event: EventId(row.event_id),
            gate: GateId(row.gate_id),
            node_name: row.node_name,
            rights: rights(row.rights)?,
            expires_at: Timestamp(row.expires_at),
            node: row.node_id.map(NodeId),
        })
    };
    row.map(enrolment).transpose()
}

/// Stores a code's enrolment.
///
/// # Errors
/// When the database fails.
pub async fn insert_enrolment(
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
pub async fn use_enrolment(
    tx: &mut Tx,
    enrolment: Uuid,
    node: NodeId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE node_enrolments SET used_at = ?, node_id = ? WHERE id = ? AND used_at IS NULL";
    Ok(execute!(tx, sql, now.0, node.0, enrolment)? == 1)
}

/// Stores a challenge.
///
/// # Errors
/// When the database fails.
pub async fn insert_challenge(
    tx: &mut Tx,
    node: NodeId,
    nonce: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO node_challenges (nonce, node_id, expires_at) VALUES (?, ?, ?)";
    execute!(tx, sql, nonce.as_slice(), node.0, expires_at.0)?;
    Ok(())
}

/// Uses a challenge up; false when it was never given to this node, was used before or is too old.
///
/// # Errors
/// When the database fails.
pub async fn use_challenge(
    tx: &mut Tx,
    node: NodeId,
    nonce: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM node_challenges WHERE nonce = ? AND node_id = ? AND expires_at > ?";
    Ok(execute!(tx, sql, nonce.as_slice(), node.0, now.0)? == 1)
}

/// Stores a session.
///
/// # Errors
/// When the database fails.
pub async fn insert_session(
    tx: &mut Tx,
    node: NodeId,
    token_digest: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO node_sessions (token_digest, node_id, expires_at) VALUES (?, ?, ?)";
    execute!(tx, sql, token_digest.as_slice(), node.0, expires_at.0)?;
    Ok(())
}

/// Forgets challenges and sessions that are over.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let challenges = execute!(
        tx,
        "DELETE FROM node_challenges WHERE expires_at <= ?",
        now.0
    )?;
    let sessions = execute!(tx, "DELETE FROM node_sessions WHERE expires_at <= ?", now.0)?;
    Ok(challenges + sessions)
}
