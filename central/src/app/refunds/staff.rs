//! Refunds that somebody at the panel asks for, and that somebody else agrees to.
//!
//! Invariants: asking moves nothing, and what it would give back is made up by the same pure function that makes it up
//! when it is agreed to; one request of an order waits at a time, so a form that is sent twice asks once; which account
//! asked stands with the refund from the start and never changes, so who may agree is decided by [`four_eyes`].

use serde_json::json;
use sync_protocol::id::TicketId;

use super::{RefundAsk, RefundError};
use crate::{
    app::{App, trail::Actor, users::Signed},
    domain::{
        four_eyes,
        id::RefundId,
        money::Money,
        refund::{Plan, Refund, RefundStatus, Scope},
        ticket::SoldTicket,
    },
    store::{self, tx::transact},
};

/// What an order could give back.
#[derive(Clone, Debug)]
pub struct RefundShares {
    /// What is neither back nor claimed.
    pub left: Money,
    /// Its tickets.
    pub tickets: Vec<Share>,
    /// A request waits for an answer.
    pub is_asked: bool,
}

/// A ticket with its share of what was paid.
#[derive(Clone, Debug)]
pub struct Share {
    /// The ticket.
    pub ticket: SoldTicket,
    /// What it would give back.
    pub share: Money,
    /// Whether it can go back.
    pub stands: bool,
}

impl App {
    /// What an order could give back, ticket by ticket.
    ///
    /// # Errors
    /// [`RefundError::UnknownOrder`], [`RefundError::NotPaid`].
    pub async fn refund_shares(&self, number: &str) -> Result<RefundShares, RefundError> {
        let order = self.order_by_number(number).await?;
        if !order.status.is_settled() {
            return Err(RefundError::NotPaid);
        }
        let mut tx = self.store.read().await?;
        let payment = self.paying(&mut tx, &order).await?;
        let left = match &payment {
            Some(payment) => {
                let claims = store::claim::of_payment(&mut tx, payment.id, "").await?;
                payment.amount.minor - claims.claimed_minor
            }
            None => 0,
        };
        let seats = self.seats(&mut tx, &order, payment.as_ref()).await?;
        let tickets = store::ticket::of_order(&mut tx, order.id).await?;
        let refunds = store::refund::of_order(&mut tx, order.id).await?;
        let money = |minor| Money::new(minor, order.total.currency);
        let share = |ticket: SoldTicket| {
            let seat = seats.iter().find(|seat| seat.ticket == ticket.gate.id);
            Share {
                share: money(seat.map_or(0, |seat| seat.share_minor)),
                stands: seat.is_some_and(|seat| seat.stands),
                ticket,
            }
        };
        let mut all = refunds.iter();
        Ok(RefundShares {
            left: money(left),
            tickets: tickets.into_iter().map(share).collect(),
            is_asked: all.any(|refund| refund.status == RefundStatus::Requested),
        })
    }

    /// What a refund would be, before anybody asks for it.
    ///
    /// # Errors
    /// See [`RefundError`].
    pub async fn preview_refund(&self, number: &str, scope: &Scope) -> Result<Plan, RefundError> {
        let order = self.order_by_number(number).await?;
        let mut tx = self.store.read().await?;
        let (_, plan) = self.plan_refund(&mut tx, &order, scope).await?;
        Ok(plan)
    }

    /// Asks for a refund, which somebody else agrees to.
    ///
    /// # Errors
    /// [`RefundError::NoReason`], [`RefundError::AskedBefore`], and what [`App::refund_order`] says.
    pub async fn request_refund_by(
        &self,
        by: &Signed,
        number: &str,
        ask: &RefundAsk,
    ) -> Result<Refund, RefundError> {
        if ask.note.trim().is_empty() {
            return Err(RefundError::NoReason);
        }
        let found = self.order_by_number(number).await?;
        let actor = Actor::from(&by.account);
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, found.id).await?;
            let all = store::refund::of_order(tx, order.id).await?;
            if all.iter().any(|one| one.status == RefundStatus::Requested) {
                return Err(RefundError::AskedBefore);
            }
            let (payment, plan) = self.plan_refund(tx, &order, &ask.scope).await?;
            let amount_minor = plan.amount_minor;
            let refund = Refund {
                status: RefundStatus::Requested,
                decided_by: None,
                decided_at: None,
                ..self.new_refund(&order, payment.as_ref(), amount_minor, ask, &actor)
            };
            store::refund::insert(tx, &refund, &plan.items).await?;
            store::refund::put_asker(tx, refund.id, by.account.id).await?;
            let detail = json!({"refund": refund.id.to_string(), "amount_minor": amount_minor});
            self.tell_of_order(tx, order.id, &actor, "refund.requested", detail)
                .await?;
            Ok(refund)
        })
    }

    /// Agrees to a refund, if that is for this account to do.
    ///
    /// # Errors
    /// [`RefundError::OwnRequest`], and what [`App::approve_refund`] says.
    pub async fn agree_to_refund(
        &self,
        by: &Signed,
        refund: RefundId,
    ) -> Result<Refund, RefundError> {
        let asker = store::refund::asker(&mut self.store.read().await?, refund).await?;
        if !four_eyes::may_agree(asker, &by.powers) {
            return Err(RefundError::OwnRequest);
        }
        self.approve_refund(refund, &Actor::from(&by.account)).await
    }

    /// Tickets of an order by the numbers printed on them.
    ///
    /// # Errors
    /// [`RefundError::NoneChosen`], or a number that is none of the order's.
    pub async fn tickets_to_refund(
        &self,
        number: &str,
        numbers: &[&str],
    ) -> Result<Vec<TicketId>, RefundError> {
        if numbers.is_empty() {
            return Err(RefundError::NoneChosen);
        }
        let order = self.order_by_number(number).await?;
        let mut tx = self.store.read().await?;
        let tickets = store::ticket::of_order(&mut tx, order.id).await?;
        let of_number = |typed: &&str| {
            let mut all = tickets.iter();
            let found = all.find(|ticket| ticket.gate.number.to_string() == typed.trim());
            Ok(found
                .ok_or(crate::domain::refund::PlanError::UnknownTicket)?
                .gate
                .id)
        };
        numbers.iter().map(of_number).collect()
    }
}
