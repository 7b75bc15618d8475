//! Finding an order again by an identity number: how often, how long, and what may be shown before a proof.
//!
//! Invariants: what is shown without a proof names no event, person, address or whole order number, and only to who knows
//! the order's own address too; everything else needs the code or the link that was sent there. An identity number
//! alone gives nothing away, not even whether there is an order. Who guesses codes all day opens an order less often than
//! once in a million days ([`CODE_DIGITS`], [`MOST_BY_CONTACT_DAY`], [`MOST_TRIES`], [`MOST_CONTACTS`]).

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
/// What the limit below is counted over.
pub const DAY_MS: i64 = 24 * WINDOW_MS;
/// Letters to one address a day.
pub const MOST_BY_CONTACT_DAY: i64 = 6;
/// Digits of a code.
pub const CODE_DIGITS: u32 = 8;
/// Addresses that are written to for one question: who bought under more finds the rest the next time.
pub const MOST_CONTACTS: usize = 3;
const CODES: u64 = 10_u64.pow(CODE_DIGITS);
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

/// Eight digits out of a secret number.
#[must_use]
pub fn code(secret: [u8; 8]) -> String {
    format!("{:08}", u64::from_be_bytes(secret) % CODES)
}

/// A code as it is read most easily: in two halves.
#[must_use]
pub fn spaced(code: &str) -> String {
    match code.split_at_checked(code.len() / 2) {
        Some((one, other)) => format!("{one} {other}"),
        None => code.to_owned(),
    }
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

    /// Each code of a letter may be met by each try at its question, and one question may bring several letters.
    #[test]
    fn guessing_all_day_opens_an_order_less_often_than_once_in_a_million_days() {
        let letters = MOST_BY_CONTACT_DAY * i64::try_from(MOST_CONTACTS).expect("few");
        let met = u64::try_from(letters * MOST_TRIES).expect("positive");
        assert!(met * 1_000_000 <= CODES, "{met} of {CODES}");
        const { assert!(KEEP_MS >= DAY_MS, "letters are counted for a day") };
    }

    #[test]
    fn numbers_and_codes_are_masked_and_written() {
        assert_eq!(mask_number("GRB-7K2QF9M4XD"), "GRB-7K********");
        assert_eq!(code([0; 8]), "00000000");
        assert_eq!(code([0, 0, 0, 0, 5, 0xF5, 0xE1, 0x00]), "00000000");
        assert_eq!(code([0, 0, 0, 0, 5, 0xF5, 0xE1, 0x07]), "00000007");
        assert_eq!(spaced("12345678"), "1234 5678");
        assert_eq!(typed_code(" 1234 5-678 "), "12345678");
        assert!(same_address("Siti@example.id", "siti@EXAMPLE.id"));
    }
}
