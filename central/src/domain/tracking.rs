//! Finding an order again by an identity number: how often, how long, and what may be shown before a proof.
//!
//! Invariant: what is shown without a proof names no event, person, address or whole order number, and only to who knows
//! the order's own address too; everything else needs the code or the link that was sent there. An identity number
//! alone gives nothing away, not even whether there is an order.

use sync_protocol::time::Timestamp;

use super::order::{Order, OrderStatus};

const MINUTE_MS: i64 = 60_000;

/// How long a code and its link are good.
pub const GRANT_MS: i64 = 15 * MINUTE_MS;
/// How long codes may be typed for one question; letters need a while.
pub const ASK_MS: i64 = 30 * MINUTE_MS;
/// Codes that may be typed for one question.
pub const MOST_TRIES: i64 = 5;
/// What the limits below are counted over.
pub const WINDOW_MS: i64 = 60 * MINUTE_MS;
/// Questions about one identity number.
pub const MOST_BY_IDENTITY: i64 = 5;
/// Questions from one address.
pub const MOST_BY_ADDRESS: i64 = 20;
/// Letters to one address.
pub const MOST_BY_CONTACT: i64 = 5;
/// Addresses that are written to for one question: who bought under more finds the rest the next time.
pub const MOST_CONTACTS: usize = 3;
/// How long questions are kept.
pub const KEEP_MS: i64 = 24 * WINDOW_MS;

/// An order as it is shown before a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedOrder {
    /// The beginning of its number, then stars.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// When it was placed.
    pub created_at: Timestamp,
}

/// The orders of one identity number that were placed with this address, masked.
#[must_use]
pub fn masked(orders: &[Order], email: Option<&str>) -> Vec<MaskedOrder> {
    let known = |order: &&Order| email.is_some_and(|email| same_address(email, &order.email));
    let mask = |order: &Order| MaskedOrder {
        number: mask_number(&order.number),
        status: order.status,
        created_at: order.created_at,
    };
    orders.iter().filter(known).map(mask).collect()
}

/// The addresses that a question is answered to, the newest order's first.
#[must_use]
pub fn contacts(orders: &[Order]) -> Vec<&str> {
    let mut contacts: Vec<&str> = Vec::new();
    for order in orders {
        if !contacts
            .iter()
            .any(|known| same_address(known, &order.email))
        {
            contacts.push(&order.email);
        }
    }
    contacts.truncate(MOST_CONTACTS);
    contacts
}

/// Whether two addresses reach one box as most servers see it.
#[must_use]
pub fn same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// `GRB-7K********`
fn mask_number(number: &str) -> String {
    let shown = |(place, c): (usize, char)| if place < 6 { c } else { '*' };
    number.chars().enumerate().map(shown).collect()
}

/// Six digits out of a secret number.
#[must_use]
pub fn code(secret: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(secret) % 1_000_000)
}

/// A code as typed: blanks and hyphens between the digits do no harm.
#[must_use]
pub fn typed_code(typed: &str) -> String {
    let digits = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    digits.take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_masked_and_written() {
        assert_eq!(mask_number("GRB-7K2QF9M4XD"), "GRB-7K********");
        assert_eq!(code([0; 8]), "000000");
        assert_eq!(code([0, 0, 0, 0, 0, 0x1E, 0x84, 0x80]), "000000");
        assert_eq!(code([0, 0, 0, 0, 0, 0x1E, 0x84, 0x87]), "000007");
        assert_eq!(typed_code(" 123 4-56 "), "123456");
        assert!(same_address("Siti@example.id", "siti@EXAMPLE.id"));
    }
}
