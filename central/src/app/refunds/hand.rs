//! What a person does about a refund: declines it, asks the provider again, takes it over, or says that the money has
//! gone back by hand.

use serde_json::json;

use super::{NOTE_LETTERS, RefundError, load_locked};
use crate::{
    app::{App, trail::Actor},
    domain::{
        attention::Attention,
        id::RefundId,
        order::Order,
        payment::PaymentStatus,
        refund::{IllegalRefundMove, Refund, RefundStatus},
    },
    store::{self, StoreError, Tx, outbox, payment::Payment, tx::transact},
};

/// Longest reference of a refund by hand.
const REFERENCE_LETTERS: usize = 100;

impl App {
    /// Declines a refund that a buyer asked for; its buyer is told.
    ///
    /// # Errors
    /// [`RefundError::Illegal`] unless it is requested.
    pub async fn decline_refund(&self, id: RefundId, by: &Actor) -> Result<Refund, RefundError> {
        self.decline_refund_because(id, "", by).await
    }

    /// The same with the reason, which the buyer reads.
    ///
    /// # Errors
    /// As [`App::decline_refund`].
    pub async fn decline_refund_because(
        &self,
        id: RefundId,
        why: &str,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let why: String = why.trim().chars().take(NOTE_LETTERS).collect();
        let (asked, _) = self.refund_and_event(id).await?;
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, id, asked.order).await?;
            let declined = Refund {
                status: refund.status.decline()?,
                decided_by: Some(by.name().to_owned()),
                decided_at: Some(now),
                ..refund.clone()
            };
            store::refund::advance(tx, refund.status, &declined).await?;
            if !why.is_empty() {
                store::refund::put_answer(tx, id, &why).await?;
            }
            let detail = json!({"refund": id.to_string()});
            self.tell_of_order(tx, order.id, by, "refund.declined", detail)
                .await?;
            outbox::put(tx, self.new_id(now), outbox::REFUND_MAIL, id.0, now).await?;
            Ok(declined)
        })
    }

    /// Asks the provider once more for a refund that it refused.
    ///
    /// # Errors
    /// [`RefundError::Illegal`] unless it failed.
    pub async fn retry_refund(&self, id: RefundId, by: &Actor) -> Result<Refund, RefundError> {
        let (asked, _) = self.refund_and_event(id).await?;
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, id, asked.order).await?;
            let sent = Refund {
                status: refund.status.send()?,
                ..refund.clone()
            };
            store::refund::advance(tx, refund.status, &sent).await?;
            outbox::put_again(tx, self.new_id(now), outbox::REFUND_SEND, id.0, now).await?;
            let detail = json!({"refund": id.to_string()});
            self.tell_of_order(tx, order.id, by, "refund.retried", detail)
                .await?;
            Ok(sent)
        })
    }

    /// Takes a refund over from the provider: a person will give the money back.
    ///
    /// # Errors
    /// [`RefundError::Illegal`] unless it is on its way, or when the provider's records show that it was made. Where those
    /// cannot be read now, a person must look there first.
    pub async fn take_refund_over(&self, id: RefundId, by: &Actor) -> Result<Refund, RefundError> {
        let (asked, _) = self.refund_and_event(id).await?;
        self.look_before_hand(&asked).await?;
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, id, asked.order).await?;
            let to = refund.status.hand_over()?;
            let detail = json!({"refund": id.to_string()});
            self.tell_of_order(tx, order.id, by, "refund.taken_over", detail)
                .await?;
            self.stop(tx, &order, &refund, to, "taken_over").await?;
            Ok(Refund {
                status: to,
                ..refund
            })
        })
    }

    /// Books that the money of a refund has gone back by hand, under the number of the transfer or receipt.
    ///
    /// # Errors
    /// [`RefundError::Illegal`] unless a person has it, or when the provider's records show that it was made there, and
    /// [`RefundError::Disputed`] while the buyer's bank decides.
    pub async fn finish_refund(
        &self,
        id: RefundId,
        reference: &str,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let (asked, _) = self.refund_and_event(id).await?;
        self.look_before_hand(&asked).await?;
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, id, asked.order).await?;
            // What was sent may have been made: only a person's own refund is done by a person's word.
            if refund.status != RefundStatus::Manual {
                let wanted = "be finished by hand: take it over first";
                let from = refund.status;
                return Err(IllegalRefundMove { from, wanted }.into());
            }
            if let Some(payment) = refund.payment {
                let payment = store::payment::by_id(tx, payment).await?;
                if payment.is_some_and(|payment| payment.status == PaymentStatus::Disputed) {
                    return Err(RefundError::Disputed);
                }
            }
            let by_hand = Refund {
                hand_reference: Some(reference.chars().take(REFERENCE_LETTERS).collect()),
                ..refund
            };
            let done = self.book(tx, &order, &by_hand, by).await?;
            self.forget_refund_attention(tx, &order, by).await?;
            Ok(done)
        })
    }

    /// Books what went back by the provider's records, if they can be read, before a person gives money back.
    async fn look_before_hand(&self, refund: &Refund) -> Result<(), RefundError> {
        let payment = match refund.payment {
            Some(id) => store::payment::by_id(&mut self.store.read().await?, id).await?,
            None => None,
        };
        let ours = |payment: &Payment| payment.provider == self.provider.name();
        let Some(payment) = payment.filter(ours).filter(|_| refund.status.is_open()) else {
            return Ok(());
        };
        let reference = payment.transaction_ref.as_ref();
        let read = self
            .provider
            .status(reference.unwrap_or(&payment.reference))
            .await;
        match read {
            Ok(Some(records)) => {
                self.book_records(refund, &payment, &records).await;
                if records.refunds.iter().any(|made| made.key == refund.key) {
                    self.book_as_made(refund).await?;
                }
            }
            Ok(None) => {}
            Err(error) => {
                let code = error.code();
                tracing::warn!(refund = %refund.id, code, "records not read before a refund by hand");
            }
        }
        Ok(())
    }

    /// The provider names this very refund: it was made, whatever all refunds add up to. What was given back by hand
    /// never stands in the provider's sum.
    async fn book_as_made(&self, refund: &Refund) -> Result<(), RefundError> {
        transact!(self.store, |tx| {
            let (refund, order) = load_locked(tx, refund.id, refund.order).await?;
            if refund.status.is_open() {
                self.book(tx, &order, &refund, &Actor::System).await?;
            }
            Ok(self
                .forget_refund_attention(tx, &order, &Actor::System)
                .await?)
        })
    }

    /// Takes "give money back by hand" away from an order that has no such refund any more.
    pub(in crate::app) async fn forget_refund_attention(
        &self,
        tx: &mut Tx,
        order: &Order,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let all = store::refund::of_order(tx, order.id).await?;
        if all.iter().any(|refund| refund.status.is_open()) {
            return Ok(());
        }
        self.attention_over(tx, order.id, Attention::RefundByHand, by)
            .await
    }

    /// Takes away why an admin must look at an order: somebody has looked.
    ///
    /// # Errors
    /// [`RefundError::UnknownOrder`].
    pub async fn clear_attention(
        &self,
        number: &str,
        by: &Actor,
    ) -> Result<Option<Attention>, RefundError> {
        let found = self.order_by_number(number).await?;
        transact!(self.store, |tx| {
            let order = store::order::lock(tx, found.id).await?;
            let Some(why) = order.attention else {
                return Ok(None);
            };
            self.look(tx, order.id, why, by).await?;
            Ok(Some(why))
        })
    }
}
