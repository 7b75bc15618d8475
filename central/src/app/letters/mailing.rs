//! Letters to many: found to be wanted, and put into the outbox piece by piece.
//!
//! Invariant: a piece's letters and how far the mailing has come are stored together, so a restart in the middle goes
//! on where it was; nobody is told twice and nobody is left out. A buyer is reminded once per order and visit, however
//! many days in a row the tickets are good for; who buys on the last day needs no reminder, and a day that moved is
//! reminded of again.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{LetterError, digest};
use crate::{
    app::App,
    domain::{
        letter::LetterKind,
        mailing::{self, Mailing},
    },
    store::{self, StoreError, mailing::OpenMailing, tx::transact},
};

/// How far ahead events are looked at: gates may open hours before an event begins.
const NEAR_MS: i64 = 2 * mailing::REMIND_BEFORE_MS;
/// What the subject of a reminder is made for.
const REMINDER: &str = "reminder";
/// Mailings that are moved on in one piece of work.
const MAILINGS: i64 = 8;
/// Organisers are told of sales this often at most.
const DIGEST_EVERY_MS: i64 = 3_600_000;
/// A sale's transaction may end this long after its moment; nothing so young is counted.
const SETTLED_AFTER_MS: i64 = 60_000;

impl App {
    /// Begins the mailings that are wanted and moves those under way on by at most `most` letters each; gives how many
    /// steps that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail_to_many(&self, most: i64) -> Result<usize, LetterError> {
        let now = self.clock.now();
        let (news, open) = {
            let mut tx = self.store.read().await?;
            let old = now.plus_ms(-mailing::NEWS_FOR_MS);
            let near = now.plus_ms(NEAR_MS);
            let news = store::mailing::with_news(&mut tx, now, near, old).await?;
            (news, store::mailing::open(&mut tx, MAILINGS).await?)
        };
        let mut steps = 0;
        for event in news {
            steps += self.begin_mailings(event, now).await?;
        }
        for mailing in &open {
            steps += self.move_mailing(mailing, most, now).await?;
        }
        Ok(steps)
    }

    async fn begin_mailings(&self, event: EventId, now: Timestamp) -> Result<usize, LetterError> {
        let mut read = self.store.read().await?;
        let Some(found) = store::event::by_id(&mut read, event).await? else {
            return Ok(0);
        };
        let days = store::event_day::of_event(&mut read, event).await?;
        drop(read);
        let mut begun = 0;
        for wish in mailing::wanted(&found, &days, now) {
            let id = self.new_id(now);
            let is_new = transact!(self.store, |tx| {
                store::mailing::begin(tx, id, event, (&wish, None), now).await
            })?;
            begun += usize::from(is_new);
        }
        Ok(begun)
    }

    async fn move_mailing(
        &self,
        open: &OpenMailing,
        most: i64,
        now: Timestamp,
    ) -> Result<usize, LetterError> {
        let orders = {
            let mut tx = self.store.read().await?;
            let told = match open.mailing.kind {
                LetterKind::EventReminder => {
                    let days = store::event_day::of_event(&mut tx, open.event).await?;
                    mailing::same_visit(&days, open.mailing.occurrence)
                }
                _ => 0,
            };
            store::mailing::next_orders(&mut tx, open, told, most).await?
        };
        let Some(last) = orders.last() else {
            transact!(self.store, |tx| {
                store::mailing::finish(tx, open, now).await
            })?;
            return Ok(1);
        };
        let Mailing {
            kind, occurrence, ..
        } = open.mailing;
        transact!(self.store, |tx| {
            if !store::mailing::advance(tx, open, *last).await? {
                return Ok(());
            }
            for order in &orders {
                let id = self.new_id(now);
                // One reminder per order and opening; of other news there may be more.
                let (subject, payload) = match kind {
                    LetterKind::EventReminder => (
                        self.nth_of_day(REMINDER, *order, occurrence, 0),
                        format!("{order} {occurrence}"),
                    ),
                    LetterKind::EventMoved => (self.new_id(now), format!("{order} {}", open.id)),
                    _ => (self.new_id(now), order.to_string()),
                };
                store::letter::put(tx, (id, kind, subject), &payload, now, now).await?;
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(1)
    }

    /// Asks for the letters to organisers who sold something since the last; gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_of_sales(&self) -> Result<usize, LetterError> {
        let now = self.clock.now();
        let until = now.plus_ms(-SETTLED_AFTER_MS);
        let untold = {
            let mut tx = self.store.read().await?;
            let (before, old) = (
                until.plus_ms(-DIGEST_EVERY_MS),
                now.plus_ms(-mailing::NEWS_FOR_MS),
            );
            store::mailing::untold(&mut tx, before, old).await?
        };
        let mut asked = 0;
        for (event, told) in untold {
            let span = (told.unwrap_or(Timestamp(0)), until);
            let sold = {
                let mut tx = self.store.read().await?;
                store::mailing::sold(&mut tx, event, span).await?
            };
            if sold.orders > 0 {
                asked += usize::from(self.ask_digest(event, told, until, now).await?);
            }
        }
        Ok(asked)
    }

    async fn ask_digest(
        &self,
        event: EventId,
        told: Option<Timestamp>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let payload = digest::payload(event, (told.unwrap_or(Timestamp(0)), until));
        let (id, subject) = (self.new_id(now), self.new_id(now));
        transact!(self.store, |tx| {
            if !store::mailing::tell(tx, event, told, until).await? {
                return Ok(false);
            }
            let letter = (id, LetterKind::SalesDigest, subject);
            store::letter::put(tx, letter, &payload, now, now).await
        })
    }
}
