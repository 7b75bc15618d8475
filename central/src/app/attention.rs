//! Orders that somebody must look at: noted, looked at, and done with.
//!
//! Invariants: the gravest reason that waits stands with the order, and when it goes, the next one takes its place; each
//! thing that was noted is in the trail until somebody looked at that very thing ([`crate::domain::noted`]). Called
//! inside the transaction that has locked the order.

use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{
    App,
    trail::{Actor, Deed},
};
use crate::{
    domain::{
        attention::Attention,
        id::OrderId,
        noted::{LOOKED_AT, NOTED, Noted, Notes, OVER},
        order::{Order, OrderStatus},
    },
    store::{self, StoreError, Tx, audit::AuditEntry},
};

/// All that was noted about an order.
///
/// # Errors
/// When the database fails.
pub async fn notes_of(tx: &mut Tx, order: OrderId) -> Result<Notes, StoreError> {
    let trail = store::audit::of_subject(tx, "order", order.0).await?;
    let rows = trail.iter().map(|row| (row.at, &*row.action, &*row.detail));
    Ok(Notes::of(rows))
}

impl App {
    /// Shows an order to an admin for a doubt. Every notice and every question to the provider tells it again; once
    /// somebody has looked at it, that is no news.
    pub(super) async fn note_doubt(
        &self,
        tx: &mut Tx,
        order: &Order,
        noted: Noted,
        who: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if notes_of(tx, order.id).await?.was_looked_at(&noted) {
            return Ok(());
        }
        self.note(tx, order, noted, who, now).await
    }

    /// Shows an order to an admin: its gravest reason stands with it, and each thing that waits is in the trail once.
    pub(super) async fn note(
        &self,
        tx: &mut Tx,
        order: &Order,
        noted: Noted,
        who: &Actor,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Anew: the same transaction may have noted something since the order was loaded.
        let shown = store::order::by_id(tx, order.id).await?;
        if noted.why.outweighs(shown.and_then(|order| order.attention)) {
            store::attention::put(tx, order.id, noted.why).await?;
        }
        if notes_of(tx, order.id).await?.is_waiting(&noted) {
            return Ok(());
        }
        let entry = AuditEntry {
            id: self.new_id(now),
            now,
            actor_kind: who.kind(),
            action: NOTED,
            subject_kind: "order",
            subject: order.id.0,
            detail: &noted.detail().to_string(),
        };
        store::audit::put(tx, entry).await
    }

    /// Somebody has looked at all that waits for this reason; the trail keeps who, and at what.
    pub(super) async fn look(
        &self,
        tx: &mut Tx,
        order: OrderId,
        why: Attention,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let notes = notes_of(tx, order).await?;
        if !notes.waiting().any(|noted| noted.why == why) {
            // Of a reason without a row: as no row says this of itself, it ends none that comes.
            let seen = Noted::about(why, json!({"noted": "before"}));
            self.tell_of_order(tx, order, by, LOOKED_AT, seen.detail())
                .await?;
        }
        self.end_attention(tx, (order, &notes), why, (LOOKED_AT, by))
            .await
    }

    /// What this reason asked for is done: nobody needs to look for its sake.
    pub(super) async fn attention_over(
        &self,
        tx: &mut Tx,
        order: OrderId,
        why: Attention,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let notes = notes_of(tx, order).await?;
        self.end_attention(tx, (order, &notes), why, (OVER, by))
            .await
    }

    async fn end_attention(
        &self,
        tx: &mut Tx,
        (id, notes): (OrderId, &Notes),
        why: Attention,
        (action, by): (&str, &Actor),
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        for noted in notes.waiting().filter(|noted| noted.why == why) {
            let deed = Deed {
                action,
                subject_kind: "order",
                subject: id.0,
                detail: noted.detail(),
            };
            self.leave_row(tx, by, deed, now).await?;
        }
        let order = store::order::by_id(tx, id).await?;
        let order = order.ok_or(StoreError::Corrupt("an order that is gone"))?;
        if order.attention != Some(why) {
            return Ok(());
        }
        // An order that moved on was answered for; where the provider still waits, it says so again.
        let can_answer = order.status == OrderStatus::Pending;
        match notes.gravest_but(why, can_answer) {
            Some(next) => store::attention::put(tx, id, next).await,
            None => store::attention::clear(tx, id, why).await,
        }
    }
}
