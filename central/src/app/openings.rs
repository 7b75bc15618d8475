//! Asking that an event be opened: whoever sets it up may not open it, so whoever may is told.
//!
//! Invariants: only what lacks nothing is asked for, an event has one open wish at most, and asking twice is asking once.
//! Opening the event, on whichever way, hears the wish in the same transaction (`App::hear_opening`). Letters to those who
//! may open it leave through the outbox; who may is asked again when they are written. A letter bears the moment at which
//! the letters of its wish were asked for, and tells of no wish that has other letters. A wish that was taken back and comes
//! again within the hour has the same ones: whom one reached or still waits for gets no second, and all others get one.

use serde_json::json;
use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    App,
    events::{EventError, load_setup},
    letters,
    users::By,
};
use crate::{
    domain::{
        account::Account,
        event::{Event, EventStatus},
        id::UserId,
        letter::LetterKind,
        opening::OpeningStatus,
        permission::Permission,
        policy::Thing,
        readiness::{self, Missing},
    },
    store::{self, StoreError, Transient, Tx, tx::transact},
};

/// Letters about one wish.
const MOST_LETTERS: usize = 50;
/// A reason has so many characters at most.
const MOST_REASON: usize = 500;

/// Why an event is not asked for.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Something is missing.
    #[error("the event lacks {} things", .0.len())]
    NotReady(Vec<Missing>),
    /// It cannot be opened from where it stands.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl From<StoreError> for AskError {
    fn from(error: StoreError) -> Self {
        Self::Event(error.into())
    }
}

impl Transient for AskError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Event(error) if error.is_transient())
    }
}

impl App {
    /// Asks that an event be opened. While it waits already, nothing changes.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn ask_opening(&self, event: EventId, who: &Account) -> Result<(), AskError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let locked = store::event::lock(tx, event).await?;
            let status = locked.ok_or(EventError::Unknown)?.status;
            status
                .step(EventStatus::Published)
                .map_err(EventError::from)?;
            let setup = load_setup(tx, event).await?;
            let missing = readiness::missing(&setup, now);
            if !missing.is_empty() {
                return Err(AskError::NotReady(missing));
            }
            self.put_opening(tx, &setup.event, who, now).await?;
            Ok(())
        })
    }

    async fn put_opening(
        &self,
        tx: &mut Tx,
        event: &Event,
        who: &Account,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let before = store::opening::of_event(tx, event.id).await?;
        if before.as_ref().is_some_and(|before| before.waits()) {
            return Ok(());
        }
        let told_at = before.map_or(now, |before| before.next_told_at(now));
        self.tell_openers(tx, event, (now, told_at)).await?;
        store::opening::put(tx, event.id, who.id, (now, told_at)).await?;
        let (by, subject) = (By::account(who), ("event", event.id.0));
        self.note_by(tx, &by, "event.opening_ask", subject, now, json!({}))
            .await
    }

    /// Asks for a letter to each of those who may open the event and have none of these.
    async fn tell_openers(
        &self,
        tx: &mut Tx,
        event: &Event,
        (now, told_at): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let there = store::letter::standing(tx, LetterKind::OpeningAsked, told_at).await?;
        let mut told = 0;
        for user in store::role::with_permission(tx, Permission::EventsPublish).await? {
            if told == MOST_LETTERS {
                break;
            }
            if opener(tx, user, event).await?.is_none() {
                continue;
            }
            told += 1;
            let payload = letters::opening_payload(event.id, user, told_at);
            if there.contains(&payload) {
                continue;
            }
            let row = (self.new_id(now), LetterKind::OpeningAsked, self.new_id(now));
            store::letter::put(tx, row, &payload, now, now).await?;
        }
        Ok(())
    }

    /// Takes the wish back. Where none waits, nothing changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_opening(&self, event: EventId, who: &Account) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let ended = store::opening::end(tx, event, OpeningStatus::Withdrawn, now).await?;
            if ended {
                let (by, subject) = (By::account(who), ("event", event.0));
                self.note_by(tx, &by, "event.opening_withdraw", subject, now, json!({}))
                    .await?;
            }
            Ok(())
        })
    }

    /// Whoever may open the event does not: the wish ends, and whoever asked reads why. Where none waits, nothing changes. A
    /// reason is cut where a form would take no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decline_opening(
        &self,
        event: EventId,
        who: &Account,
        reason: &str,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let reason: String = reason.trim().chars().take(MOST_REASON).collect();
        let reason = (!reason.is_empty()).then_some(reason.as_str());
        transact!(self.store, |tx| {
            if store::opening::decline(tx, event, reason, now).await? {
                let (by, subject) = (By::account(who), ("event", event.0));
                let detail = json!({"reason": reason});
                self.note_by(tx, &by, "event.opening_decline", subject, now, detail)
                    .await?;
            }
            Ok(())
        })
    }

    /// The event moves to another status: if it opens, whoever asked for that has been heard.
    pub(super) async fn hear_opening(
        &self,
        tx: &mut Tx,
        event: EventId,
        to: EventStatus,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if to == EventStatus::Published {
            store::opening::end(tx, event, OpeningStatus::Opened, now).await?;
        }
        Ok(())
    }
}

/// The account, if it may sign in and open the event.
pub(super) async fn opener(
    tx: &mut Tx,
    user: UserId,
    event: &Event,
) -> Result<Option<Account>, StoreError> {
    let account = store::account::by_id(tx, user).await?;
    let Some(account) = account.filter(|account| account.is_active) else {
        return Ok(None);
    };
    let powers = store::role::powers(tx, account.id, account.client).await?;
    let thing = Thing::Event {
        event: event.id,
        client: event.client,
    };
    Ok(powers
        .may(Permission::EventsPublish, thing)
        .then_some(account))
}
