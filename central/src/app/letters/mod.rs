//! Letters: taken from the outbox, written from what is stored, handed over, noted.
//!
//! Invariants: a letter is asked for in the transaction that makes it necessary, and stays due until it was handed
//! over, was found to be needless, or was given up and shown to a person. A try is claimed by putting the next one
//! off, so two servers never send one letter at the same time; a crash between handing over and noting it repeats the
//! letter under the same `Message-ID`. Called by the worker and the command line. How a letter travels is `mail`'s.

mod address;
mod buyer;
mod compose;
mod desk;
mod digest;
mod error;
mod event;
mod lookup;
mod mailing;
mod money;
mod moved;
mod opening;
mod refund;
mod reset;
mod words;

pub use desk::{Preview, WrittenLetter};
pub use error::LetterError;
pub(super) use moved::Was;
pub(super) use opening::payload as opening_payload;

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::App;
use crate::{
    counter,
    domain::letter::{self, LetterKind},
    mail::{MailError, Mailer},
    store::{
        self, StoreError,
        letter::{DueLetter, FailedLetter, LetterCounts},
        outbox,
        tx::transact,
    },
};

/// Letters under way at once.
const AT_ONCE: usize = 4;
/// So many letters in a piece that no server took end it.
const OUTAGES: usize = 3;

/// What came of one try.
enum Outcome {
    /// It is the receiver's.
    Sent,
    /// Nobody needs it any more, or another server has it.
    Dropped,
    /// Another time.
    Failed {
        /// No other letter would leave either.
        outage: bool,
    },
}

impl App {
    /// Sends letters that are due, at most `most` of them; gives how many are done with. One that fails stops no
    /// other. Without a way for mail all of them wait.
    ///
    /// # Errors
    /// When the database fails, or no letter can leave now.
    pub async fn send_letters(&self, most: i64) -> Result<usize, LetterError> {
        let Some(mailer) = self.mailer.clone() else {
            return Ok(0);
        };
        let due = {
            let mut tx = self.store.read().await?;
            store::letter::due(&mut tx, self.clock.now(), most).await?
        };
        let tries = due.into_iter().map(|letter| {
            let mailer = Arc::clone(&mailer);
            async move { self.try_letter(&letter, &*mailer).await }
        });
        let mut tries = stream::iter(tries).buffer_unordered(AT_ONCE);
        let (mut done, mut outages) = (0, 0);
        while let Some(tried) = tries.next().await {
            match tried? {
                Outcome::Sent | Outcome::Dropped => (done, outages) = (done + 1, 0),
                Outcome::Failed { outage: true } => outages += 1,
                Outcome::Failed { outage: false } => {}
            }
            if outages == OUTAGES {
                return Err(LetterError::Outage);
            }
        }
        Ok(done)
    }

    async fn try_letter(
        &self,
        due: &DueLetter,
        mailer: &dyn Mailer,
    ) -> Result<Outcome, StoreError> {
        let task = &due.task;
        let next = letter::next_try(task.attempts, self.clock.now());
        if !transact!(self.store, |tx| { outbox::claim(tx, task, next).await })? {
            return Ok(Outcome::Dropped);
        }
        let sent = match self.compose(due).await {
            Ok(Some(letter)) => mailer.send(&letter).await.map_err(LetterError::Mail),
            Ok(None) => {
                self.drop_letter(due).await?;
                return Ok(Outcome::Dropped);
            }
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => {
                self.close_letter(due).await?;
                counter::letter(due.kind.name(), "sent");
                tracing::info!(letter = %task.id, kind = due.kind.name(), "letter sent");
                Ok(Outcome::Sent)
            }
            Err(error) => self.put_letter_off(due, &error).await,
        }
    }

    async fn close_letter(&self, due: &DueLetter) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            outbox::finish(tx, &due.task, now).await?;
            if due.kind == LetterKind::AddressChanged {
                // The address that is no order's any more was needed for this alone.
                outbox::forget(tx, &due.task).await?;
            }
            Ok::<_, StoreError>(())
        })
    }

    /// There is nothing to say any more, such as that money is waited for that has come.
    async fn drop_letter(&self, due: &DueLetter) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            outbox::finish(tx, &due.task, now).await?;
            outbox::note(tx, &due.task, outbox::NOT_NEEDED).await
        })
    }

    async fn put_letter_off(
        &self,
        due: &DueLetter,
        error: &LetterError,
    ) -> Result<Outcome, StoreError> {
        let (task, kind, now) = (&due.task, due.kind.name(), self.clock.now());
        let code = error.code();
        let is_last = letter::is_last(task.attempts, error.is_for_good());
        transact!(self.store, |tx| {
            outbox::note(tx, task, &code).await?;
            if is_last {
                store::letter::give_up(tx, task, now).await?;
            }
            Ok::<_, StoreError>(())
        })?;
        if is_last {
            counter::letter(kind, "given_up");
            tracing::error!(letter = %task.id, kind, code, %error, "letter given up: see `central letters`");
        } else {
            counter::letter(kind, "failed");
            tracing::warn!(letter = %task.id, kind, code, %error, "letter not sent");
        }
        let outage = matches!(error, LetterError::Mail(error) if MailError::is_outage(error));
        Ok(Outcome::Failed { outage })
    }

    /// Letters that were given up, the latest first, and how all of them stand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failed_letters(
        &self,
        most: i64,
    ) -> Result<(Vec<FailedLetter>, LetterCounts), StoreError> {
        let mut tx = self.store.read().await?;
        let failed = store::letter::failed(&mut tx, most).await?;
        Ok((failed, store::letter::counts(&mut tx).await?))
    }

    /// Has a letter that was given up tried again; false when there is no such letter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_letter(&self, id: Uuid) -> Result<bool, StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::letter::try_again(tx, id, now).await
        })
    }
}

/// What names a letter for ever: its row, and when it was asked for, because one that is asked for again is another.
fn letter_id(row: Uuid, created_at: Timestamp) -> String {
    format!("{}.{:x}", row.simple(), created_at.0)
}
