//! A re-read status made into one move: planned, locked, decided again, saved.
//!
//! Invariants: what is planned outside the transaction is only a guess at which locks are needed (a move that
//! gates see takes the event's revision first); what is done is decided under the lock. A payment that moved since
//! before its status was read may know better than that reading, so it is read again before anything is done.

use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{
    NoticeError, NoticeOutcome,
    news::{News, detail_of_payment, reading},
    paid,
};
use crate::{
    app::{App, attention::notes_of, events::EventError, refunds::RefundError},
    domain::{
        attention::Attention,
        event::EventStatus,
        id::NoticeId,
        noted::Noted,
        order::{IllegalMove, Order, OrderStatus},
        payment::{self, Move, PaymentStatus, Reading, Standing},
    },
    payments::{self, ProviderVerdict},
    store::{
        self, StoreError, Transient, Tx,
        payment::{Payment, PaymentMove},
        tx::transact,
    },
};

/// What the audit trail calls a payment that came.
pub(super) const PAID: &str = "payment.paid";
/// How often a move is planned anew because the order moved meanwhile.
const PLANS: u32 = 8;

/// Why one attempt at a move was rolled back.
#[derive(Debug, thiserror::Error)]
pub(super) enum MoveError {
    #[error("the order moved meanwhile")]
    Raced,
    #[error("no capacity is left")]
    NoStock,
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    #[error(transparent)]
    Refund(#[from] Box<RefundError>),
    #[error(transparent)]
    Event(#[from] EventError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MoveError {
    /// Whether one of several moves that were tried together may have spoiled them all.
    pub(super) fn is_of_one(&self) -> bool {
        match self {
            Self::Store(error) | Self::Event(EventError::Store(error)) => error.is_of_one(),
            Self::Raced | Self::NoStock | Self::Illegal(_) | Self::Refund(_) | Self::Event(_) => {
                true
            }
        }
    }
}

impl From<RefundError> for MoveError {
    fn from(error: RefundError) -> Self {
        match error {
            RefundError::Store(error) => Self::Store(error),
            other => Self::Refund(Box::new(other)),
        }
    }
}

impl Transient for MoveError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            Self::Refund(error) => error.is_transient(),
            Self::Raced | Self::NoStock | Self::Illegal(_) => false,
        }
    }
}

impl App {
    /// Makes the legal moves that a re-read status asks for; `payment` was loaded before the status was read.
    pub(in crate::app) async fn apply(
        &self,
        payment: &Payment,
        status: &payments::PaymentStatus,
        notice: Option<(NoticeId, bool)>,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let event = {
            let mut tx = self.store.read().await?;
            let order = store::order::by_id(&mut tx, payment.order).await?;
            order
                .ok_or(StoreError::Corrupt("a payment of no order"))?
                .event
        };
        let differs = notice.is_some_and(|(_, differs)| differs);
        let (mut payment, mut status) = (payment.clone(), status.clone());
        for _ in 0..PLANS {
            let news = News {
                reading: Reading {
                    reference: paid::reference_of(&payment, &status).to_owned(),
                    ..reading(&status)
                },
                status: &status,
                notice: notice.map(|(id, _)| id),
                named: differs.then_some(NoticeOutcome::StatusDiffers.name()),
                order: payment.order,
                event,
                now,
            };
            match self.make_move(&payment, &news).await {
                Ok(NoticeOutcome::Moved(made)) if has_more(made, &news) => {}
                Ok(outcome) => return Ok(outcome),
                Err(error) => again(error)?,
            }
            let Some(looked) = self.look_again(&payment, &status).await? else {
                return Ok(NoticeOutcome::UnknownPayment);
            };
            (payment, status) = looked;
        }
        Err(StoreError::Corrupt("an order that never rests").into())
    }

    /// Plans and makes one move.
    async fn make_move(
        &self,
        payment: &Payment,
        news: &News<'_>,
    ) -> Result<NoticeOutcome, MoveError> {
        let planned = {
            let mut tx = self.store.read().await?;
            let (_, _, standing) = load(&mut tx, payment, &news.reading).await?;
            payment::decide(&standing, &news.reading)
        };
        match self.make(payment, news, planned).await {
            Ok(()) => Ok(NoticeOutcome::Moved(planned)),
            Err(MoveError::NoStock) => {
                self.make_paid_back(payment, news, planned).await?;
                Ok(NoticeOutcome::NoStock)
            }
            Err(error) => Err(error),
        }
    }

    /// Loads a payment again, and then reads its status again.
    async fn look_again(
        &self,
        payment: &Payment,
        status: &payments::PaymentStatus,
    ) -> Result<Option<(Payment, payments::PaymentStatus)>, NoticeError> {
        let known = {
            let mut tx = self.store.read().await?;
            store::payment::by_id(&mut tx, payment.id).await?
        };
        let known = known.ok_or(StoreError::Corrupt("a payment that is gone"))?;
        let read = self.read_status(&status.provider_reference).await?;
        Ok(read.map(|status| (known, status)))
    }

    async fn make(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        match planned {
            Move::Pay | Move::PayAfterRelease => self.make_paid(payment, news, planned).await,
            Move::PayBack => self.make_paid_back(payment, news, planned).await,
            Move::PayTwice => self.make_paid_twice(payment, news).await,
            Move::Reverse | Move::Freeze | Move::BookRefunds => {
                self.make_undone(payment, news, planned).await
            }
            Move::KeepPending
            | Move::FailAttempt
            | Move::Fail
            | Move::Cancel
            | Move::Expire
            | Move::Ignore(_)
            | Move::NeedsReview(_) => self.make_small(payment, news, planned).await,
        }
    }

    /// Every move that neither gates nor the books of money see.
    async fn make_small(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        transact!(self.store, |tx| {
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            match planned {
                Move::KeepPending => advance(tx, &payment, PaymentStatus::Pending, news).await?,
                Move::FailAttempt => advance(tx, &payment, PaymentStatus::Failed, news).await?,
                Move::Fail => {
                    let to = order.status.fail()?;
                    close(tx, &order, &payment, to, PaymentStatus::Failed, news).await?;
                }
                Move::Cancel => {
                    let to = order.status.cancel()?;
                    close(tx, &order, &payment, to, PaymentStatus::Failed, news).await?;
                }
                Move::Expire => {
                    let to = order.status.expire()?;
                    close(tx, &order, &payment, to, PaymentStatus::Expired, news).await?;
                    self.tell_expired(tx, order.id, news.now).await?;
                }
                Move::NeedsReview(doubt) => {
                    if let Some(why) = doubt.attention() {
                        let noted = noted(tx, &payment, news, why).await?;
                        self.note_doubt(tx, &order, noted, &news.who(), news.now)
                            .await?;
                    }
                    store::payment::touch(tx, payment.id, news.now).await?;
                }
                _ => store::payment::touch(tx, payment.id, news.now).await?,
            }
            finish(tx, news, planned.name()).await?;
            Ok(())
        })
    }

    /// Leaves a row about a payment in the audit trail.
    pub(super) async fn tell_of_payment(
        &self,
        tx: &mut Tx,
        payment: &Payment,
        news: &News<'_>,
        what: &str,
    ) -> Result<(), StoreError> {
        let detail = detail_of_payment(payment.id, &payment.reference, news.status);
        self.tell_of_order(tx, payment.order, &news.who(), what, detail)
            .await
    }
}

/// Whether another move follows from the same reading: part of what came went back again, or a bank holds the rest.
fn has_more(made: Move, news: &News<'_>) -> bool {
    let is_held = news.reading.verdict == ProviderVerdict::Disputed;
    match made {
        Move::BookRefunds => is_held,
        made => made.is_payment() && news.reading.returned_minor > 0,
    }
}

/// Whether a move that was not made is planned anew: a number was taken, or the order moved.
fn again(error: MoveError) -> Result<(), NoticeError> {
    match error {
        MoveError::Raced | MoveError::Store(StoreError::Duplicate) => Ok(()),
        MoveError::NoStock => Err(StoreError::Corrupt("stock asked for twice").into()),
        MoveError::Illegal(_) => unreachable!("decide names only legal moves"),
        MoveError::Refund(error) => Err((*error).into()),
        MoveError::Event(error) => Err(error.into()),
        MoveError::Store(error) => Err(error.into()),
    }
}

/// What stands now, if the payment did not move since `seen` was loaded.
async fn load(
    tx: &mut Tx,
    seen: &Payment,
    reading: &Reading,
) -> Result<(Order, Payment, Standing), MoveError> {
    let order = store::order::by_id(tx, seen.order).await?;
    let order = order.ok_or(StoreError::Corrupt("a payment of no order"))?;
    let payment = store::payment::by_reference(tx, &seen.provider, &seen.reference).await?;
    let payment = payment.ok_or(StoreError::Corrupt("a payment that is gone"))?;
    if (payment.status, &payment.transaction_ref) != (seen.status, &seen.transaction_ref) {
        return Err(MoveError::Raced);
    }
    let claims = store::claim::of_payment(tx, payment.id, &reading.transaction_ref).await?;
    let standing = Standing {
        reference: payment.reference.clone(),
        order: order.status,
        transaction_ref: payment.transaction_ref.clone(),
        payment: payment.status,
        amount: payment.amount,
        claimed_minor: claims.claimed_minor,
        returned_minor: claims.returned_minor,
        knows_second: claims.knows_second,
        is_won: claims.is_won,
        is_off: claims.event == EventStatus::Cancelled,
    };
    Ok((order, payment, standing))
}

/// A doubt with what it is about. Of a dispute the provider tells nothing by which another one of the same payment could be
/// told from it: neither an id nor a time, and the transaction's own times stay. So the last notice tells: a body that
/// differs is another thing, the same one sent again is not, and what is asked between two notices is about the earlier one.
/// Looks of before the trail told notices were at what had come by then.
async fn noted(
    tx: &mut Tx,
    payment: &Payment,
    news: &News<'_>,
    why: Attention,
) -> Result<Noted, StoreError> {
    let noted = news.noted(why);
    if why != Attention::Disputed {
        return Ok(noted);
    }
    let notice = match news.notice {
        Some(notice) => Some(notice),
        None => store::notice::latest(tx, (&payment.provider, &payment.reference)).await?,
    };
    if let Some(notice) = notice {
        let came = store::notice::received_at(tx, notice).await?;
        let notes = notes_of(tx, payment.order).await?;
        if notes.was_looked_at_since(&noted, came) {
            return Ok(noted);
        }
    }
    Ok(noted.with("notice", json!(notice.map(|notice| notice.to_string()))))
}

/// The order and its payment, locked, if they still ask for the planned move.
pub(super) async fn load_locked(
    tx: &mut Tx,
    payment: &Payment,
    news: &News<'_>,
    planned: Move,
) -> Result<(Order, Payment), MoveError> {
    store::order::lock(tx, news.order).await?;
    let (order, payment, standing) = load(tx, payment, &news.reading).await?;
    if payment::decide(&standing, &news.reading) == planned {
        return Ok((order, payment));
    }
    Err(MoveError::Raced)
}

pub(super) async fn advance(
    tx: &mut Tx,
    payment: &Payment,
    status: PaymentStatus,
    news: &News<'_>,
) -> Result<(), StoreError> {
    let to = PaymentMove {
        status,
        transaction_ref: Some(&news.reading.transaction_ref),
        channel: news.status.channel.as_deref(),
        now: news.now,
    };
    store::payment::advance(tx, payment, to).await
}

pub(super) async fn close(
    tx: &mut Tx,
    order: &Order,
    payment: &Payment,
    to: OrderStatus,
    payment_to: PaymentStatus,
    news: &News<'_>,
) -> Result<(), StoreError> {
    store::order::close(tx, order.id, order.status, to, news.now).await?;
    advance(tx, payment, payment_to, news).await?;
    store::hold::release(tx, order.id).await
}

pub(super) async fn finish(tx: &mut Tx, news: &News<'_>, outcome: &str) -> Result<(), StoreError> {
    let Some(notice) = news.notice else {
        return Ok(());
    };
    store::notice::put_outcome(tx, &[notice], news.named.unwrap_or(outcome), news.now).await
}
