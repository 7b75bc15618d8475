//! The hold: a claim on capacity with an end.
//!
//! Invariant: what an order claims is one number per ticket type, in the order of the types' ids, so that two
//! orders lock the same types in the same order and never wait for each other in a circle. A claim is given
//! back once, by the move out of [`HoldStatus::Held`], which the store makes conditional.

use std::collections::BTreeMap;

use super::{id::TicketTypeId, named::named_enum};

named_enum! {
    /// Where a hold stands.
    pub enum HoldStatus {
        /// The capacity is kept for the order.
        Held => "held",
        /// The order was paid: the capacity is gone.
        Sold => "sold",
        /// The capacity was given back.
        Released => "released",
    }
}

/// How many places of one ticket type an order claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// How many.
    pub quantity: u32,
}

/// What the lines of an order claim in all: one claim per type, ascending.
#[must_use]
pub fn claims(lines: impl IntoIterator<Item = (TicketTypeId, u32)>) -> Vec<Claim> {
    let mut sums = BTreeMap::new();
    for (ticket_type, quantity) in lines {
        let sum: &mut u32 = sums.entry(ticket_type).or_default();
        *sum = sum.saturating_add(quantity);
    }
    let claim = |(ticket_type, quantity)| Claim {
        ticket_type,
        quantity,
    };
    sums.into_iter().map(claim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_summed_and_in_one_order() {
        let id = TicketTypeId::from_u128;
        let claim = |n, quantity| Claim {
            ticket_type: id(n),
            quantity,
        };
        assert_eq!(
            claims([(id(9), 1), (id(2), 3), (id(9), 2)]),
            [claim(2, 3), claim(9, 3)]
        );
        assert_eq!(claims([]), []);
    }
}
