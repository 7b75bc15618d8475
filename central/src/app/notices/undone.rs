//! Moves that take money away again: a reversal, a dispute and its end, refunds that were made at the provider.
//!
//! Invariant: gates see all of them, so each takes the event's revision first; a ticket stands no longer than the money
//! behind it.

use serde_json::json;
use sync_protocol::ticket::TicketStatus;

use super::moves::{MoveError, News, advance, finish, load_locked};
use crate::{
    app::{App, refunds::RefundAsk, trail::Actor},
    domain::{
        attention::Attention,
        id::RefundId,
        money::Money,
        order::Order,
        payment::{Move, PaymentStatus},
        refund::{Refund, RefundReason, RefundStatus},
    },
    payments::RefundMade,
    store::{self, StoreError, Tx, payment::Payment, revision::EventRevision, tx::transact},
};

/// Longest key of a refund.
const KEY_LETTERS: usize = 50;

impl App {
    pub(super) async fn make_undone(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        let made = transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, news.event).await?;
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            let revision_now = &mut revision;
            match planned {
                Move::Reverse => {
                    self.reverse(tx, revision_now, &order, &payment, news)
                        .await?
                }
                Move::Freeze => {
                    self.freeze(tx, revision_now, &order, &payment, news)
                        .await?
                }
                Move::Unfreeze => {
                    self.unfreeze(tx, revision_now, &order, &payment, &news.who())
                        .await?;
                }
                _ => {
                    self.book_refunds(tx, revision_now, &order, &payment, news)
                        .await?;
                }
            }
            store::revision::put(tx, news.event, &revision).await?;
            finish(tx, news, planned.name()).await?;
            Ok(())
        });
        self.waits.changed(news.event);
        made
    }

    /// The money never came: the tickets are revoked, the capacity is sold again.
    async fn reverse(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let to = order.status.reverse()?;
        self.put_standing(tx, revision, order, TicketStatus::Revoked)
            .await?;
        store::frozen::clear(tx, order.id).await?;
        store::hold::unsell(tx, order.id).await?;
        store::order::close(tx, order.id, order.status, to, news.now).await?;
        advance(tx, payment, PaymentStatus::Failed, news).await?;
        self.note(tx, order, Attention::Reversed, &news.who(), news.now)
            .await?;
        Ok(self
            .tell_of_payment(tx, payment, news, "payment.reversed")
            .await?)
    }

    /// The money is with the buyer's bank: the tickets open no gate until the dispute is over.
    async fn freeze(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let frozen = self
            .put_standing(tx, revision, order, TicketStatus::Revoked)
            .await?;
        for ticket in frozen {
            store::frozen::insert(tx, order.id, ticket, news.now).await?;
        }
        advance(tx, payment, PaymentStatus::Disputed, news).await?;
        self.note(tx, order, Attention::Disputed, &news.who(), news.now)
            .await?;
        Ok(self
            .tell_of_payment(tx, payment, news, "payment.disputed")
            .await?)
    }

    /// The dispute is won: the tickets are good again.
    pub(in crate::app) async fn unfreeze(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        by: &Actor,
    ) -> Result<(), StoreError> {
        self.thaw(tx, revision, order, TicketStatus::Valid).await?;
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        let status = match claims.returned_minor {
            0 => PaymentStatus::Success,
            _ => PaymentStatus::PartlyRefunded,
        };
        let to = store::payment::PaymentMove {
            status,
            transaction_ref: None,
            channel: None,
            now: self.clock.now(),
        };
        store::payment::advance(tx, payment, to).await?;
        store::attention::clear(tx, order.id, Attention::Disputed).await?;
        let detail = json!({"payment": payment.id.to_string()});
        self.tell_of_order(tx, order.id, by, "payment.dispute_won", detail)
            .await
    }

    /// Books what the provider says went back and we have not booked: our own refunds whose answer was lost, those of a
    /// person, and those that nobody here asked for.
    async fn book_refunds(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let whole = [RefundMade {
            key: "all".to_owned(),
            amount_minor: news.reading.returned_minor,
        }];
        let told = match news.status.refunds.is_empty() {
            true => &whole[..],
            false => &news.status.refunds,
        };
        let mut is_ours = true;
        for made in told {
            is_ours &= self.book_refund(tx, order, payment, made, news).await?;
        }
        if is_ours {
            return Ok(store::payment::touch(tx, payment.id, news.now).await?);
        }
        let who = news.who();
        self.note(tx, order, Attention::RefundedElsewhere, &who, news.now)
            .await?;
        self.follow_refund(tx, revision, order, payment).await
    }

    /// Books one; false when nobody here knew of it.
    async fn book_refund(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
        made: &RefundMade,
        news: &News<'_>,
    ) -> Result<bool, MoveError> {
        let key: String = made.key.chars().take(KEY_LETTERS).collect();
        if let Some(known) = store::refund::by_key(tx, payment.id, &key).await? {
            if known.status.is_open() {
                self.book(tx, order, &known, &news.who()).await?;
            }
            return Ok(true);
        }
        let all = store::refund::of_order(tx, order.id).await?;
        let by_hand = all.into_iter().find(|refund| {
            let waits = matches!(refund.status, RefundStatus::Manual | RefundStatus::Failed);
            let is_it = refund.payment == Some(payment.id);
            waits && is_it && refund.amount.minor == made.amount_minor
        });
        if let Some(refund) = by_hand {
            let refund = Refund {
                hand_reference: Some(key),
                ..refund
            };
            self.book(tx, order, &refund, &news.who()).await?;
            self.forget_refund_attention(tx, order).await?;
            return Ok(true);
        }
        self.book_unknown(tx, order, payment, (key, made.amount_minor), news)
            .await?;
        Ok(false)
    }

    async fn book_unknown(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
        (key, amount_minor): (String, i64),
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        let amount_minor = amount_minor.min(payment.amount.minor - claims.claimed_minor);
        if amount_minor == 0 || !store::claim::lay(tx, payment.id, amount_minor).await? {
            return Ok(());
        }
        let ask = RefundAsk::whole(RefundReason::RefundedElsewhere);
        let who = news.who();
        let refund = Refund {
            id: RefundId(self.new_id(news.now)),
            key,
            amount: Money::new(amount_minor, payment.amount.currency),
            ..self.new_refund(order, Some(payment), amount_minor, &ask, &who)
        };
        store::refund::insert(tx, &refund, &[]).await?;
        self.number_refund(tx, order.event, order.id, refund.id.0, news.now)
            .await?;
        self.book(tx, order, &refund, &who).await?;
        Ok(())
    }

    /// Tickets follow money that nobody here gave back: all of them when all of it went.
    async fn follow_refund(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
    ) -> Result<(), MoveError> {
        if !order.status.is_settled() {
            return Ok(());
        }
        let claims = store::claim::of_payment(tx, payment.id, "").await?;
        if claims.claimed_minor < payment.amount.minor {
            let to = order.status.refund_part()?;
            return Ok(store::order::advance(tx, order.id, order.status, to).await?);
        }
        Ok(self.take_all(tx, revision, order).await?)
    }
}
