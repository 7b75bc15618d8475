//! The second factor: set up, proven once, asked for at every sign-in, and ways back when the phone is gone.

use serde_json::json;
use sync_protocol::time::Timestamp;
use zeroize::Zeroizing;

use super::{App, Attempt, By, Opened, Signed, UserError, guess::Guess, password};
use crate::{
    domain::{account::Account, id::UserId, one_time, second_factor, session::Stage},
    store::{self, StoreError, Tx, second_factor::StoredFactor, tx::transact},
};

/// What is guessed at by who is signed in; sign-ins are counted apart, so strangers there are in nobody's way here.
const PROOF: &str = "proof";
const SEALED: &str = "second factor";
const RECOVERY: &str = "recovery code";

/// A second factor that is being set up.
pub struct NewFactor {
    /// For apps that read a QR code.
    pub address: Zeroizing<String>,
    /// For apps that do not.
    pub typed: Zeroizing<String>,
}

impl App {
    /// Whether the account is asked for a code, and how many recovery codes are left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factor_of(&self, user: UserId) -> Result<Option<i64>, StoreError> {
        let mut tx = self.store.read().await?;
        let factor = store::second_factor::of_user(&mut tx, user).await?;
        match factor.filter(|factor| factor.is_confirmed) {
            Some(_) => Ok(Some(
                store::second_factor::recovery_left(&mut tx, user).await?,
            )),
            None => Ok(None),
        }
    }

    /// Makes a secret; it counts once it was proven.
    ///
    /// # Errors
    /// [`UserError::HasFactor`].
    pub async fn begin_factor(&self, account: &Account) -> Result<NewFactor, UserError> {
        let mut secret = Zeroizing::new([0; second_factor::SECRET]);
        self.entropy.fill(&mut *secret);
        let sealed = self.vault.seal(SEALED, &*secret, &*self.entropy);
        let begun: Result<(), StoreError> = transact!(self.store, |tx| {
            store::second_factor::begin(tx, account.id, &sealed).await
        });
        match begun {
            Err(StoreError::Duplicate) => Err(UserError::HasFactor),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(NewFactor {
                address: Zeroizing::new(second_factor::address(&secret, &account.email)),
                typed: Zeroizing::new(second_factor::typed(&secret)),
            }),
        }
    }

    /// The secret that is being set up, to be shown again after a wrong code.
    ///
    /// # Errors
    /// [`UserError::NoFactor`].
    pub async fn begun_factor(&self, account: &Account) -> Result<NewFactor, UserError> {
        let mut tx = self.store.read().await?;
        let stored = store::second_factor::of_user(&mut tx, account.id).await?;
        let stored = stored.filter(|stored| !stored.is_confirmed);
        let secret = self.open_factor(&stored.ok_or(UserError::NoFactor)?)?;
        Ok(NewFactor {
            address: Zeroizing::new(second_factor::address(&secret, &account.email)),
            typed: Zeroizing::new(second_factor::typed(&secret)),
        })
    }

    /// Proves the secret that is being set up; gives the recovery codes, once, and what the browser is known by from
    /// now on. Other sessions end.
    ///
    /// # Errors
    /// [`UserError::WrongCode`], [`UserError::NoFactor`].
    pub async fn confirm_factor(
        &self,
        signed: &Signed,
        code: &str,
    ) -> Result<(Vec<Zeroizing<String>>, String), UserError> {
        let (now, user) = (self.clock.now(), signed.account.id);
        let codes = self.new_recovery_codes();
        let digests: Vec<_> = codes
            .iter()
            .map(|code| self.recovery_digest(code))
            .collect();
        let account = transact!(self.store, |tx| {
            let stored = store::second_factor::of_user(tx, user).await?;
            let stored = stored.filter(|stored| !stored.is_confirmed);
            let secret = self.open_factor(&stored.ok_or(UserError::NoFactor)?)?;
            let step = second_factor::step(&secret, code, now).ok_or(UserError::WrongCode)?;
            if !store::second_factor::use_step(tx, user, step).await? {
                return Err(UserError::WrongCode);
            }
            store::second_factor::confirm(tx, user, now).await?;
            store::second_factor::put_recovery(tx, user, &digests).await?;
            for session in store::panel_session::of_user(tx, user).await? {
                if session.id != signed.session.id {
                    store::panel_session::end_of_user(tx, user, session.id).await?;
                }
            }
            let (by, subject) = (By::account(&signed.account), ("user", user.0));
            self.note_by(tx, &by, "user.second_factor_on", subject, now, json!({}))
                .await?;
            self.new_generation(tx, user).await
        })?;
        Ok((codes, self.new_browser(&account, now)))
    }

    /// Takes the code, or a recovery code, after the password; opens the session whole.
    ///
    /// # Errors
    /// [`UserError::WrongCode`], [`UserError::Wait`].
    pub async fn pass_factor(
        &self,
        signed: &Signed,
        code: &str,
        attempt: &Attempt<'_>,
    ) -> Result<Opened, UserError> {
        let (now, account) = (self.clock.now(), &signed.account);
        let guess = Guess {
            at: "code",
            of: &account.id.to_string(),
            caller: attempt.caller,
            browser: self.known_browser(attempt.browser, account, now),
        };
        let guess = self.count_guess(guess, now).await?;
        let (token, digest) = self.new_token();
        transact!(self.store, |tx| {
            let stored = store::second_factor::of_user(tx, account.id).await?;
            let stored = stored.filter(|stored| stored.is_confirmed);
            let is_right = match stored {
                Some(stored) => self.takes(tx, account, &stored, code).await?,
                None => false,
            };
            if !is_right {
                return Err(UserError::WrongCode);
            }
            guess.was_right(tx).await?;
            // Ended meanwhile, by a new password or from another browser: then the code opens nothing.
            if !store::panel_session::end_of_user(tx, account.id, signed.session.id).await? {
                return Err(UserError::WrongCode);
            }
            self.open_panel_session(tx, account, Stage::Full, attempt, &digest, now)
                .await?;
            Ok(())
        })?;
        Ok(self.opened(token, Stage::Full, account, now))
    }

    async fn takes(
        &self,
        tx: &mut Tx,
        account: &Account,
        stored: &StoredFactor,
        code: &str,
    ) -> Result<bool, UserError> {
        let now = self.clock.now();
        let secret = self.open_factor(stored)?;
        if let Some(step) = second_factor::step(&secret, code, now) {
            return Ok(store::second_factor::use_step(tx, account.id, step).await?);
        }
        let digest = self.recovery_digest(code);
        let used = store::second_factor::use_recovery(tx, account.id, &digest, now).await?;
        if used {
            let (by, subject) = (By::account(account), ("user", account.id.0));
            self.note_by(tx, &by, "user.recovery_code", subject, now, json!({}))
                .await?;
        }
        Ok(used)
    }

    /// Turns one's own second factor off; the password is asked again. Gives what the browser is known by from now on.
    ///
    /// # Errors
    /// [`UserError::Wrong`], [`UserError::Wait`].
    pub async fn remove_factor(&self, signed: &Signed, typed: &str) -> Result<String, UserError> {
        let now = self.clock.now();
        self.prove_password(signed, typed).await?;
        let by = By::account(&signed.account);
        let account = self.drop_factor(&by, signed.account.id, now).await?;
        Ok(self.new_browser(&account, now))
    }

    /// Turns somebody's second factor off who has lost both phone and codes; their sessions end.
    ///
    /// # Errors
    /// [`UserError::Own`], [`UserError::NotYours`].
    pub async fn clear_factor(&self, by: &Signed, user: UserId) -> Result<(), UserError> {
        if by.account.id == user {
            return Err(UserError::Own);
        }
        self.manageable(by, user).await?;
        let now = self.clock.now();
        self.drop_factor(&By::account(&by.account), user, now)
            .await
            .map(drop)
    }

    async fn drop_factor(
        &self,
        by: &By,
        user: UserId,
        now: Timestamp,
    ) -> Result<Account, UserError> {
        let is_own = matches!(by, By::User { id, .. } if *id == user);
        transact!(self.store, |tx| {
            if !is_own {
                store::panel_session::end_all(tx, user).await?;
            }
            if store::second_factor::remove(tx, user).await? {
                self.note_by(
                    tx,
                    by,
                    "user.second_factor_off",
                    ("user", user.0),
                    now,
                    json!({}),
                )
                .await?;
            }
            self.new_generation(tx, user).await
        })
    }

    /// The account in a new generation: marks that browsers were given before are void.
    async fn new_generation(&self, tx: &mut Tx, user: UserId) -> Result<Account, UserError> {
        store::account::begin_generation(tx, user).await?;
        let account = store::account::by_id(tx, user).await?;
        account.ok_or(UserError::Unknown)
    }

    /// Whether this is the password of whoever is signed in; guesses are counted for the session and the account.
    pub(super) async fn prove_password(
        &self,
        signed: &Signed,
        typed: &str,
    ) -> Result<(), UserError> {
        let (now, account) = (self.clock.now(), &signed.account);
        let guess = Guess {
            at: PROOF,
            of: &account.id.to_string(),
            caller: b"",
            browser: Some(signed.session.id.into_bytes()),
        };
        let guess = self.count_guess(guess, now).await?;
        let hash = {
            let mut tx = self.store.read().await?;
            store::account::password_hash(&mut tx, account.id).await?
        };
        if !password::fits(typed, hash).await {
            return Err(UserError::Wrong);
        }
        transact!(self.store, |tx| { guess.was_right(tx).await })?;
        Ok(())
    }

    fn new_recovery_codes(&self) -> Vec<Zeroizing<String>> {
        let code = |_| {
            let mut random = Zeroizing::new([0; one_time::RECOVERY]);
            self.entropy.fill(&mut *random);
            Zeroizing::new(one_time::text(&*random))
        };
        (0..one_time::RECOVERY_CODES).map(code).collect()
    }

    fn recovery_digest(&self, typed: &str) -> [u8; 32] {
        self.vault
            .digest(RECOVERY, one_time::read(typed).as_bytes())
    }

    fn open_factor(
        &self,
        stored: &StoredFactor,
    ) -> Result<Zeroizing<[u8; second_factor::SECRET]>, StoreError> {
        let bad = StoreError::Corrupt("second factor");
        let Ok(secret) = self.vault.open(SEALED, &stored.sealed) else {
            return Err(bad);
        };
        <[u8; second_factor::SECRET]>::try_from(secret.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| bad)
    }
}
