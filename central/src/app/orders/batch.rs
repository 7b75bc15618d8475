//! Many new orders of one event in one transaction.
//!
//! Invariants: the pools they draw on are locked in one order, what each request gets is decided by one pure function
//! (`domain::allotment`), first come, first served, and taken by conditional updates; an order that gets nothing
//! leaves its neighbours theirs. Where one request spoils the transaction, each is tried alone. A request
//! whose key has an order already, here or on another server, gets that order.

use std::collections::{BTreeMap, BTreeSet};

use subtle::ConstantTimeEq;

use super::{OrderError, draft::Draft};
use crate::{
    app::App,
    domain::{
        allotment::{self, Amounts, Pool},
        event::TicketType,
        hold::HoldStatus,
        id::{OrderId, SharedQuotaId, TicketTypeId},
        promo,
    },
    store::{self, StoreError, Tx, order_key::Keyed, tx::transact},
};

/// What became of one new order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) enum Outcome {
    /// Stored, its capacity held.
    Placed,
    /// The same request was stored before.
    Before(OrderId),
    /// Another request was stored under this key before.
    KeyReused,
    /// Its prices are of an older catalogue: check the cart again.
    Stale,
    /// This pool has not enough left.
    Lacks(Pool),
    /// Its key or number was taken at the same moment: try again.
    Again,
    /// The database failed; nothing is held.
    Failed,
}

impl App {
    /// Stores drafts of one event and tells of each what became of it.
    pub(in crate::app) async fn store_drafts(&self, drafts: &[Draft]) -> Vec<Outcome> {
        let all: Vec<&Draft> = drafts.iter().collect();
        match self.store_together(&all).await {
            Ok(outcomes) => outcomes,
            Err(error) if all.len() > 1 && error.is_of_one() => {
                let mut outcomes = Vec::with_capacity(all.len());
                for draft in all {
                    let alone = self.store_together(&[draft]).await;
                    outcomes.push(alone.map_or_else(|error| failure(&error), single));
                }
                outcomes
            }
            Err(error) => vec![failure(&error); all.len()],
        }
    }

    async fn store_together(&self, drafts: &[&Draft]) -> Result<Vec<Outcome>, StoreError> {
        transact!(self.store, |tx| { place(tx, drafts).await })
    }
}

fn failure(error: &StoreError) -> Outcome {
    if matches!(error, StoreError::Duplicate) {
        return Outcome::Again;
    }
    tracing::error!(%error, "orders not stored");
    Outcome::Failed
}

fn single(outcomes: Vec<Outcome>) -> Outcome {
    outcomes.into_iter().next().unwrap_or(Outcome::Failed)
}

async fn place(tx: &mut Tx, drafts: &[&Draft]) -> Result<Vec<Outcome>, StoreError> {
    let Some(first) = drafts.first() else {
        return Ok(Vec::new());
    };
    let event = first.order.0.event;
    let revision = store::event::catalog_revision(tx, event).await?;
    let keys: Vec<&str> = drafts.iter().map(|draft| draft.key()).collect();
    let before = store::order_key::placed(tx, &keys).await?;
    let mut outcomes = sort_out(drafts, &before, revision);
    let fresh: Vec<usize> = (0..drafts.len())
        .filter(|at| outcomes[*at] == Outcome::Placed)
        .collect();
    let asking: Vec<&Draft> = fresh.iter().map(|at| drafts[*at]).collect();
    let answers = take_pools(tx, &asking).await?;
    let mut served = Vec::new();
    for (at, answer) in fresh.into_iter().zip(answers) {
        match answer {
            Ok(()) => served.push(drafts[at]),
            Err(pool) => outcomes[at] = Outcome::Lacks(pool),
        }
    }
    insert(tx, &served).await?;
    Ok(outcomes)
}

/// Who is answered without asking for capacity; `Placed` is still to be earned.
fn sort_out<'a>(drafts: &[&'a Draft], before: &Keyed, revision: i64) -> Vec<Outcome> {
    let (mut keys, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    let outcome = |draft: &'a Draft| {
        let (order, secrets) = &draft.order;
        if let Some((known, digest)) = before.get(draft.key()) {
            let is_same: bool = digest.as_slice().ct_eq(&secrets.request_digest).into();
            return if is_same {
                Outcome::Before(*known)
            } else {
                Outcome::KeyReused
            };
        }
        if draft.offer.revision != revision {
            return Outcome::Stale;
        }
        // Both are noted, whatever the other says.
        let is_new = keys.insert(draft.key()) & numbers.insert(order.number.as_str());
        if is_new {
            Outcome::Placed
        } else {
            Outcome::Again
        }
    };
    drafts.iter().copied().map(outcome).collect()
}

/// Gives each draft all it asks for or nothing, and takes what was given.
async fn take_pools(tx: &mut Tx, drafts: &[&Draft]) -> Result<Vec<Result<(), Pool>>, StoreError> {
    let types: BTreeSet<TicketTypeId> = drafts
        .iter()
        .flat_map(|draft| draft.claims.iter().map(|claim| claim.ticket_type))
        .collect();
    let found = store::pool::lock_types(tx, &types).await?;
    let asked: Vec<Amounts> = drafts
        .iter()
        .map(|draft| draft.amounts(&found.shared))
        .collect();
    let mut left = found.left;
    let pools: BTreeSet<Pool> = asked.iter().flat_map(|a| a.keys().copied()).collect();
    lock_others(tx, &pools, &mut left).await?;
    let answers = allotment::allot(&asked, &mut left);
    for (pool, amount) in allotment::sums(&asked, &answers) {
        if !store::pool::take(tx, pool, amount).await? {
            return Err(StoreError::Corrupt(
                "a pool that changed while it was locked",
            ));
        }
    }
    Ok(answers)
}

async fn lock_others(
    tx: &mut Tx,
    pools: &BTreeSet<Pool>,
    left: &mut Amounts,
) -> Result<(), StoreError> {
    let (mut shared, mut promos, mut buyers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for pool in pools {
        match *pool {
            Pool::Type(_) => {}
            Pool::Shared(id) => drop(shared.insert(id)),
            Pool::Promo(id) => drop(promos.insert(id)),
            Pool::Buyer(id, digest) => drop(buyers.insert((id, digest))),
        }
    }
    left.extend(store::pool::lock_shared(tx, &shared).await?);
    left.extend(store::pool::lock_promos(tx, &promos).await?);
    left.extend(store::pool::lock_buyers(tx, &buyers).await?);
    Ok(())
}

async fn insert(tx: &mut Tx, drafts: &[&Draft]) -> Result<(), StoreError> {
    let orders: Vec<_> = drafts.iter().map(|draft| &draft.order).collect();
    let items: Vec<_> = drafts.iter().flat_map(|draft| &draft.items).collect();
    let attendees: Vec<_> = drafts.iter().flat_map(|draft| &draft.attendees).collect();
    let adjustments: Vec<_> = drafts.iter().flat_map(|draft| &draft.adjustments).collect();
    let payments: Vec<_> = drafts.iter().filter_map(|d| d.payment.clone()).collect();
    let usages: Vec<_> = drafts.iter().flat_map(|draft| &draft.usages).collect();
    store::order::insert(tx, &orders).await?;
    store::order::insert_items(tx, &items).await?;
    store::order::insert_attendees(tx, &attendees).await?;
    store::charge::insert_adjustments(tx, &adjustments).await?;
    let holds: Vec<_> = drafts
        .iter()
        .flat_map(|draft| {
            let order = &draft.order.0;
            draft.claims.iter().map(|claim| store::hold::Hold {
                order: order.id,
                claim: *claim,
                until: order.hold_until,
                status: HoldStatus::Held,
            })
        })
        .collect();
    store::hold::insert(tx, &holds).await?;
    store::payment::insert(tx, &payments).await?;
    store::promo::insert_usages(tx, &usages).await
}

impl Draft {
    fn key(&self) -> &str {
        &self.order.1.idempotency_key
    }

    /// All that it asks for.
    fn amounts(&self, shared: &BTreeMap<TicketTypeId, SharedQuotaId>) -> Amounts {
        let mut amounts = Amounts::new();
        for claim in &self.claims {
            let quantity = i64::from(claim.quantity);
            *amounts.entry(Pool::Type(claim.ticket_type)).or_default() += quantity;
            if let Some(shared) = shared.get(&claim.ticket_type) {
                *amounts.entry(Pool::Shared(*shared)).or_default() += quantity;
            }
        }
        for usage in &self.usages {
            amounts.insert(Pool::Promo(usage.promo), 1);
            amounts.insert(Pool::Buyer(usage.promo, usage.identity), 1);
            amounts.insert(Pool::Buyer(usage.promo, usage.mail), 1);
        }
        amounts
    }

    /// What its buyer is told of a pool that has not enough left.
    pub(super) fn refusal(&self, pool: Pool) -> OrderError {
        let promo = |promo, why| {
            let mut uses = self.usages.iter();
            let at = uses.position(|usage| usage.promo == promo).unwrap_or(0);
            OrderError::Invalid(vec![promo::refusal(at, why)])
        };
        let type_names = |is_meant: &dyn Fn(&TicketType) -> bool| {
            let claimed = |kind: &&TicketType| {
                is_meant(kind) && self.claims.iter().any(|claim| claim.ticket_type == kind.id)
            };
            let types = self.offer.setup.types.iter().filter(claimed);
            let names: Vec<&str> = types.map(|kind| kind.name.as_str()).collect();
            OrderError::SoldOut(names.join(", "))
        };
        match pool {
            Pool::Type(id) => type_names(&|kind| kind.id == id),
            Pool::Shared(id) => type_names(&|kind| kind.shared_quota == Some(id)),
            Pool::Promo(id) => promo(id, promo::USED_UP),
            Pool::Buyer(id, _) => promo(id, promo::USED_BY_BUYER),
        }
    }
}
