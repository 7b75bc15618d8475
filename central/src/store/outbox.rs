//! The outbox: what is still to be done outside the database, written with what makes it necessary.
//!
//! Invariants: one row per kind and subject, so that nothing is sent twice because it was decided twice; a row stays
//! open until it was carried out, and each try is claimed by one server, which puts the next one off.

use std::collections::BTreeSet;

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::{ask, change, write_many},
    tx::{execute, fetch_all, fetch_one},
};
use crate::domain::letter::LetterKind;

/// Mail the tickets of the order to its buyer.
pub const TICKETS_MAIL: &str = "tickets_mail";
/// Close the provider's session of the order, which was given up.
pub const PAYMENT_CANCEL: &str = "payment_cancel";

/// Answer a question about orders.
pub const TRACKING_ASK: &str = "tracking_ask";
/// Ask the provider to give money back: the refund.
pub const REFUND_SEND: &str = "refund_send";
/// Mail the buyer of a refund, that it is made or declined: the refund.
pub const REFUND_MAIL: &str = "refund_mail";

/// What a task that was done says that had become needless.
pub const NOT_NEEDED: &str = "not_needed";

/// How much of each kind is still to be done and not given up.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let others = [PAYMENT_CANCEL, TRACKING_ASK, REFUND_SEND];
    let kinds = LetterKind::ALL.iter().map(|kind| kind.name()).chain(others);
    let mut waiting = Vec::new();
    for kind in kinds {
        // One by one: together they would be counted out of all that was ever done.
        let sql =
            "SELECT COUNT(*) FROM outbox WHERE kind = ? AND done_at IS NULL AND failed_at IS NULL";
        let (count,) = fetch_one!(tx, (i64,), sql, kind)?;
        waiting.push((kind, count));
    }
    Ok(waiting)
}

/// Something to be done.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Its row.
    pub id: Uuid,
    /// What it is about.
    pub subject: Uuid,
    /// Tries so far.
    pub attempts: i64,
    /// Since when it is to be done.
    pub created_at: Timestamp,
}

/// Puts something to be done; `subject` is what it is about. Of a refund its order is kept too.
///
/// # Errors
/// [`StoreError::Duplicate`] when it is there already.
pub async fn put(
    tx: &mut Tx,
    id: Uuid,
    kind: &str,
    subject: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO outbox (id, kind, subject_id, payload, created_at, due_at, attempts, order_id) \
         VALUES (?, ?, ?, '{}', ?, ?, 0, (SELECT order_id FROM refunds WHERE id = ?))",
        id,
        kind,
        subject,
        now.0,
        now.0,
        subject
    )?;
    Ok(())
}

/// Puts something to be done, or opens it again if it was done before.
///
/// # Errors
/// When the database fails.
pub async fn put_again(
    tx: &mut Tx,
    id: Uuid,
    kind: &str,
    subject: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    put_all_again(tx, kind, &[(id, subject)], now).await
}

/// The same for many subjects, none of which stands there twice, each with the id of its row if it is new.
///
/// # Errors
/// When the database fails.
pub async fn put_all_again(
    tx: &mut Tx,
    kind: &str,
    tasks: &[(Uuid, Uuid)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let opened = change!(
        tx,
        "UPDATE outbox SET done_at = NULL, due_at = ?, created_at = ?, attempts = 0, last_error = NULL, failed_at = NULL, \
         order_id = CASE kind WHEN 'tickets_mail' THEN subject_id ELSE order_id END WHERE kind = ? AND subject_id IN ",
        [now.0, now.0, kind],
        tasks,
        |task| task.1
    )?;
    let known = match opened {
        0 => BTreeSet::new(),
        _ => known(tx, kind, tasks).await?,
    };
    let fresh: Vec<_> = tasks
        .iter()
        .filter(|task| !known.contains(&task.1))
        .collect();
    write_many!(
        tx,
        "INSERT INTO outbox (id, kind, subject_id, payload, created_at, due_at, attempts, order_id) VALUES ",
        "",
        &fresh,
        |row| row.0,
        kind,
        row.1,
        "{}",
        now.0,
        now.0,
        0_i64,
        (kind == TICKETS_MAIL).then_some(row.1),
    )
}

async fn known(
    tx: &mut Tx,
    kind: &str,
    tasks: &[(Uuid, Uuid)],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let head = "SELECT subject_id FROM outbox WHERE kind = ? AND subject_id IN ";
    let rows = ask!(tx, (Uuid,), head, "", [kind], tasks, |task| task.1)?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// What of this kind is to be done now, the longest due first.
///
/// # Errors
/// When the database fails.
pub async fn due(
    tx: &mut Tx,
    kind: &str,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Task>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, Uuid, i64, i64),
        "SELECT id, subject_id, attempts, created_at FROM outbox \
         WHERE kind = ? AND done_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT ?",
        kind,
        now.0,
        most
    )?;
    let task = |(id, subject, attempts, created_at)| Task {
        id,
        subject,
        attempts,
        created_at: Timestamp(created_at),
    };
    Ok(rows.into_iter().map(task).collect())
}

/// Takes one try of a task, which puts the next one off until `next`; false when another took it.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, task: &Task, next: Timestamp) -> Result<bool, StoreError> {
    let claimed = execute!(
        tx,
        "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ? AND attempts = ? AND done_at IS NULL",
        next.0,
        task.id,
        task.attempts
    )?;
    Ok(claimed == 1)
}

/// Puts the next try off until `next`.
///
/// # Errors
/// When the database fails.
pub async fn put_off(tx: &mut Tx, task: &Task, next: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET due_at = ? WHERE id = ?";
    execute!(tx, sql, next.0, task.id)?;
    Ok(())
}

/// Marks a task done.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET done_at = ?, last_error = NULL WHERE id = ?";
    execute!(tx, sql, now.0, task.id)?;
    Ok(())
}

/// Takes away what a task needed besides its subject.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, task: &Task) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET payload = '{}' WHERE id = ?";
    execute!(tx, sql, task.id)?;
    Ok(())
}

/// Notes the stable name of what stopped a try.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &mut Tx, task: &Task, why: &str) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET last_error = ? WHERE id = ?";
    execute!(tx, sql, why, task.id)?;
    Ok(())
}
