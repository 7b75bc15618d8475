//! Payments that a person decides about: challenges (the provider suspects fraud and waits) and disputes (the buyer's
//! bank has the money until somebody won).
//!
//! Invariant: a challenge is answered at the provider first and then read again, like a notice, so that ours and its
//! records cannot part; the end of a dispute is only told here, because the provider's records do not tell it.

use serde_json::json;

use super::{
    App,
    notices::{NoticeError, NoticeOutcome},
    refunds::{RefundAsk, RefundError},
    trail::Actor,
};
use crate::{
    domain::{
        attention::Attention,
        dispute::DisputeStatus,
        event::EventStatus,
        id::{OrderId, PaymentId},
        order::{Order, OrderStatus},
        payment::PaymentStatus,
        refund::RefundReason,
    },
    payments::ProviderError,
    store::{
        self, StoreError, Transient, Tx, payment::Payment, revision::EventRevision, tx::transact,
    },
};

/// Why a challenge or dispute is not ended.
#[derive(Debug, thiserror::Error)]
pub enum DisputeError {
    /// The order, or its money.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// It has no payment at the provider.
    #[error("The order has no payment at the provider.")]
    NoPayment,
    /// Nobody disputes it.
    #[error("The payment is not disputed.")]
    NotDisputed,
    /// The provider did not take the answer.
    #[error("The payment provider did not take the answer: {0}.")]
    Provider(#[from] ProviderError),
    /// What it says now could not be stored.
    #[error(transparent)]
    Notice(#[from] NoticeError),
}

impl From<StoreError> for DisputeError {
    fn from(error: StoreError) -> Self {
        Self::Refund(error.into())
    }
}

impl Transient for DisputeError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Refund(error) if error.is_transient())
    }
}

impl App {
    /// Answers a challenge: the payment is let through, or refused.
    ///
    /// # Errors
    /// [`DisputeError::Provider`] when the provider no longer waits for it or cannot be reached.
    pub async fn answer_challenge(
        &self,
        number: &str,
        approve: bool,
        by: &Actor,
    ) -> Result<NoticeOutcome, DisputeError> {
        let (order, payment) = self.own_payment(number).await?;
        let reference = payment
            .transaction_ref
            .as_ref()
            .unwrap_or(&payment.reference);
        let what = match approve {
            true => {
                self.provider.approve(reference).await?;
                "payment.challenge_approved"
            }
            false => {
                self.provider.deny(reference).await?;
                "payment.challenge_denied"
            }
        };
        let told: Result<(), StoreError> = transact!(self.store, |tx| {
            let detail = json!({"payment": payment.id.to_string()});
            self.tell_of_order(tx, order.id, by, what, detail).await?;
            self.attention_over(tx, order.id, Attention::Challenged, by)
                .await
        });
        told?;
        self.check_payment(number).await
    }

    /// Reads a payment again, now.
    ///
    /// # Errors
    /// [`DisputeError::Provider`] when its records cannot be read.
    pub async fn check_payment(&self, number: &str) -> Result<NoticeOutcome, DisputeError> {
        let (_, payment) = self.own_payment(number).await?;
        let reference = payment
            .transaction_ref
            .as_ref()
            .unwrap_or(&payment.reference);
        let Some(status) = self.provider.status(reference).await? else {
            return Ok(NoticeOutcome::UnknownPayment);
        };
        Ok(self
            .apply(&payment, &status, None, self.clock.now())
            .await?)
    }

    /// Ends a dispute: won, the tickets are good again; lost, they and the money are gone.
    ///
    /// # Errors
    /// [`DisputeError::NotDisputed`].
    pub async fn end_dispute(
        &self,
        number: &str,
        won: bool,
        by: &Actor,
    ) -> Result<(), DisputeError> {
        self.end_dispute_of(number, None, won, by).await
    }

    /// The same of one payment: where an order was paid twice each may be disputed.
    ///
    /// # Errors
    /// [`DisputeError::NotDisputed`].
    pub async fn end_dispute_of(
        &self,
        number: &str,
        which: Option<PaymentId>,
        won: bool,
        by: &Actor,
    ) -> Result<(), DisputeError> {
        let (found, _) = self.own_payment(number).await?;
        let ended = transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, found.event).await?;
            let order = store::order::lock(tx, found.id).await?;
            let all = store::payment::all_of_order(tx, order.id).await?;
            let is_held = |payment: &Payment| {
                let is_meant = which.is_none_or(|which| which == payment.id);
                is_meant && payment.status == PaymentStatus::Disputed
            };
            let payment = all.into_iter().find(is_held);
            let payment = payment.ok_or(DisputeError::NotDisputed)?;
            if won {
                self.unfreeze(tx, &mut revision, &order, &payment, by)
                    .await?;
                self.refund_if_off(tx, &mut revision, &order, &payment)
                    .await?;
            } else {
                self.lose(tx, &mut revision, &order, &payment, by).await?;
            }
            store::revision::put(tx, found.event, &revision).await?;
            Ok(())
        });
        self.waits.changed(found.event);
        ended
    }

    /// Money that is ours again goes back where the event will not take place: its run of refunds has passed this order.
    async fn refund_if_off(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
    ) -> Result<(), DisputeError> {
        let event = store::event::by_id(tx, order.event).await?;
        let is_off = event.is_some_and(|event| event.status == EventStatus::Cancelled);
        let stands = self.has_tickets(tx, order, payment).await?;
        if !is_off || !stands || order.status == OrderStatus::Refunded {
            return Ok(());
        }
        let ask = RefundAsk::whole(RefundReason::EventCancelled);
        self.refund_locked(tx, revision, order, &ask, &Actor::System)
            .await?;
        Ok(())
    }

    /// The bank keeps what had not gone back before.
    async fn lose(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        by: &Actor,
    ) -> Result<(), DisputeError> {
        // What was on its way back has gone this way instead.
        for refund in store::refund::of_order(tx, order.id).await? {
            if refund.payment == Some(payment.id) && refund.status.is_open() {
                self.book(tx, order, &refund, by).await?;
            }
        }
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        let left = payment.amount.minor - claims.claimed_minor;
        if left > 0 && store::claim::lay(tx, payment.id, left).await? {
            let ask = RefundAsk::whole(RefundReason::DisputeLost);
            let refund = self.new_refund(order, Some(payment), left, &ask, by);
            store::refund::insert(tx, &refund, &[]).await?;
            let now = self.clock.now();
            self.number_refund(tx, order.event, order.id, refund.id.0, now)
                .await?;
            self.book(tx, order, &refund, by).await?;
            let letter = self.new_id(now);
            store::outbox::put(tx, letter, store::outbox::REFUND_MAIL, refund.id.0, now).await?;
        }
        let stands = self.has_tickets(tx, order, payment).await?;
        if stands && order.status != OrderStatus::Refunded {
            self.take_all(tx, revision, order).await?;
        }
        // Where anything went back by it, it is over already.
        Ok(self
            .close_dispute(tx, (order.id, payment.id), DisputeStatus::Lost, by)
            .await?)
    }

    /// Ends the dispute about a payment where one is open; nobody has to look at the order for its sake any more, unless
    /// another payment of it is disputed too.
    pub(super) async fn close_dispute(
        &self,
        tx: &mut Tx,
        (order, payment): (OrderId, PaymentId),
        to: DisputeStatus,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if !store::dispute::end(tx, payment, to, now).await? {
            return Ok(());
        }
        let all = store::dispute::of_order(tx, order).await?;
        if all.iter().all(|one| one.status != DisputeStatus::Open) {
            self.attention_over(tx, order, Attention::Disputed, by)
                .await?;
        }
        let detail = json!({"payment": payment.to_string()});
        let action = format!("payment.dispute_{}", to.name());
        self.tell_of_order(tx, order, by, &action, detail).await
    }

    /// An order and its own payment at the provider.
    pub(super) async fn own_payment(&self, number: &str) -> Result<(Order, Payment), DisputeError> {
        let order = self.order_by_number(number).await?;
        let mut tx = self.store.read().await?;
        let payment = store::payment::of_order(&mut tx, order.id).await?;
        Ok((order, payment.ok_or(DisputeError::NoPayment)?))
    }
}
