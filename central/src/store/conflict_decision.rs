//! How people closed conflicts. A row beside the facts: whoever opens a conflict again takes it away, and the audit trail
//! keeps both. A decision about a scan holds for the kind of conflict that it was then, and no second one takes its
//! place as long as it holds.

use std::collections::BTreeMap;

use sync_protocol::{id::EventId, scan::ScanId, time::Timestamp};

use super::{
    StoreError, Tx,
    revision::signed,
    tx::{execute, fetch_all, fetch_optional},
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

/// Stores a decision; one about another kind of conflict makes way.
///
/// # Errors
/// [`StoreError::Duplicate`] when there is one that holds.
pub async fn put(
    tx: &mut Tx,
    event: EventId,
    conflict: ConflictId,
    decided: &Decided,
) -> Result<(), StoreError> {
    let (scan, about) = match conflict {
        ConflictId::Scan(scan) => (Some(scan), None),
        ConflictId::Record(id) => (None, Some(id)),
        ConflictId::Node(node) => (None, Some(node.0)),
        ConflictId::Rush(..) => (None, None),
    };
    let kind = match scan {
        Some(scan) => kind_of(tx, scan).await?,
        None => None,
    };
    if let Some(kind) = &kind {
        let sql = "DELETE FROM conflict_decisions WHERE event_id = ? AND conflict = ? \
             AND COALESCE(kind, '') <> ?";
        execute!(tx, sql, event.0, conflict.to_string(), kind)?;
    }
    execute!(
        tx,
        "INSERT INTO conflict_decisions (event_id, conflict, node_id, seq, kind, about, outcome, author, decided_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        event.0,
        conflict.to_string(),
        scan.map(|scan| scan.node.0),
        scan.map(|scan| signed(scan.seq)),
        kind,
        about,
        decided.outcome.name(),
        &decided.author,
        decided.at.0
    )?;
    Ok(())
}

/// What kind of conflict a scan is now, by its stable name.
async fn kind_of(tx: &mut Tx, scan: ScanId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT conflict FROM scans WHERE node_id = ? AND seq = ?";
    let row = fetch_optional!(tx, (Option<String>,), sql, scan.node.0, signed(scan.seq))?;
    Ok(row.and_then(|(kind,)| kind))
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
