//! Accounts that others make: with a one-time password that is told once and must be changed.
//!
//! Invariants: nobody gives a right that they do not have, neither by a role nor by becoming somebody; the last account
//! that may do everything stays.

use std::collections::BTreeSet;

use serde_json::json;
use sync_protocol::{id::EventId, time::Timestamp};

use super::{App, By, Signed, UserError, password::Secret};
use crate::{
    domain::{
        account::{self, Account},
        email::Email,
        id::{ClientId, UserId},
        permission::{Reach, Role, SUPER_ADMIN},
        policy::Powers,
    },
    store::{self, StoreError, Tx, tx::transact},
};

/// Somebody who is to use the panel.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Their address.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Their role.
    pub role: String,
    /// Their organiser, for a role of organisers.
    pub client: Option<ClientId>,
    /// Their events, for a role of events.
    pub events: BTreeSet<EventId>,
}

/// An account as those see it who manage it.
#[derive(Clone, Debug)]
pub struct AccountFile {
    /// The account.
    pub account: Account,
    /// What it may do.
    pub powers: Powers,
    /// It is asked for a code.
    pub has_factor: bool,
    /// When its person was here last; `None` = never.
    pub seen_at: Option<Timestamp>,
}

impl App {
    /// Makes an account; gives its one-time password, once.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn create_account(
        &self,
        by: &Signed,
        wish: &NewAccount,
    ) -> Result<(UserId, Secret), UserError> {
        self.insert_account(&By::account(&by.account), Some(&by.powers), wish)
            .await
    }

    /// Makes an account that may do everything, by the command line.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn create_admin(&self, email: &str, name: &str) -> Result<Secret, UserError> {
        let wish = NewAccount {
            email: email.to_owned(),
            name: name.to_owned(),
            role: SUPER_ADMIN.to_owned(),
            client: None,
            events: BTreeSet::new(),
        };
        let made = self.insert_account(&By::CommandLine, None, &wish).await?;
        Ok(made.1)
    }

    async fn insert_account(
        &self,
        by: &By,
        giver: Option<&Powers>,
        wish: &NewAccount,
    ) -> Result<(UserId, Secret), UserError> {
        let now = self.clock.now();
        let account = self.new_account(wish, now)?;
        let (secret, hash) = self.new_one_time().await;
        transact!(self.store, |tx| {
            self.take_in(tx, by, giver, (&account, &hash), wish).await
        })?;
        Ok((account.id, secret))
    }

    pub(super) fn new_account(
        &self,
        wish: &NewAccount,
        now: Timestamp,
    ) -> Result<Account, UserError> {
        Ok(Account {
            id: UserId(self.new_id(now)),
            email: account::address(&Email::parse(&wish.email)?),
            name: account::name(&wish.name).ok_or(UserError::Name)?,
            client: wish.client,
            is_active: true,
            must_change_password: true,
            one_time_until: Some(now.plus_ms(account::ONE_TIME_MS)),
            generation: 0,
            created_at: now,
        })
    }

    /// Stores an account with its role.
    pub(super) async fn take_in(
        &self,
        tx: &mut Tx,
        by: &By,
        giver: Option<&Powers>,
        (account, hash): (&Account, &str),
        wish: &NewAccount,
    ) -> Result<(), UserError> {
        let role = role_to_give(tx, giver, wish).await?;
        let stored = Account {
            client: wish.client.filter(|_| role.reach == Reach::Client),
            ..account.clone()
        };
        match store::account::insert(tx, &stored, hash).await {
            Err(StoreError::Duplicate) => return Err(UserError::EmailTaken),
            done => done?,
        }
        let events = events_of(&role, wish);
        store::role::put(tx, account.id, &role.name, &events).await?;
        let detail = json!({"email": account.email, "role": role.name});
        let now = account.created_at;
        self.note_by(tx, by, "user.create", ("user", account.id.0), now, detail)
            .await?;
        Ok(())
    }

    /// Gives somebody another role in place of theirs.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn set_role(
        &self,
        by: &Signed,
        user: UserId,
        role: &str,
        events: BTreeSet<EventId>,
    ) -> Result<(), UserError> {
        if by.account.id == user {
            return Err(UserError::Own);
        }
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let account = managed(tx, &by.powers, user).await?;
            keep_an_admin(tx, user).await?;
            let wish = NewAccount {
                email: account.email,
                name: account.name,
                role: role.to_owned(),
                client: account.client,
                events: events.clone(),
            };
            let role = role_to_give(tx, Some(&by.powers), &wish).await?;
            store::role::put(tx, user, &role.name, &events_of(&role, &wish)).await?;
            let (by, detail) = (By::account(&by.account), json!({"role": role.name}));
            self.note_by(tx, &by, "user.role", ("user", user.0), now, detail)
                .await?;
            Ok(())
        })
    }

    /// Makes somebody another one-time password; their sessions end.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn renew_password(&self, by: &Signed, user: UserId) -> Result<Secret, UserError> {
        if by.account.id == user {
            return Err(UserError::Own);
        }
        let (now, (secret, hash)) = (self.clock.now(), self.new_one_time().await);
        transact!(self.store, |tx| {
            managed(tx, &by.powers, user).await?;
            let until = now.plus_ms(account::ONE_TIME_MS);
            store::account::set_password(tx, user, &hash, Some(until)).await?;
            store::password_reset::use_all(tx, user, now).await?;
            store::panel_session::end_all(tx, user).await?;
            let by = By::account(&by.account);
            self.note_by(
                tx,
                &by,
                "user.new_password",
                ("user", user.0),
                now,
                json!({}),
            )
            .await?;
            Ok::<_, UserError>(())
        })?;
        Ok(secret)
    }

    /// Lets somebody sign in, or no more.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn set_account_active(
        &self,
        by: &Signed,
        user: UserId,
        is_active: bool,
    ) -> Result<(), UserError> {
        if by.account.id == user {
            return Err(UserError::Own);
        }
        let now = self.clock.now();
        transact!(self.store, |tx| {
            managed(tx, &by.powers, user).await?;
            if !is_active {
                keep_an_admin(tx, user).await?;
                store::panel_session::end_all(tx, user).await?;
                store::account::begin_generation(tx, user).await?;
            }
            store::account::set_active(tx, user, is_active).await?;
            let action = if is_active {
                "user.enable"
            } else {
                "user.disable"
            };
            let by = By::account(&by.account);
            self.note_by(tx, &by, action, ("user", user.0), now, json!({}))
                .await?;
            Ok(())
        })
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<AccountFile>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut files = Vec::new();
        for account in store::account::all(&mut tx).await? {
            files.push(file(&mut tx, account).await?);
        }
        Ok(files)
    }

    /// One account.
    ///
    /// # Errors
    /// [`UserError::Unknown`].
    pub async fn account_file(&self, user: UserId) -> Result<AccountFile, UserError> {
        let mut tx = self.store.read().await?;
        let account = store::account::by_id(&mut tx, user).await?;
        Ok(file(&mut tx, account.ok_or(UserError::Unknown)?).await?)
    }

    /// Whether `by` may manage an account.
    pub(super) async fn manageable(&self, by: &Signed, user: UserId) -> Result<(), UserError> {
        let mut tx = self.store.read().await?;
        managed(&mut tx, &by.powers, user).await.map(drop)
    }
}

async fn file(tx: &mut Tx, account: Account) -> Result<AccountFile, StoreError> {
    let factor = store::second_factor::of_user(tx, account.id).await?;
    Ok(AccountFile {
        seen_at: store::account::seen_at(tx, account.id).await?,
        powers: store::role::powers(tx, account.id, account.client).await?,
        has_factor: factor.is_some_and(|factor| factor.is_confirmed),
        account,
    })
}

/// An account that the giver may manage: one of the panel with no right that the giver lacks.
async fn managed(tx: &mut Tx, giver: &Powers, user: UserId) -> Result<Account, UserError> {
    let account = store::account::by_id(tx, user).await?;
    let account = account.ok_or(UserError::Unknown)?;
    let powers = store::role::powers(tx, user, account.client).await?;
    if !giver.may_manage(&powers) {
        return Err(UserError::NotYours);
    }
    Ok(account)
}

/// Without an account that may do everything nobody could make one.
async fn keep_an_admin(tx: &mut Tx, user: UserId) -> Result<(), UserError> {
    let admins = store::role::holders(tx, SUPER_ADMIN).await?;
    if admins == [user] {
        return Err(UserError::LastAdmin);
    }
    Ok(())
}

async fn role_to_give(
    tx: &mut Tx,
    giver: Option<&Powers>,
    wish: &NewAccount,
) -> Result<Role, UserError> {
    let mut roles = store::role::all(tx).await?.into_iter();
    let role = roles.find(|role| role.name == wish.role && role.reach != Reach::Gates);
    let role = role.ok_or(UserError::Role)?;
    if giver.is_some_and(|giver| !giver.may_give(&role)) {
        return Err(UserError::NotYours);
    }
    match role.reach {
        Reach::Client if wish.client.is_none() => Err(UserError::NoClient),
        Reach::Events if wish.events.is_empty() => Err(UserError::NoEvents),
        _ => Ok(role),
    }
}

fn events_of(role: &Role, wish: &NewAccount) -> BTreeSet<EventId> {
    match role.reach {
        Reach::Events => wish.events.clone(),
        _ => BTreeSet::new(),
    }
}
