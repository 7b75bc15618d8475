//! Letters that have not left, for whoever looks after them: how one reads, and another try.
//!
//! Invariant: what a letter would open is not shown. Letters whose only content is a secret (a code, the way to a
//! password) are not read by anybody but their receiver, and the links in all others are left out.

use serde_json::json;
use uuid::Uuid;

use super::LetterError;
use crate::{
    app::{
        App,
        trail::{Actor, Deed},
    },
    domain::letter::LetterKind,
    store::{self, StoreError, tx::transact},
};

/// Letters that are tried again in one go.
const MOST: i64 = 1_000;

/// How a letter would read if it were written now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preview {
    /// There is no such letter, or it has left.
    Unknown,
    /// Only its receiver reads it.
    Secret(LetterKind),
    /// Nobody needs it any more: it will be dropped.
    Needless(LetterKind),
    /// This is it.
    Written(Box<WrittenLetter>),
}

/// A letter without what it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenLetter {
    /// What it is about.
    pub kind: LetterKind,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub text: String,
    /// Names of the files that go with it.
    pub files: Vec<String>,
}

const fn is_secret(kind: LetterKind) -> bool {
    matches!(kind, LetterKind::TrackingCode | LetterKind::PasswordReset)
}

impl App {
    /// How a letter that has not left would read now.
    ///
    /// # Errors
    /// When what it is about cannot be read or drawn.
    pub async fn preview_letter(&self, id: Uuid) -> Result<Preview, LetterError> {
        let due = store::letter_list::unsent(&mut self.store.read().await?, id).await?;
        let Some(due) = due else {
            return Ok(Preview::Unknown);
        };
        if is_secret(due.kind) {
            return Ok(Preview::Secret(due.kind));
        }
        let Some(mut letter) = self.compose(&due).await? else {
            return Ok(Preview::Needless(due.kind));
        };
        if let Some(button) = &mut letter.page.button {
            "•••".clone_into(&mut button.url);
        }
        letter.page.code = None;
        Ok(Preview::Written(Box::new(WrittenLetter {
            kind: due.kind,
            to: letter.to,
            subject: letter.page.subject.clone(),
            text: letter.page.text(),
            files: letter.attachments.into_iter().map(|one| one.file).collect(),
        })))
    }

    /// Has a letter that was given up tried again; false where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_letter_by(&self, id: Uuid, by: &Actor) -> Result<bool, StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let again = store::letter::try_again(tx, id, now).await?;
            if again {
                let deed = Deed {
                    action: "letter.again",
                    subject_kind: "letter",
                    subject: id,
                    detail: json!({}),
                };
                self.leave_row(tx, by, deed, now).await?;
            }
            Ok(again)
        })
    }

    /// The same for all that were given up, a thousand at a time; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_letters_by(&self, by: &Actor) -> Result<usize, StoreError> {
        let (failed, _) = self.failed_letters(MOST).await?;
        let mut again = 0;
        for letter in failed {
            again += usize::from(self.retry_letter_by(letter.id, by).await?);
        }
        Ok(again)
    }
}
