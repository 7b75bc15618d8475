//! A re-read status made into one move: planned, locked, decided again, saved.
//!
//! Invariant: what is planned outside the transaction is only a guess at which locks are needed (a move that
//! gates see takes the event's revision first); what is done is decided under the lock.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{NoticeError, NoticeOutcome};
use crate::{
    app::{App, events::EventError},
    domain::{
        attention::Attention,
        id::{NoticeId, OrderId},
        money::{Currency, Money},
        order::{IllegalMove, Order, OrderStatus},
        payment::{self, Move, PaymentStatus, Reading, Standing},
    },
    payments,
    store::{
        self, StoreError, Transient, Tx,
        audit::AuditEntry,
        payment::{Payment, PaymentMove},
        tx::transact,
    },
};

/// How often a move is planned anew because the order moved meanwhile.
const PLANS: u32 = 8;
/// What the audit trail calls a reason to look.
const NOTED: &str = "order.attention";

/// Why one attempt at a move was rolled back.
#[derive(Debug, thiserror::Error)]
enum MoveError {
    #[error("the order moved meanwhile")]
    Raced,
    #[error("no capacity is left")]
    NoStock,
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    #[error(transparent)]
    Event(#[from] EventError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for MoveError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            Self::Raced | Self::NoStock | Self::Illegal(_) => false,
        }
    }
}

/// What is being applied, and to what.
struct News<'a> {
    status: &'a payments::PaymentStatus,
    reading: Reading,
    notice: Option<NoticeId>,
    /// The outcome's name if it is not the move's own.
    named: Option<&'static str>,
    order: OrderId,
    event: EventId,
    now: Timestamp,
}

impl App {
    /// Makes the one legal move that a re-read status asks for.
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
        let news = News {
            status,
            reading: reading(status),
            notice: notice.map(|(id, _)| id),
            named: differs.then_some(NoticeOutcome::StatusDiffers.name()),
            order: payment.order,
            event,
            now,
        };
        for _ in 0..PLANS {
            let planned = self.plan(payment, &news.reading).await?;
            match self.make(payment, &news, planned).await {
                Ok(()) => return Ok(NoticeOutcome::Moved(planned)),
                Err(MoveError::NoStock) => {
                    match self.note_no_stock(payment, &news, planned).await {
                        Ok(()) => return Ok(NoticeOutcome::NoStock),
                        Err(error) => again(error)?,
                    }
                }
                Err(error) => again(error)?,
            }
        }
        Err(StoreError::Corrupt("an order that never rests").into())
    }

    async fn plan(&self, payment: &Payment, reading: &Reading) -> Result<Move, StoreError> {
        let mut tx = self.store.read().await?;
        let (order, payment) = load(&mut tx, payment).await?;
        Ok(payment::decide(&standing(&order, &payment), reading))
    }

    async fn make(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        match planned {
            Move::Pay | Move::PayAfterRelease => self.make_paid(payment, news, planned).await,
            _ => self.make_small(payment, news, planned).await,
        }
    }

    /// Marks the order paid, sells its holds, issues its tickets.
    async fn make_paid(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        let made = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, news.event).await?;
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            let is_late = planned == Move::PayAfterRelease;
            let sold = if is_late {
                order.status.pay_late()?;
                self.note(tx, &order, Attention::PaidAfterRelease, news)
                    .await?;
                store::hold::sell_again(tx, order.id).await?
            } else {
                order.status.pay()?;
                store::hold::sell(tx, order.id).await?
            };
            if !sold {
                return Err(MoveError::NoStock);
            }
            store::order::mark_paid(tx, order.id, order.status, news.now).await?;
            advance(tx, &payment, PaymentStatus::Success, news).await?;
            self.issue_tickets(tx, &order, &mut revision, news.now)
                .await?;
            store::revision::put(tx, news.event, &revision).await?;
            finish(tx, news, planned.name()).await?;
            Ok(())
        });
        self.waits.changed(news.event);
        made
    }

    /// Every move that no gate sees.
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
                Move::Ignore(_) => store::payment::touch(tx, payment.id, news.now).await?,
                Move::NeedsReview(doubt) => {
                    if let Some(why) = doubt.attention() {
                        self.note(tx, &order, why, news).await?;
                    }
                    store::payment::touch(tx, payment.id, news.now).await?;
                }
                Move::Pay | Move::PayAfterRelease => return Err(MoveError::Raced),
            }
            finish(tx, news, planned.name()).await?;
            Ok(())
        })
    }

    /// The money is ours and the seat is not: kept as both, and shown to an admin.
    async fn note_no_stock(
        &self,
        payment: &Payment,
        news: &News<'_>,
        planned: Move,
    ) -> Result<(), MoveError> {
        transact!(self.store, |tx| {
            let (order, payment) = load_locked(tx, payment, news, planned).await?;
            self.note(tx, &order, Attention::PaidWithoutStock, news)
                .await?;
            advance(tx, &payment, PaymentStatus::Success, news).await?;
            finish(tx, news, NoticeOutcome::NoStock.name()).await?;
            Ok::<_, MoveError>(())
        })?;
        tracing::warn!(
            reference = payment.reference,
            "paid after release and sold out"
        );
        Ok(())
    }

    /// Shows an order to an admin: its gravest reason stands with it, each is in the audit trail once.
    async fn note(
        &self,
        tx: &mut Tx,
        order: &Order,
        why: Attention,
        news: &News<'_>,
    ) -> Result<(), StoreError> {
        if why.outweighs(order.attention) {
            store::order::put_attention(tx, order.id, why).await?;
        }
        let entry = AuditEntry {
            id: self.new_id(news.now),
            now: news.now,
            actor_kind: news.notice.map_or("system", |_| "provider"),
            action: NOTED,
            subject_kind: "order",
            subject: order.id.0,
            detail: &format!(r#"{{"reason":"{}"}}"#, why.name()),
        };
        store::audit::put_once(tx, entry).await
    }
}

/// Whether a move that was not made is planned anew: a number was taken, or the order moved.
fn again(error: MoveError) -> Result<(), NoticeError> {
    match error {
        MoveError::Raced | MoveError::Store(StoreError::Duplicate) => Ok(()),
        MoveError::NoStock => Err(StoreError::Corrupt("stock asked for twice").into()),
        MoveError::Illegal(_) => unreachable!("decide names only legal moves"),
        MoveError::Event(error) => Err(error.into()),
        MoveError::Store(error) => Err(error.into()),
    }
}

async fn load(tx: &mut Tx, payment: &Payment) -> Result<(Order, Payment), StoreError> {
    let order = store::order::by_id(tx, payment.order).await?;
    let order = order.ok_or(StoreError::Corrupt("a payment of no order"))?;
    let payment = store::payment::by_reference(tx, &payment.provider, &payment.reference).await?;
    Ok((
        order,
        payment.ok_or(StoreError::Corrupt("a payment that is gone"))?,
    ))
}

/// The order and its payment, locked, if they still ask for the planned move.
async fn load_locked(
    tx: &mut Tx,
    payment: &Payment,
    news: &News<'_>,
    planned: Move,
) -> Result<(Order, Payment), MoveError> {
    store::order::lock(tx, news.order).await?;
    let (order, payment) = load(tx, payment).await?;
    if payment::decide(&standing(&order, &payment), &news.reading) == planned {
        return Ok((order, payment));
    }
    Err(MoveError::Raced)
}

async fn advance(
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

async fn close(
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

async fn finish(tx: &mut Tx, news: &News<'_>, outcome: &str) -> Result<(), StoreError> {
    let Some(notice) = news.notice else {
        return Ok(());
    };
    store::notice::put_outcome(tx, notice, news.named.unwrap_or(outcome), news.now).await
}

fn standing(order: &Order, payment: &Payment) -> Standing {
    Standing {
        reference: payment.reference.clone(),
        order: order.status,
        transaction_ref: payment.transaction_ref.clone(),
        payment: payment.status,
        amount: payment.amount,
    }
}

fn reading(status: &payments::PaymentStatus) -> Reading {
    let currency = Currency::from_code(&status.currency);
    Reading {
        reference: status.reference.clone(),
        transaction_ref: status.provider_reference.clone(),
        verdict: status.verdict,
        amount: currency.map(|currency| Money::new(status.amount_minor, currency)),
    }
}
