//! What people remarked about conflicts. A note names its conflict by the name that stays, so it outlives a ruling.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};

/// What somebody remarked about a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// The conflict's id.
    pub conflict: String,
    /// Who.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Timestamp,
}

/// Stores a note.
///
/// # Errors
/// When the database fails.
pub async fn insert_note(tx: &mut Tx, event: EventId, note: &Note) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO conflict_notes (id, event_id, conflict, author, note, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        note.id,
        event.0,
        &note.conflict,
        &note.author,
        &note.text,
        note.created_at.0
    )?;
    Ok(())
}

/// What was remarked about one conflict, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn notes(tx: &mut Tx, event: EventId, conflict: &str) -> Result<Vec<Note>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, String, String, i64),
        "SELECT id, author, note, created_at FROM conflict_notes WHERE event_id = ? AND conflict = ? \
         ORDER BY created_at, id",
        event.0,
        conflict
    )?;
    let note = |(id, author, text, at)| Note {
        id,
        conflict: conflict.to_owned(),
        author,
        text,
        created_at: Timestamp(at),
    };
    Ok(rows.into_iter().map(note).collect())
}
