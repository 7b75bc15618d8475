//! Where many payments stand, with their orders, for moves that are made together.
//!
//! Invariant: what [`locked`] tells stays true until the end of the transaction, because whoever moves an order or its
//! payment locks the order first. Orders are locked in the order of their ids, so that two servers do not wait for each
//! other in a circle.

use std::collections::BTreeMap;

use sync_protocol::id::EventId;
use uuid::Uuid;

use super::{StoreError, Tx, dialect::locking, many::ask};
use crate::domain::{
    event::EventStatus,
    id::{OrderId, PaymentId},
    money::{Currency, Money},
    order::OrderStatus,
    payment::{PaymentStatus, Standing},
};

/// What a payment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The order.
    pub order: OrderId,
    /// Its event.
    pub event: EventId,
}

/// What payments are for, by the reference that this provider knows them by.
///
/// # Errors
/// When the database fails.
pub async fn places(
    tx: &mut Tx,
    provider: &str,
    references: &[&str],
) -> Result<BTreeMap<String, Place>, StoreError> {
    let rows = ask!(
        tx,
        (String, Uuid, Uuid),
        "SELECT p.reference, o.id, o.event_id FROM payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.provider = ? AND p.reference IN ",
        "",
        [provider],
        references,
        |reference| *reference
    )?;
    let place = |(reference, order, event)| {
        let (order, event) = (OrderId(order), EventId(event));
        (reference, Place { order, event })
    };
    Ok(rows.into_iter().map(place).collect())
}

/// A payment under the lock of its order.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The payment.
    pub payment: PaymentId,
    /// Its order.
    pub order: OrderId,
    /// Its means of payment so far.
    pub channel: Option<String>,
    /// What its order still holds, in claims.
    pub held: i64,
    /// Whether other payments came beside it.
    pub has_beside: bool,
    /// Where it stands, but for those.
    pub standing: Standing,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    order_id: Uuid,
    reference: String,
    transaction_ref: Option<String>,
    status: String,
    channel: Option<String>,
    currency: String,
    amount_minor: i64,
    claimed_minor: i64,
    returned_minor: i64,
    dispute_won_at: Option<i64>,
    seconds: i64,
    held: i64,
    order_status: String,
    event_status: String,
}

impl Row {
    fn into_locked(self) -> Result<(String, Locked), StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        let event = EventStatus::from_name(&self.event_status).ok_or(bad("event status"))?;
        let standing = Standing {
            reference: self.reference.clone(),
            order: OrderStatus::from_name(&self.order_status).ok_or(bad("order status"))?,
            transaction_ref: self.transaction_ref,
            payment: PaymentStatus::from_name(&self.status).ok_or(bad("payment status"))?,
            amount: Money::new(self.amount_minor, currency),
            claimed_minor: self.claimed_minor,
            returned_minor: self.returned_minor,
            knows_second: false,
            is_won: self.dispute_won_at.is_some(),
            is_off: event == EventStatus::Cancelled,
        };
        let locked = Locked {
            payment: PaymentId(self.id),
            order: OrderId(self.order_id),
            channel: self.channel,
            held: self.held,
            has_beside: self.seconds > 0,
            standing,
        };
        Ok((self.reference, locked))
    }
}

/// Locks orders and tells where the payments of these references stand.
///
/// # Errors
/// When the database fails.
pub async fn locked(
    tx: &mut Tx,
    provider: &str,
    orders: &[OrderId],
    references: &[&str],
) -> Result<BTreeMap<String, Locked>, StoreError> {
    let tail = locking!(tx, " ORDER BY id");
    let head = "SELECT id FROM orders WHERE id IN ";
    ask!(tx, (Uuid,), head, tail, [], orders, |order| order.0)?;
    let rows = ask!(
        tx,
        Row,
        "SELECT p.id, p.order_id, p.reference, p.transaction_ref, p.status, p.channel, p.currency, p.amount_minor, \
         p.claimed_minor, p.dispute_won_at, \
         CAST((SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r \
          WHERE r.payment_id = p.id AND r.status = 'done') AS SIGNED) AS returned_minor, \
         (SELECT COUNT(*) FROM payments b WHERE b.beside_id = p.id) AS seconds, \
         (SELECT COUNT(*) FROM holds h WHERE h.order_id = p.order_id AND h.status = 'held') AS held, \
         o.status AS order_status, e.status AS event_status \
         FROM payments p JOIN orders o ON o.id = p.order_id JOIN events e ON e.id = o.event_id \
         WHERE p.provider = ? AND p.reference IN ",
        "",
        [provider],
        references,
        |reference| *reference
    )?;
    rows.into_iter().map(Row::into_locked).collect()
}
