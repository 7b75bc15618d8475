//! Who moves money, and the row of the audit trail that every such move leaves.
//!
//! Invariant: details are made of stable names, amounts and the words of people who work here; neither secrets nor
//! identity numbers come this way. Called inside the transaction of the move, so that no move is without its row.

use serde_json::{Value, json};
use sync_protocol::time::Timestamp;

use super::App;
use crate::{
    domain::{attention::Attention, id::OrderId, order::Order},
    store::{self, StoreError, Tx, audit::AuditEntry},
};

/// What the audit trail calls a reason to look.
const NOTED: &str = "order.attention";

/// Who moves money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who works here, by name.
    Staff(String),
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
            Self::Staff(_) => "staff",
            Self::Buyer => "buyer",
            Self::Provider => "provider",
            Self::System => "system",
        }
    }

    /// What people are told of who it was.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(name) => name,
            other => other.kind(),
        }
    }
}

impl App {
    /// Leaves a row about an order in the audit trail.
    pub(super) async fn tell_of_order(
        &self,
        tx: &mut Tx,
        order: OrderId,
        who: &Actor,
        what: &str,
        mut detail: Value,
    ) -> Result<(), StoreError> {
        if let Actor::Staff(name) = who {
            detail["by"] = json!(name);
        }
        let now = self.clock.now();
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: who.kind(),
            action: what,
            subject_kind: "order",
            subject: order.0,
            detail: &detail.to_string(),
        };
        store::audit::put(tx, entry).await
    }

    /// Shows an order to an admin: its gravest reason stands with it, each is in the audit trail once.
    pub(super) async fn note(
        &self,
        tx: &mut Tx,
        order: &Order,
        why: Attention,
        who: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Anew: the same transaction may have noted something since the order was loaded.
        let shown = store::order::by_id(tx, order.id).await?;
        if why.outweighs(shown.and_then(|order| order.attention)) {
            store::attention::put(tx, order.id, why).await?;
        }
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: who.kind(),
            action: NOTED,
            subject_kind: "order",
            subject: order.id.0,
            detail: &format!(r#"{{"reason":"{}"}}"#, why.name()),
        };
        store::audit::put_once(tx, entry).await
    }
}
