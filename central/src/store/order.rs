//! Orders with their attendees; their lines stand in `order_item`.
//!
//! Invariant: a status is written only where the row still stands where the decision found it.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

pub use super::order_item::{insert_items, items};
use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    attention::Attention,
    channel::Channel,
    id::{OrderId, OrderItemId},
    identity::IdentityKind,
    money::{Currency, Money},
    order::{Order, OrderStatus},
    price::Sums,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, event_id, status, buyer_name, identity_kind, email, phone, language, currency, \
             subtotal_minor, discount_minor, fee_minor, tax_minor, included_fee_minor, included_tax_minor, total_minor, \
             hold_until, created_at, paid_at, attention, channel, address_changes FROM orders ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    event_id: Uuid,
    status: String,
    buyer_name: String,
    identity_kind: String,
    email: String,
    phone: String,
    language: String,
    currency: String,
    subtotal_minor: i64,
    discount_minor: i64,
    fee_minor: i64,
    tax_minor: i64,
    included_fee_minor: i64,
    included_tax_minor: i64,
    total_minor: i64,
    hold_until: i64,
    created_at: i64,
    paid_at: Option<i64>,
    attention: Option<String>,
    channel: String,
    address_changes: i64,
}

impl Row {
    fn into_order(self) -> Result<Order, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(Order {
            id: OrderId(self.id),
            number: self.number,
            event: EventId(self.event_id),
            status: OrderStatus::from_name(&self.status).ok_or(bad("order status"))?,
            buyer_name: self.buyer_name,
            identity_kind: IdentityKind::from_name(&self.identity_kind)
                .ok_or(bad("identity kind"))?,
            email: self.email,
            phone: self.phone,
            language: self.language,
            sums: Sums {
                subtotal_minor: self.subtotal_minor,
                discount_minor: self.discount_minor,
                fee_minor: self.fee_minor,
                tax_minor: self.tax_minor,
                included_fee_minor: self.included_fee_minor,
                included_tax_minor: self.included_tax_minor,
            },
            total: Money::new(self.total_minor, currency),
            hold_until: Timestamp(self.hold_until),
            created_at: Timestamp(self.created_at),
            paid_at: self.paid_at.map(Timestamp),
            attention: attention(self.attention.as_deref())?,
            channel: Channel::from_name(&self.channel).ok_or(bad("channel"))?,
            address_changes: self.address_changes,
        })
    }
}

/// What is stored with an order and never read back into pages.
#[derive(Clone)]
pub struct OrderSecrets {
    /// The identity number under the vault.
    pub identity_sealed: Vec<u8>,
    /// Its keyed digest.
    pub identity_digest: [u8; 32],
    /// The buyer's own key for a repeated request.
    pub idempotency_key: String,
    /// Keyed digest of what was asked with it.
    pub request_digest: [u8; 32],
    /// Keyed digest of the secret in the buyer's link.
    pub access_digest: [u8; 32],
}

/// The order with this number.
///
/// # Errors
/// When the database fails.
pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Order>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE number = ?"), number)?;
    row.map(Row::into_order).transpose()
}

/// The order with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, order: OrderId) -> Result<Option<Order>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), order.0)?;
    row.map(Row::into_order).transpose()
}

/// The orders of an identity number, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn by_identity(
    tx: &mut Tx,
    identity: &[u8],
    most: i64,
) -> Result<Vec<Order>, StoreError> {
    let sql = select!("WHERE identity_digest = ? ORDER BY created_at DESC, id DESC LIMIT ?");
    let rows = fetch_all!(tx, Row, sql, identity, most)?;
    rows.into_iter().map(Row::into_order).collect()
}

/// The order with this id, locked until the end of the transaction: nobody else moves it meanwhile.
///
/// # Errors
/// [`StoreError::Corrupt`] when it does not exist.
pub async fn lock(tx: &mut Tx, order: OrderId) -> Result<Order, StoreError> {
    // Changes nothing; every engine locks the row for it.
    execute!(
        tx,
        "UPDATE orders SET status = status WHERE id = ?",
        order.0
    )?;
    let locked = by_id(tx, order).await?;
    locked.ok_or(StoreError::Corrupt("an order that is gone"))
}

/// Digest of the secret in the buyer's link.
///
/// # Errors
/// When the database fails.
pub async fn access_digest(tx: &mut Tx, order: OrderId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT access_digest FROM orders WHERE id = ?";
    Ok(fetch_optional!(tx, (Vec<u8>,), sql, order.0)?.map(|(digest,)| digest))
}

/// Puts another address in the place of the buyer's, with the digest of the secret in its link. The caller has locked
/// the order.
///
/// # Errors
/// When the database fails, or the address was changed meanwhile.
pub async fn set_address(
    tx: &mut Tx,
    order: &Order,
    email: &str,
    access: &[u8],
) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET email = ?, access_digest = ?, address_changes = address_changes + 1 \
        WHERE id = ? AND address_changes = ?";
    moved_one(execute!(
        tx,
        sql,
        email,
        access,
        order.id.0,
        order.address_changes
    )?)
}

/// The sealed identity number.
///
/// # Errors
/// When the database fails.
pub async fn identity_sealed(tx: &mut Tx, order: OrderId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT identity_sealed FROM orders WHERE id = ?";
    Ok(fetch_optional!(tx, (Vec<u8>,), sql, order.0)?.map(|(sealed,)| sealed))
}

/// Stores new orders.
///
/// # Errors
/// [`StoreError::Duplicate`] when a number or a buyer's key is taken.
pub async fn insert(tx: &mut Tx, orders: &[&(Order, OrderSecrets)]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO orders (id, number, event_id, status, buyer_name, identity_kind, identity_sealed, \
         identity_digest, email, phone, language, currency, subtotal_minor, discount_minor, fee_minor, tax_minor, \
         included_fee_minor, included_tax_minor, total_minor, hold_until, idempotency_key, request_digest, \
         access_digest, created_at, paid_at, channel) VALUES ",
        "",
        orders,
        |row| row.0.id.0,
        row.0.number.as_str(),
        row.0.event.0,
        row.0.status.name(),
        row.0.buyer_name.as_str(),
        row.0.identity_kind.name(),
        row.1.identity_sealed.as_slice(),
        row.1.identity_digest.as_slice(),
        row.0.email.as_str(),
        row.0.phone.as_str(),
        row.0.language.as_str(),
        row.0.total.currency.code(),
        row.0.sums.subtotal_minor,
        row.0.sums.discount_minor,
        row.0.sums.fee_minor,
        row.0.sums.tax_minor,
        row.0.sums.included_fee_minor,
        row.0.sums.included_tax_minor,
        row.0.total.minor,
        row.0.hold_until.0,
        row.1.idempotency_key.as_str(),
        row.1.request_digest.as_slice(),
        row.1.access_digest.as_slice(),
        row.0.created_at.0,
        row.0.paid_at.map(|at| at.0),
        row.0.channel.name(),
    )
}

/// Whose name goes on one ticket of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// The order.
    pub order: OrderId,
    /// Its place there, from 0.
    pub place: i64,
    /// The line it is of.
    pub item: OrderItemId,
    /// The name.
    pub name: String,
}

/// Stores attendees.
///
/// # Errors
/// When the database fails.
pub async fn insert_attendees(tx: &mut Tx, attendees: &[&Attendee]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO order_attendees (order_id, place, order_item_id, name) VALUES ",
        "",
        attendees,
        |row| row.order.0,
        row.place,
        row.item.0,
        row.name.as_str(),
    )
}

/// The attendees of an order, in their order.
///
/// # Errors
/// When the database fails.
pub async fn attendees(tx: &mut Tx, order: OrderId) -> Result<Vec<Attendee>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, Uuid, String),
        "SELECT place, order_item_id, name FROM order_attendees WHERE order_id = ? ORDER BY place",
        order.0
    )?;
    let attendee = |(place, item, name)| Attendee {
        order,
        place,
        item: OrderItemId(item),
        name,
    };
    Ok(rows.into_iter().map(attendee).collect())
}

/// Notes how an order came after all.
///
/// # Errors
/// When the database fails.
pub async fn put_channel(tx: &mut Tx, order: OrderId, channel: Channel) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET channel = ? WHERE id = ?";
    execute!(tx, sql, channel.name(), order.0)?;
    Ok(())
}

/// Marks an order paid that stands at `from`.
///
/// # Errors
/// [`StoreError::Corrupt`] when it stands elsewhere: the caller had not locked it.
pub async fn mark_paid(
    tx: &mut Tx,
    order: OrderId,
    from: OrderStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let moved = execute!(
        tx,
        "UPDATE orders SET status = 'paid', paid_at = ?, closed_at = NULL WHERE id = ? AND status = ?",
        now.0,
        order.0,
        from.name()
    )?;
    moved_one(moved)
}

/// Closes an order that stands at `from`.
///
/// # Errors
/// [`StoreError::Corrupt`] when it stands elsewhere: the caller had not locked it.
pub async fn close(
    tx: &mut Tx,
    order: OrderId,
    from: OrderStatus,
    to: OrderStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let moved = execute!(
        tx,
        "UPDATE orders SET status = ?, closed_at = ? WHERE id = ? AND status = ?",
        to.name(),
        now.0,
        order.0,
        from.name()
    )?;
    moved_one(moved)
}

/// Moves a paid order that stands at `from`.
///
/// # Errors
/// [`StoreError::Corrupt`] when it stands elsewhere: the caller had not locked it.
pub async fn advance(
    tx: &mut Tx,
    order: OrderId,
    from: OrderStatus,
    to: OrderStatus,
) -> Result<(), StoreError> {
    let sql = "UPDATE orders SET status = ? WHERE id = ? AND status = ?";
    moved_one(execute!(tx, sql, to.name(), order.0, from.name())?)
}

/// Pending orders whose hold ended before `now`, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &mut Tx, now: Timestamp, most: i64) -> Result<Vec<OrderId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "SELECT id FROM orders WHERE status = 'pending' AND hold_until <= ? ORDER BY hold_until LIMIT ?",
        now.0,
        most
    )?;
    Ok(rows.into_iter().map(|(id,)| OrderId(id)).collect())
}

fn attention(name: Option<&str>) -> Result<Option<Attention>, StoreError> {
    let known = |name| Attention::from_name(name).ok_or(StoreError::Corrupt("attention"));
    name.map(known).transpose()
}

fn moved_one(rows: u64) -> Result<(), StoreError> {
    if rows == 1 {
        return Ok(());
    }
    Err(StoreError::Corrupt("an order that moved unlocked"))
}
