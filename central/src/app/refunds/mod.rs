//! Refunds: asked for, decided, made up and followed until the money has gone back.
//!
//! Invariants: the tickets that go with a refund are taken back in the transaction that approves it, with the event's
//! revision, so that gates hear of it and replicas can prove it; the amount is claimed there too, so that no sequence
//! of refunds gives more back than came. What the provider must do is in the outbox since then (`send`), what a person
//! must do is shown with the order. An order that was never paid for a ticket (money that came too late, or twice)
//! gives money back without tickets.
//! `recall` takes tickets back, `money` claims and routes, `asked` is what buyers may do, `staff` what people at the panel ask for and agree to, `event` refunds all of one.

mod asked;
mod error;
mod event;
mod hand;
mod money;
mod recall;
mod send;
mod staff;

pub use asked::{BuyersRefunds, RefundWish};
pub use error::RefundError;
pub use event::CancelError;
pub use staff::{RefundShares, Share};

use sync_protocol::{id::EventId, time::Timestamp};

use super::{App, trail::Actor};
use crate::{
    domain::{
        id::{OrderId, RefundId},
        money::Money,
        order::Order,
        payment::PaymentStatus,
        refund::{self, Plan, Refund, RefundReason, RefundStatus, Scope},
    },
    store::{self, StoreError, Tx, payment::Payment, revision::EventRevision, tx::transact},
};

/// Longest note that is kept.
const NOTE_LETTERS: usize = 500;

/// What somebody wants to have refunded, and why.
#[derive(Clone, Debug)]
pub struct RefundAsk {
    /// How much of the order.
    pub scope: Scope,
    /// Why.
    pub reason: RefundReason,
    /// In their own words.
    pub note: String,
}

impl RefundAsk {
    /// All of an order, for a reason that needs no words.
    #[must_use]
    pub fn whole(reason: RefundReason) -> Self {
        Self {
            scope: Scope::Whole,
            reason,
            note: String::new(),
        }
    }
}

impl App {
    /// While a server of the release before works beside this one, its refunds do not say whose they are, and no list of an
    /// organiser would show them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_refunds(&self) -> Result<usize, StoreError> {
        if !store::refund::any_without_event(&mut self.store.read().await?).await? {
            return Ok(0);
        }
        transact!(self.store, |tx| { store::refund::name_events(tx).await })
    }

    /// Refunds an order, or a part of it, at once: its tickets are gone when this returns, and the money is on its way
    /// or waits for a person.
    ///
    /// # Errors
    /// See [`RefundError`]; nothing has moved then.
    pub async fn refund_order(
        &self,
        number: &str,
        ask: &RefundAsk,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let found = self.order_by_number(number).await?;
        let refund = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, found.event).await?;
            let order = store::order::lock(tx, found.id).await?;
            let refund = self
                .refund_locked(tx, &mut revision, &order, ask, by)
                .await?;
            store::revision::put(tx, found.event, &revision).await?;
            Ok::<_, RefundError>(refund)
        });
        self.waits.changed(found.event);
        refund
    }

    /// Agrees to a refund that a buyer asked for.
    ///
    /// # Errors
    /// See [`RefundError`]; it may also have become impossible since.
    pub async fn approve_refund(&self, id: RefundId, by: &Actor) -> Result<Refund, RefundError> {
        let (asked, event) = self.refund_and_event(id).await?;
        let refund = transact!(self.store, |tx| {
            let mut revision = store::revision::take(tx, event).await?;
            let order = store::order::lock(tx, asked.order).await?;
            let refund = load(tx, id).await?;
            let to = refund.status.approve()?;
            let items = store::refund::items(tx, id).await?;
            let scope = match items.is_empty() {
                true => Scope::Amount(refund.amount.minor),
                false => Scope::Tickets(items.into_iter().map(|(ticket, _)| ticket).collect()),
            };
            let (payment, plan) = self.plan_refund(tx, &order, &scope).await?;
            let approved = Refund {
                status: to,
                amount: Money::new(plan.amount_minor, order.total.currency),
                payment: payment.as_ref().map(|payment| payment.id),
                decided_by: Some(by.name().to_owned()),
                decided_at: Some(self.clock.now()),
                ..refund.clone()
            };
            store::refund::advance(tx, refund.status, &approved).await?;
            store::refund::replace_items(tx, id, &plan.items).await?;
            self.take_back(tx, &mut revision, &order, &plan).await?;
            let made = self
                .carry_out(tx, &order, payment.as_ref(), approved, by)
                .await?;
            store::revision::put(tx, event, &revision).await?;
            Ok::<_, RefundError>(made)
        });
        self.waits.changed(event);
        refund
    }

    /// Makes a refund up, takes its tickets back and sets its money on its way; the caller has taken the event's
    /// revision, locked the order, and writes the revision back.
    pub(in crate::app) async fn refund_locked(
        &self,
        tx: &mut Tx,
        revision: &mut EventRevision,
        order: &Order,
        ask: &RefundAsk,
        by: &Actor,
    ) -> Result<Refund, RefundError> {
        let (payment, plan) = self.plan_refund(tx, order, &ask.scope).await?;
        let wish = self.new_refund(order, payment.as_ref(), plan.amount_minor, ask, by);
        store::refund::insert(tx, &wish, &plan.items).await?;
        self.take_back(tx, revision, order, &plan).await?;
        self.carry_out(tx, order, payment.as_ref(), wish, by).await
    }

    /// What a refund of this order would be, and of which payment.
    async fn plan_refund(
        &self,
        tx: &mut Tx,
        order: &Order,
        scope: &Scope,
    ) -> Result<(Option<Payment>, Plan), RefundError> {
        if !order.status.is_settled() {
            return Err(RefundError::NotPaid);
        }
        let payment = self.paying(tx, order).await?;
        if payment
            .as_ref()
            .is_some_and(|p| p.status == PaymentStatus::Disputed)
        {
            return Err(RefundError::Disputed);
        }
        let left = match &payment {
            Some(payment) => {
                let claims = store::claim::of_payment(tx, payment.id, "").await?;
                payment.amount.minor - claims.claimed_minor
            }
            None => 0,
        };
        let seats = self.seats(tx, order, payment.as_ref()).await?;
        Ok((payment, refund::plan(left, &seats, scope)?))
    }

    /// A refund that is approved as it is made.
    pub(super) fn new_refund(
        &self,
        order: &Order,
        payment: Option<&Payment>,
        amount_minor: i64,
        ask: &RefundAsk,
        by: &Actor,
    ) -> Refund {
        let now = self.clock.now();
        let id = RefundId(self.new_id(now));
        Refund {
            id,
            order: order.id,
            payment: payment.map(|payment| payment.id),
            key: format!("RF-{id}"),
            status: RefundStatus::Approved,
            reason: ask.reason,
            note: ask.note.chars().take(NOTE_LETTERS).collect(),
            amount: Money::new(amount_minor, order.total.currency),
            asked_by: by.name().to_owned(),
            decided_by: Some(by.name().to_owned()),
            hand_reference: None,
            last_error: None,
            requested_at: now,
            decided_at: Some(now),
            done_at: None,
        }
    }

    /// The payment that paid an order; `None` for a free one.
    pub(in crate::app) async fn paying(
        &self,
        tx: &mut Tx,
        order: &Order,
    ) -> Result<Option<Payment>, StoreError> {
        let all = store::payment::all_of_order(tx, order.id).await?;
        let with_money = all.into_iter().filter(|payment| payment.status.has_money());
        Ok(paid_by(with_money.collect()))
    }

    /// The refunds of an order, oldest first.
    ///
    /// # Errors
    /// [`RefundError::UnknownOrder`].
    pub async fn refunds_of(&self, number: &str) -> Result<Vec<Refund>, RefundError> {
        let order = self.order_by_number(number).await?;
        let mut tx = self.store.read().await?;
        Ok(store::refund::of_order(&mut tx, order.id).await?)
    }

    /// Refunds of one status, the longest waiting first, with their orders.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refunds(
        &self,
        status: RefundStatus,
        most: i64,
    ) -> Result<Vec<(Refund, Order)>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut all = Vec::new();
        for refund in store::refund::of_status(&mut tx, status, most).await? {
            let order = store::order::by_id(&mut tx, refund.order).await?;
            let order = order.ok_or(StoreError::Corrupt("a refund of no order"))?;
            all.push((refund, order));
        }
        Ok(all)
    }

    /// The order of this number, for somebody who works here.
    pub(super) async fn order_by_number(&self, number: &str) -> Result<Order, RefundError> {
        let mut tx = self.store.read().await?;
        let order = store::order::by_number(&mut tx, number).await?;
        order.ok_or(RefundError::UnknownOrder)
    }

    async fn refund_and_event(&self, id: RefundId) -> Result<(Refund, EventId), RefundError> {
        let mut tx = self.store.read().await?;
        let refund = load(&mut tx, id).await?;
        let order = store::order::by_id(&mut tx, refund.order).await?;
        let order = order.ok_or(StoreError::Corrupt("a refund of no order"))?;
        Ok((refund, order.event))
    }
}

/// Of an order's payments with money, the one that its tickets were issued for: one that was taken by hand comes
/// beside an own payment which then had no money, or had it too late.
fn paid_by(mut with_money: Vec<Payment>) -> Option<Payment> {
    let by_hand = with_money.iter().position(|p| p.provider == money::BY_HAND);
    match by_hand {
        Some(at) => Some(with_money.swap_remove(at)),
        None => with_money.into_iter().next(),
    }
}

async fn load(tx: &mut Tx, id: RefundId) -> Result<Refund, RefundError> {
    let refund = store::refund::by_id(tx, id).await?;
    refund.ok_or(RefundError::UnknownRefund)
}

/// The refund and its order, locked.
async fn load_locked(
    tx: &mut Tx,
    id: RefundId,
    order: OrderId,
) -> Result<(Refund, Order), RefundError> {
    let order = store::order::lock(tx, order).await?;
    Ok((load(tx, id).await?, order))
}

/// The same refund, made.
fn made(refund: Refund, to: RefundStatus, now: Timestamp) -> Refund {
    Refund {
        status: to,
        done_at: Some(now),
        last_error: None,
        ..refund
    }
}
