//! Promo codes and their uses. A use is counted where tickets are held (`store::pool`), and moved here with its order.
//!
//! Invariants: `used` of a code and of a buyer change only by conditional statements, so they stay within the quota;
//! a use leaves `held` once, because that move is conditional too, and only who made it gives it back.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    charge::Cut,
    id::{OrderId, PromoId, TicketTypeId},
    promo::{Promo, PromoStatus, UsageStatus},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, ticket_type_id, kind, value, valid_from, valid_until, quota, used, per_buyer, \
             min_spend_minor, stackable, status FROM promo_codes ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    code: String,
    ticket_type_id: Option<Uuid>,
    kind: String,
    value: i64,
    valid_from: i64,
    valid_until: i64,
    quota: i64,
    used: i64,
    per_buyer: i64,
    min_spend_minor: i64,
    stackable: bool,
    status: String,
}

impl Row {
    pub(super) fn into_promo(self) -> Result<Promo, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Promo {
            id: PromoId(self.id),
            code: self.code,
            ticket_type: self.ticket_type_id.map(TicketTypeId),
            cut: Cut::from_columns(&self.kind, self.value).ok_or(bad("cut"))?,
            valid_from: Timestamp(self.valid_from),
            valid_until: Timestamp(self.valid_until),
            quota: self.quota,
            used: self.used,
            per_buyer: self.per_buyer,
            min_spend_minor: self.min_spend_minor,
            is_stackable: self.stackable,
            status: PromoStatus::from_name(&self.status).ok_or(bad("promo status"))?,
        })
    }
}

/// The code of an event in this normal form.
///
/// # Errors
/// When the database fails.
pub async fn by_code(tx: &mut Tx, event: EventId, code: &str) -> Result<Option<Promo>, StoreError> {
    let sql = select!("WHERE event_id = ? AND code = ?");
    let row = fetch_optional!(tx, Row, sql, event.0, code)?;
    row.map(Row::into_promo).transpose()
}

/// Whether an event has any code.
///
/// # Errors
/// When the database fails.
pub async fn is_any(tx: &mut Tx, event: EventId) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM promo_codes WHERE event_id = ? LIMIT 1";
    Ok(fetch_optional!(tx, (Uuid,), sql, event.0)?.is_some())
}

/// All codes of an event, by code.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Promo>, StoreError> {
    let sql = select!("WHERE event_id = ? ORDER BY code");
    let rows = fetch_all!(tx, Row, sql, event.0)?;
    rows.into_iter().map(Row::into_promo).collect()
}

/// Stores a new code.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has it already.
pub async fn insert(
    tx: &mut Tx,
    event: EventId,
    promo: &Promo,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, value) = promo.cut.columns();
    execute!(
        tx,
        "INSERT INTO promo_codes (id, event_id, ticket_type_id, code, kind, value, valid_from, valid_until, quota, \
         used, per_buyer, min_spend_minor, stackable, status, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        promo.id.0,
        event.0,
        promo.ticket_type.map(|kind| kind.0),
        &promo.code,
        kind,
        value,
        promo.valid_from.0,
        promo.valid_until.0,
        promo.quota,
        promo.used,
        promo.per_buyer,
        promo.min_spend_minor,
        promo.is_stackable,
        promo.status.name(),
        now.0
    )?;
    Ok(())
}

/// Makes the codes that were good until one moment good until another.
///
/// # Errors
/// When the database fails.
pub async fn move_end(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE promo_codes SET valid_until = ? \
               WHERE event_id = ? AND valid_until = ? AND valid_from < ?";
    execute!(tx, sql, to.0, event.0, from.0, to.0)?;
    Ok(())
}

/// Switches a code off, or on again; false when it does not stand at `from`.
///
/// # Errors
/// When the database fails.
pub async fn move_status(
    tx: &mut Tx,
    promo: PromoId,
    from: PromoStatus,
    to: PromoStatus,
) -> Result<bool, StoreError> {
    let sql = "UPDATE promo_codes SET status = ? WHERE id = ? AND status = ?";
    Ok(execute!(tx, sql, to.name(), promo.0, from.name())? == 1)
}

/// How many codes are for one type alone.
///
/// # Errors
/// When the database fails.
pub async fn of_type(tx: &mut Tx, kind: TicketTypeId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM promo_codes p JOIN ticket_types t ON t.event_id = p.event_id \
               WHERE t.id = ? AND p.ticket_type_id = t.id";
    let row = fetch_optional!(tx, (i64,), sql, kind.0)?;
    Ok(row.map_or(0, |(count,)| count))
}

/// Limits a code anew: how many orders may use it, and until when. False when more use it already, or somebody
/// switched it meanwhile. What is used up by the new numbers says so, and what no longer is, is open again.
///
/// # Errors
/// When the database fails.
pub async fn put_limit(
    tx: &mut Tx,
    promo: PromoId,
    (quota, valid_until): (i64, Timestamp),
    from: PromoStatus,
) -> Result<bool, StoreError> {
    // The status first: MySQL would otherwise compare with what this statement made of the quota.
    let sql = "UPDATE promo_codes SET status = CASE WHEN status = 'disabled' THEN 'disabled' \
               WHEN used >= ? THEN 'used_up' ELSE 'active' END, quota = ?, valid_until = ? \
               WHERE id = ? AND status = ? AND used <= ? AND valid_from < ?";
    let (until, id, from) = (valid_until.0, promo.0, from.name());
    Ok(execute!(tx, sql, quota, quota, until, id, from, quota, until)? == 1)
}

/// One use of a code by an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The code.
    pub promo: PromoId,
    /// The order.
    pub order: OrderId,
    /// Keyed digest of the buyer's identity number.
    pub identity: [u8; 32],
    /// Keyed digest of the buyer's address.
    pub mail: [u8; 32],
    /// What it took off.
    pub discount_minor: i64,
    /// When.
    pub created_at: Timestamp,
}

/// Stores uses, held.
///
/// # Errors
/// [`StoreError::Duplicate`] when an order uses a code twice.
pub async fn insert_usages(tx: &mut Tx, usages: &[&Usage]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO promo_usages (promo_code_id, order_id, buyer_digest, mail_digest, discount_minor, status, \
         created_at) VALUES ",
        "",
        usages,
        |row| row.promo.0,
        row.order.0,
        row.identity.as_slice(),
        row.mail.as_slice(),
        row.discount_minor,
        UsageStatus::Held.name(),
        row.created_at.0,
    )
}

/// A use as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// The order's number.
    pub order: String,
    /// What it took off.
    pub discount_minor: i64,
    /// Where it stands.
    pub status: UsageStatus,
    /// When.
    pub created_at: Timestamp,
}

/// All uses of a code, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn usages(tx: &mut Tx, promo: PromoId) -> Result<Vec<UsageRow>, StoreError> {
    let sql = "SELECT o.number, u.discount_minor, u.status, u.created_at FROM promo_usages u \
        JOIN orders o ON o.id = u.order_id WHERE u.promo_code_id = ? ORDER BY u.created_at, o.number";
    let rows = fetch_all!(tx, (String, i64, String, i64), sql, promo.0)?;
    let usage = |(order, discount_minor, status, at): (String, i64, String, i64)| {
        Ok(UsageRow {
            order,
            discount_minor,
            status: UsageStatus::from_name(&status).ok_or(StoreError::Corrupt("usage status"))?,
            created_at: Timestamp(at),
        })
    };
    rows.into_iter().map(usage).collect()
}

/// Keeps the uses of an order for good.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let sql = "UPDATE promo_usages SET status = 'used' WHERE order_id = ? AND status = 'held'";
    execute!(tx, sql, order.0)?;
    Ok(())
}

/// Gives the uses of an order back; does nothing the second time.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    for (promo, identity, mail) in uses(tx, order).await? {
        let given = execute!(
            tx,
            "UPDATE promo_usages SET status = 'given_back' \
             WHERE promo_code_id = ? AND order_id = ? AND status = 'held'",
            promo,
            order.0
        )?;
        if given == 0 {
            continue;
        }
        execute!(
            tx,
            "UPDATE promo_codes SET status = CASE WHEN status = 'used_up' THEN 'active' ELSE status END, \
             used = used - 1 WHERE id = ?",
            promo
        )?;
        for digest in [identity, mail] {
            execute!(
                tx,
                "UPDATE promo_buyers SET used = used - 1 WHERE promo_code_id = ? AND buyer_digest = ? AND used > 0",
                promo,
                digest
            )?;
        }
    }
    Ok(())
}

/// Takes uses that were given back again, for good; false when a code or the buyer's share of it is used up, or the
/// code was switched off.
///
/// # Errors
/// When the database fails.
pub async fn use_again(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    for (promo, identity, mail) in uses(tx, order).await? {
        if !take(tx, PromoId(promo), 1).await? {
            return Ok(false);
        }
        for digest in [identity, mail] {
            if !take_buyer(tx, PromoId(promo), &digest, 1).await? {
                return Ok(false);
            }
        }
    }
    let sql =
        "UPDATE promo_usages SET status = 'used' WHERE order_id = ? AND status = 'given_back'";
    execute!(tx, sql, order.0)?;
    Ok(true)
}

/// Turns kept uses into held ones, so that they can be given back.
///
/// # Errors
/// When the database fails.
pub async fn hold_again(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let sql = "UPDATE promo_usages SET status = 'held' WHERE order_id = ? AND status = 'used'";
    execute!(tx, sql, order.0)?;
    Ok(())
}

/// Counts uses of a code; false when its quota has no room or it is switched off. The last use closes it.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, promo: PromoId, uses: i64) -> Result<bool, StoreError> {
    // The status first: MySQL would otherwise compare with what this statement made of `used`.
    let taken = execute!(
        tx,
        "UPDATE promo_codes SET status = CASE WHEN used + ? >= quota THEN 'used_up' ELSE status END, \
         used = used + ? WHERE id = ? AND status = 'active' AND used <= quota - ?",
        uses,
        uses,
        promo.0,
        uses
    )?;
    Ok(taken == 1)
}

/// Counts uses of a code by one buyer; false when that is more than the code allows.
///
/// # Errors
/// When the database fails.
pub async fn take_buyer(
    tx: &mut Tx,
    promo: PromoId,
    digest: &[u8],
    uses: i64,
) -> Result<bool, StoreError> {
    let taken = execute!(
        tx,
        "UPDATE promo_buyers SET used = used + ? WHERE promo_code_id = ? AND buyer_digest = ? \
         AND used <= (SELECT per_buyer FROM promo_codes WHERE id = ?) - ?",
        uses,
        promo.0,
        digest,
        promo.0,
        uses
    )?;
    Ok(taken == 1)
}

/// Codes that an order uses or used, in the order in which they are locked, with the two digests of its buyer in
/// the order in which those are.
async fn uses(tx: &mut Tx, order: OrderId) -> Result<Vec<(Uuid, Vec<u8>, Vec<u8>)>, StoreError> {
    let sql = "SELECT promo_code_id, buyer_digest, COALESCE(mail_digest, buyer_digest) FROM promo_usages \
        WHERE order_id = ? ORDER BY promo_code_id";
    let rows = fetch_all!(tx, (Uuid, Vec<u8>, Vec<u8>), sql, order.0)?;
    let sorted = |(promo, one, other): (Uuid, Vec<u8>, Vec<u8>)| {
        let (low, high) = if one <= other {
            (one, other)
        } else {
            (other, one)
        };
        (promo, low, high)
    };
    Ok(rows.into_iter().map(sorted).collect())
}
