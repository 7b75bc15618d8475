//! Pools (`domain::allotment`): how much is left of ticket types, shared quotas, promo codes and buyers' shares of
//! them, read under their locks, and the conditional statement that takes of each.
//!
//! Invariants: pools are locked in their order, so that two servers never wait for each other in a circle; what is
//! taken is conditional too, so a reading that was wrong sells nothing.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{StoreError, Tx, dialect, many::ask, promo, tx::execute};
use crate::domain::{
    allotment::{Amounts, Pool},
    id::{PromoId, SharedQuotaId, TicketTypeId},
};

/// Asks about many ids, locking their rows until the end of the transaction.
macro_rules! locked {
    ($tx:expr, $row:ty, $head:expr, $tail:expr, $ids:expr) => {{
        let tail = dialect::locking!($tx, $tail);
        ask!($tx, $row, $head, tail, [], $ids, |id| *id)?
    }};
}

/// What ticket types draw on, locked.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// What is left of each type.
    pub left: Amounts,
    /// The quota that a type draws on beside its own.
    pub shared: BTreeMap<TicketTypeId, SharedQuotaId>,
}

/// Locks ticket types and tells what is left of each.
///
/// # Errors
/// When the database fails.
pub async fn lock_types(tx: &mut Tx, types: &BTreeSet<TicketTypeId>) -> Result<Types, StoreError> {
    let ids: Vec<Uuid> = types.iter().map(|kind| kind.0).collect();
    let rows = locked!(
        tx,
        (Uuid, i64, Option<Uuid>),
        "SELECT id, quota - taken, shared_quota_id FROM ticket_types WHERE id IN ",
        " ORDER BY id",
        &ids
    );
    let mut found = Types::default();
    for (id, left, shared) in rows {
        let id = TicketTypeId(id);
        found.left.insert(Pool::Type(id), left);
        if let Some(shared) = shared {
            found.shared.insert(id, SharedQuotaId(shared));
        }
    }
    Ok(found)
}

/// Locks shared quotas and tells what is left of each.
///
/// # Errors
/// When the database fails.
pub async fn lock_shared(
    tx: &mut Tx,
    quotas: &BTreeSet<SharedQuotaId>,
) -> Result<Amounts, StoreError> {
    let ids: Vec<Uuid> = quotas.iter().map(|quota| quota.0).collect();
    let rows = locked!(
        tx,
        (Uuid, i64),
        "SELECT id, quota - taken FROM shared_quotas WHERE id IN ",
        " ORDER BY id",
        &ids
    );
    let pool = |(id, left)| (Pool::Shared(SharedQuotaId(id)), left);
    Ok(rows.into_iter().map(pool).collect())
}

/// Locks promo codes and tells how many uses are left of each; none where it is not active.
///
/// # Errors
/// When the database fails.
pub async fn lock_promos(tx: &mut Tx, promos: &BTreeSet<PromoId>) -> Result<Amounts, StoreError> {
    let ids: Vec<Uuid> = promos.iter().map(|promo| promo.0).collect();
    let rows = locked!(
        tx,
        (Uuid, i64),
        "SELECT id, CASE WHEN status = 'active' THEN quota - used ELSE 0 END FROM promo_codes WHERE id IN ",
        " ORDER BY id",
        &ids
    );
    let pool = |(id, left)| (Pool::Promo(PromoId(id)), left);
    Ok(rows.into_iter().map(pool).collect())
}

/// Locks buyers' shares of promo codes and tells how many uses are left of each.
///
/// # Errors
/// When the database fails.
pub async fn lock_buyers(
    tx: &mut Tx,
    buyers: &BTreeSet<(PromoId, [u8; 32])>,
) -> Result<Amounts, StoreError> {
    let mut amounts = Amounts::new();
    for (promo, digest) in buyers {
        let text = match dialect::insert_ignore(tx) {
            "INSERT IGNORE INTO" => {
                "INSERT IGNORE INTO promo_buyers (promo_code_id, buyer_digest, used) VALUES (?, ?, 0)"
            }
            _ => {
                "INSERT OR IGNORE INTO promo_buyers (promo_code_id, buyer_digest, used) VALUES (?, ?, 0)"
            }
        };
        execute!(tx, text, promo.0, digest.as_slice())?;
        let text = dialect::locking!(
            tx,
            "SELECT p.per_buyer - b.used FROM promo_buyers b JOIN promo_codes p ON p.id = b.promo_code_id \
             WHERE b.promo_code_id = ? AND b.buyer_digest = ?"
        );
        let (left,) = super::tx::fetch_one!(tx, (i64,), text, promo.0, digest.as_slice())?;
        amounts.insert(Pool::Buyer(*promo, *digest), left);
    }
    Ok(amounts)
}

/// Takes so much of a pool; false when it has less.
///
/// # Errors
/// When the database fails.
pub async fn take(tx: &mut Tx, pool: Pool, amount: i64) -> Result<bool, StoreError> {
    let taken = match pool {
        Pool::Type(id) => execute!(
            tx,
            "UPDATE ticket_types SET taken = taken + ? WHERE id = ? AND taken + ? <= quota",
            amount,
            id.0,
            amount
        )?,
        Pool::Shared(id) => execute!(
            tx,
            "UPDATE shared_quotas SET taken = taken + ? WHERE id = ? AND taken + ? <= quota",
            amount,
            id.0,
            amount
        )?,
        Pool::Promo(id) => return promo::take(tx, id, amount).await,
        Pool::Buyer(id, digest) => return promo::take_buyer(tx, id, &digest, amount).await,
    };
    Ok(taken == 1)
}
