//! Checks of what is stored, as people asked for them: who, of what, how far, and what was found.

use sync_protocol::{
    id::{EventId, NodeId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_optional},
};

/// What is checked; neither = everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// An event and its nodes.
    pub event: Option<EventId>,
    /// One node.
    pub node: Option<NodeId>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRun {
    /// Its id.
    pub id: Uuid,
    /// Of what.
    pub scope: Scope,
    /// Who asked for it.
    pub author: String,
    /// When.
    pub started_at: Timestamp,
    /// Its last sign of life.
    pub beat_at: Timestamp,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
    /// How many records were followed.
    pub done: u64,
    /// Of how many.
    pub total: u64,
    /// Whether all holds; `None` = not known.
    pub holds: Option<bool>,
    /// What was found, JSON.
    pub findings: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Option<Uuid>,
    node_id: Option<Uuid>,
    author: String,
    started_at: i64,
    beat_at: i64,
    finished_at: Option<i64>,
    done: i64,
    total: i64,
    holds: Option<bool>,
    findings: Option<Vec<u8>>,
}

impl Row {
    fn into_run(self) -> Result<AuditRun, StoreError> {
        Ok(AuditRun {
            id: self.id,
            scope: Scope {
                event: self.event_id.map(EventId),
                node: self.node_id.map(NodeId),
            },
            author: self.author,
            started_at: Timestamp(self.started_at),
            beat_at: Timestamp(self.beat_at),
            finished_at: self.finished_at.map(Timestamp),
            done: unsigned(self.done)?,
            total: unsigned(self.total)?,
            holds: self.holds,
            findings: self.findings,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, event_id, node_id, author, started_at, beat_at, finished_at, done, total, holds, findings \
             FROM audit_runs ",
            $rest
        )
    };
}

/// Takes the one turn there is; false when somebody has it who gave a sign of life after `stale`.
///
/// # Errors
/// When the database fails.
pub async fn take_turn(
    tx: &mut Tx,
    run: Uuid,
    now: Timestamp,
    stale: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_turns SET run_id = ?, beat_at = ? WHERE id = 1 AND (run_id IS NULL OR beat_at < ?)";
    Ok(execute!(tx, sql, run, now.0, stale.0)? == 1)
}

/// Gives the turn back.
///
/// # Errors
/// When the database fails.
pub async fn give_turn(tx: &mut Tx, run: Uuid) -> Result<(), StoreError> {
    let sql = "UPDATE audit_turns SET run_id = NULL WHERE id = 1 AND run_id = ?";
    execute!(tx, sql, run)?;
    Ok(())
}

/// Stores a check that begins.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, run: &AuditRun) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO audit_runs (id, event_id, node_id, author, started_at, beat_at, done, total) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        run.id,
        run.scope.event.map(|id| id.0),
        run.scope.node.map(|id| id.0),
        &run.author,
        run.started_at.0,
        run.beat_at.0,
        signed(run.done),
        signed(run.total)
    )?;
    Ok(())
}

/// Notes how far a check is; false when somebody else has the turn by now.
///
/// # Errors
/// When the database fails.
pub async fn beat(
    tx: &mut Tx,
    run: Uuid,
    done: u64,
    total: u64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE audit_runs SET beat_at = ?, done = ?, total = ? WHERE id = ?";
    execute!(tx, sql, now.0, signed(done), signed(total), run)?;
    let sql = "UPDATE audit_turns SET beat_at = ? WHERE id = 1 AND run_id = ?";
    Ok(execute!(tx, sql, now.0, run)? == 1)
}

/// Keeps what a check found.
///
/// # Errors
/// When the database fails.
pub async fn finish(
    tx: &mut Tx,
    run: Uuid,
    holds: Option<bool>,
    findings: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE audit_runs SET finished_at = ?, beat_at = ?, holds = ?, findings = ? WHERE id = ?";
    execute!(tx, sql, now.0, now.0, holds, findings, run)?;
    Ok(())
}

/// The latest checks, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn latest(tx: &mut Tx, most: i64) -> Result<Vec<AuditRun>, StoreError> {
    let sql = select!("ORDER BY started_at DESC, id DESC LIMIT ?");
    let rows = fetch_all!(tx, Row, sql, most)?;
    rows.into_iter().map(Row::into_run).collect()
}

/// The same of one event and its nodes.
///
/// # Errors
/// When the database fails.
pub async fn latest_of(
    tx: &mut Tx,
    event: EventId,
    most: i64,
) -> Result<Vec<AuditRun>, StoreError> {
    let sql = select!("WHERE event_id = ? ORDER BY started_at DESC, id DESC LIMIT ?");
    let rows = fetch_all!(tx, Row, sql, event.0, most)?;
    rows.into_iter().map(Row::into_run).collect()
}

/// One check.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<AuditRun>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), id)?;
    row.map(Row::into_run).transpose()
}
