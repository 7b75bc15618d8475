//! Who moves money or changes what is sold, and the row of the audit trail that every such deed leaves.
//!
//! Invariant: details are made of stable names, amounts and the words of people who work here; neither secrets nor
//! identity numbers come this way. Called inside the transaction of the move, so that no move is without its row.

use serde_json::{Value, json};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{App, users::By};
use crate::{
    domain::{
        account::Account,
        id::{OrderId, UserId},
    },
    store::{self, StoreError, Tx, audit::AuditEntry},
};

/// Who does something that the audit trail keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who works here, by name.
    Staff(String),
    /// Somebody signed in at the panel.
    Account {
        /// The account.
        id: UserId,
        /// What people call them.
        name: String,
    },
    /// The buyer of the order.
    Buyer,
    /// The payment provider, by a notice.
    Provider,
    /// Central itself.
    System,
}

impl Actor {
    /// Stable name of the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Staff(_) | Self::Account { .. } => "staff",
            Self::Buyer => "buyer",
            Self::Provider => "provider",
            Self::System => "system",
        }
    }

    /// What people are told of who it was.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(name) | Self::Account { name, .. } => name,
            other => other.kind(),
        }
    }
}

impl From<&By> for Actor {
    fn from(by: &By) -> Self {
        match by {
            By::CommandLine => Self::Staff("command line".to_owned()),
            By::User { id, name } => Self::Account {
                id: *id,
                name: name.clone(),
            },
        }
    }
}

impl From<&Account> for Actor {
    fn from(account: &Account) -> Self {
        Self::from(&By::account(account))
    }
}

/// What the audit trail is told.
pub(super) struct Deed<'a> {
    /// What was done, `type.change`.
    pub(super) action: &'a str,
    /// What kind of thing it was done to.
    pub(super) subject_kind: &'a str,
    /// To which.
    pub(super) subject: Uuid,
    /// A JSON object.
    pub(super) detail: Value,
}

impl App {
    /// Leaves a row about an order in the audit trail.
    pub(super) async fn tell_of_order(
        &self,
        tx: &mut Tx,
        order: OrderId,
        who: &Actor,
        what: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let deed = Deed {
            action: what,
            subject_kind: "order",
            subject: order.0,
            detail,
        };
        self.leave_row(tx, who, deed, self.clock.now()).await
    }

    /// Leaves a row in the audit trail, with the name of whoever works here; `detail` is a JSON object.
    pub(super) async fn leave_row(
        &self,
        tx: &mut Tx,
        who: &Actor,
        deed: Deed<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut detail = deed.detail;
        let account = match who {
            Actor::Account { id, .. } => Some(id.0),
            _ => None,
        };
        if who.kind() == "staff" {
            detail["by"] = json!(who.name());
        }
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: who.kind(),
            action: deed.action,
            subject_kind: deed.subject_kind,
            subject: deed.subject,
            detail: &detail.to_string(),
        };
        match account {
            Some(_) => store::audit::put_by(tx, entry, account).await,
            None => store::audit::put(tx, entry).await,
        }
    }
}
