//! Refunds that buyers ask for. Nothing moves until somebody agrees; one request per order waits at a time.

use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{RefundAsk, RefundError};
use crate::{
    app::{App, trail::Actor},
    domain::{
        event::{Event, EventStatus},
        order::OrderStatus,
        refund::{Refund, RefundReason, RefundStatus, Scope},
    },
    store::{self, StoreError, refund_rule::RefundRule, tx::transact},
};

/// What a buyer may know of an order's refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyersRefunds {
    /// All of them, the oldest first.
    pub refunds: Vec<Refund>,
    /// Whether another one may be asked for now.
    pub may_ask: bool,
}

impl App {
    /// The refunds of an order, for whoever has its link.
    ///
    /// # Errors
    /// [`RefundError::UnknownOrder`] for a wrong link, or when the database fails.
    pub async fn refunds_of_buyer(
        &self,
        number: &str,
        access: &str,
    ) -> Result<BuyersRefunds, RefundError> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let order = self.authorized(&mut tx, number, access).await?;
        let event = store::event::by_id(&mut tx, order.event).await?;
        let event = event.ok_or(StoreError::Corrupt("an order of no event"))?;
        let rule = store::refund_rule::of_event(&mut tx, order.event).await?;
        let refunds = store::refund::of_order(&mut tx, order.id).await?;
        let is_waiting = refunds
            .iter()
            .any(|refund| refund.status == RefundStatus::Requested);
        let has_money = matches!(
            order.status,
            OrderStatus::Paid | OrderStatus::PartlyRefunded
        );
        Ok(BuyersRefunds {
            may_ask: has_money && !is_waiting && may_ask(&event, rule, now),
            refunds,
        })
    }

    /// A buyer asks for their money back: for some tickets by the numbers printed on them, or for the whole order
    /// when none is named.
    ///
    /// # Errors
    /// [`RefundError::UnknownOrder`] for a wrong link, [`RefundError::TooLate`], [`RefundError::AskedBefore`], and
    /// what [`App::refund_order`] says.
    pub async fn request_refund(
        &self,
        number: &str,
        access: &str,
        ticket_numbers: &[String],
        note: &str,
    ) -> Result<Refund, RefundError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let found = self.authorized(tx, number, access).await?;
            let order = store::order::lock(tx, found.id).await?;
            let event = store::event::by_id(tx, order.event).await?;
            let event = event.ok_or(StoreError::Corrupt("an order of no event"))?;
            let rule = store::refund_rule::of_event(tx, order.event).await?;
            if !may_ask(&event, rule, now) {
                return Err(RefundError::TooLate);
            }
            let all = store::refund::of_order(tx, order.id).await?;
            if all.iter().any(|one| one.status == RefundStatus::Requested) {
                return Err(RefundError::AskedBefore);
            }
            let tickets = store::ticket::of_order(tx, order.id).await?;
            let mut wanted = Vec::new();
            for ticket in ticket_numbers {
                let found = tickets
                    .iter()
                    .find(|one| one.gate.number.to_string() == *ticket);
                wanted.push(
                    found
                        .ok_or(crate::domain::refund::PlanError::UnknownTicket)?
                        .gate
                        .id,
                );
            }
            let ask = RefundAsk {
                scope: match wanted.is_empty() {
                    true => Scope::Whole,
                    false => Scope::Tickets(wanted),
                },
                reason: RefundReason::BuyerRequest,
                note: note.to_owned(),
            };
            let (payment, plan) = self.plan_refund(tx, &order, &ask.scope).await?;
            let refund = Refund {
                status: RefundStatus::Requested,
                decided_by: None,
                decided_at: None,
                ..self.new_refund(
                    &order,
                    payment.as_ref(),
                    plan.amount_minor,
                    &ask,
                    &Actor::Buyer,
                )
            };
            store::refund::insert(tx, &refund, &plan.items).await?;
            let detail =
                json!({"refund": refund.id.to_string(), "amount_minor": refund.amount.minor});
            self.tell_of_order(tx, order.id, &Actor::Buyer, "refund.requested", detail)
                .await?;
            Ok(refund)
        })
    }

    /// Says until when buyers of an event may ask for refunds, and whether refunded places are sold again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_refund_rule(
        &self,
        event: sync_protocol::id::EventId,
        rule: RefundRule,
        by: &Actor,
    ) -> Result<(), RefundError> {
        transact!(self.store, |tx| {
            store::refund_rule::put(tx, event, rule).await?;
            let detail =
                json!({"gives_back": rule.gives_back, "ask_until": rule.ask_until.map(|at| at.0)});
            self.tell_of_event(tx, event, by, "event.refund_rule", detail)
                .await?;
            Ok(())
        })
    }
}

/// Until the event begins, or as its rule says; while it is postponed, always.
fn may_ask(event: &Event, rule: RefundRule, now: Timestamp) -> bool {
    match event.status {
        EventStatus::Postponed => true,
        EventStatus::Cancelled => false,
        _ => now < rule.ask_until.unwrap_or(event.starts_at),
    }
}
