//! How people closed conflicts. A row beside the facts: whoever opens a conflict again takes it away, and the audit trail
//! keeps both.

use std::collections::BTreeMap;

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    StoreError, Tx,
    revision::signed,
    tx::{execute, fetch_all},
};
use crate::domain::conflict::{ConflictId, Outcome};

/// How a conflict was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What it was.
    pub outcome: Outcome,
    /// Who says so.
    pub author: String,
    /// Since when.
    pub at: Timestamp,
}

/// Stores a decision in the place of an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn put(
    tx: &mut Tx,
    event: EventId,
    conflict: ConflictId,
    decided: &Decided,
) -> Result<(), StoreError> {
    remove(tx, event, conflict).await?;
    let scan = match conflict {
        ConflictId::Scan(scan) => Some(scan),
        ConflictId::Record(_) | ConflictId::Node(_) | ConflictId::Rush(..) => None,
    };
    execute!(
        tx,
        "INSERT INTO conflict_decisions (event_id, conflict, node_id, seq, outcome, author, decided_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        event.0,
        conflict.to_string(),
        scan.map(|scan| scan.node.0),
        scan.map(|scan| signed(scan.seq)),
        decided.outcome.name(),
        &decided.author,
        decided.at.0
    )?;
    Ok(())
}

/// Takes a decision away; tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, event: EventId, conflict: ConflictId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM conflict_decisions WHERE event_id = ? AND conflict = ?";
    Ok(execute!(tx, sql, event.0, conflict.to_string())? == 1)
}

/// The decisions of an event that are about no scan, by the conflict's name.
///
/// # Errors
/// When the database fails.
pub async fn of_others(
    tx: &mut Tx,
    event: EventId,
) -> Result<BTreeMap<String, Decided>, StoreError> {
    let sql = "SELECT conflict, outcome, author, decided_at FROM conflict_decisions \
         WHERE event_id = ? AND node_id IS NULL";
    let rows = fetch_all!(tx, (String, String, String, i64), sql, event.0)?;
    let decided = |(conflict, outcome, author, at): (String, String, String, i64)| {
        let decided = Decided {
            outcome: Outcome::from_name(&outcome)?,
            author,
            at: Timestamp(at),
        };
        Some((conflict, decided))
    };
    Ok(rows.into_iter().filter_map(decided).collect())
}
