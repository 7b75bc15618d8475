//! The allotment: who of several requests gets what there is.
//!
//! A ticket type, a shared quota, a promo code and one buyer's share of a code are all the same here: a pool with
//! so much left. Invariants: first come, first served; a request gets all it asks for or nothing; one that gets
//! nothing takes nothing from those behind it; no pool gives more than it has. Called by `app::orders` under the
//! pools' locks, which then writes each pool's sum by one conditional update.

use std::collections::BTreeMap;

use super::id::{PromoId, SharedQuotaId, TicketTypeId};

/// Something of which there is only so much. The order is the one in which pools are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pool {
    /// A ticket type's own quota.
    Type(TicketTypeId),
    /// A quota of several types.
    Shared(SharedQuotaId),
    /// A promo code's quota.
    Promo(PromoId),
    /// What one buyer, known by a keyed digest, may use of a code.
    Buyer(PromoId, [u8; 32]),
}

/// So much of each pool.
pub type Amounts = BTreeMap<Pool, i64>;

/// Gives each request all it asks for, in their order, or names the first pool that lacks it. `left` is what
/// remains; a pool that is not in it has nothing.
pub fn allot(requests: &[Amounts], left: &mut Amounts) -> Vec<Result<(), Pool>> {
    let answers = requests.iter().map(|asked| {
        let has = |pool: &Pool| left.get(pool).copied().unwrap_or_default();
        let lacking = asked.iter().find(|(pool, amount)| has(pool) < **amount);
        if let Some((pool, _)) = lacking {
            return Err(*pool);
        }
        for (pool, amount) in asked {
            if let Some(has) = left.get_mut(pool) {
                *has -= amount;
            }
        }
        Ok(())
    });
    answers.collect()
}

/// What the requests that were served take in all.
#[must_use]
pub fn sums(requests: &[Amounts], answers: &[Result<(), Pool>]) -> Amounts {
    let mut sums = Amounts::new();
    let served = requests.iter().zip(answers).filter(|(_, a)| a.is_ok());
    for (pool, amount) in served.flat_map(|(asked, _)| asked) {
        *sums.entry(*pool).or_default() += amount;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(n: u128) -> Pool {
        Pool::Type(TicketTypeId::from_u128(n))
    }

    fn shared() -> Pool {
        Pool::Shared(SharedQuotaId::from_u128(1))
    }

    #[test]
    fn first_come_first_served_and_all_or_nothing() {
        let requests = [
            Amounts::from([(kind(1), 2), (shared(), 2)]),
            Amounts::from([(kind(1), 3), (shared(), 3)]),
            Amounts::from([(kind(2), 1), (shared(), 1)]),
            Amounts::from([(kind(9), 1)]),
        ];
        let mut left = Amounts::from([(kind(1), 10), (kind(2), 10), (shared(), 3)]);
        let answers = allot(&requests, &mut left);
        assert_eq!(
            answers,
            [Ok(()), Err(shared()), Ok(()), Err(kind(9))],
            "the second one leaves the third its place"
        );
        assert_eq!(left[&shared()], 0);
        let taken = Amounts::from([(kind(1), 2), (kind(2), 1), (shared(), 3)]);
        assert_eq!(sums(&requests, &answers), taken);
    }

    fn amounts() -> impl Strategy<Value = Amounts> {
        prop::collection::btree_map((0_u128..4).prop_map(kind), 1_i64..6, 0..4)
    }

    proptest! {
        #[test]
        fn what_there_was_is_taken_or_left(
            requests in prop::collection::vec(amounts(), 0..30),
            stock in prop::collection::btree_map((0_u128..4).prop_map(kind), 0_i64..30, 0..4),
        ) {
            let mut left = stock.clone();
            let answers = allot(&requests, &mut left);
            let taken = sums(&requests, &answers);
            for (pool, had) in &stock {
                prop_assert!(left[pool] >= 0);
                prop_assert_eq!(had - left[pool], taken.get(pool).copied().unwrap_or_default());
            }
            // Whoever was refused lacks it even in what is left at the end.
            for (asked, answer) in requests.iter().zip(&answers) {
                if let Err(pool) = answer {
                    prop_assert!(left.get(pool).copied().unwrap_or_default() < asked[pool]);
                }
            }
        }
    }
}
