//! Letters that have not left: those that wait and those that were given up, a page at a time.
//!
//! Invariant: what has left is never walked, because it is told apart by the index.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    letter::{DueLetter, letters},
    outbox::Task,
    question::{Question, Value, most},
    tx::fetch_optional,
};
use crate::domain::{letter::LetterKind, order_search::Place};

/// A letter that has not left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentLetter {
    /// Its row in the outbox.
    pub id: Uuid,
    /// What it is about.
    pub kind: LetterKind,
    /// How often it was tried.
    pub attempts: i64,
    /// What stopped the last try.
    pub last_error: Option<String>,
    /// Since when it waits.
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    pub due_at: Timestamp,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
}

impl UnsentLetter {
    /// Where it stands in a list.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place {
            value: self.created_at.0,
            id: self.id,
        }
    }
}

type Row = (Uuid, String, i64, Option<String>, i64, i64, Option<i64>);

fn letter(row: Row) -> Result<UnsentLetter, StoreError> {
    let (id, kind, attempts, last_error, created_at, due_at, failed_at) = row;
    Ok(UnsentLetter {
        id,
        kind: LetterKind::from_name(&kind).ok_or(StoreError::Corrupt("letter kind"))?,
        attempts,
        last_error,
        created_at: Timestamp(created_at),
        due_at: Timestamp(due_at),
        failed_at: failed_at.map(Timestamp),
    })
}

/// A page of letters after a place, the latest first: those that were given up, or those that wait.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    given_up: bool,
    after: Option<&Place>,
    rows: usize,
) -> Result<Vec<UnsentLetter>, StoreError> {
    let mut question = Question::new(concat!(
        "SELECT id, kind, attempts, last_error, created_at, due_at, failed_at FROM outbox WHERE kind IN ",
        letters!(),
        " AND done_at IS NULL"
    ));
    question.and(
        if given_up {
            "failed_at IS NOT NULL"
        } else {
            "failed_at IS NULL"
        },
        [],
    );
    if let Some(place) = after {
        let at = || Value::Number(place.value);
        question.and(
            "(created_at < ? OR (created_at = ? AND id < ?))",
            [at(), at(), Value::Id(place.id)],
        );
    }
    question.end(" ORDER BY created_at DESC, id DESC LIMIT ?", [most(rows)]);
    let rows: Vec<Row> = question.ask(tx).await?;
    rows.into_iter().map(letter).collect()
}

/// One letter that has not left, as it would be written.
///
/// # Errors
/// When the database fails.
pub async fn unsent(tx: &mut Tx, id: Uuid) -> Result<Option<DueLetter>, StoreError> {
    let sql = concat!(
        "SELECT id, kind, subject_id, payload, attempts, created_at FROM outbox WHERE id = ? AND done_at IS NULL \
         AND kind IN ",
        letters!()
    );
    let row = fetch_optional!(tx, (Uuid, String, Uuid, String, i64, i64), sql, id)?;
    let due = |(id, kind, subject, payload, attempts, created_at): (_, String, _, _, _, _)| {
        let kind = LetterKind::from_name(&kind).ok_or(StoreError::Corrupt("letter kind"))?;
        Ok(DueLetter {
            task: Task {
                id,
                subject,
                attempts,
                created_at: Timestamp(created_at),
            },
            kind,
            payload,
        })
    };
    row.map(due).transpose()
}
