//! What refunds lay claim to of a payment, and payments that came beside an order's own.
//!
//! Invariant: `claimed_minor` grows only by one conditional statement, so it stays within the payment's amount whoever
//! else refunds; it is given back only where the money never came ([`void`]), because a refund that fails is still owed.

use uuid::Uuid;

use super::{
    StoreError, Tx, payment,
    tx::{execute, fetch_one},
};
use crate::domain::{
    event::EventStatus,
    id::{OrderId, PaymentId},
};

/// What is known of a payment's money, besides the payment itself.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    /// What refunds lay claim to.
    pub claimed_minor: i64,
    /// What of that went back.
    pub returned_minor: i64,
    /// Whether this attempt is stored as a second payment.
    pub knows_second: bool,
    /// Whether a person said that its dispute was won.
    pub is_won: bool,
    /// Where the event stands.
    pub event: EventStatus,
}

#[derive(sqlx::FromRow)]
struct Row {
    claimed_minor: i64,
    returned_minor: i64,
    seconds: i64,
    dispute_won_at: Option<i64>,
    event_status: String,
}

/// The claims on a payment; `transaction_ref` is the attempt that is asked about.
///
/// # Errors
/// When the database fails.
pub async fn of_payment(
    tx: &mut Tx,
    payment: PaymentId,
    transaction_ref: &str,
) -> Result<Claims, StoreError> {
    let row = fetch_one!(
        tx,
        Row,
        "SELECT p.claimed_minor, \
         CAST((SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r \
          WHERE r.payment_id = p.id AND r.status = 'done') AS SIGNED) AS returned_minor, \
         (SELECT COUNT(*) FROM payments b WHERE b.beside_id = p.id AND b.transaction_ref = ?) AS seconds, \
         p.dispute_won_at, e.status AS event_status \
         FROM payments p JOIN orders o ON o.id = p.order_id JOIN events e ON e.id = o.event_id WHERE p.id = ?",
        transaction_ref,
        payment.0
    )?;
    let event = EventStatus::from_name(&row.event_status);
    Ok(Claims {
        claimed_minor: row.claimed_minor,
        returned_minor: row.returned_minor,
        knows_second: row.seconds > 0,
        is_won: row.dispute_won_at.is_some(),
        event: event.ok_or(StoreError::Corrupt("event status"))?,
    })
}

/// Lays claim to an amount; false when that is more than is left.
///
/// # Errors
/// When the database fails.
pub async fn lay(tx: &mut Tx, payment: PaymentId, amount_minor: i64) -> Result<bool, StoreError> {
    let laid = execute!(
        tx,
        "UPDATE payments SET claimed_minor = claimed_minor + ? WHERE id = ? AND claimed_minor + ? <= amount_minor",
        amount_minor,
        payment.0,
        amount_minor
    )?;
    Ok(laid == 1)
}

/// Gives up all claims on a payment whose money never came.
///
/// # Errors
/// When the database fails.
pub async fn void(tx: &mut Tx, payment: PaymentId) -> Result<(), StoreError> {
    let sql = "UPDATE payments SET claimed_minor = 0 WHERE id = ?";
    execute!(tx, sql, payment.0)?;
    Ok(())
}

/// Stores a payment that came beside an order's own, which may have none.
///
/// # Errors
/// [`StoreError::Duplicate`] when its reference is known.
pub async fn insert_beside(
    tx: &mut Tx,
    own: Option<PaymentId>,
    beside: &payment::Payment,
) -> Result<(), StoreError> {
    payment::insert(tx, std::slice::from_ref(beside)).await?;
    let sql = "UPDATE payments SET beside_id = ? WHERE id = ?";
    execute!(tx, sql, own.map(|own| own.0), beside.id.0)?;
    Ok(())
}

/// Amounts of one order's payments that brought money: what came, what of it is claimed, what went back.
///
/// # Errors
/// When the database fails.
pub async fn totals(tx: &mut Tx, order: OrderId) -> Result<(i64, i64, i64), StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS SIGNED), \
               CAST(COALESCE(SUM(p.claimed_minor), 0) AS SIGNED), \
               CAST((SELECT COALESCE(SUM(r.amount_minor), 0) FROM refunds r \
                WHERE r.order_id = ? AND r.status = 'done') AS SIGNED) \
               FROM payments p WHERE p.order_id = ? \
               AND p.status IN ('success', 'partly_refunded', 'refunded', 'disputed')";
    let id: Uuid = order.0;
    fetch_one!(tx, (i64, i64, i64), sql, id, id)
}
