//! Promo codes: which may be used for a cart, and why another may not.
//!
//! Invariants: a code is found by its normal form alone; each code counts once in an order, and several go together
//! only where all of them allow it. Whether its quota still has room is only hinted at here: what counts is the
//! conditional redemption in the store, in the transaction that holds the tickets.
//! A code that is used up is so by its numbers; the store writes the status along, so that lists need no arithmetic.

use sync_protocol::time::Timestamp;

use super::{
    charge::Cut,
    field::FieldError,
    id::{PromoId, TicketTypeId},
    named::named_enum,
};

/// Most codes in one order.
pub const CODES: usize = 5;
/// Stands for "as many as you like" in quotas.
pub const UNLIMITED: i64 = i64::MAX;

named_enum! {
    /// Where a code stands.
    pub enum PromoStatus {
        /// May be used.
        Active => "active",
        /// Its quota is used up; active again when a use is given back.
        UsedUp => "used_up",
        /// Switched off by a person.
        Disabled => "disabled",
    }
}

named_enum! {
    /// Where one use of a code stands.
    pub enum UsageStatus {
        /// By an order that is not paid yet.
        Held => "held",
        /// By a paid order, whatever becomes of it.
        Used => "used",
        /// The order was not paid.
        GivenBack => "given_back",
    }
}

/// One code of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promo {
    /// Its id.
    pub id: PromoId,
    /// In normal form.
    pub code: String,
    /// The one type it is for; `None` = all.
    pub ticket_type: Option<TicketTypeId>,
    /// How much; a fixed one is off the order once.
    pub cut: Cut,
    /// First moment of its use.
    pub valid_from: Timestamp,
    /// First moment at which it is no longer good.
    pub valid_until: Timestamp,
    /// How many orders may use it.
    pub quota: i64,
    /// How many do.
    pub used: i64,
    /// How many orders of one buyer may use it.
    pub per_buyer: i64,
    /// Least sum of the lines it is for, before discounts.
    pub min_spend_minor: i64,
    /// Goes with other codes that do.
    pub is_stackable: bool,
    /// Where it stands.
    pub status: PromoStatus,
}

/// What a cart is to the rule: what its lines cost, by type.
pub type Spent = [(TicketTypeId, i64)];

/// A code as people type it, in normal form: capitals, no blanks around it.
#[must_use]
pub fn normal(typed: &str) -> String {
    typed.trim().to_uppercase()
}

/// Whether a text can be a code: 3 to 40 of `A-Z 0-9 - _`.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (3..=40).contains(&text.len()) && text.bytes().all(is_plain)
}

impl Promo {
    /// Whether its window and status allow a use now, whatever the cart.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == PromoStatus::Active && (self.valid_from..self.valid_until).contains(&now)
    }

    /// Why it may not be used for this cart.
    ///
    /// # Errors
    /// Stable name and a sentence for the buyer.
    pub fn check(&self, spent: &Spent, now: Timestamp) -> Result<(), (&'static str, &'static str)> {
        if self.status == PromoStatus::Disabled || now >= self.valid_until {
            return Err(("promo_ended", "This promo code has ended: remove it."));
        }
        if now < self.valid_from {
            return Err((
                "promo_not_begun",
                "This promo code is not valid yet: use it later, or remove it.",
            ));
        }
        if self.status == PromoStatus::UsedUp || self.used >= self.quota {
            return Err(USED_UP);
        }
        let is_meant = |kind: &TicketTypeId| self.ticket_type.is_none_or(|own| own == *kind);
        let meant = spent.iter().filter(|(kind, _)| is_meant(kind));
        let amounts: Vec<i64> = meant.map(|(_, amount)| *amount).collect();
        if amounts.is_empty() {
            return Err((
                "promo_other_type",
                "This promo code is for another ticket type: choose that, or remove the code.",
            ));
        }
        let sum = amounts
            .iter()
            .fold(0_i64, |sum, one| sum.saturating_add(*one));
        if sum < self.min_spend_minor {
            return Err((
                "promo_min_spend",
                "The order is too small for this promo code: add tickets, or remove the code.",
            ));
        }
        Ok(())
    }
}

/// The refusal of a code whose quota is used up.
pub const USED_UP: (&str, &str) = (
    "promo_used_up",
    "This promo code has been used up: remove it.",
);
/// The refusal of a code that this buyer has used as often as allowed.
pub const USED_BY_BUYER: (&str, &str) = (
    "promo_used_by_buyer",
    "You have used this promo code as often as it allows: remove it.",
);

/// The error of the code at this place in the request.
#[must_use]
pub fn refusal(at: usize, (code, message): (&'static str, &str)) -> FieldError {
    FieldError::new(&format!("promo_codes[{at}]"), code, message)
}

/// Picks the codes of a request out of an event's, and checks each and all together. `opens` tells whether a text is
/// the access code of a hidden type, which is no promo and passes.
///
/// # Errors
/// Every code that is refused.
pub fn pick(
    typed: &[String],
    known: &[Promo],
    opens: impl Fn(&str) -> bool,
    spent: &Spent,
    now: Timestamp,
) -> Result<Vec<Promo>, Vec<FieldError>> {
    let (mut picked, mut errors) = (Vec::<Promo>::new(), Vec::new());
    if typed.len() > CODES {
        let sentence = "Use at most 5 promo codes in one order.";
        return Err(vec![FieldError::new(
            "promo_codes",
            "promo_too_many",
            sentence,
        )]);
    }
    for (at, typed) in typed.iter().enumerate() {
        let code = normal(typed);
        if picked.iter().any(|promo| promo.code == code) {
            errors.push(refusal(
                at,
                ("promo_repeated", "Name each promo code once."),
            ));
            continue;
        }
        match known.iter().find(|promo| promo.code == code) {
            Some(promo) => match promo.check(spent, now) {
                Ok(()) => picked.push(promo.clone()),
                Err(why) => errors.push(refusal(at, why)),
            },
            None if opens(&code) => {}
            None => errors.push(refusal(
                at,
                (
                    "promo_unknown",
                    "There is no such promo code: check its spelling, or remove it.",
                ),
            )),
        }
    }
    if picked.len() > 1 && picked.iter().any(|promo| !promo.is_stackable) {
        let sentence = "One of these promo codes cannot be combined with others: keep one of them.";
        errors.push(FieldError::new(
            "promo_codes",
            "promo_not_stackable",
            sentence,
        ));
    }
    if errors.is_empty() {
        Ok(picked)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
#[path = "promo_tests.rs"]
mod tests;
