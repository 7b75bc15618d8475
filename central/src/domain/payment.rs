//! The payment: what a provider's own record, read again, means for the order it belongs to.
//!
//! Invariants: [`decide`] is asked with a status that was *re-read*, never with what a notice claims; its answer
//! depends on stored values alone, so notices may come twice, late, or in any order. Only a safe payment of
//! exactly the order's amount moves money state; what is not understood changes nothing and asks for a person.
//! One order can see several attempts of theirs: a failed one never undoes another that was paid.
//! Which tickets exist, and giving money back, are decided elsewhere.

use crate::payments::ProviderVerdict;

use super::{
    attention::Attention,
    money::Money,
    named::named_enum,
    order::OrderStatus::{self, Pending},
};

named_enum! {
    /// Where a payment stands.
    pub enum PaymentStatus {
        /// No money yet.
        Pending => "pending",
        /// Money is ours.
        Success => "success",
        /// The attempt failed; the buyer may try again while the hold lasts.
        Failed => "failed",
        /// Not paid in time.
        Expired => "expired",
        /// Part of the money went back.
        PartlyRefunded => "partly_refunded",
        /// All the money went back.
        Refunded => "refunded",
        /// The buyer's bank took the money back.
        Disputed => "disputed",
        /// A person must look.
        Review => "review",
    }
}

/// What the provider's records say now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Our reference, as they have it.
    pub reference: String,
    /// Theirs: one per attempt.
    pub transaction_ref: String,
    /// What it means.
    pub verdict: ProviderVerdict,
    /// What was paid for the order, a fee on top excepted; `None` in a currency we do not sell in.
    pub amount: Option<Money>,
}

/// What is stored of the payment and its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Our reference.
    pub reference: String,
    /// Where the order stands.
    pub order: OrderStatus,
    /// The attempt that moved the payment last.
    pub transaction_ref: Option<String>,
    /// Where the payment stands.
    pub payment: PaymentStatus,
    /// What is to be paid.
    pub amount: Money,
}

/// The one thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Mark the order paid and issue its tickets.
    Pay,
    /// Money came after the capacity was given back: pay if stock remains, else ask for a person.
    PayAfterRelease,
    /// The buyer has begun to pay: note the attempt.
    KeepPending,
    /// This attempt failed; the order stays open for another.
    FailAttempt,
    /// Close the order as failed and give its capacity back.
    Fail,
    /// Close the order as cancelled and give its capacity back.
    Cancel,
    /// Close the order as expired and give its capacity back.
    Expire,
    /// Nothing new.
    Ignore(Known),
    /// Change no money state; show it to an admin.
    NeedsReview(Doubt),
}

named_enum! {
    /// Why there is nothing to do.
    pub enum Known {
        /// The same was said before.
        Repeated => "repeated",
        /// A later state is stored already.
        LowerState => "lower_state",
        /// It speaks of an attempt that another has overtaken.
        OtherAttempt => "other_attempt",
    }
}

named_enum! {
    /// Why a person must look.
    pub enum Doubt {
        /// The record belongs to another order: the notice was altered.
        OtherReference => "other_reference",
        /// Not the order's amount or currency.
        AmountDiffers => "amount_differs",
        /// A second attempt was paid as well.
        PaidTwice => "paid_twice",
        /// The provider suspects fraud and waits for an answer.
        Challenged => "challenged",
        /// Money is only reserved.
        Reserved => "reserved",
        /// Paid before, and now the provider says it was not.
        Reversed => "reversed",
        /// Money went back, and not through us.
        RefundedElsewhere => "refunded_elsewhere",
        /// The buyer's bank took the money back.
        Disputed => "disputed",
        /// A status that we do not know.
        UnknownStatus => "unknown_status",
    }
}

impl Doubt {
    /// What an admin is shown; nothing for a record that is not of this order.
    #[must_use]
    pub const fn attention(self) -> Option<Attention> {
        Some(match self {
            Self::OtherReference => return None,
            Self::AmountDiffers => Attention::AmountDiffers,
            Self::PaidTwice => Attention::PaidTwice,
            Self::Challenged => Attention::Challenged,
            Self::Reserved => Attention::Reserved,
            Self::Reversed => Attention::Reversed,
            Self::RefundedElsewhere => Attention::RefundedElsewhere,
            Self::Disputed => Attention::Disputed,
            Self::UnknownStatus => Attention::UnknownStatus,
        })
    }
}

impl Move {
    /// Stable name: what came of a notice.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pay => "paid",
            Self::PayAfterRelease => "paid_after_release",
            Self::KeepPending => "pending",
            Self::FailAttempt => "attempt_failed",
            Self::Fail => "failed",
            Self::Cancel => "cancelled",
            Self::Expire => "expired",
            Self::Ignore(known) => known.name(),
            Self::NeedsReview(doubt) => doubt.name(),
        }
    }
}

impl Move {
    /// Whether it settles or closes the order.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pay | Self::PayAfterRelease | Self::Fail | Self::Cancel | Self::Expire => true,
            Self::KeepPending | Self::FailAttempt | Self::Ignore(_) | Self::NeedsReview(_) => false,
        }
    }
}

/// What to do about `reading`, given what is stored.
#[must_use]
pub fn decide(stored: &Standing, reading: &Reading) -> Move {
    use ProviderVerdict as V;
    if reading.reference != stored.reference {
        return Move::NeedsReview(Doubt::OtherReference);
    }
    match reading.verdict {
        V::Paid => paid(stored, reading),
        V::Pending => match stored.order {
            Pending if !stored.knows_other(reading) || stored.payment == PaymentStatus::Failed => {
                Move::KeepPending
            }
            Pending => Move::Ignore(Known::OtherAttempt),
            _ => Move::Ignore(Known::LowerState),
        },
        V::Denied => ended(stored, reading, Move::FailAttempt),
        V::Failed => ended(stored, reading, Move::Fail),
        V::Cancelled => ended(stored, reading, Move::Cancel),
        V::Expired => ended(stored, reading, Move::Expire),
        V::Challenged => unpaid_doubt(stored, Doubt::Challenged),
        V::Reserved => unpaid_doubt(stored, Doubt::Reserved),
        V::Refunded | V::PartlyRefunded => refunded(stored),
        V::Disputed => Move::NeedsReview(Doubt::Disputed),
        V::NeedsReview => Move::NeedsReview(Doubt::UnknownStatus),
    }
}

impl Standing {
    /// Whether the last known attempt is another one.
    fn knows_other(&self, reading: &Reading) -> bool {
        self.transaction_ref
            .as_ref()
            .is_some_and(|known| *known != reading.transaction_ref)
    }
}

fn paid(stored: &Standing, reading: &Reading) -> Move {
    let is_ours = stored.payment == PaymentStatus::Success;
    if (stored.order.is_settled() || is_ours) && stored.knows_other(reading) {
        return Move::NeedsReview(Doubt::PaidTwice);
    }
    if stored.order.is_settled() {
        return match stored.payment {
            PaymentStatus::Success => Move::Ignore(Known::Repeated),
            _ => Move::Ignore(Known::LowerState),
        };
    }
    if reading.amount != Some(stored.amount) {
        return Move::NeedsReview(Doubt::AmountDiffers);
    }
    if stored.order == Pending {
        Move::Pay
    } else {
        Move::PayAfterRelease
    }
}

/// An attempt that came to nothing: it closes a pending order, unless another attempt is under way. Money that was
/// ours and is not any more counts wherever the order stands: it may have come too late for a ticket.
fn ended(stored: &Standing, reading: &Reading, close: Move) -> Move {
    let is_other = stored.knows_other(reading);
    match (stored.order, stored.payment) {
        (_, PaymentStatus::Success) if !is_other => Move::NeedsReview(Doubt::Reversed),
        (order, _) if order.is_settled() => Move::Ignore(Known::OtherAttempt),
        (Pending, _) if is_other => Move::Ignore(Known::OtherAttempt),
        (Pending, PaymentStatus::Failed) if close == Move::FailAttempt => {
            Move::Ignore(Known::Repeated)
        }
        (Pending, _) => close,
        _ => Move::Ignore(Known::Repeated),
    }
}

fn unpaid_doubt(stored: &Standing, doubt: Doubt) -> Move {
    if stored.order.is_settled() {
        Move::Ignore(Known::LowerState)
    } else {
        Move::NeedsReview(doubt)
    }
}

fn refunded(stored: &Standing) -> Move {
    match stored.payment {
        PaymentStatus::PartlyRefunded | PaymentStatus::Refunded => Move::Ignore(Known::Repeated),
        _ => Move::NeedsReview(Doubt::RefundedElsewhere),
    }
}

#[cfg(test)]
#[path = "payment_tests.rs"]
mod tests;
