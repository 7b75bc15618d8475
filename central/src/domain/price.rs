//! The price of a cart: lines, discounts, fees, taxes, total. One pure function, asked for the live cart and for
//! the order alike.
//!
//! ```text
//! subtotal = sum of the lines
//! - group discounts (per type)  - promo codes (percentages before fixed amounts, then by code)  = tickets
//! + fees and taxes on top, in their order                                                       = total
//! ```
//!
//! Invariants: `total = subtotal - discount + fee + tax`, every part whole and none negative; what is included in
//! the price is told and never added; no line costs less than nothing. Rounding: [`super::charge`].
//! Whether a code may be used is [`super::promo`]'s to say.

use super::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate, WHOLE, share},
    id::{PromoId, TicketTypeId},
    money::MoneyError,
    named::named_enum,
    promo::Promo,
};

named_enum! {
    /// What an adjustment is.
    pub enum AdjustmentKind {
        /// Off, because there are many.
        GroupDiscount => "group_discount",
        /// Off, by a code.
        Promo => "promo",
        /// On.
        Fee => "fee",
        /// On.
        Tax => "tax",
    }
}

/// What is asked for: tickets of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The type.
    pub ticket_type: TicketTypeId,
    /// How many.
    pub quantity: u32,
    /// Price of one, minor units; never negative.
    pub unit_minor: i64,
}

/// Something between the sum of the lines and the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// What it is.
    pub kind: AdjustmentKind,
    /// What people call it.
    pub name: String,
    /// The code behind it.
    pub promo: Option<PromoId>,
    /// How much, minor units; never negative, whichever way it counts.
    pub amount_minor: i64,
    /// Part of the price already: told, not added.
    pub is_included: bool,
}

impl Adjustment {
    /// What it adds to the total; negative for a discount.
    #[must_use]
    pub const fn signed_minor(&self) -> i64 {
        match self.kind {
            AdjustmentKind::GroupDiscount | AdjustmentKind::Promo => -self.amount_minor,
            AdjustmentKind::Fee | AdjustmentKind::Tax if self.is_included => 0,
            AdjustmentKind::Fee | AdjustmentKind::Tax => self.amount_minor,
        }
    }
}

/// The sums of an order, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Of the lines.
    pub subtotal_minor: i64,
    /// Of all discounts.
    pub discount_minor: i64,
    /// Of fees on top.
    pub fee_minor: i64,
    /// Of taxes on top.
    pub tax_minor: i64,
    /// Of fees that are part of the price.
    pub included_fee_minor: i64,
    /// Of taxes that are part of the price.
    pub included_tax_minor: i64,
}

impl Sums {
    /// The sums of an order without discounts, fees and taxes.
    #[must_use]
    pub const fn plain(subtotal_minor: i64) -> Self {
        Self {
            subtotal_minor,
            discount_minor: 0,
            fee_minor: 0,
            tax_minor: 0,
            included_fee_minor: 0,
            included_tax_minor: 0,
        }
    }
}

/// What a cart costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What was taken off each line, in their order.
    pub line_discounts: Vec<i64>,
    /// Everything between the lines and the total, in the order applied.
    pub adjustments: Vec<Adjustment>,
    /// The sums.
    pub sums: Sums,
    /// What is to be paid.
    pub total_minor: i64,
}

/// Prices lines under an event's rules; the codes were found usable before.
///
/// # Errors
/// [`MoneyError::TooLarge`].
pub fn price(
    lines: &[Wanted],
    promos: &[Promo],
    group_discounts: &[GroupDiscount],
    charges: &[Charge],
) -> Result<Price, MoneyError> {
    let amounts = lines
        .iter()
        .map(|line| line.unit_minor.checked_mul(i64::from(line.quantity)))
        .collect::<Option<Vec<_>>>();
    let amounts = amounts.ok_or(MoneyError::TooLarge)?;
    let subtotal = sum(&amounts)?;
    let mut till = Till {
        left: amounts.clone(),
        adjustments: Vec::new(),
    };
    till.take_groups(lines, group_discounts);
    till.take_promos(lines, promos);
    let tickets = sum(&till.left)?;
    let quantity = lines
        .iter()
        .fold(0_i64, |sum, line| sum + i64::from(line.quantity));
    let sums = till.put_charges(charges, tickets, quantity)?;
    let total = [tickets, sums.fee_minor, sums.tax_minor];
    Ok(Price {
        line_discounts: amounts
            .iter()
            .zip(&till.left)
            .map(|(all, left)| all - left)
            .collect(),
        adjustments: till.adjustments,
        sums: Sums {
            subtotal_minor: subtotal,
            discount_minor: subtotal - tickets,
            ..sums
        },
        total_minor: sum(&total)?,
    })
}

/// A price in the making.
struct Till {
    /// What is left of each line.
    left: Vec<i64>,
    adjustments: Vec<Adjustment>,
}

impl Till {
    fn take_groups(&mut self, lines: &[Wanted], groups: &[GroupDiscount]) {
        for (line, left) in lines.iter().zip(&mut self.left) {
            let of_line = groups.iter().filter(|group| {
                line.quantity >= group.min_quantity
                    && group
                        .ticket_type
                        .is_none_or(|kind| kind == line.ticket_type)
            });
            let best = of_line
                .map(|group| (group.cut.of(*left, line.quantity), group))
                .max_by_key(|(off, _)| *off);
            let Some((off, group)) = best.filter(|(off, _)| *off > 0) else {
                continue;
            };
            *left -= off;
            self.adjustments.push(Adjustment {
                kind: AdjustmentKind::GroupDiscount,
                name: group.name.clone(),
                promo: None,
                amount_minor: off,
                is_included: false,
            });
        }
    }

    fn take_promos(&mut self, lines: &[Wanted], promos: &[Promo]) {
        let mut sorted: Vec<&Promo> = promos.iter().collect();
        sorted.sort_by_key(|promo| (matches!(promo.cut, Cut::Fixed(_)), promo.code.as_str()));
        for promo in sorted {
            let is_meant = |line: &Wanted| promo.ticket_type.is_none_or(|t| t == line.ticket_type);
            let meant: Vec<usize> = (0..lines.len())
                .filter(|at| is_meant(&lines[*at]))
                .collect();
            let base: i64 = meant.iter().map(|at| self.left[*at]).sum();
            let off = promo.cut.of(base, 1);
            self.spread(&meant, base, off);
            // Also where nothing is left to take off: the use of the code is part of the order.
            self.adjustments.push(Adjustment {
                kind: AdjustmentKind::Promo,
                name: promo.code.clone(),
                promo: Some(promo.id),
                amount_minor: off,
                is_included: false,
            });
        }
    }

    /// Takes `off` of lines that together cost `base`, each by its share; the shares are whole and add up.
    fn spread(&mut self, lines: &[usize], base: i64, off: i64) {
        let (mut seen, mut taken) = (0_i128, 0_i128);
        for at in lines {
            seen += i128::from(self.left[*at]);
            // Rounded down, of the sum so far: no line is asked for more than it has.
            let due = if base == 0 {
                0
            } else {
                seen * i128::from(off) / i128::from(base)
            };
            let part = i64::try_from(due - taken).unwrap_or_default();
            self.left[*at] -= part;
            taken = due;
        }
    }

    fn put_charges(
        &mut self,
        charges: &[Charge],
        tickets: i64,
        quantity: i64,
    ) -> Result<Sums, MoneyError> {
        let mut sums = Sums::default();
        let (mut fees, mut running, mut included) = (0, tickets, 0);
        for charge in charges {
            let base = match charge.base {
                ChargeBase::Tickets => tickets,
                ChargeBase::Fees => fees,
                ChargeBase::Everything => running,
            };
            let mut amount = amount(charge, charges, base, quantity)?;
            if charge.is_included {
                // All that is in the price is at most the price.
                amount = amount.min(running - included);
                included += amount;
            } else {
                running = plus(running, amount)?;
            }
            let sum = match (charge.kind, charge.is_included) {
                (ChargeKind::Fee, false) => &mut sums.fee_minor,
                (ChargeKind::Tax, false) => &mut sums.tax_minor,
                (ChargeKind::Fee, true) => &mut sums.included_fee_minor,
                (ChargeKind::Tax, true) => &mut sums.included_tax_minor,
            };
            *sum = plus(*sum, amount)?;
            if charge.kind == ChargeKind::Fee {
                fees = plus(fees, amount)?;
            }
            self.note(charge, amount);
        }
        Ok(sums)
    }

    fn note(&mut self, charge: &Charge, amount_minor: i64) {
        if amount_minor == 0 {
            return;
        }
        self.adjustments.push(Adjustment {
            kind: match charge.kind {
                ChargeKind::Fee => AdjustmentKind::Fee,
                ChargeKind::Tax => AdjustmentKind::Tax,
            },
            name: charge.name.clone(),
            promo: None,
            amount_minor,
            is_included: charge.is_included,
        });
    }
}

/// What a charge is on this base. Nothing is charged on what costs nothing: a free order stays free.
fn amount(
    charge: &Charge,
    charges: &[Charge],
    base: i64,
    quantity: i64,
) -> Result<i64, MoneyError> {
    if base == 0 {
        return Ok(0);
    }
    match charge.rate {
        Rate::Percent(rate) if charge.is_included => Ok(share(
            base,
            rate,
            WHOLE + included_rates(charge.base, charges),
        )),
        Rate::Percent(rate) => Ok(share(base, rate, WHOLE)),
        Rate::PerTicket(each) => each.checked_mul(quantity).ok_or(MoneyError::TooLarge),
        Rate::PerOrder(all) => Ok(all),
    }
}

/// All percentages that are part of the same price: each was put on the price without any of them.
fn included_rates(base: ChargeBase, charges: &[Charge]) -> i64 {
    let same = charges.iter().filter(|c| c.is_included && c.base == base);
    same.map(|charge| match charge.rate {
        Rate::Percent(rate) => rate,
        Rate::PerTicket(_) | Rate::PerOrder(_) => 0,
    })
    .sum()
}

fn plus(one: i64, other: i64) -> Result<i64, MoneyError> {
    one.checked_add(other).ok_or(MoneyError::TooLarge)
}

fn sum(parts: &[i64]) -> Result<i64, MoneyError> {
    parts.iter().try_fold(0, |sum, part| plus(sum, *part))
}

#[cfg(test)]
#[path = "price_tests.rs"]
mod tests;
