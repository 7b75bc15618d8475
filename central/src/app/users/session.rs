//! Sessions: whose request this is, what they may do now, and the end of it.

use serde_json::json;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{App, By, UserError};
use crate::{
    domain::{
        account::Account,
        id::UserId,
        policy::Powers,
        session::{self, Session, Stage},
    },
    store::{self, StoreError, tx::transact},
};

/// Links that ended are kept this long, for counting.
const RESETS_MS: i64 = 24 * 3_600_000;

/// Somebody who is signed in, as of this moment.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// All that it may do.
    pub powers: Powers,
}

impl App {
    /// Whose token this is; `None` = nobody's, or of a session that is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_in(&self, token: &str) -> Result<Option<Signed>, StoreError> {
        let now = self.clock.now();
        let Some(signed) = self.load_signed(token, now).await? else {
            return Ok(None);
        };
        if signed.session.stage == Stage::Full && signed.session.is_seen_long_ago(now) {
            transact!(self.store, |tx| {
                store::panel_session::see(tx, signed.session.id, now).await
            })?;
        }
        Ok(Some(signed))
    }

    /// The same without a sign of life: a page that is only left open does not keep its session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn still_signed_in(&self, token: &str) -> Result<Option<Signed>, StoreError> {
        self.load_signed(token, self.clock.now()).await
    }

    async fn load_signed(&self, token: &str, now: Timestamp) -> Result<Option<Signed>, StoreError> {
        let mut tx = self.store.read().await?;
        let session = store::panel_session::by_digest(&mut tx, &self.session_digest(token)).await?;
        let Some(session) = session.filter(|session| session.is_alive(now)) else {
            return Ok(None);
        };
        let account = store::account::by_id(&mut tx, session.user).await?;
        let Some(account) = account.filter(|account| account.is_active) else {
            return Ok(None);
        };
        let powers = store::role::powers(&mut tx, account.id, account.client).await?;
        Ok(powers.opens_panel().then_some(Signed {
            session,
            account,
            powers,
        }))
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, signed: &Signed, token: &str) -> Result<(), StoreError> {
        let (now, digest) = (self.clock.now(), self.session_digest(token));
        let user = signed.account.id;
        transact!(self.store, |tx| {
            store::panel_session::end(tx, &digest).await?;
            let by = By::account(&signed.account);
            self.note_by(tx, &by, "user.sign_out", ("user", user.0), now, json!({}))
                .await
        })
    }

    /// The sessions of an account that are alive, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let mut sessions = store::panel_session::of_user(&mut tx, user).await?;
        sessions.retain(|session| session.is_alive(now));
        Ok(sessions)
    }

    /// Ends one session of an account.
    ///
    /// # Errors
    /// [`UserError::Unknown`] when the account has no such session.
    pub async fn end_session(
        &self,
        by: &Account,
        user: UserId,
        session: Uuid,
    ) -> Result<(), UserError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            if !store::panel_session::end_of_user(tx, user, session).await? {
                return Err(UserError::Unknown);
            }
            let (by, detail) = (By::account(by), json!({"session": session}));
            let subject = ("user", user.0);
            Ok(self
                .note_by(tx, &by, "user.session_end", subject, now, detail)
                .await?)
        })
    }

    /// Ends every session of the account but the one that asks, and makes what browsers were told of it void.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_other_sessions(&self, by: &Signed) -> Result<(), StoreError> {
        let (now, user) = (self.clock.now(), by.account.id);
        transact!(self.store, |tx| {
            let ended = store::panel_session::end_others(tx, user, by.session.id).await?;
            store::account::begin_generation(tx, user).await?;
            let detail = json!({"session": "others", "ended": ended});
            let (by, subject) = (By::account(&by.account), ("user", user.0));
            self.note_by(tx, &by, "user.session_end", subject, now, detail)
                .await
        })
    }

    /// Ends one session of an account that `by` may manage, or all of them.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn end_session_of(
        &self,
        by: &Signed,
        user: UserId,
        session: Option<Uuid>,
    ) -> Result<(), UserError> {
        self.manageable(by, user).await?;
        if let Some(session) = session {
            return self.end_session(&by.account, user, session).await;
        }
        let now = self.clock.now();
        transact!(self.store, |tx| {
            store::panel_session::end_all(tx, user).await?;
            store::account::begin_generation(tx, user).await?;
            let (by, detail) = (By::account(&by.account), json!({"session": "all"}));
            let subject = ("user", user.0);
            Ok(self
                .note_by(tx, &by, "user.session_end", subject, now, detail)
                .await?)
        })
    }

    /// Forgets what is over: sessions, guesses, links. Gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sessions(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let silent = now.plus_ms(-session::IDLE_MS);
        let ended = transact!(self.store, |tx| {
            let sessions = store::panel_session::sweep(tx, now, silent).await?;
            let resets = store::password_reset::sweep(tx, now.plus_ms(-RESETS_MS)).await?;
            Ok::<_, StoreError>(sessions + resets)
        })?;
        let all = ended + self.forget_guesses(now).await?;
        // All of them at once: there is nothing to go on with.
        tracing::debug!(
            all,
            "sessions, links and guesses that were over are forgotten"
        );
        Ok(0)
    }
}
