//! What people do about conflicts at the panel: remark, decide, open again.
//!
//! Invariant: a decision closes a conflict for people and changes no ruling: those are the merge's, and a gate is told
//! the same as before. Each act leaves a row in the audit trail, with the words where there are some.

use serde_json::json;
use sync_protocol::id::EventId;

use super::{
    App,
    conflict_notes::{NoteError, knows},
    users::By,
};
use crate::{
    domain::conflict::{ConflictId, Outcome},
    store::{self, StoreError, Tx, conflict_decision::Decided, conflict_note::Note, tx::transact},
};

/// Longest remark.
const MOST_CHARS: usize = 1_000;

/// What is done about a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Something is remarked.
    Remark,
    /// It is closed as this.
    Decide(Outcome),
    /// It is open again.
    Reopen,
}

impl App {
    /// Does something about a conflict of an event; `text` is kept as a remark, and a remark needs one.
    ///
    /// # Errors
    /// [`NoteError::Unknown`], [`NoteError::Length`], or [`NoteError::Decided`] for a decision where one holds.
    pub async fn act_on_conflict(
        &self,
        by: &By,
        (event, conflict): (EventId, ConflictId),
        act: Act,
        text: &str,
    ) -> Result<(), NoteError> {
        let (now, text) = (self.clock.now(), text.trim());
        if text.chars().count() > MOST_CHARS || (text.is_empty() && act == Act::Remark) {
            return Err(NoteError::Length);
        }
        let note = Note {
            id: self.new_id(now),
            conflict: conflict.to_string(),
            author: by.name().to_owned(),
            text: text.to_owned(),
            created_at: now,
        };
        let subject = ("event", event.0);
        transact!(self.store, |tx| {
            if !knows(tx, event, conflict).await? {
                return Err(NoteError::Unknown);
            }
            if !note.text.is_empty() {
                store::conflict_note::insert_note(tx, event, &note).await?;
            }
            let (action, outcome) = carry_out(tx, event, conflict, act, &note).await?;
            let detail = json!({"conflict": &note.conflict, "outcome": outcome});
            self.note_by(tx, by, action, subject, now, detail).await?;
            Ok(())
        })
    }
}

async fn carry_out(
    tx: &mut Tx,
    event: EventId,
    conflict: ConflictId,
    act: Act,
    note: &Note,
) -> Result<(&'static str, Option<&'static str>), NoteError> {
    Ok(match act {
        Act::Remark => ("conflict.note", None),
        Act::Decide(outcome) => {
            let decided = Decided {
                outcome,
                author: note.author.clone(),
                at: note.created_at,
            };
            match store::conflict_decision::put(tx, event, conflict, &decided).await {
                Err(StoreError::Duplicate) => return Err(NoteError::Decided),
                stored => stored?,
            }
            ("conflict.decide", Some(outcome.name()))
        }
        Act::Reopen => {
            store::conflict_decision::remove(tx, event, conflict).await?;
            ("conflict.reopen", None)
        }
    })
}
