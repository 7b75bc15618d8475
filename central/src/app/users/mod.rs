//! Accounts of the panel: taken in, signed in, proven twice, their passwords, roles and sessions.
//!
//! Invariants: passwords, codes and tokens are kept as digests alone and told once; guesses are counted before they are
//! looked at (`guess`); whoever works gates has no account here and the other way round; each act has its row in the
//! audit trail, without the secret. What an account may do is read anew at every request, so a role that is taken away
//! is gone at once. Called by the panel and by `central admin`.

mod account;
mod browser;
mod change;
mod client;
mod error;
mod guess;
mod password;
mod reset;
mod role;
mod second_factor;
mod session;
mod sign_in;

use serde_json::Value;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

pub use self::{
    account::{AccountFile, NewAccount},
    client::{ClientAccount, ClientFile, ClientRow, NewPanelClient},
    error::UserError,
    second_factor::NewFactor,
    session::Signed,
    sign_in::{Attempt, Opened},
};
use super::App;
use crate::{
    domain::{account::Account, id::UserId},
    store::{self, StoreError, Tx, audit::AuditEntry, tx::transact},
};

/// Who does something to accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Whoever may start the program.
    CommandLine,
    /// Somebody signed in.
    User {
        /// The account.
        id: UserId,
        /// What people call them.
        name: String,
    },
}

impl By {
    /// This account.
    #[must_use]
    pub fn account(account: &Account) -> Self {
        Self::User {
            id: account.id,
            name: account.name.clone(),
        }
    }

    /// What people call them.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::CommandLine => "command line",
            Self::User { name, .. } => name,
        }
    }
}

impl App {
    /// Leaves a row in the audit trail about what somebody did.
    pub(crate) async fn note_by(
        &self,
        tx: &mut Tx,
        by: &By,
        action: &str,
        (subject_kind, subject): (&str, Uuid),
        now: Timestamp,
        mut detail: Value,
    ) -> Result<(), StoreError> {
        let (actor_kind, actor, name) = match by {
            By::CommandLine => ("system", None, "command line"),
            By::User { id, name } => ("staff", Some(id.0), name.as_str()),
        };
        detail["by"] = name.into();
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind,
            action,
            subject_kind,
            subject,
            detail: &detail.to_string(),
        };
        store::audit::put_by(tx, entry, actor).await
    }

    /// The same in a transaction of its own, about the panel itself.
    pub(crate) async fn note_alone(
        &self,
        by: &By,
        action: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            self.note_by(tx, by, action, ("panel", Uuid::nil()), now, detail.clone())
                .await
        })
    }
}
