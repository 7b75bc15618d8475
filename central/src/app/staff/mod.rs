//! Staff that works gates: accounts, their gate secrets, and their roles at events.
//!
//! Invariants: a secret is made here, handed out once and kept as a slow hash; every change that gates can see takes the
//! next revision of each event it touches, so they hear of it in seconds; each act has its row in the audit trail, without
//! the secret. Once an event has operators it stays so until somebody says otherwise ([`App::open_gates_to_all`]):
//! disabling the last one does not open its gates. Called by the panel, and by `central staff` (`app::command_line`).

mod error;
mod event;

use serde_json::{Value, json};
use sync_protocol::{
    id::{EventId, OperatorId},
    operator::{COST, GateSecret, Role, SECRET_CHARS, SecretHash, is_login},
    time::Timestamp,
};
use zeroize::Zeroizing;

pub use self::{error::StaffError, event::MOST_IDLE_MINUTES};
use super::{App, aside::aside, users::By};
use crate::{
    domain::{email::Email, id::UserId},
    store::{self, StoreError, Tx, staff::GateAccount, tx::transact},
};

/// How long a gate may be left alone, where nobody says otherwise.
const IDLE_MS: i64 = 600_000;

/// Somebody who is to work gates.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// What people call them.
    pub name: String,
    /// The name to sign in with.
    pub login: String,
    /// Their address; an account that has it gets the gate secret.
    pub email: String,
    /// What they are.
    pub role: Role,
    /// At these events.
    pub events: Vec<EventId>,
}

/// An account and where it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// The account.
    pub account: GateAccount,
    /// Its gate roles.
    pub roles: Vec<(EventId, Role)>,
}

/// A login that nobody can have, because `operators/new` in the panel is the form for another person.
const KEPT_LOGIN: &str = "new";

/// A secret that was just made: it is told now or never.
pub type Secret = Zeroizing<String>;

impl App {
    /// Takes somebody in; gives their gate secret, once.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn add_staff_by(&self, by: &By, wish: &NewStaff) -> Result<Secret, StaffError> {
        let (now, email) = (self.clock.now(), Email::parse(&wish.email)?);
        let name = wish.name.trim();
        if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(StaffError::Name);
        }
        if !is_login(&wish.login) {
            return Err(StaffError::Login);
        }
        if wish.login == KEPT_LOGIN {
            return Err(StaffError::LoginKept);
        }
        if wish.events.is_empty() {
            return Err(StaffError::NoEvent);
        }
        let known = {
            let mut tx = self.store.read().await?;
            store::staff::id_of_email(&mut tx, email.as_str()).await?
        };
        let id = known.unwrap_or(OperatorId(self.new_id(now)));
        let (secret, hash) = self.new_secret(id).await?;
        let account = GateAccount {
            id,
            email: email.as_str().to_owned(),
            name: name.to_owned(),
            login: wish.login.clone(),
            is_active: true,
        };
        let events = sorted(&wish.events);
        transact!(self.store, |tx| {
            begin(tx, &events).await?;
            take_in(tx, &account, &hash, known.is_none(), now).await?;
            put_roles(tx, id, wish.role, &events).await?;
            let detail =
                json!({"login": wish.login, "role": wish.role.name(), "events": ids(&events)});
            self.note_staff(tx, by, "staff.add", (id, now), &detail)
                .await
        })?;
        events.iter().for_each(|event| self.waits.changed(*event));
        Ok(secret)
    }

    /// Gives somebody a role at more events, or another one where they work already.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn assign_staff_by(
        &self,
        by: &By,
        login: &str,
        role: Role,
        events: &[EventId],
    ) -> Result<(), StaffError> {
        let (now, events) = (self.clock.now(), sorted(events));
        if events.is_empty() {
            return Err(StaffError::NoEvent);
        }
        transact!(self.store, |tx| {
            begin(tx, &events).await?;
            let id = find(tx, login).await?.id;
            put_roles(tx, id, role, &events).await?;
            let detail = json!({"role": role.name(), "events": ids(&events)});
            self.note_staff(tx, by, "staff.assign", (id, now), &detail)
                .await
        })?;
        events.iter().for_each(|event| self.waits.changed(*event));
        Ok(())
    }

    /// Takes somebody's role at an event away.
    ///
    /// # Errors
    /// [`StaffError::Unknown`].
    pub async fn withdraw_staff_by(
        &self,
        by: &By,
        login: &str,
        event: EventId,
    ) -> Result<(), StaffError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            put_config(tx, event).await?;
            let id = find(tx, login).await?.id;
            store::staff::remove_roles(tx, id, event).await?;
            let detail = json!({"events": ids(&[event])});
            self.note_staff(tx, by, "staff.withdraw", (id, now), &detail)
                .await
        })?;
        self.waits.changed(event);
        Ok(())
    }

    /// Makes somebody another gate secret; the old one opens nothing once the gates have heard of it.
    ///
    /// # Errors
    /// [`StaffError::Unknown`].
    pub async fn reset_staff_by(&self, by: &By, login: &str) -> Result<Secret, StaffError> {
        let now = self.clock.now();
        let id = {
            let mut tx = self.store.read().await?;
            find(&mut tx, login).await?.id
        };
        let (secret, hash) = self.new_secret(id).await?;
        let events = transact!(self.store, |tx| {
            let events = tell_gates(tx, id).await?;
            store::staff::set_secret(tx, id, &hash, now).await?;
            self.note_staff(tx, by, "staff.reset", (id, now), &json!({}))
                .await?;
            Ok::<_, StaffError>(events)
        })?;
        events.iter().for_each(|event| self.waits.changed(*event));
        Ok(secret)
    }

    /// Lets somebody sign in again, or no more: gates hear of it in seconds, those that are cut off at their next sync.
    ///
    /// # Errors
    /// [`StaffError::Unknown`].
    pub async fn set_staff_active_by(
        &self,
        by: &By,
        login: &str,
        is_active: bool,
    ) -> Result<(), StaffError> {
        let now = self.clock.now();
        let action = if is_active {
            "staff.enable"
        } else {
            "staff.disable"
        };
        let events = transact!(self.store, |tx| {
            let id = find(tx, login).await?.id;
            let events = tell_gates(tx, id).await?;
            store::staff::set_active(tx, id, is_active).await?;
            self.note_staff(tx, by, action, (id, now), &json!({}))
                .await?;
            Ok::<_, StaffError>(events)
        })?;
        events.iter().for_each(|event| self.waits.changed(*event));
        Ok(())
    }

    /// All that work gates, or those of one event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn staff(&self, event: Option<EventId>) -> Result<Vec<StaffMember>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut staff = Vec::new();
        for account in store::staff::all(&mut tx).await? {
            let roles = store::staff::roles(&mut tx, account.id).await?;
            let works_there = |event| roles.iter().any(|(at, _)| *at == event);
            if event.is_none_or(works_there) {
                staff.push(StaffMember { account, roles });
            }
        }
        Ok(staff)
    }

    /// Argon2id takes a processor for a while, so it runs beside the runtime.
    async fn new_secret(&self, id: OperatorId) -> Result<(Secret, SecretHash), StaffError> {
        let (mut random, mut salt) = (Zeroizing::new([0; SECRET_CHARS]), [0; 16]);
        self.entropy.fill(&mut *random);
        self.entropy.fill(&mut salt);
        let work = move || {
            let secret = GateSecret::new(&random);
            let hash = secret.hash(id, salt, COST)?;
            Ok((secret.text(), hash))
        };
        aside(work).await
    }

    async fn note_staff(
        &self,
        tx: &mut Tx,
        by: &By,
        action: &str,
        (id, now): (OperatorId, Timestamp),
        detail: &Value,
    ) -> Result<(), StaffError> {
        let subject = ("staff", id.0);
        Ok(self
            .note_by(tx, by, action, subject, now, detail.clone())
            .await?)
    }
}

async fn take_in(
    tx: &mut Tx,
    account: &GateAccount,
    secret: &SecretHash,
    is_new: bool,
    now: Timestamp,
) -> Result<(), StaffError> {
    if store::staff::by_login(tx, &account.login).await?.is_some() {
        return Err(StaffError::LoginTaken);
    }
    if is_new {
        store::staff::insert(tx, account, now).await?;
    } else {
        let hash = store::account::password_hash(tx, UserId(account.id.0)).await?;
        if hash.is_some_and(|hash| hash != "!") {
            return Err(StaffError::UsesPanel);
        }
    }
    match store::staff::insert_secret(tx, account.id, &account.login, secret, now).await {
        Err(StoreError::Duplicate) => Err(StaffError::HasSecret),
        stored => Ok(stored?),
    }
}

async fn find(tx: &mut Tx, login: &str) -> Result<GateAccount, StaffError> {
    let found = store::staff::by_login(tx, login).await?;
    found.ok_or_else(|| StaffError::Unknown(login.to_owned()))
}

/// These events have operators from here on, and their gates hear of the change.
async fn begin(tx: &mut Tx, events: &[EventId]) -> Result<(), StoreError> {
    for event in events {
        put_config(tx, *event).await?;
        if store::staff::idle_ms(tx, *event).await?.is_none() {
            store::staff::set_idle_ms(tx, *event, IDLE_MS).await?;
        }
    }
    Ok(())
}

async fn put_roles(
    tx: &mut Tx,
    id: OperatorId,
    role: Role,
    events: &[EventId],
) -> Result<(), StoreError> {
    for event in events {
        store::staff::put_role(tx, id, *event, role).await?;
    }
    Ok(())
}

/// The gates of every event at which an account works hear of it, in the order of their ids.
async fn tell_gates(tx: &mut Tx, id: OperatorId) -> Result<Vec<EventId>, StoreError> {
    let roles = store::staff::roles(tx, id).await?;
    let events = sorted(
        &roles
            .into_iter()
            .map(|(event, _)| event)
            .collect::<Vec<_>>(),
    );
    for event in &events {
        put_config(tx, *event).await?;
    }
    Ok(events)
}

async fn put_config(tx: &mut Tx, event: EventId) -> Result<(), StoreError> {
    let mut taken = store::revision::take(tx, event).await?;
    taken.config_revision = taken.manifest.revision;
    store::revision::put(tx, event, &taken).await
}

/// Events are locked in one order, so two acts never wait for each other.
fn sorted(events: &[EventId]) -> Vec<EventId> {
    let mut events = events.to_vec();
    events.sort_unstable();
    events.dedup();
    events
}

fn ids(events: &[EventId]) -> Vec<String> {
    events.iter().map(EventId::to_string).collect()
}
