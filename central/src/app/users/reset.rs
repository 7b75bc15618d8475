//! A forgotten password: a link by mail, good once and for half an hour.
//!
//! Invariants: the answer is the same whether or not there is such an account. The secret is made from the vault and
//! the row's id, so that the letter can be written again while the database holds its digest alone. A second factor
//! stays on: whoever reads the mail alone does not get in.

use data_encoding::BASE32_NOPAD;
use documents::Language;
use serde_json::json;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{App, By, UserError, guess::Guess, password};
use crate::{
    domain::{account, letter::LetterKind},
    store::{self, StoreError, password_reset::Reset, tx::transact},
};

const SECRET: &str = "password reset";
const NOTHING: &str = "no password reset";
const DIGEST: &str = "password reset digest";
const HOUR_MS: i64 = 3_600_000;

impl App {
    /// Sends a link, if the address has an account that may sign in.
    ///
    /// # Errors
    /// [`UserError::Wait`] for one address that asks too often.
    pub async fn ask_reset(
        &self,
        email: &str,
        language: Language,
        caller: &[u8],
    ) -> Result<(), UserError> {
        let now = self.clock.now();
        let email: String = email
            .trim()
            .to_ascii_lowercase()
            .chars()
            .take(254)
            .collect();
        let guess = Guess {
            at: "link",
            of: &email,
            caller,
            browser: None,
        };
        self.count_guess(guess, now).await?;
        let (id, letter) = (self.new_id(now), self.new_id(now));
        let digest = self.reset_digest(&self.reset_secret(id));
        let is_sent = transact!(self.store, |tx| {
            let account = store::account::by_email(tx, &email).await?;
            let Some(account) = account.filter(|account| account.is_active) else {
                return Ok(false);
            };
            let powers = store::role::powers(tx, account.id, account.client).await?;
            let since = now.plus_ms(-HOUR_MS);
            let sent = store::password_reset::sent_since(tx, account.id, since).await?;
            if !powers.opens_panel() || sent >= account::MOST_RESETS {
                return Ok(false);
            }
            let reset = Reset {
                id,
                user: account.id,
                language: language.tag().to_owned(),
                expires_at: now.plus_ms(account::RESET_MS),
            };
            store::password_reset::insert(tx, &reset, &digest, now).await?;
            let kind = (letter, LetterKind::PasswordReset, id);
            store::letter::put(tx, kind, "", now, now).await?;
            let (by, subject) = (By::account(&account), ("user", account.id.0));
            self.note_by(tx, &by, "user.reset_ask", subject, now, json!({}))
                .await?;
            Ok::<_, UserError>(true)
        })?;
        if !is_sent {
            self.take_as_long(&email, now).await?;
        }
        tracing::info!(is_sent, "a password reset was asked for");
        Ok(())
    }

    /// Commits something where no link was asked for, so that nobody can tell by the time it takes.
    async fn take_as_long(&self, email: &str, now: Timestamp) -> Result<(), StoreError> {
        let digest = self.vault.digest(NOTHING, email.as_bytes());
        transact!(self.store, |tx| {
            let before = store::guess::lock(tx, &digest).await?;
            store::guess::put(tx, &digest, before.and_one(now)).await
        })
    }

    /// Whether a link still opens something.
    ///
    /// # Errors
    /// [`UserError::ResetOver`].
    pub async fn check_reset(&self, secret: &str) -> Result<(), UserError> {
        let (now, digest) = (self.clock.now(), self.reset_digest(secret));
        let mut tx = self.store.read().await?;
        let reset = store::password_reset::by_digest(&mut tx, &digest, now).await?;
        reset.map(drop).ok_or(UserError::ResetOver)
    }

    /// Gives the account of a link another password; all its sessions end.
    ///
    /// # Errors
    /// [`UserError::ResetOver`], [`UserError::Password`], [`UserError::PoorPassword`].
    pub async fn reset_password(&self, secret: &str, new: &str) -> Result<(), UserError> {
        let (now, digest) = (self.clock.now(), self.reset_digest(secret));
        self.check_reset(secret).await?;
        crate::domain::password::check(new)?;
        let hash = self.hash_password(new).await;
        transact!(self.store, |tx| {
            let reset = store::password_reset::by_digest(tx, &digest, now).await?;
            let user = reset.ok_or(UserError::ResetOver)?.user;
            let account = store::account::by_id(tx, user).await?;
            let account = account.filter(|account| account.is_active);
            let account = account.ok_or(UserError::ResetOver)?;
            password::check_choice(&account, "", new)?;
            if store::password_reset::use_all(tx, user, now).await? == 0 {
                return Err(UserError::ResetOver);
            }
            store::account::set_password(tx, user, &hash, None).await?;
            store::panel_session::end_all(tx, user).await?;
            let (by, subject) = (By::account(&account), ("user", user.0));
            self.note_by(tx, &by, "user.reset", subject, now, json!({}))
                .await?;
            Ok(())
        })
    }

    /// The secret of a link.
    pub(crate) fn reset_secret(&self, id: Uuid) -> String {
        BASE32_NOPAD.encode(&self.vault.digest(SECRET, id.as_bytes()))
    }

    fn reset_digest(&self, secret: &str) -> [u8; 32] {
        self.vault.digest(DIGEST, secret.trim().as_bytes())
    }
}
