//! The desk: money that a person took on site (cash, a card terminal, a transfer seen on a statement), recorded for an
//! order that was placed like any other.
//!
//! Invariants: who took it, how, how much and under what number stands in the audit trail; exactly the order's amount
//! is taken; the order is paid and its tickets are issued in that one transaction. A payment that is open at the provider
//! is closed there, and what comes of it all the same goes back (`app::notices`).

use serde_json::json;
use sync_protocol::time::Timestamp;

use super::{App, events::EventError, refunds::RefundError, trail::Actor};
use crate::{
    domain::{
        attention::Attention,
        channel::Channel,
        event::EventStatus,
        id::PaymentId,
        named::named_enum,
        noted::Noted,
        order::{IllegalMove, Order, OrderStatus},
        payment::PaymentStatus,
    },
    payments::{OnSite, PaymentProvider as _},
    store::{
        self, StoreError, Transient, Tx, outbox,
        payment::{Payment, PaymentMove},
        tx::transact,
    },
};

/// Longest number of a receipt or transfer that is kept.
const REFERENCE_LETTERS: usize = 100;

named_enum! {
    /// How money was taken.
    pub enum Means {
        /// Notes and coins.
        Cash => "cash",
        /// Seen on a statement.
        Transfer => "transfer",
        /// A card terminal at the desk.
        Terminal => "terminal",
    }
}

/// Money as a person took it.
#[derive(Clone, Debug)]
pub struct Taken {
    /// How.
    pub means: Means,
    /// How much, minor units of the order's currency.
    pub amount_minor: i64,
    /// Number of the receipt or transfer.
    pub reference: String,
}

/// Why money is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such order.
    #[error("There is no such order.")]
    UnknownOrder,
    /// Not what is to be paid.
    #[error("The order costs {0}: take exactly that.")]
    Amount(String),
    /// A receipt or transfer has one.
    #[error("Say under what number the money was taken.")]
    NoReference,
    /// The event will not take place.
    #[error("The event is cancelled: take no money for it.")]
    Cancelled,
    /// Nothing is left of what was ordered.
    #[error("The order was given up, and what it wanted is sold out: take no money for it.")]
    SoldOut,
    /// The order's status does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// The event's part failed.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for DeskError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            _ => false,
        }
    }
}

impl App {
    /// Records money that was taken for an order, and issues its tickets.
    ///
    /// # Errors
    /// See [`DeskError`]; nothing has moved then.
    pub async fn record_payment(
        &self,
        number: &str,
        taken: &Taken,
        by: &Actor,
    ) -> Result<Order, DeskError> {
        let found = self.order_by_number(number).await;
        let found = found.map_err(|error| match error {
            RefundError::Store(error) => DeskError::Store(error),
            _ => DeskError::UnknownOrder,
        })?;
        if taken.reference.trim().is_empty() {
            return Err(DeskError::NoReference);
        }
        let now = self.clock.now();
        let paid = transact!(self.store, |tx| {
            // First of all: it makes revisions visible in order.
            let mut revision = store::revision::take(tx, found.event).await?;
            let order = store::order::lock(tx, found.id).await?;
            if taken.amount_minor != order.total.minor || taken.amount_minor == 0 {
                return Err(DeskError::Amount(order.total.to_string()));
            }
            let event = store::event::by_id(tx, order.event).await?;
            if event.is_none_or(|event| event.status == EventStatus::Cancelled) {
                return Err(DeskError::Cancelled);
            }
            let status = self.sell_at_desk(tx, &order, by, now).await?;
            store::order::mark_paid(tx, order.id, order.status, now).await?;
            store::order::put_channel(tx, order.id, Channel::Desk).await?;
            self.put_desk_payment(tx, &order, taken, now).await?;
            self.issue_tickets(tx, order.event, &[order.id], &mut revision, now)
                .await?;
            store::revision::put(tx, order.event, &revision).await?;
            let detail = json!({
                "means": taken.means.name(),
                "amount_minor": taken.amount_minor,
                "reference": reference(taken),
            });
            self.tell_of_order(tx, order.id, by, "payment.by_hand", detail)
                .await?;
            let paid_at = Some(now);
            Ok::<_, DeskError>(Order {
                status,
                paid_at,
                channel: Channel::Desk,
                ..order
            })
        });
        self.waits.changed(found.event);
        paid
    }

    /// Turns what the order holds, or held, into sold capacity.
    async fn sell_at_desk(
        &self,
        tx: &mut Tx,
        order: &Order,
        by: &Actor,
        now: Timestamp,
    ) -> Result<OrderStatus, DeskError> {
        if order.status == OrderStatus::Pending {
            store::hold::sell(tx, order.id).await?;
            return Ok(order.status.pay()?);
        }
        let status = order.status.pay_late()?;
        let noted = Noted::bare(Attention::PaidAfterRelease);
        self.note(tx, order, noted, by, now).await?;
        match store::hold::sell_again(tx, order.id).await? {
            true => Ok(status),
            false => Err(DeskError::SoldOut),
        }
    }

    /// Stores the payment, and gives up the one that is open at the provider.
    async fn put_desk_payment(
        &self,
        tx: &mut Tx,
        order: &Order,
        taken: &Taken,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let desk = OnSite.name();
        let own = store::payment::of_order(tx, order.id).await?;
        let to = |status| PaymentMove {
            status,
            transaction_ref: None,
            channel: None,
            now,
        };
        if let Some(own) = own.as_ref().filter(|own| own.provider == desk) {
            let paid = PaymentMove {
                channel: Some(taken.means.name()),
                ..to(PaymentStatus::Success)
            };
            return Ok(store::payment::advance(tx, own, paid).await?);
        }
        // Money that came too late for a ticket is on its way back already.
        let is_open = |own: &&Payment| {
            use PaymentStatus as P;
            matches!(own.status, P::Pending | P::Failed | P::Expired)
        };
        if let Some(own) = own.as_ref().filter(is_open) {
            store::payment::advance(tx, own, to(PaymentStatus::Failed)).await?;
            let id = self.new_id(now);
            outbox::put_again(tx, id, outbox::PAYMENT_CANCEL, order.id.0, now).await?;
        }
        let beside = Payment {
            id: PaymentId(self.new_id(now)),
            order: order.id,
            provider: desk.to_owned(),
            reference: order.number.clone(),
            transaction_ref: None,
            status: PaymentStatus::Success,
            channel: Some(taken.means.name().to_owned()),
            amount: order.total,
            token: None,
            redirect_url: None,
            expires_at: now,
            created_at: now,
            updated_at: now,
        };
        let own = own.map(|own| own.id);
        Ok(store::claim::insert_beside(tx, own, &beside).await?)
    }
}

fn reference(taken: &Taken) -> String {
    taken.reference.chars().take(REFERENCE_LETTERS).collect()
}
