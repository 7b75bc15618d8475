//! Letters in the outbox: which are due, which were given up, and a second chance for those.

use std::collections::BTreeSet;

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::insert_ignore,
    many,
    outbox::Task,
    tx::{execute, fetch_all},
};
use crate::domain::letter::LetterKind;

/// A letter that is to leave.
#[derive(Clone, Debug)]
pub struct DueLetter {
    /// Its row.
    pub task: Task,
    /// What it is about.
    pub kind: LetterKind,
    /// What its kind needs besides the subject, JSON.
    pub payload: String,
}

/// A letter that was given up.
#[derive(Clone, Debug)]
pub struct FailedLetter {
    /// Its row.
    pub id: Uuid,
    /// What it is about.
    pub kind: String,
    /// Tries so far.
    pub attempts: i64,
    /// Stable name of what stopped the last one.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was given up.
    pub failed_at: Timestamp,
}

/// How the letters stand: waiting, of these tried before, given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LetterCounts {
    /// To be sent.
    pub waiting: i64,
    /// Of these, tried at least once.
    pub tried: i64,
    /// Given up.
    pub failed: i64,
}

/// The kinds of letters, as a list for a question.
macro_rules! letters {
    () => {
        "('tickets_mail', 'tickets_again', 'payment_pending', 'payment_expired', 'refund_mail', 'event_reminder', \
         'event_cancelled', 'event_postponed', 'event_moved', 'payment_reversed', 'payment_disputed', 'dispute_won', \
         'sales_digest', 'address_changed', 'tracking_code', 'password_reset', \
         'opening_asked')"
    };
}

pub(super) use letters;

/// Letters that are due, the longest due first.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<DueLetter>, StoreError> {
    let sql = concat!(
        "SELECT id, kind, subject_id, payload, attempts, created_at FROM outbox WHERE kind IN ",
        letters!(),
        " AND done_at IS NULL AND due_at <= ? AND failed_at IS NULL ORDER BY due_at, id LIMIT ?"
    );
    let rows = fetch_all!(tx, (Uuid, String, Uuid, String, i64, i64), sql, now.0, most)?;
    let letter = |(id, kind, subject, payload, attempts, created_at): (_, String, _, _, _, _)| {
        let task = Task {
            id,
            subject,
            attempts,
            created_at: Timestamp(created_at),
        };
        let kind = LetterKind::from_name(&kind).ok_or(StoreError::Corrupt("letter kind"))?;
        Ok(DueLetter {
            task,
            kind,
            payload,
        })
    };
    rows.into_iter().map(letter).collect()
}

/// What the letters of a kind need that went since a moment, or are still to go; those given up are none of them.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    tx: &mut Tx,
    kind: LetterKind,
    since: Timestamp,
) -> Result<BTreeSet<String>, StoreError> {
    let gone = "SELECT payload FROM outbox WHERE kind = ? AND done_at >= ? AND last_error IS NULL";
    let mut standing = fetch_all!(tx, (String,), gone, kind.name(), since.0)?;
    let waiting =
        "SELECT payload FROM outbox WHERE kind = ? AND done_at IS NULL AND failed_at IS NULL";
    standing.extend(fetch_all!(tx, (String,), waiting, kind.name())?);
    Ok(standing.into_iter().map(|(payload,)| payload).collect())
}

/// Puts a letter to be sent at `due_at`; false when there is one of this kind and subject.
///
/// # Errors
/// When the database fails.
pub async fn put(
    tx: &mut Tx,
    (id, kind, subject): (Uuid, LetterKind, Uuid),
    payload: &str,
    now: Timestamp,
    due_at: Timestamp,
) -> Result<bool, StoreError> {
    let head = format!(
        "{} outbox (id, kind, subject_id, payload, created_at, due_at, attempts, order_id) VALUES ",
        insert_ignore(tx)
    );
    let sql = many::text(&head, "", 1, 8);
    let put = execute!(
        tx,
        sql,
        id,
        kind.name(),
        subject,
        payload,
        now.0,
        due_at.0,
        0_i64,
        kind.order(subject, payload).map(|order| order.0)
    )?;
    Ok(put == 1)
}

/// Puts letters of one kind to be sent at `due_at`, each with its row's id and its subject, where there is none yet.
///
/// # Errors
/// When the database fails.
pub async fn put_many(
    tx: &mut Tx,
    kind: LetterKind,
    letters: &[(Uuid, Uuid)],
    now: Timestamp,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let head = format!(
        "{} outbox (id, kind, subject_id, payload, created_at, due_at, attempts, order_id) VALUES ",
        insert_ignore(tx)
    );
    many::write_many!(
        tx,
        &head,
        "",
        letters,
        |row| row.0,
        kind.name(),
        row.1,
        "",
        now.0,
        due_at.0,
        0_i64,
        kind.order(row.1, "").map(|order| order.0),
    )
}

/// Gives a letter up after its last try.
///
/// # Errors
/// When the database fails.
pub async fn give_up(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE outbox SET failed_at = ? WHERE id = ? AND done_at IS NULL";
    execute!(tx, sql, now.0, task.id)?;
    Ok(())
}

/// Letters that were given up, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn failed(tx: &mut Tx, most: i64) -> Result<Vec<FailedLetter>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, String, i64, Option<String>, i64, i64),
        "SELECT id, kind, attempts, last_error, created_at, failed_at FROM outbox \
         WHERE failed_at IS NOT NULL ORDER BY failed_at DESC, id LIMIT ?",
        most
    )?;
    let letter = |(id, kind, attempts, last_error, created_at, failed_at)| FailedLetter {
        id,
        kind,
        attempts,
        last_error,
        created_at: Timestamp(created_at),
        failed_at: Timestamp(failed_at),
    };
    Ok(rows.into_iter().map(letter).collect())
}

/// Has a letter that was given up tried again from now on; false when it was not given up.
///
/// # Errors
/// When the database fails.
pub async fn try_again(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let again = execute!(
        tx,
        "UPDATE outbox SET failed_at = NULL, attempts = 0, due_at = ? \
         WHERE id = ? AND failed_at IS NOT NULL AND done_at IS NULL",
        now.0,
        id
    )?;
    Ok(again == 1)
}

/// How the letters stand.
///
/// # Errors
/// When the database fails.
pub async fn counts(tx: &mut Tx) -> Result<LetterCounts, StoreError> {
    let sql = concat!(
        "SELECT COUNT(*), COUNT(CASE WHEN failed_at IS NULL THEN 1 END), \
         COUNT(CASE WHEN failed_at IS NULL AND attempts > 0 THEN 1 END) FROM outbox WHERE kind IN ",
        letters!(),
        " AND done_at IS NULL"
    );
    let rows = fetch_all!(tx, (i64, i64, i64), sql)?;
    let (all, waiting, tried) = rows.first().copied().unwrap_or_default();
    Ok(LetterCounts {
        waiting,
        tried,
        failed: all - waiting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_letter_is_looked_for() {
        for kind in LetterKind::ALL {
            assert!(
                letters!().contains(&format!("'{}'", kind.name())),
                "{kind:?}"
            );
        }
        assert_eq!(letters!().matches(',').count() + 1, LetterKind::ALL.len());
    }
}
