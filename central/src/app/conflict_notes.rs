//! What people remark about conflicts: kept beside the facts, never instead of them, with a row in the audit trail.

use sync_protocol::id::EventId;

use super::App;
use crate::{
    domain::conflict::ConflictId,
    store::{
        self, StoreError, Transient, Tx, audit::AuditEntry, conflict_note::Note, tx::transact,
    },
};

/// Why a note is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// There is no such conflict in this event.
    #[error("this event has no such conflict: see `central conflicts`")]
    Unknown,
    /// Somebody has decided it, and it was not opened again.
    #[error("somebody has decided this conflict: open it again first")]
    Decided,
    /// It says nothing, or too much.
    #[error("a note has 1 to 1000 characters, and its author 1 to 200")]
    Length,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoteError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_conflict",
            Self::Decided => "already_decided",
            Self::Length => "bad_note",
            Self::Store(_) => "internal",
        }
    }
}

impl Transient for NoteError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

impl App {
    /// Keeps what `author` remarks about a conflict, with a row in the audit trail.
    ///
    /// # Errors
    /// [`NoteError`].
    pub async fn note_conflict(
        &self,
        event: EventId,
        conflict: ConflictId,
        author: &str,
        text: &str,
    ) -> Result<Note, NoteError> {
        let length = |text: &str| text.trim().chars().count();
        if !(1..=1_000).contains(&length(text)) || !(1..=200).contains(&length(author)) {
            return Err(NoteError::Length);
        }
        let now = self.clock.now();
        let note = Note {
            id: self.new_id(now),
            conflict: conflict.to_string(),
            author: author.trim().to_owned(),
            text: text.trim().to_owned(),
            created_at: now,
        };
        let detail = serde_json::json!({"conflict": &note.conflict, "note": note.id}).to_string();
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: "staff",
            action: "conflict.note",
            subject_kind: "event",
            subject: event.0,
            detail: &detail,
        };
        transact!(self.store, |tx| {
            if !knows(tx, event, conflict).await? {
                return Err(NoteError::Unknown);
            }
            store::conflict_note::insert_note(tx, event, &note).await?;
            store::audit::put(tx, entry).await?;
            Ok(())
        })?;
        Ok(note)
    }
}

pub(super) async fn knows(
    tx: &mut Tx,
    event: EventId,
    conflict: ConflictId,
) -> Result<bool, StoreError> {
    match conflict {
        ConflictId::Scan(scan) => store::conflict::knows_scan(tx, event, scan).await,
        ConflictId::Record(id) => store::conflict::knows_set_aside(tx, event, id).await,
        ConflictId::Node(node) | ConflictId::Rush(node, _) => {
            let node = store::node::by_id(tx, node).await?;
            Ok(node.is_some_and(|node| node.event == event))
        }
    }
}
