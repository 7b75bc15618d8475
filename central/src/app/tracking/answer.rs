//! What the worker makes of a question: letters to the orders' own addresses, if there are orders.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::MOST_ORDERS;
use crate::{
    app::App,
    domain::{
        letter::{self, LetterKind},
        tracking,
    },
    store::{
        self, StoreError, Tx,
        outbox::{self, Task},
        tracking::{Ask, Grant},
        tx::transact,
    },
};

impl App {
    /// Answers questions, at most `most` of them; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_questions(&self, most: i64) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let due = {
            let mut tx = self.store.read().await?;
            outbox::due(&mut tx, outbox::TRACKING_ASK, now, most).await?
        };
        for task in &due {
            self.answer_question(task, now).await?;
        }
        Ok(due.len())
    }

    async fn answer_question(&self, task: &Task, now: Timestamp) -> Result<(), StoreError> {
        let next = letter::next_try(task.attempts, now);
        transact!(self.store, |tx| {
            if !outbox::claim(tx, task, next).await? {
                return Ok(());
            }
            if let Some(ask) = store::tracking::ask(tx, task.subject).await?
                && now < ask.expires_at
            {
                self.write_to_contacts(tx, &ask, now).await?;
            }
            outbox::finish(tx, task, now).await
        })
    }

    async fn write_to_contacts(
        &self,
        tx: &mut Tx,
        ask: &Ask,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let orders = store::order::by_identity(tx, &ask.identity, MOST_ORDERS).await?;
        let hour = now.plus_ms(-tracking::WINDOW_MS);
        let day = now.plus_ms(-tracking::DAY_MS);
        for email in tracking::contacts(&orders) {
            let digest = self.contact_digest(email);
            if store::tracking::written(tx, &digest, hour).await? >= tracking::MOST_BY_CONTACT
                || store::tracking::written(tx, &digest, day).await?
                    >= tracking::MOST_BY_CONTACT_DAY
            {
                continue;
            }
            let grant = Grant {
                id: self.new_id(now),
                ask: ask.id,
                identity: ask.identity.clone(),
                email: email.to_owned(),
                expires_at: now.plus_ms(tracking::GRANT_MS),
            };
            let digests = self.grant_digests(&grant);
            store::tracking::insert_grant(tx, &grant, &digests, now).await?;
            let letter = (self.new_id(now), LetterKind::TrackingCode, grant.id);
            store::letter::put(tx, letter, "", now, now).await?;
        }
        Ok(())
    }

    /// Forgets questions of the day before; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_questions(&self) -> Result<usize, StoreError> {
        let before = self.clock.now().plus_ms(-tracking::KEEP_MS);
        let gone = transact!(self.store, |tx| {
            store::tracking::forget(tx, before).await
        })?;
        Ok(usize::try_from(gone).unwrap_or(usize::MAX))
    }

    /// What names a letter that a buyer asks for once more: so many a day can be told apart, and no more.
    pub(in crate::app) fn nth_of_day(&self, purpose: &str, of: Uuid, day: i64, n: u8) -> Uuid {
        let named = [of.as_bytes().as_slice(), &day.to_be_bytes(), &[n]].concat();
        let digest = self.vault.digest(purpose, &named);
        Uuid::from_slice(&digest[..16]).unwrap_or_default()
    }
}
