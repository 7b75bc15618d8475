//! Nodes, their challenges and sessions.

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
use crate::domain::node::{Node, NodeStatus, Report};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.event_id, n.gate_id, n.name, n.public_key, n.status, n.quarantine_reason, n.program, \
             n.lease_until, n.last_contact_at, n.log_seq, n.log_hash, n.claimed_seq, n.round, n.rights, n.protocol, \
             n.clock_offset_ms, n.proven_revision, n.is_assigned FROM nodes n ",
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
    protocol: Option<i64>,
    clock_offset_ms: Option<i64>,
    proven_revision: Option<i64>,
    is_assigned: bool,
}

impl Row {
    fn report(&self) -> Result<Option<Report>, StoreError> {
        let (Some(protocol), Some(clock_offset_ms)) = (self.protocol, self.clock_offset_ms) else {
            return Ok(None);
        };
        Ok(Some(Report {
            protocol: u32::try_from(protocol).map_err(|_| StoreError::Corrupt("protocol"))?,
            clock_offset_ms,
            proven: self.proven_revision.map(unsigned).transpose()?,
        }))
    }

    fn into_node(self) -> Result<Node, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Node {
            report: self.report()?,
            is_assigned: self.is_assigned,
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

pub(super) fn rights(bits: i64) -> Result<Rights, StoreError> {
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

/// Ends a node's quarantine, and tells whether it was in one; one that was revoked meanwhile stays revoked.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut Tx, node: NodeId) -> Result<bool, StoreError> {
    let sql = "UPDATE nodes SET status = 'active', quarantine_reason = NULL \
         WHERE id = ? AND status = 'quarantined'";
    Ok(execute!(tx, sql, node.0)? == 1)
}

/// Gives a node another name, gate or rights; it is told from its next round on. False when there is no such node.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a node of this name.
pub async fn assign(
    tx: &mut Tx,
    node: NodeId,
    (name, gate): (&str, GateId),
    rights: Rights,
) -> Result<bool, StoreError> {
    let sql = "UPDATE nodes SET name = ?, gate_id = ?, rights = ?, is_assigned = ? WHERE id = ?";
    let bits = i64::from(rights.bits());
    Ok(execute!(tx, sql, name, gate.0, bits, true, node.0)? == 1)
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
         last_contact_at = ?, protocol = ?, clock_offset_ms = ?, proven_revision = ? WHERE id = ? AND round = ?",
        signed(node.round),
        signed(node.log_seq),
        node.log_hash.0.as_slice(),
        signed(node.claimed_seq),
        &node.program,
        node.lease_until.0,
        node.last_contact_at.map(|at| at.0),
        node.report.map(|report| i64::from(report.protocol)),
        node.report.map(|report| report.clock_offset_ms),
        node.report.and_then(|report| report.proven).map(signed),
        node.id.0,
        signed(before)
    )?;
    Ok(matched == 1)
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
