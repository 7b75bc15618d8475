//! Charges and cuts: what an event puts on a price (fees, taxes) and takes off it (discounts).
//!
//! Rounding, everywhere in prices: half up to the minor unit, once per charge, on the sum of its whole base in the
//! order, never per ticket. So a tax of 11 % on three tickets of Rp 1.005 is 11 % of Rp 3.015. PBJT is a tax on
//! tickets; PPN on a service fee is a tax on fees; PPN of 12 % on 11/12 of a price is written as its effective 11 %.
//! Used by [`super::price`]; stored by `store::charge`.

use super::{id::TicketTypeId, named::named_enum};

/// Hundredths of a percent in a whole.
pub const WHOLE: i64 = 10_000;

named_enum! {
    /// What a charge is for.
    pub enum ChargeKind {
        /// What the sale itself costs.
        Fee => "fee",
        /// What goes to the state.
        Tax => "tax",
    }
}

named_enum! {
    /// What a percentage is of.
    pub enum ChargeBase {
        /// The tickets after discounts.
        Tickets => "tickets",
        /// The fees before it.
        Fees => "fees",
        /// The tickets after discounts and every charge before it.
        Everything => "everything",
    }
}

/// How much a charge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Hundredths of a percent of its base.
    Percent(i64),
    /// Minor units for each ticket.
    PerTicket(i64),
    /// Minor units for the order.
    PerOrder(i64),
}

impl Rate {
    /// Stable name and value, as stored.
    #[must_use]
    pub const fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Percent(value) => ("percent", value),
            Self::PerTicket(value) => ("per_ticket", value),
            Self::PerOrder(value) => ("per_order", value),
        }
    }

    /// The rate of a stored name and value.
    #[must_use]
    pub fn from_columns(name: &str, value: i64) -> Option<Self> {
        Some(match name {
            "percent" => Self::Percent(value),
            "per_ticket" => Self::PerTicket(value),
            "per_order" => Self::PerOrder(value),
            _ => return None,
        })
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::Percent(value) if !(0..=WHOLE).contains(&value) => {
                Some("its rate must be 0 to 100 percent")
            }
            Self::PerTicket(value) | Self::PerOrder(value) if value < 0 => {
                Some("its amount is negative")
            }
            _ => None,
        }
    }
}

/// One fee or tax; a list of them is in the order of application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What it is for.
    pub kind: ChargeKind,
    /// What people call it, `PBJT 10%`.
    pub name: String,
    /// How much it is.
    pub rate: Rate,
    /// What a percentage is of.
    pub base: ChargeBase,
    /// Part of the price already: told to the buyer, not added.
    pub is_included: bool,
}

/// How much is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Minor units.
    Fixed(i64),
    /// Hundredths of a percent.
    Percent(i64),
}

impl Cut {
    /// Stable name and value, as stored.
    #[must_use]
    pub const fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Fixed(value) => ("fixed", value),
            Self::Percent(value) => ("percent", value),
        }
    }

    /// The cut of a stored name and value.
    #[must_use]
    pub fn from_columns(name: &str, value: i64) -> Option<Self> {
        Some(match name {
            "fixed" => Self::Fixed(value),
            "percent" => Self::Percent(value),
            _ => return None,
        })
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::Percent(value) if !(1..=WHOLE).contains(&value) => {
                Some("its percentage must be more than 0 and at most 100")
            }
            Self::Fixed(value) if value < 1 => Some("its amount must be at least 1"),
            _ => None,
        }
    }

    /// What is taken off `amount`; a fixed cut counts `times` times. At most all of it.
    #[must_use]
    pub fn of(self, amount: i64, times: u32) -> i64 {
        let off = match self {
            Self::Fixed(value) => value.saturating_mul(i64::from(times)),
            Self::Percent(rate) => share(amount, rate, WHOLE),
        };
        off.clamp(0, amount.max(0))
    }
}

/// So many of a type in one order cost less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDiscount {
    /// What people call it.
    pub name: String,
    /// The type; `None` = any one type.
    pub ticket_type: Option<TicketTypeId>,
    /// From how many on.
    pub min_quantity: u32,
    /// How much; a fixed one is off each ticket.
    pub cut: Cut,
}

/// `amount` × `part` / `whole`, rounded half up. None of them is negative, and `whole` is not zero.
#[must_use]
pub fn share(amount: i64, part: i64, whole: i64) -> i64 {
    let (amount, part, whole) = (i128::from(amount), i128::from(part), i128::from(whole));
    let rounded = (amount * part * 2 + whole) / (whole * 2);
    i64::try_from(rounded).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_half_up() {
        for (amount, part, whole, expected) in [
            (150_000, 1_100, WHOLE, 16_500),
            (5, 1_000, WHOLE, 1),
            (4, 1_000, WHOLE, 0),
            (15, 1_000, WHOLE, 2),
            (3_015, 1_100, WHOLE, 332),
            (110_000, 1_000, 11_000, 10_000),
            (0, 1_000, WHOLE, 0),
            (i64::MAX, WHOLE, WHOLE, i64::MAX),
        ] {
            assert_eq!(share(amount, part, whole), expected, "{amount} {part}");
        }
    }

    #[test]
    fn a_cut_takes_at_most_all() {
        assert_eq!(Cut::Fixed(30).of(100, 2), 60);
        assert_eq!(Cut::Fixed(30).of(50, 2), 50);
        assert_eq!(Cut::Fixed(i64::MAX).of(50, 9), 50);
        assert_eq!(Cut::Percent(2_500).of(999, 7), 250);
        assert_eq!(Cut::Percent(WHOLE).of(999, 1), 999);
    }

    #[test]
    fn columns_round_trip() {
        for rate in [Rate::Percent(1), Rate::PerTicket(2), Rate::PerOrder(3)] {
            let (name, value) = rate.columns();
            assert_eq!(Rate::from_columns(name, value), Some(rate));
        }
        for cut in [Cut::Fixed(1), Cut::Percent(2)] {
            let (name, value) = cut.columns();
            assert_eq!(Cut::from_columns(name, value), Some(cut));
        }
        assert_eq!(Rate::from_columns("fixed", 1), None);
        assert_eq!(Cut::from_columns("per_order", 1), None);
    }
}
