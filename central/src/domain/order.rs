//! The order: one purchase, and the only ways in which it changes.
//!
//! ```text
//!             pay               refund_part        refund
//! pending ───────────► paid ───────────► partly_refunded ──► refunded
//!    │  expire, cancel, fail ▲  ├───────── refund ──────────────▲
//!    │                          └── reverse (the money was not ours after all) ──► failed
//!    └──► expired │ cancelled │ failed ── pay_late (stock was found again) ──► paid
//! ```
//!
//! Invariant: a status changes only by a function of [`OrderStatus`], each of which names one legal move and
//! refuses every other start. `app` stores the result with the status it started from as a condition, so two
//! movers cannot both succeed. Money and tickets are not moved here.

use sync_protocol::{id::EventId, time::Timestamp};

use super::{
    attention::Attention, channel::Channel, id::OrderId, identity::IdentityKind, money::Money,
    named::named_enum, price::Sums,
};

named_enum! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// Placed; its capacity is held until the hold ends.
        Pending => "pending",
        /// Money is ours, tickets are issued.
        Paid => "paid",
        /// Part of the money went back.
        PartlyRefunded => "partly_refunded",
        /// All the money went back.
        Refunded => "refunded",
        /// Not paid in time.
        Expired => "expired",
        /// Given up by the buyer, or by the provider before money moved.
        Cancelled => "cancelled",
        /// The payment failed for good.
        Failed => "failed",
    }
}

/// A move that the order's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {} cannot {wanted}", from.name())]
pub struct IllegalMove {
    /// Where it stands.
    pub from: OrderStatus,
    /// The move, as a verb.
    pub wanted: &'static str,
}

use OrderStatus::{Cancelled, Expired, Failed, Paid, PartlyRefunded, Pending, Refunded};

impl OrderStatus {
    /// The money has come while the capacity is held.
    ///
    /// # Errors
    /// Unless it is pending.
    pub fn pay(self) -> Result<Self, IllegalMove> {
        self.step("be paid", &[Pending], Paid)
    }

    /// The money has come after the capacity was given back, and capacity was found again.
    ///
    /// # Errors
    /// Unless it was released.
    pub fn pay_late(self) -> Result<Self, IllegalMove> {
        self.step("be paid late", &[Expired, Cancelled, Failed], Paid)
    }

    /// The hold has ended without money.
    ///
    /// # Errors
    /// Unless it is pending.
    pub fn expire(self) -> Result<Self, IllegalMove> {
        self.step("expire", &[Pending], Expired)
    }

    /// The buyer gives it up.
    ///
    /// # Errors
    /// Unless it is pending.
    pub fn cancel(self) -> Result<Self, IllegalMove> {
        self.step("be cancelled", &[Pending], Cancelled)
    }

    /// The provider cannot take the money.
    ///
    /// # Errors
    /// Unless it is pending.
    pub fn fail(self) -> Result<Self, IllegalMove> {
        self.step("fail", &[Pending], Failed)
    }

    /// Part of the money went back.
    ///
    /// # Errors
    /// Unless there is money left to give.
    pub fn refund_part(self) -> Result<Self, IllegalMove> {
        self.step(
            "be refunded in part",
            &[Paid, PartlyRefunded],
            PartlyRefunded,
        )
    }

    /// All the money went back.
    ///
    /// # Errors
    /// Unless there is money left to give.
    pub fn refund(self) -> Result<Self, IllegalMove> {
        self.step("be refunded", &[Paid, PartlyRefunded], Refunded)
    }

    /// The provider says that money which it had reported never came.
    ///
    /// # Errors
    /// Unless it was paid.
    pub fn reverse(self) -> Result<Self, IllegalMove> {
        self.step("be reversed", &[Paid, PartlyRefunded, Refunded], Failed)
    }

    /// Whether money has come and tickets were issued.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        match self {
            Paid | PartlyRefunded | Refunded => true,
            Pending | Expired | Cancelled | Failed => false,
        }
    }

    fn step(self, wanted: &'static str, from: &[Self], to: Self) -> Result<Self, IllegalMove> {
        if from.contains(&self) {
            return Ok(to);
        }
        Err(IllegalMove { from: self, wanted })
    }
}

/// One purchase as stored, its identity number excepted.
#[derive(Clone, Debug)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// What people quote and the provider is told, `GRB-…`.
    pub number: String,
    /// The event.
    pub event: EventId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Full name.
    pub buyer_name: String,
    /// What kind of card was shown.
    pub identity_kind: IdentityKind,
    /// Where tickets are sent.
    pub email: String,
    /// E.164.
    pub phone: String,
    /// `id` or `en`.
    pub language: String,
    /// What the total is made of.
    pub sums: Sums,
    /// What is to be paid.
    pub total: Money,
    /// End of the hold.
    pub hold_until: Timestamp,
    /// When it was placed.
    pub created_at: Timestamp,
    /// When the money had come.
    pub paid_at: Option<Timestamp>,
    /// Why an admin must look.
    pub attention: Option<Attention>,
    /// How it came.
    pub channel: Channel,
    /// How often its address was changed here: each change makes another link.
    pub address_changes: i64,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderItem {
    /// The line.
    pub id: super::id::OrderItemId,
    /// What.
    pub ticket_type: super::id::TicketTypeId,
    /// What it was called when it was sold.
    pub name: String,
    /// The version of the type that was sold.
    pub type_version: i64,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Money,
}

impl OrderItem {
    /// Price of all, minor units; it fitted when the cart was priced.
    #[must_use]
    pub fn amount_minor(&self) -> i64 {
        let amount = self.unit_price.times(self.quantity);
        amount.map_or(i64::MAX, |amount| amount.minor)
    }
}

/// Crockford's alphabet: no I, L, O or U to misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An order number over 50 random bits: `GRB-7K2QF9M4XD`, fit for every provider's reference.
#[must_use]
pub fn number(random: u64) -> String {
    let place = |n: u32| usize::from((random >> (5 * n)).to_le_bytes()[0] & 31);
    let letters = (0..10).map(|n| char::from(ALPHABET[place(n)]));
    std::iter::once("GRB-".to_owned())
        .chain(letters.map(String::from))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Step = fn(OrderStatus) -> Result<OrderStatus, IllegalMove>;
    const STEPS: [(&str, Step); 8] = [
        ("pay", OrderStatus::pay),
        ("pay_late", OrderStatus::pay_late),
        ("expire", OrderStatus::expire),
        ("cancel", OrderStatus::cancel),
        ("fail", OrderStatus::fail),
        ("refund_part", OrderStatus::refund_part),
        ("refund", OrderStatus::refund),
        ("reverse", OrderStatus::reverse),
    ];

    /// The whole of design section 12, edge by edge.
    const EDGES: [(OrderStatus, &str, OrderStatus); 14] = [
        (Pending, "pay", Paid),
        (Pending, "expire", Expired),
        (Pending, "cancel", Cancelled),
        (Pending, "fail", Failed),
        (Expired, "pay_late", Paid),
        (Cancelled, "pay_late", Paid),
        (Failed, "pay_late", Paid),
        (Paid, "refund_part", PartlyRefunded),
        (Paid, "refund", Refunded),
        (PartlyRefunded, "refund_part", PartlyRefunded),
        (PartlyRefunded, "refund", Refunded),
        (Paid, "reverse", Failed),
        (PartlyRefunded, "reverse", Failed),
        (Refunded, "reverse", Failed),
    ];

    #[test]
    fn exactly_the_legal_moves_are_possible() {
        for from in OrderStatus::ALL.iter().copied() {
            for (name, step) in STEPS {
                let edge = EDGES
                    .iter()
                    .find(|(start, verb, _)| *start == from && *verb == name);
                assert_eq!(
                    step(from).ok(),
                    edge.map(|(_, _, to)| *to),
                    "{from:?} {name}"
                );
            }
        }
    }

    #[test]
    fn names_are_stable() {
        let names: Vec<_> = OrderStatus::ALL.iter().map(|s| s.name()).collect();
        let want = [
            "pending",
            "paid",
            "partly_refunded",
            "refunded",
            "expired",
            "cancelled",
            "failed",
        ];
        assert_eq!(names, want);
        assert_eq!(OrderStatus::from_name("paid"), Some(Paid));
        assert_eq!(OrderStatus::from_name("Paid"), None);
    }

    #[test]
    fn numbers_are_short_and_plain() {
        assert_eq!(number(0), "GRB-0000000000");
        assert_eq!(number(u64::MAX), "GRB-ZZZZZZZZZZ");
        assert_eq!(number(0x1F), "GRB-Z000000000");
    }

    proptest! {
        /// Whatever is tried in whatever order: an order that was never paid is never refunded, one that was
        /// paid becomes unpaid by a reversal alone, and a full refund is the end of anything else.
        #[test]
        fn only_legal_states_are_reached(tries in prop::collection::vec(0usize..8, 0..40)) {
            let (mut status, mut is_paid) = (Pending, false);
            for at in tries {
                let (name, step) = STEPS[at];
                let Ok(next) = step(status) else { continue };
                prop_assert!(EDGES.contains(&(status, name, next)));
                prop_assert!(status != Refunded || name == "reverse");
                is_paid = (is_paid || next == Paid) && name != "reverse";
                prop_assert_eq!(next.is_settled(), is_paid);
                status = next;
            }
        }
    }
}
