//! Holds: claims on the capacity of a ticket type, and with it of the quota that the type shares.
//!
//! Invariants: `taken` changes only by one conditional statement each way, so it stays within the quota whoever
//! else is buying, and nothing is ever read first; a hold leaves `held` once, because that move is conditional
//! too, and only who made it gives the capacity back. Whoever takes or gives does it in one order: all types by
//! their ids, then the quotas that they share by theirs, then promo codes; so nobody waits in a circle.

use std::collections::BTreeMap;

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    pool, promo,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    allotment::Pool,
    hold::{Claim, HoldStatus},
    id::{OrderId, SharedQuotaId, TicketTypeId},
};

/// Takes capacity of types, sorted by id, and of the quotas they share; false when there is not enough left of one, and
/// the caller rolls back.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &mut Tx, claims: &[Claim]) -> Result<bool, StoreError> {
    for claim in claims {
        let quantity = i64::from(claim.quantity);
        if !pool::take(tx, Pool::Type(claim.ticket_type), quantity).await? {
            return Ok(false);
        }
    }
    for (quota, quantity) in shared(tx, claims).await? {
        if !pool::take(tx, Pool::Shared(quota), quantity).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What claims draw on shared quotas, by the quotas' ids.
async fn shared(tx: &mut Tx, claims: &[Claim]) -> Result<BTreeMap<SharedQuotaId, i64>, StoreError> {
    let mut quotas = BTreeMap::new();
    for claim in claims {
        let sql = "SELECT shared_quota_id FROM ticket_types WHERE id = ?";
        let row = fetch_optional!(tx, (Option<Uuid>,), sql, claim.ticket_type.0)?;
        if let Some(quota) = row.and_then(|(quota,)| quota) {
            *quotas.entry(SharedQuotaId(quota)).or_default() += i64::from(claim.quantity);
        }
    }
    Ok(quotas)
}

/// A claim of an order, as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    /// Whose.
    pub order: OrderId,
    /// On what.
    pub claim: Claim,
    /// Its end.
    pub until: Timestamp,
    /// Where it stands.
    pub status: HoldStatus,
}

/// Stores the claims of orders.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, holds: &[Hold]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO holds (order_id, ticket_type_id, quantity, hold_until, status) VALUES ",
        "",
        holds,
        |row| row.order.0,
        row.claim.ticket_type.0,
        i64::from(row.claim.quantity),
        row.until.0,
        row.status.name(),
    )
}

/// Turns an order's holds into sold capacity, and the uses of its promo codes into kept ones; false when they had
/// been released.
///
/// # Errors
/// When the database fails.
pub async fn sell(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    let sql = "UPDATE holds SET status = 'sold' WHERE order_id = ? AND status = 'held'";
    let sold = execute!(tx, sql, order.0)? > 0;
    promo::keep(tx, order).await?;
    Ok(sold)
}

/// Gives an order's capacity and the uses of its promo codes back; does nothing the second time.
///
/// # Errors
/// When the database fails.
pub async fn release(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let mut released = Vec::new();
    for claim in claims(tx, order).await? {
        let moved = execute!(
            tx,
            "UPDATE holds SET status = 'released' \
             WHERE order_id = ? AND ticket_type_id = ? AND status = 'held'",
            order.0,
            claim.ticket_type.0
        )?;
        if moved == 1 {
            let sql = "UPDATE ticket_types SET taken = taken - ? WHERE id = ?";
            execute!(tx, sql, i64::from(claim.quantity), claim.ticket_type.0)?;
            released.push(claim);
        }
    }
    give_shared_back(tx, &released).await?;
    promo::give_back(tx, order).await
}

/// After all types: the order in which whoever buys locks them too.
async fn give_shared_back(tx: &mut Tx, released: &[Claim]) -> Result<(), StoreError> {
    for (quota, quantity) in shared(tx, released).await? {
        let sql = "UPDATE shared_quotas SET taken = taken - ? WHERE id = ?";
        execute!(tx, sql, quantity, quota.0)?;
    }
    Ok(())
}

/// Gives sold capacity back, because its tickets were taken back; does nothing for what is not sold.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx, order: OrderId, back: &[Claim]) -> Result<(), StoreError> {
    let mut released = Vec::new();
    for claim in back {
        let quantity = i64::from(claim.quantity);
        let given = execute!(
            tx,
            "UPDATE holds SET quantity = quantity - ? \
             WHERE order_id = ? AND ticket_type_id = ? AND status = 'sold' AND quantity >= ?",
            quantity,
            order.0,
            claim.ticket_type.0,
            quantity
        )?;
        if given == 1 {
            let sql = "UPDATE ticket_types SET taken = taken - ? WHERE id = ?";
            execute!(tx, sql, quantity, claim.ticket_type.0)?;
            released.push(*claim);
        }
    }
    give_shared_back(tx, &released).await
}

/// Gives all sold capacity of an order back, and the uses of its promo codes, in such a way that [`sell_again`] can take
/// them once more.
///
/// # Errors
/// When the database fails.
pub async fn unsell(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let sql = "UPDATE holds SET status = 'held' WHERE order_id = ? AND status = 'sold'";
    execute!(tx, sql, order.0)?;
    promo::hold_again(tx, order).await?;
    release(tx, order).await?;
    // Tickets that were refunded in between had given their places back: whoever pays once more gets all of them.
    execute!(
        tx,
        "UPDATE holds SET quantity = (SELECT SUM(i.quantity) FROM order_items i \
         WHERE i.order_id = holds.order_id AND i.ticket_type_id = holds.ticket_type_id) \
         WHERE order_id = ? AND status = 'released'",
        order.0
    )?;
    Ok(())
}

/// Takes the capacity of released holds again, as sold, and the uses of promo codes with it; false when there is not
/// enough left of one type, or a code was used up meanwhile: its uses are a capacity too.
///
/// # Errors
/// When the database fails.
pub async fn sell_again(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    let wanted = claims(tx, order).await?;
    if !claim(tx, &wanted).await? {
        return Ok(false);
    }
    if !promo::use_again(tx, order).await? {
        return Ok(false);
    }
    let sql = "UPDATE holds SET status = 'sold' WHERE order_id = ? AND status = 'released'";
    Ok(execute!(tx, sql, order.0)? > 0)
}

/// What an order claims, by type.
async fn claims(tx: &mut Tx, order: OrderId) -> Result<Vec<Claim>, StoreError> {
    let sql =
        "SELECT ticket_type_id, quantity FROM holds WHERE order_id = ? ORDER BY ticket_type_id";
    let rows = fetch_all!(tx, (Uuid, i64), sql, order.0)?;
    let claim = |(ticket_type, quantity): (Uuid, i64)| {
        Ok(Claim {
            ticket_type: TicketTypeId(ticket_type),
            quantity: u32::try_from(quantity).map_err(|_| StoreError::Corrupt("quantity"))?,
        })
    };
    rows.into_iter().map(claim).collect()
}
