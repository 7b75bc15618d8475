//! Attention: why an admin must look at an order.
//!
//! Invariant: one reason stands with the order, the gravest of those that wait ([`super::noted`]); each is in the audit
//! trail. The order of the values is the order of their gravity. Who notes them: `app::notices` and `app::refunds`.
//! Nothing takes one away but the person who has looked (`app::order_acts`), or what it asked for being done.

use super::named::named_enum;

named_enum! {
    /// Why an admin must look, from the lightest to the gravest.
    pub enum Attention {
        /// Money came after the capacity was given back, and capacity was found again.
        PaidAfterRelease => "paid_after_release",
        /// Money must be given back by hand: the provider has no way back for it.
        RefundByHand => "refund_by_hand",
        /// Money is only reserved.
        Reserved => "reserved",
        /// A status that we do not know.
        UnknownStatus => "unknown_status",
        /// The provider suspects fraud and waits for an answer.
        Challenged => "challenged",
        /// Not the order's amount or currency.
        AmountDiffers => "amount_differs",
        /// Money came after the capacity was given back, and none is left: it goes back.
        PaidWithoutStock => "paid_without_stock",
        /// The provider refused to give money back.
        RefundFailed => "refund_failed",
        /// A second attempt was paid as well.
        PaidTwice => "paid_twice",
        /// Money went back, and not through us.
        RefundedElsewhere => "refunded_elsewhere",
        /// Paid before, and now the provider says it was not.
        Reversed => "reversed",
        /// The buyer's bank took the money back.
        Disputed => "disputed",
    }
}

impl Attention {
    /// Whether this is what the order should show, given what it shows.
    #[must_use]
    pub fn outweighs(self, shown: Option<Self>) -> bool {
        shown.is_none_or(|shown| self > shown)
    }

    /// Whether looking is not enough: the provider waits for an answer, which takes it away.
    #[must_use]
    pub const fn wants_an_answer(self) -> bool {
        matches!(self, Self::Challenged)
    }
}

#[cfg(test)]
mod tests {
    use super::Attention as A;

    #[test]
    fn a_graver_reason_takes_the_place_of_a_lighter_one() {
        assert!(A::PaidAfterRelease.outweighs(None));
        for pair in A::ALL.windows(2) {
            assert!(pair[1].outweighs(Some(pair[0])), "{pair:?}");
            assert!(!pair[0].outweighs(Some(pair[1])), "{pair:?}");
            assert!(!pair[0].outweighs(Some(pair[0])), "{pair:?}");
        }
    }
}
