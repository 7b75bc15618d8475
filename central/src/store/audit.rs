//! The audit trail: who did what to what. Rows are only ever added.
//!
//! Invariant: details hold neither secrets nor identity numbers; callers write them from stable names alone.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all, fetch_one},
};

/// One row of the trail.
#[derive(Clone, Copy, Debug)]
pub struct AuditEntry<'a> {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub now: Timestamp,
    /// `staff`, `node`, `provider`, `system` or `buyer`.
    pub actor_kind: &'a str,
    /// What was done, `order.attention`.
    pub action: &'a str,
    /// What kind of thing it was done to, `order`.
    pub subject_kind: &'a str,
    /// To which.
    pub subject: Uuid,
    /// JSON.
    pub detail: &'a str,
}

/// Adds an entry.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, entry: AuditEntry<'_>) -> Result<(), StoreError> {
    put_all(tx, &[entry]).await
}

/// Adds entries.
///
/// # Errors
/// When the database fails.
pub async fn put_all(tx: &mut Tx, entries: &[AuditEntry<'_>]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO audit_log (id, happened_at, actor_kind, action, subject_kind, subject_id, detail) VALUES ",
        "",
        entries,
        |row| row.id,
        row.now.0,
        row.actor_kind,
        row.action,
        row.subject_kind,
        row.subject,
        row.detail,
    )
}

/// Adds an entry about what somebody with an account did.
///
/// # Errors
/// When the database fails.
pub async fn put_by(
    tx: &mut Tx,
    entry: AuditEntry<'_>,
    actor: Option<Uuid>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO audit_log (id, happened_at, actor_kind, actor_id, action, subject_kind, subject_id, detail) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        entry.id,
        entry.now.0,
        entry.actor_kind,
        actor,
        entry.action,
        entry.subject_kind,
        entry.subject,
        entry.detail
    )?;
    Ok(())
}

/// How often this was done to a thing. Rows are only ever added, so whoever knew the number learns whether somebody did
/// it since.
///
/// # Errors
/// When the database fails.
pub async fn times(
    tx: &mut Tx,
    (kind, subject): (&str, Uuid),
    action: &str,
) -> Result<i64, StoreError> {
    let sql =
        "SELECT COUNT(*) FROM audit_log WHERE subject_kind = ? AND subject_id = ? AND action = ?";
    let (times,) = fetch_one!(tx, (i64,), sql, kind, subject, action)?;
    Ok(times)
}

/// A row of the trail as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// `staff`, `node`, `provider`, `system` or `buyer`.
    pub actor_kind: String,
    /// What was done.
    pub action: String,
    /// JSON.
    pub detail: String,
}

/// What was done to a thing, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_subject(
    tx: &mut Tx,
    kind: &str,
    subject: Uuid,
) -> Result<Vec<AuditRow>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, String, String, String),
        "SELECT happened_at, actor_kind, action, detail FROM audit_log \
         WHERE subject_kind = ? AND subject_id = ? ORDER BY happened_at, id",
        kind,
        subject
    )?;
    let row = |(at, actor_kind, action, detail)| AuditRow {
        at: Timestamp(at),
        actor_kind,
        action,
        detail,
    };
    Ok(rows.into_iter().map(row).collect())
}
