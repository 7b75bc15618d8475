//! Refunds that buyers ask for. Nothing moves until somebody agrees; one request per order waits at a time.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use sync_protocol::{id::TicketId, ticket::TicketStatus, time::Timestamp};

use super::{RefundAsk, RefundError};
use crate::{
    app::{
        App,
        orders::{OrderError, check_key},
        trail::Actor,
    },
    domain::{
        event::{Event, EventStatus},
        order::{Order, OrderStatus},
        refund::{PlanError, Refund, RefundReason, RefundStatus, Scope},
        ticket::SoldTicket,
    },
    store::{self, StoreError, Tx, refund_rule::RefundRule, tx::transact},
};

/// What a buyer may know of an order's refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyersRefunds {
    /// All of them, the oldest first.
    pub refunds: Vec<Refund>,
    /// Whether another one may be asked for now.
    pub may_ask: bool,
}

/// What a buyer asks for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RefundWish {
    /// Numbers of tickets, as printed on them; none = the whole order.
    pub tickets: Vec<String>,
    /// Why, in their words.
    pub note: String,
}

/// What digests of requests are made for.
const REQUEST: &str = "refund request";

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
    /// when none is named or all are.
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
        let wish = RefundWish {
            tickets: ticket_numbers.to_vec(),
            note: note.to_owned(),
        };
        transact!(self.store, |tx| {
            let found = self.authorized(tx, number, access).await?;
            let order = store::order::lock(tx, found.id).await?;
            self.ask_refund(tx, &order, &wish, now).await
        })
    }

    /// The same for a program that may repeat itself: the same request under the same key is the same refund. False
    /// beside one that was asked for before.
    ///
    /// # Errors
    /// As [`App::request_refund`]; a key that is none, or that another request has, as with orders.
    pub async fn request_refund_once(
        &self,
        number: &str,
        access: &str,
        key: &str,
        wish: &RefundWish,
    ) -> Result<(Refund, bool), RefundError> {
        check_key(key)?;
        let now = self.clock.now();
        let asked = serde_json::to_vec(wish).unwrap_or_default();
        let digest = self.vault.digest(REQUEST, &asked);
        transact!(self.store, |tx| {
            let found = self.authorized(tx, number, access).await?;
            let order = store::order::lock(tx, found.id).await?;
            if let Some((refund, stored)) = store::refund_ask::by_key(tx, order.id, key).await? {
                if stored.as_slice() != digest.as_slice() {
                    return Err(OrderError::KeyReused.into());
                }
                let refund = store::refund::by_id(tx, refund).await?;
                return Ok((refund.ok_or(RefundError::UnknownRefund)?, false));
            }
            let refund = self.ask_refund(tx, &order, wish, now).await?;
            store::refund_ask::insert(tx, (order.id, key), &digest, refund.id).await?;
            Ok((refund, true))
        })
    }

    async fn ask_refund(
        &self,
        tx: &mut Tx,
        order: &Order,
        wish: &RefundWish,
        now: Timestamp,
    ) -> Result<Refund, RefundError> {
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
        let ask = RefundAsk {
            scope: scope(&tickets, &wish.tickets)?,
            reason: RefundReason::BuyerRequest,
            note: wish.note.clone(),
        };
        let (payment, plan) = self.plan_refund(tx, order, &ask.scope).await?;
        let buyer = Actor::Buyer;
        let amount_minor = plan.amount_minor;
        let refund = Refund {
            status: RefundStatus::Requested,
            decided_by: None,
            decided_at: None,
            ..self.new_refund(order, payment.as_ref(), amount_minor, &ask, &buyer)
        };
        store::refund::insert(tx, &refund, &plan.items).await?;
        let detail = json!({"refund": refund.id.to_string(), "amount_minor": refund.amount.minor});
        self.tell_of_order(tx, order.id, &buyer, "refund.requested", detail)
            .await?;
        Ok(refund)
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

/// All that still stand are the whole order, fees that stand beside the tickets included.
fn scope(tickets: &[SoldTicket], numbers: &[String]) -> Result<Scope, RefundError> {
    let mut wanted = BTreeSet::new();
    for number in numbers {
        let typed = number.trim();
        let mut all = tickets.iter();
        let found = all.find(|one| one.gate.number.to_string() == typed);
        wanted.insert(found.ok_or(PlanError::UnknownTicket)?.gate.id);
    }
    let standing = tickets
        .iter()
        .filter(|one| one.gate.status == TicketStatus::Valid);
    let standing: BTreeSet<TicketId> = standing.map(|one| one.gate.id).collect();
    Ok(match wanted.is_empty() || wanted == standing {
        true => Scope::Whole,
        false => Scope::Tickets(wanted.into_iter().collect()),
    })
}

/// Until the event begins, or as its rule says; while it is postponed, always.
fn may_ask(event: &Event, rule: RefundRule, now: Timestamp) -> bool {
    match event.status {
        EventStatus::Postponed => true,
        EventStatus::Cancelled => false,
        _ => now < rule.ask_until.unwrap_or(event.starts_at),
    }
}
