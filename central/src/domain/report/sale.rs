//! What was sold and what of the money is whose.
//!
//! Invariants: a sale counts when its money came, a refund when its money went back; only sales that stand count, and
//! only refunds of such sales (a second payment that went back was never a sale). Fees and taxes are told whether they
//! stood on top of the price or in it; a refund gives its share of both back, as `refund` makes shares: rounded over all
//! that went back of an order so far, so that an order that went back in any number of pieces leaves nothing.
//! paid = gross − discounts + fees and taxes on top; net = paid − returned; the organiser's = net without fees and taxes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sync_protocol::{id::EventId, time::Timestamp};

use super::period::{Period, Step};
use crate::domain::{
    channel::Channel, money::Currency, order::OrderStatus, price::Sums, refund::RefundReason,
};

/// Orders of one event, channel and currency that were paid in one quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    /// The event.
    pub event: EventId,
    /// How they came.
    pub channel: Channel,
    /// What they were paid in.
    pub currency: Currency,
    /// When the quarter began.
    pub quarter: Timestamp,
    /// How many.
    pub orders: i64,
    /// Their sums together.
    pub sums: Sums,
    /// What was paid.
    pub total_minor: i64,
}

/// Refunds that are alike, whose money went back in one quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The event.
    pub event: EventId,
    /// What went back.
    pub currency: Currency,
    /// When the quarter began.
    pub quarter: Timestamp,
    /// Why.
    pub reason: RefundReason,
    /// How many.
    pub refunds: i64,
    /// How much each gave back.
    pub amount_minor: i64,
    /// How much of its order had gone back before each.
    pub before_minor: i64,
    /// The order's status.
    pub status: OrderStatus,
    /// It gave back a payment that came beside the order's own.
    pub is_beside: bool,
    /// Fees and taxes of the order, on top and included.
    pub charges: (i64, i64),
    /// What the order cost.
    pub total_minor: i64,
}

impl Returned {
    /// Whether it gives back a sale, and not money that never was one.
    #[must_use]
    pub fn is_of_sale(&self) -> bool {
        use RefundReason::{PaidTwice, PaidWithoutStock};
        let was_none = matches!(self.reason, PaidTwice | PaidWithoutStock);
        !self.is_beside && !was_none && self.status.is_settled()
    }
}

/// Sums of sales and refunds, minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many orders were paid.
    pub orders: i64,
    /// Prices of all that was ordered.
    pub gross: i64,
    /// Taken off.
    pub discounts: i64,
    /// Fees, on top and included.
    pub fees: i64,
    /// Taxes, on top and included.
    pub taxes: i64,
    /// What buyers paid.
    pub paid: i64,
    /// How many refunds were made.
    pub refunds: i64,
    /// What they gave back.
    pub returned: i64,
    /// Fees and taxes in that.
    pub returned_charges: (i64, i64),
}

impl Figures {
    /// What is left of what was paid.
    #[must_use]
    pub const fn net(&self) -> i64 {
        self.paid - self.returned
    }

    /// What of that is the organiser's: all but fees and taxes.
    #[must_use]
    pub const fn of_organiser(&self) -> i64 {
        let (fees, taxes) = self.returned_charges;
        self.net() - (self.fees - fees) - (self.taxes - taxes)
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn sell(&mut self, sold: &Sold) {
        let sums = &sold.sums;
        self.orders += sold.orders;
        self.gross += sums.subtotal_minor;
        self.discounts += sums.discount_minor;
        self.fees += sums.fee_minor + sums.included_fee_minor;
        self.taxes += sums.tax_minor + sums.included_tax_minor;
        self.paid += sold.total_minor;
    }

    fn give_back(&mut self, back: &Returned) {
        let until = |charge, amount| part(charge, amount, back.total_minor);
        let (before, after) = (back.before_minor, back.before_minor + back.amount_minor);
        let part = |charge| (until(charge, after) - until(charge, before)) * back.refunds;
        self.refunds += back.refunds;
        self.returned += back.amount_minor * back.refunds;
        self.returned_charges.0 += part(back.charges.0);
        self.returned_charges.1 += part(back.charges.1);
    }
}

/// The part of a charge in what goes back of a total; whole where all goes back.
fn part(charge: i64, amount: i64, total: i64) -> i64 {
    if total <= 0 {
        return 0;
    }
    let part =
        (i128::from(charge) * i128::from(amount) + i128::from(total) / 2) / i128::from(total);
    i64::try_from(part).unwrap_or(charge).min(charge)
}

/// Everything in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sales {
    /// The currency.
    pub currency: Currency,
    /// All together.
    pub all: Figures,
    /// By the first day of each part of the period; a part without sales has zeros.
    pub parts: BTreeMap<NaiveDate, Figures>,
    /// What was paid by part and channel.
    pub paid_by: BTreeMap<(NaiveDate, Channel), i64>,
    /// By channel; refunds are not told apart by it.
    pub channels: BTreeMap<Channel, Figures>,
    /// By event.
    pub events: BTreeMap<EventId, Figures>,
    /// All money that went back by why, second payments included: how many, and how much.
    pub reasons: BTreeMap<RefundReason, (i64, i64)>,
}

impl Sales {
    /// Nothing yet.
    #[must_use]
    pub fn new(currency: Currency, period: &Period, step: Step) -> Self {
        let parts = period.parts(step).into_iter();
        Self {
            currency,
            all: Figures::default(),
            parts: parts.map(|day| (day, Figures::default())).collect(),
            paid_by: BTreeMap::new(),
            channels: BTreeMap::new(),
            events: BTreeMap::new(),
            reasons: BTreeMap::new(),
        }
    }
}

/// Adds up, by currency; a currency in which nothing moved is left out.
#[must_use]
pub fn add_up(period: &Period, step: Step, sold: &[Sold], returned: &[Returned]) -> Vec<Sales> {
    let of = |currency: Currency| {
        let mut sales = Sales::new(currency, period, step);
        for one in sold.iter().filter(|one| one.currency == currency) {
            let day = period.part_of(one.quarter, step);
            sales.all.sell(one);
            sales.parts.entry(day).or_default().sell(one);
            sales.channels.entry(one.channel).or_default().sell(one);
            sales.events.entry(one.event).or_default().sell(one);
            *sales.paid_by.entry((day, one.channel)).or_default() += one.total_minor;
        }
        for one in returned.iter().filter(|one| one.currency == currency) {
            let reason = sales.reasons.entry(one.reason).or_default();
            reason.0 += one.refunds;
            reason.1 += one.amount_minor * one.refunds;
            if one.is_of_sale() {
                let day = period.part_of(one.quarter, step);
                sales.all.give_back(one);
                sales.parts.entry(day).or_default().give_back(one);
                sales.events.entry(one.event).or_default().give_back(one);
            }
        }
        sales
    };
    let all = Currency::ALL.into_iter().map(of);
    all.filter(|sales| !sales.all.is_empty() || !sales.reasons.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_of_a_charge_goes_back_with_all_of_the_money() {
        for (charge, amount, total, want) in [
            (5_000, 105_000, 105_000, 5_000),
            (5_000, 52_500, 105_000, 2_500),
            (10, 1, 3, 3),
            (10, 0, 3, 0),
            (0, 5, 5, 0),
            (7, 5, 0, 0),
        ] {
            assert_eq!(part(charge, amount, total), want);
        }
    }

    fn a_refund() -> Returned {
        Returned {
            event: EventId::from_u128(1),
            currency: Currency::Idr,
            quarter: Timestamp(0),
            reason: RefundReason::Staff,
            refunds: 1,
            amount_minor: 0,
            before_minor: 0,
            status: OrderStatus::PartlyRefunded,
            is_beside: false,
            charges: (0, 0),
            total_minor: 100,
        }
    }

    #[test]
    fn money_that_never_was_a_sale_is_told_and_takes_nothing_off() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
        let period = Period::new(day, day, chrono_tz::Tz::UTC);
        let back = Returned {
            quarter: period.from(),
            reason: RefundReason::PaidTwice,
            refunds: 2,
            amount_minor: 100,
            status: OrderStatus::Paid,
            ..a_refund()
        };
        let told = add_up(&period, Step::Day, &[], &[back]);
        assert_eq!(told[0].all, Figures::default());
        assert_eq!(told[0].reasons[&RefundReason::PaidTwice], (2, 200));
        for (status, is_beside, counts) in [
            (OrderStatus::Refunded, false, true),
            (OrderStatus::PartlyRefunded, false, true),
            (OrderStatus::PartlyRefunded, true, false),
            (OrderStatus::Failed, false, false),
            (OrderStatus::Expired, false, false),
        ] {
            let one = Returned {
                status,
                is_beside,
                reason: RefundReason::Staff,
                ..back
            };
            assert_eq!(one.is_of_sale(), counts, "{status:?}");
        }
    }

    proptest! {
        /// An order that goes back in any number of pieces leaves nothing, and never takes more than it brought.
        #[test]
        fn shares_of_charges_stay_within_them(
            pieces in prop::collection::vec(1_i64..1_000_000, 1..20), fee in 0_i64..1_000, tax in 0_i64..1_000,
        ) {
            let total: i64 = pieces.iter().sum();
            let charges = (total * fee / 1_000, total * tax / 1_000);
            let (mut figures, mut back) = (Figures::default(), a_refund());
            (back.charges, back.total_minor) = (charges, total);
            for piece in pieces {
                (back.before_minor, back.amount_minor) = (back.before_minor + back.amount_minor, piece);
                figures.give_back(&back);
                prop_assert!(figures.returned_charges.0 <= charges.0);
                prop_assert!(figures.returned_charges.1 <= charges.1);
            }
            prop_assert_eq!(figures.returned_charges, charges);
            prop_assert_eq!(figures.returned, total);
        }
    }
}
