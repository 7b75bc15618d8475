//! What was sold and what went back.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use crate::{
    domain::{
        channel::Channel,
        money::{Currency, Money},
        order::OrderStatus,
        price::Sums,
        refund::RefundReason,
        report::sale::{Returned, Sold},
    },
    store::{StoreError, Tx, many::ask, tx::fetch_one},
};

#[derive(sqlx::FromRow)]
struct SoldRow {
    event_id: Uuid,
    channel: String,
    currency: String,
    quarter_at: i64,
    orders: i64,
    subtotal: i64,
    discount: i64,
    fee: i64,
    tax: i64,
    included_fee: i64,
    included_tax: i64,
    total: i64,
}

impl SoldRow {
    fn into_sold(self) -> Result<Sold, StoreError> {
        Ok(Sold {
            event: EventId(self.event_id),
            channel: Channel::from_name(&self.channel).ok_or(StoreError::Corrupt("channel"))?,
            currency: currency(&self.currency)?,
            quarter: Timestamp(self.quarter_at),
            orders: self.orders,
            sums: Sums {
                subtotal_minor: self.subtotal,
                discount_minor: self.discount,
                fee_minor: self.fee,
                tax_minor: self.tax,
                included_fee_minor: self.included_fee,
                included_tax_minor: self.included_tax,
            },
            total_minor: self.total,
        })
    }
}

/// Orders that were paid from a moment until another.
///
/// # Errors
/// When the database fails.
pub async fn sold(
    tx: &mut Tx,
    events: &[EventId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Sold>, StoreError> {
    let rows = ask!(
        tx,
        SoldRow,
        "SELECT event_id, channel, currency, paid_at - paid_at % 900000 AS quarter_at, COUNT(*) AS orders, \
         CAST(SUM(subtotal_minor) AS SIGNED) AS subtotal, CAST(SUM(discount_minor) AS SIGNED) AS discount, \
         CAST(SUM(fee_minor) AS SIGNED) AS fee, CAST(SUM(tax_minor) AS SIGNED) AS tax, \
         CAST(SUM(included_fee_minor) AS SIGNED) AS included_fee, \
         CAST(SUM(included_tax_minor) AS SIGNED) AS included_tax, CAST(SUM(total_minor) AS SIGNED) AS total \
         FROM orders WHERE paid_at >= ? AND paid_at < ? AND status IN ('paid', 'partly_refunded', 'refunded') \
         AND event_id IN ",
        " GROUP BY event_id, channel, currency, quarter_at",
        [from.0, until.0],
        events,
        |event| event.0
    )?;
    rows.into_iter().map(SoldRow::into_sold).collect()
}

#[derive(sqlx::FromRow)]
struct ReturnedRow {
    event_id: Uuid,
    currency: String,
    quarter_at: i64,
    reason: String,
    refunds: i64,
    amount_minor: i64,
    before_minor: i64,
    status: String,
    is_beside: i64,
    fees: i64,
    taxes: i64,
    total_minor: i64,
}

impl ReturnedRow {
    fn into_returned(self) -> Result<Returned, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Returned {
            event: EventId(self.event_id),
            currency: currency(&self.currency)?,
            quarter: Timestamp(self.quarter_at),
            reason: RefundReason::from_name(&self.reason).ok_or(bad("refund reason"))?,
            refunds: self.refunds,
            amount_minor: self.amount_minor,
            before_minor: self.before_minor,
            status: OrderStatus::from_name(&self.status).ok_or(bad("order status"))?,
            is_beside: self.is_beside != 0,
            charges: (self.fees, self.taxes),
            total_minor: self.total_minor,
        })
    }
}

/// Refunds whose money went back from a moment until another. A payment that came beside an order's own was no sale,
/// unless it was taken by hand: then the order's own was none.
///
/// # Errors
/// When the database fails.
pub async fn returned(
    tx: &mut Tx,
    events: &[EventId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Returned>, StoreError> {
    let rows = ask!(
        tx,
        ReturnedRow,
        "SELECT event_id, currency, quarter_at, reason, COUNT(*) AS refunds, amount_minor, before_minor, status, is_beside, fees, \
         taxes, total_minor FROM (\
         SELECT o.event_id, r.currency, r.done_at - r.done_at % 900000 AS quarter_at, r.reason, r.amount_minor, o.status, \
         (SELECT CAST(COALESCE(SUM(e.amount_minor), 0) AS SIGNED) FROM refunds e WHERE e.order_id = r.order_id \
         AND e.status = 'done' AND (e.payment_id = r.payment_id OR (e.payment_id IS NULL AND r.payment_id IS NULL)) \
         AND (e.done_at < r.done_at OR (e.done_at = r.done_at AND e.id < r.id))) AS before_minor, \
         CASE WHEN p.provider = 'on_site' THEN 0 WHEN p.beside_id IS NOT NULL THEN 1 \
         WHEN EXISTS (SELECT 1 FROM payments h WHERE h.order_id = o.id AND h.provider = 'on_site' \
         AND h.status IN ('success', 'partly_refunded', 'refunded')) THEN 1 ELSE 0 END AS is_beside, \
         o.fee_minor + o.included_fee_minor AS fees, o.tax_minor + o.included_tax_minor AS taxes, o.total_minor \
         FROM refunds r JOIN orders o ON o.id = r.order_id LEFT JOIN payments p ON p.id = r.payment_id \
         WHERE r.status = 'done' AND r.done_at >= ? AND r.done_at < ? AND o.event_id IN ",
        ") AS made GROUP BY event_id, currency, quarter_at, reason, amount_minor, before_minor, status, is_beside, \
         fees, taxes, total_minor",
        [from.0, until.0],
        events,
        |event| event.0
    )?;
    rows.into_iter().map(ReturnedRow::into_returned).collect()
}

/// How many of a ticket type were sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeSold {
    /// The event.
    pub event: EventId,
    /// What the type is called now.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Their prices together, before anything was taken off or put on.
    pub gross: Money,
}

/// Ticket types of orders that were paid from a moment until another, in their order.
///
/// # Errors
/// When the database fails.
pub async fn types(
    tx: &mut Tx,
    events: &[EventId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<TypeSold>, StoreError> {
    let rows = ask!(
        tx,
        (Uuid, String, String, i64, i64),
        "SELECT sold.event_id, t.name, sold.currency, sold.quantity, sold.amount FROM (\
         SELECT o.event_id, i.ticket_type_id, o.currency, CAST(SUM(i.quantity) AS SIGNED) AS quantity, \
         CAST(SUM(i.amount_minor) AS SIGNED) AS amount \
         FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.paid_at >= ? AND o.paid_at < ? \
         AND o.status IN ('paid', 'partly_refunded', 'refunded') AND o.event_id IN ",
        " GROUP BY o.event_id, i.ticket_type_id, o.currency) AS sold JOIN ticket_types t ON t.id = sold.ticket_type_id \
         ORDER BY sold.event_id, t.place, t.number",
        [from.0, until.0],
        events,
        |event| event.0
    )?;
    let kind = |(event, name, code, quantity, amount): (Uuid, String, String, i64, i64)| {
        Ok(TypeSold {
            event: EventId(event),
            name,
            quantity,
            gross: Money::new(amount, currency(&code)?),
        })
    };
    rows.into_iter().map(kind).collect()
}

/// What a promo code brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromoSold {
    /// The event.
    pub event: EventId,
    /// The code.
    pub code: String,
    /// Orders that were paid with it.
    pub orders: i64,
    /// What it took off.
    pub discount: Money,
    /// What these orders cost all the same.
    pub paid: Money,
}

/// Promo codes of orders that were paid from a moment until another.
///
/// # Errors
/// When the database fails.
pub async fn promos(
    tx: &mut Tx,
    events: &[EventId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<PromoSold>, StoreError> {
    type Row = (Uuid, String, String, i64, i64, i64);
    let rows = ask!(
        tx,
        Row,
        "SELECT c.event_id, c.code, o.currency, COUNT(*), CAST(SUM(u.discount_minor) AS SIGNED), \
         CAST(SUM(o.total_minor) AS SIGNED) FROM promo_codes c JOIN promo_usages u ON u.promo_code_id = c.id \
         JOIN orders o ON o.id = u.order_id WHERE o.paid_at >= ? AND o.paid_at < ? \
         AND o.status IN ('paid', 'partly_refunded', 'refunded') AND c.event_id IN ",
        " GROUP BY c.event_id, c.code, o.currency ORDER BY c.event_id, c.code",
        [from.0, until.0],
        events,
        |event| event.0
    )?;
    let promo = |(event, code, in_, orders, discount, paid): Row| {
        let currency = currency(&in_)?;
        Ok(PromoSold {
            event: EventId(event),
            code,
            orders,
            discount: Money::new(discount, currency),
            paid: Money::new(paid, currency),
        })
    };
    rows.into_iter().map(promo).collect()
}

/// When an event's first order was paid.
///
/// # Errors
/// When the database fails.
pub async fn first(tx: &mut Tx, event: EventId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(paid_at) FROM orders WHERE event_id = ?";
    let (at,) = fetch_one!(tx, (Option<i64>,), sql, event.0)?;
    Ok(at.map(Timestamp))
}

fn currency(code: &str) -> Result<Currency, StoreError> {
    Currency::from_code(code).ok_or(StoreError::Corrupt("currency"))
}
