//! What a sale writes and reads of many orders at once: one statement over all of them.
//!
//! Invariant: every order is locked by the caller, and every change is conditional all the same; one that does not
//! match as many rows as it should ends the transaction.

use uuid::Uuid;

use sync_protocol::time::Timestamp;

use super::{
    StoreError, Tx,
    many::{self, ask, change},
    order::Attendee,
};
use crate::domain::{
    id::{OrderId, OrderItemId, PaymentId, TicketTypeId},
    payment::PaymentStatus,
};

/// Marks pending orders paid.
///
/// # Errors
/// [`StoreError::Corrupt`] when one stands elsewhere: the caller had not locked it.
pub async fn mark_paid(tx: &mut Tx, orders: &[OrderId], now: Timestamp) -> Result<(), StoreError> {
    let marked = change!(
        tx,
        "UPDATE orders SET status = 'paid', paid_at = ?, closed_at = NULL WHERE status = 'pending' AND id IN ",
        [now.0],
        orders,
        |order| order.0
    )?;
    all_of(marked, orders.len(), "an order that moved unlocked")
}

/// Turns all that orders hold, so many claims, into sold capacity, and the uses of their promo codes into kept ones.
///
/// # Errors
/// [`StoreError::Corrupt`] when they hold more or less: the caller had not locked them.
pub async fn sell(tx: &mut Tx, orders: &[OrderId], held: i64) -> Result<(), StoreError> {
    let sold = change!(
        tx,
        "UPDATE holds SET status = 'sold' WHERE status = 'held' AND order_id IN ",
        [],
        orders,
        |order| order.0
    )?;
    change!(
        tx,
        "UPDATE promo_usages SET status = 'used' WHERE status = 'held' AND order_id IN ",
        [],
        orders,
        |order| order.0
    )?;
    let held = usize::try_from(held).unwrap_or_default();
    all_of(sold, held, "a hold that moved unlocked")
}

/// The attempt that moves a pending payment.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The payment.
    pub payment: PaymentId,
    /// The attempt, as the provider knows it.
    pub transaction_ref: String,
    /// Its means of payment.
    pub channel: Option<String>,
}

macro_rules! bind_attempts {
    ($text:expr, $list:expr, $to:expr, $now:expr) => {{
        let mut query = sqlx::query($text).bind($to.name()).bind($now.0);
        query = query.bind(($to == PaymentStatus::Success).then_some($now.0));
        for one in $list {
            query = query.bind(one.payment.0).bind(one.transaction_ref.as_str());
        }
        for one in $list {
            query = query.bind(one.payment.0).bind(one.channel.as_deref());
        }
        for one in $list {
            query = query.bind(one.payment.0);
        }
        query
    }};
}

/// Moves pending payments to this status, each by its attempt.
///
/// # Errors
/// [`StoreError::Corrupt`] when one stands elsewhere: the caller had not locked its order.
pub async fn advance(
    tx: &mut Tx,
    attempts: &[Attempt],
    to: PaymentStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut moved = 0;
    let lists = attempts.chunks(many::LOOKED_UP).flat_map(many::lists);
    for list in lists {
        let list = &list;
        let cases = " WHEN ? THEN ?".repeat(list.len());
        let head = format!(
            "UPDATE payments SET status = ?, updated_at = ?, paid_at = COALESCE(?, paid_at), \
             transaction_ref = CASE id{cases} END, channel = CASE id{cases} END WHERE status = 'pending' AND id IN "
        );
        let text = many::list(&head, list.len());
        let done = match &mut *tx {
            Tx::Sqlite(tx) => bind_attempts!(text, list, to, now)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Tx::MySql(tx) => bind_attempts!(text, list, to, now)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        };
        moved += many::kind(done)?;
    }
    all_of(moved, attempts.len(), "a payment that moved unlocked")
}

/// Notes that payments were looked at, so that the next look is another's turn.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, payments: &[PaymentId], now: Timestamp) -> Result<(), StoreError> {
    change!(
        tx,
        "UPDATE payments SET updated_at = ? WHERE id IN ",
        [now.0],
        payments,
        |payment| payment.0
    )?;
    Ok(())
}

/// Who gets a ticket of these orders, and of which type: orders together, attendees in their order.
///
/// # Errors
/// When the database fails.
pub async fn seats(
    tx: &mut Tx,
    orders: &[OrderId],
) -> Result<Vec<(Attendee, TicketTypeId)>, StoreError> {
    let rows = ask!(
        tx,
        (Uuid, i64, Uuid, String, Uuid),
        "SELECT a.order_id, a.place, a.order_item_id, a.name, i.ticket_type_id FROM order_attendees a \
         JOIN order_items i ON i.id = a.order_item_id WHERE a.order_id IN ",
        " ORDER BY a.order_id, a.place",
        [],
        orders,
        |order| order.0
    )?;
    let seat = |(order, place, item, name, kind)| {
        let attendee = Attendee {
            order: OrderId(order),
            place,
            item: OrderItemId(item),
            name,
        };
        (attendee, TicketTypeId(kind))
    };
    Ok(rows.into_iter().map(seat).collect())
}

fn all_of(rows: u64, wanted: usize, otherwise: &'static str) -> Result<(), StoreError> {
    if usize::try_from(rows) == Ok(wanted) {
        return Ok(());
    }
    Err(StoreError::Corrupt(otherwise))
}
