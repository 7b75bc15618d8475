//! Signing in: address and password, then the code where the account has a second factor.
//!
//! Invariants: which of address, password or account was wrong is never said, and takes the same time; a token is made
//! anew at every step, so one that was planted before is worth nothing after it.

use data_encoding::HEXLOWER;
use serde_json::json;
use sync_protocol::time::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{App, By, UserError, guess::Guess, password};
use crate::{
    domain::{
        account::Account,
        id::UserId,
        session::{Session, Stage},
    },
    store::{self, StoreError, Tx, audit::AuditEntry, tx::transact},
};

const TOKEN: &str = "panel session";
/// What is guessed at.
const PASSWORD: &str = "password";

/// Somebody wants in.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Where from, for counting.
    pub caller: &'a [u8],
    /// The same for people to read.
    pub address: &'a str,
    /// The browser's name for itself.
    pub agent: &'a str,
    /// What its cookie held before.
    pub old_token: Option<&'a str>,
    /// What it got when it signed in before (`browser`).
    pub browser: Option<&'a str>,
}

/// A session that was just opened.
pub struct Opened {
    /// What the cookie is to hold.
    pub token: Zeroizing<String>,
    /// How far it has come.
    pub stage: Stage,
    /// What the browser is known by next time, once it has come the whole way.
    pub browser: Option<String>,
}

impl App {
    /// Signs somebody in, or asks for the code.
    ///
    /// # Errors
    /// [`UserError::Wrong`], [`UserError::Wait`], [`UserError::StalePassword`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        attempt: &Attempt<'_>,
    ) -> Result<Opened, UserError> {
        let now = self.clock.now();
        let email: String = email
            .trim()
            .to_ascii_lowercase()
            .chars()
            .take(254)
            .collect();
        let (account, hash) = self.account_to_sign_in(&email).await?;
        let browser = account
            .as_ref()
            .and_then(|account| self.known_browser(attempt.browser, account, now));
        let guess = Guess {
            at: PASSWORD,
            of: &email,
            caller: attempt.caller,
            browser,
        };
        let guess = self.count_guess(guess, now).await?;
        let is_right = password::fits(password, hash.clone()).await;
        let known = account
            .as_ref()
            .map_or(UserId(Uuid::nil()), |account| account.id);
        let Some(account) = account.filter(|account| is_right && account.is_active) else {
            self.note_refused(known, attempt, now).await?;
            return Err(UserError::Wrong);
        };
        if account.has_stale_password(now) {
            return Err(UserError::StalePassword);
        }
        let anew = match &hash {
            Some(hash) if crate::domain::password::is_outdated(hash) => {
                Some((hash, self.hash_password(password).await))
            }
            _ => None,
        };
        let (token, digest) = self.new_token();
        let stage = transact!(self.store, |tx| {
            // Roles may have changed while the password was checked.
            let powers = store::role::powers(tx, account.id, account.client).await?;
            if !powers.opens_panel() {
                return Err(UserError::Wrong);
            }
            guess.was_right(tx).await?;
            if let Some((old, new)) = &anew {
                store::account::rehash(tx, account.id, old, new).await?;
            }
            let factor = store::second_factor::of_user(tx, account.id).await?;
            let stage = match factor.filter(|factor| factor.is_confirmed) {
                Some(_) => Stage::SecondFactor,
                None => Stage::Full,
            };
            self.open_panel_session(tx, &account, stage, attempt, &digest, now)
                .await?;
            // The password may have been changed while this one was checked; the session's insert waited for that.
            let kept = anew.as_ref().map_or(hash.as_ref(), |(_, new)| Some(new));
            if store::account::password_hash(tx, account.id)
                .await?
                .as_ref()
                != kept
            {
                return Err(UserError::Wrong);
            }
            Ok(stage)
        })?;
        tracing::info!(account = %account.id, stage = stage.name(), "signed in");
        Ok(self.opened(token, stage, &account, now))
    }

    /// Written also where there is no such account: the answer takes as long.
    async fn note_refused(
        &self,
        user: UserId,
        attempt: &Attempt<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let detail = json!({"address": attempt.address}).to_string();
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: "system",
            action: "user.sign_in_refused",
            subject_kind: "user",
            subject: user.0,
            detail: &detail,
        };
        transact!(self.store, |tx| { store::audit::put(tx, entry).await })
    }

    async fn account_to_sign_in(
        &self,
        email: &str,
    ) -> Result<(Option<Account>, Option<String>), StoreError> {
        let mut tx = self.store.read().await?;
        let account = store::account::by_email(&mut tx, email).await?;
        let id = account
            .as_ref()
            .map_or(UserId(Uuid::nil()), |account| account.id);
        let hash = store::account::password_hash(&mut tx, id).await?;
        Ok((account, hash))
    }

    /// Opens a session in place of the one that the browser had.
    pub(super) async fn open_panel_session(
        &self,
        tx: &mut Tx,
        account: &Account,
        stage: Stage,
        attempt: &Attempt<'_>,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(old) = attempt.old_token {
            store::panel_session::end(tx, &self.session_digest(old)).await?;
        }
        let session = Session {
            id: self.new_id(now),
            user: account.id,
            stage,
            created_at: now,
            seen_at: now,
            expires_at: stage.end(now),
            address: attempt.address.chars().take(45).collect(),
            agent: attempt.agent.chars().take(200).collect(),
        };
        store::panel_session::insert(tx, &session, digest).await?;
        let by = By::account(account);
        let detail = json!({"stage": stage.name(), "address": session.address});
        self.note_by(tx, &by, "user.sign_in", ("user", account.id.0), now, detail)
            .await
    }

    pub(super) fn opened(
        &self,
        token: Zeroizing<String>,
        stage: Stage,
        account: &Account,
        now: Timestamp,
    ) -> Opened {
        let is_whole = stage == Stage::Full;
        Opened {
            token,
            stage,
            browser: is_whole.then(|| self.new_browser(account, now)),
        }
    }

    /// A token of 256 random bits and its digest.
    pub(super) fn new_token(&self) -> (Zeroizing<String>, [u8; 32]) {
        let mut random = Zeroizing::new([0; 32]);
        self.entropy.fill(&mut *random);
        let token = Zeroizing::new(HEXLOWER.encode(&*random));
        let digest = self.session_digest(&token);
        (token, digest)
    }

    pub(super) fn session_digest(&self, token: &str) -> [u8; 32] {
        self.vault.digest(TOKEN, token.as_bytes())
    }
}
