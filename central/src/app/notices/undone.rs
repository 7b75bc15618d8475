//! Moves that take money away again: a reversal, a dispute and its end, refunds that were made at the provider.
//!
//! Invariant: gates see all of them, so each takes the event's revision first; a ticket stands no longer than the money
//! behind it.

use serde_json::json;
use sync_protocol::ticket::TicketStatus;

use super::{
    moves::{MoveError, advance, finish, load_locked},
    news::News,
};
use crate::{
    app::{App, refunds::RefundAsk, trail::Actor},
    domain::{
        attention::Attention,
        dispute::DisputeStatus,
        id::RefundId,
        letter::LetterKind,
        money::Money,
        noted::Noted,
        order::{Order, OrderStatus},
        payment::{Move, PaymentStatus},
        refund::{Refund, RefundReason},
        returned::{self, Booking, Ours, Told},
    },
    payments::RefundMade,
    store::{
        self, StoreError, Tx, outbox, payment::Payment, revision::EventRevision, tx::transact,
    },
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

    /// The money never came: what was to be given back of it is void, and where tickets stand for it they are revoked and
    /// the capacity is sold again.
    async fn reverse(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let stands = self.has_tickets(tx, order, payment).await?;
        self.void_refunds(tx, order, payment).await?;
        if stands {
            let to = order.status.reverse()?;
            self.put_standing(tx, revision, order, TicketStatus::Revoked)
                .await?;
            store::frozen::clear(tx, order.id).await?;
            store::hold::unsell(tx, order.id).await?;
            store::order::close(tx, order.id, order.status, to, news.now).await?;
            self.overtake_requests(tx, order).await?;
        }
        advance(tx, payment, PaymentStatus::Failed, news).await?;
        store::dispute::end(tx, payment.id, DisputeStatus::Lost, news.now).await?;
        let noted = news.noted(Attention::Reversed);
        self.note(tx, order, noted, &news.who(), news.now).await?;
        self.tell_buyer(tx, LetterKind::PaymentReversed, order.id, news.now)
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
        if self.has_tickets(tx, order, payment).await? {
            let frozen = self
                .put_standing(tx, revision, order, TicketStatus::Revoked)
                .await?;
            for ticket in frozen {
                store::frozen::insert(tx, order.id, ticket, news.now).await?;
            }
        }
        advance(tx, payment, PaymentStatus::Disputed, news).await?;
        let about = (order.id, order.event);
        store::dispute::open(tx, payment.id, about, news.now).await?;
        // Another thing than what is told after it was won, though the provider says the same.
        let frozen =
            json!({"payment": payment.id.to_string(), "transaction": news.reading.transaction_ref});
        let noted = Noted::about(Attention::Disputed, frozen);
        self.note(tx, order, noted, &news.who(), news.now).await?;
        self.tell_buyer(tx, LetterKind::PaymentDisputed, order.id, news.now)
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
        if self.has_tickets(tx, order, payment).await? {
            self.thaw(tx, revision, order, TicketStatus::Valid).await?;
        }
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
        store::payment::put_won(tx, payment.id, to.now).await?;
        self.tell_buyer(tx, LetterKind::DisputeWon, order.id, to.now)
            .await?;
        self.close_dispute(tx, (order.id, payment.id), DisputeStatus::Won, by)
            .await
    }

    /// Books what the provider says went back and we have not booked (`domain::returned`): our own refunds whose answer
    /// was lost, those of a person, and what nobody here asked for.
    async fn book_refunds(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let all = store::refund::of_order(tx, order.id).await?;
        let of_payment = all.iter().filter(|one| one.payment == Some(payment.id));
        let ours: Vec<Ours> = of_payment.map(ours).collect();
        let told: Vec<Told> = news.status.refunds.iter().map(told).collect();
        let mut is_news = false;
        for booking in returned::bookings(&ours, &told, news.reading.returned_minor) {
            is_news |= !matches!(booking, Booking::Made { .. });
            self.make_booking(tx, order, payment, booking, news).await?;
        }
        self.forget_refund_attention(tx, order, &news.who()).await?;
        if is_news {
            let who = news.who();
            let noted = news.noted(Attention::RefundedElsewhere);
            self.note(tx, order, noted, &who, news.now).await?;
            self.follow_refund(tx, revision, order, payment).await?;
        }
        Ok(store::payment::touch(tx, payment.id, news.now).await?)
    }

    async fn make_booking(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
        booking: Booking,
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        match booking {
            Booking::Made { refund, key } => {
                let refund = open_refund(tx, refund).await?;
                let key = key.unwrap_or_else(|| refund.key.clone());
                self.book(tx, order, &Refund { key, ..refund }, &news.who())
                    .await?;
                Ok(())
            }
            Booking::Part {
                refund,
                key,
                amount_minor,
            } => {
                let owed = open_refund(tx, refund).await?;
                let left = owed.amount.minor - amount_minor;
                let amount = Money::new(left, owed.amount.currency);
                let (from, rest) = (owed.status, Refund { amount, ..owed });
                store::refund::advance(tx, from, &rest).await?;
                self.book_elsewhere(tx, order, payment, (key, amount_minor), news)
                    .await
            }
            Booking::News { key, amount_minor } => {
                if !store::claim::lay(tx, payment.id, amount_minor).await? {
                    return Err(StoreError::Corrupt("more went back than came").into());
                }
                self.book_elsewhere(tx, order, payment, (key, amount_minor), news)
                    .await
            }
        }
    }

    /// Stores and books a refund that was made elsewhere, and whose amount is claimed.
    async fn book_elsewhere(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
        (key, amount_minor): (Option<String>, i64),
        news: &News<'_>,
    ) -> Result<(), MoveError> {
        let ask = RefundAsk::whole(RefundReason::RefundedElsewhere);
        let who = news.who();
        let own = self.new_refund(order, Some(payment), amount_minor, &ask, &who);
        let key = key.unwrap_or_else(|| own.key.clone());
        let refund = Refund { key, ..own };
        store::refund::insert(tx, &refund, &[]).await?;
        self.number_refund(tx, order.event, order.id, refund.id.0, news.now)
            .await?;
        self.book(tx, order, &refund, &who).await?;
        let letter = self.new_id(news.now);
        outbox::put(tx, letter, outbox::REFUND_MAIL, refund.id.0, news.now).await?;
        Ok(())
    }

    /// Whether an order's tickets stand for this payment: not for a second one, nor for money that came too late.
    pub(in crate::app) async fn has_tickets(
        &self,
        tx: &mut Tx,
        order: &Order,
        payment: &Payment,
    ) -> Result<bool, StoreError> {
        let paying = self.paying(tx, order).await?;
        let is_paying = paying.is_some_and(|paying| paying.id == payment.id);
        Ok(is_paying && order.status.is_settled())
    }

    /// Tickets follow money that nobody here gave back: all of them when all of it went.
    async fn follow_refund(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        payment: &Payment,
    ) -> Result<(), MoveError> {
        if !self.has_tickets(tx, order, payment).await? || order.status == OrderStatus::Refunded {
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

/// As it stands in this transaction: more than one booking may be about it.
async fn open_refund(tx: &mut Tx, id: RefundId) -> Result<Refund, StoreError> {
    let refund = store::refund::by_id(tx, id).await?;
    refund.ok_or(StoreError::Corrupt("a refund that is gone"))
}

fn ours(refund: &Refund) -> Ours {
    Ours {
        id: refund.id,
        key: refund.key.clone(),
        status: refund.status,
        amount_minor: refund.amount.minor,
    }
}

fn told(made: &RefundMade) -> Told {
    let key: String = made.key.chars().take(KEY_LETTERS).collect();
    Told {
        key: (!key.is_empty()).then_some(key),
        amount_minor: made.amount_minor,
    }
}
