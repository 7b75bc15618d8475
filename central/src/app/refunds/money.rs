//! The money of a refund: claimed, and set on the way that its payment allows.
//!
//! Invariant: a claim that would exceed the payment rolls the whole refund back. Where the provider has a way back for
//! the payment's channel it is asked through the outbox; everything else waits for a person, and says so.

use serde_json::json;

use super::{RefundAsk, RefundError};
use crate::{
    app::{App, trail::Actor},
    domain::{
        attention::Attention,
        dispute::DisputeStatus,
        id::{PaymentId, RefundId},
        noted::Noted,
        order::Order,
        payment::PaymentStatus,
        refund::{PlanError, Refund, RefundStatus},
    },
    store::{
        self, StoreError, Tx, outbox,
        payment::{Payment, PaymentMove},
    },
};

/// What a payment's provider is called that was taken by a person.
pub(in crate::app) const BY_HAND: &str = "on_site";

impl App {
    /// Claims the money of an approved refund that is stored, and sets it on its way.
    pub(super) async fn carry_out(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: Option<&Payment>,
        refund: Refund,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let now = self.clock.now();
        let (from, mut refund) = (refund.status, refund);
        let detail = json!({
            "refund": refund.id.to_string(),
            "reason": refund.reason.name(),
            "amount_minor": refund.amount.minor,
        });
        self.tell_of_order(tx, order.id, by, "refund.approved", detail)
            .await?;
        match payment {
            Some(payment) if refund.amount.minor > 0 => {
                if !store::claim::lay(tx, payment.id, refund.amount.minor).await? {
                    return Err(PlanError::Amount.into());
                }
                if self.has_way_back(payment) {
                    let id = self.new_id(now);
                    outbox::put(tx, id, outbox::REFUND_SEND, refund.id.0, now).await?;
                } else {
                    refund.status = refund.status.hand_over()?;
                    let noted = noted(Attention::RefundByHand, refund.id);
                    self.note(tx, order, noted, by, now).await?;
                }
            }
            // Only tickets go.
            _ => refund = super::made(refund.clone(), refund.status.finish()?, now),
        }
        if refund.status != from {
            store::refund::advance(tx, from, &refund).await?;
        }
        self.number_refund(tx, order.event, order.id, refund.id.0, now)
            .await?;
        let id = self.new_id(now);
        outbox::put(tx, id, outbox::REFUND_MAIL, refund.id.0, now).await?;
        Ok(refund)
    }

    /// Gives a payment back that no ticket stands for; the caller has locked its order.
    pub(in crate::app) async fn give_back(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
        ask: &RefundAsk,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let refund = self.new_refund(order, Some(payment), payment.amount.minor, ask, by);
        store::refund::insert(tx, &refund, &[]).await?;
        self.carry_out(tx, order, Some(payment), refund, by).await
    }

    fn has_way_back(&self, payment: &Payment) -> bool {
        payment.provider == self.provider.name()
            && payment.provider != BY_HAND
            && self.provider.can_refund(payment.channel.as_deref())
    }

    /// Books a refund as made: the payment's status follows from all that went back.
    pub(in crate::app) async fn book(
        &self,
        tx: &mut Tx,
        order: &Order,
        refund: &Refund,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let now = self.clock.now();
        let done = super::made(refund.clone(), refund.status.finish()?, now);
        store::refund::advance(tx, refund.status, &done).await?;
        if let Some(over) = self.book_payment(tx, &done).await? {
            self.close_dispute(tx, (order.id, over), DisputeStatus::Lost, by)
                .await?;
        }
        let detail = json!({
            "refund": done.id.to_string(),
            "amount_minor": done.amount.minor,
            "reference": done.hand_reference,
        });
        self.tell_of_order(tx, order.id, by, "refund.done", detail)
            .await?;
        Ok(done)
    }

    /// Gives up what was to go back of a payment whose money never came; nothing of it has gone.
    pub(in crate::app) async fn void_refunds(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
    ) -> Result<(), RefundError> {
        let all = store::refund::of_order(tx, order.id).await?;
        let of_payment = all
            .into_iter()
            .filter(|one| one.payment == Some(payment.id));
        for refund in of_payment.filter(|one| one.status.is_open()) {
            let void = Refund {
                status: refund.status.void()?,
                ..refund.clone()
            };
            store::refund::advance(tx, refund.status, &void).await?;
            let detail =
                json!({"refund": refund.id.to_string(), "amount_minor": refund.amount.minor});
            self.tell_of_order(tx, order.id, &Actor::System, "refund.void", detail)
                .await?;
        }
        store::claim::void(tx, payment.id).await?;
        Ok(self
            .forget_refund_attention(tx, order, &Actor::System)
            .await?)
    }

    /// Moves the payment of a refund that is made; gives it where all of it is gone, so that nothing is left to dispute.
    async fn book_payment(
        &self,
        tx: &mut Tx,
        done: &Refund,
    ) -> Result<Option<PaymentId>, StoreError> {
        let Some(payment) = done.payment else {
            return Ok(None);
        };
        let payment = store::payment::by_id(tx, payment).await?;
        let payment = payment.ok_or(StoreError::Corrupt("a refund of no payment"))?;
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        let status = match claims.returned_minor {
            0 => payment.status,
            all if all >= payment.amount.minor => PaymentStatus::Refunded,
            // Its tickets stay frozen until the dispute is over.
            _ if payment.status == PaymentStatus::Disputed => PaymentStatus::Disputed,
            _ => PaymentStatus::PartlyRefunded,
        };
        let to = PaymentMove {
            status,
            transaction_ref: None,
            channel: None,
            now: payment.updated_at,
        };
        store::payment::advance(tx, &payment, to).await?;
        Ok((status == PaymentStatus::Refunded).then_some(payment.id))
    }

    /// Writes what stopped a refund, and shows it where a person must look.
    pub(super) async fn stop(
        &self,
        tx: &mut Tx,
        order: &Order,
        refund: &Refund,
        to: RefundStatus,
        why: &str,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let stopped = Refund {
            status: to,
            last_error: Some(why.to_owned()),
            ..refund.clone()
        };
        store::refund::advance(tx, refund.status, &stopped).await?;
        let attention = match to {
            RefundStatus::Manual => Attention::RefundByHand,
            RefundStatus::Failed => Attention::RefundFailed,
            _ => return Ok(()),
        };
        let detail = json!({"refund": refund.id.to_string(), "why": why});
        let action = format!("refund.{}", to.name());
        self.tell_of_order(tx, order.id, &Actor::System, &action, detail)
            .await?;
        let noted = noted(attention, refund.id);
        self.note(tx, order, noted, &Actor::System, now).await
    }
}

/// Something to look at about a refund.
fn noted(why: Attention, refund: RefundId) -> Noted {
    Noted::about(why, json!({"refund": refund.to_string()}))
}
