//! The payment: what a provider's own record, read again, means for the order it belongs to.
//!
//! Invariants: [`decide`] is asked with a status that was *re-read*, never with what a notice claims; its answer
//! depends on stored values alone, so notices may come twice, late, or in any order. Only a safe payment of
//! exactly the order's amount moves money state; what is not understood changes nothing and asks for a person.
//! One order can see several attempts of theirs: a failed one never undoes another that was paid, and a second one
//! that was paid goes back. Money that was ours is followed to its end: reversed, disputed, given back elsewhere.
//! How a refund is made up is decided in [`super::refund`].

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

impl PaymentStatus {
    /// Whether money came, wherever it is by now.
    #[must_use]
    pub const fn has_money(self) -> bool {
        match self {
            Self::Success | Self::PartlyRefunded | Self::Refunded | Self::Disputed => true,
            Self::Pending | Self::Failed | Self::Expired | Self::Review => false,
        }
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
    /// What went back so far.
    pub returned_minor: i64,
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
    /// What refunds lay claim to.
    pub claimed_minor: i64,
    /// What of that went back.
    pub returned_minor: i64,
    /// The attempt that is read is known as a second payment already.
    pub knows_second: bool,
    /// A person said that its dispute was won.
    pub is_won: bool,
    /// Capacity cannot be found again: the event will not take place.
    pub is_off: bool,
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
    /// Money came for what is no longer to be had: keep it as ours, and give it back.
    PayBack,
    /// A second payment of a paid order: keep it beside the first, and give it back.
    PayTwice,
    /// The money was not ours after all: take the tickets back.
    Reverse,
    /// The buyer's bank took the money back for now: freeze the tickets.
    Freeze,
    /// Money went back at the provider: book what we do not know of.
    BookRefunds,
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
        /// The money is on its way back.
        GoesBack => "goes_back",
    }
}

named_enum! {
    /// Why a person must look.
    pub enum Doubt {
        /// The record belongs to another order: the notice was altered.
        OtherReference => "other_reference",
        /// Not the order's amount or currency.
        AmountDiffers => "amount_differs",
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
            Self::PayBack => "paid_without_stock",
            Self::PayTwice => "paid_twice",
            Self::Reverse => "reversed",
            Self::Freeze => "disputed",
            Self::BookRefunds => "refunded",
            Self::Ignore(known) => known.name(),
            Self::NeedsReview(doubt) => doubt.name(),
        }
    }
}

impl Move {
    /// Whether it takes in what came for this order's own payment.
    #[must_use]
    pub const fn is_payment(self) -> bool {
        matches!(self, Self::Pay | Self::PayAfterRelease | Self::PayBack)
    }

    /// Whether it moves money or closes the order.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pay | Self::PayAfterRelease | Self::PayBack | Self::PayTwice => true,
            Self::Fail | Self::Cancel | Self::Expire | Self::Reverse => true,
            Self::Freeze | Self::BookRefunds => true,
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
        // It was paid, perhaps beside another, and part of that is still here; what went back of it is the next thing to do.
        V::PartlyRefunded if !stored.payment.has_money() || stored.knows_other(reading) => {
            paid(stored, reading)
        }
        V::Refunded | V::PartlyRefunded => refunded(stored, reading),
        V::Disputed => disputed(stored, reading),
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
    use PaymentStatus as P;
    if stored.knows_second {
        return Move::Ignore(Known::Repeated);
    }
    match stored.payment {
        P::Success | P::PartlyRefunded | P::Refunded | P::Disputed
            if stored.knows_other(reading) =>
        {
            match reading.amount {
                Some(_) => Move::PayTwice,
                None => Move::NeedsReview(Doubt::AmountDiffers),
            }
        }
        // Who won a dispute is told by a person: a reading that is older than it says the same as one after it.
        P::Disputed | P::PartlyRefunded | P::Refunded => Move::Ignore(Known::LowerState),
        P::Success if stored.order.is_settled() => Move::Ignore(Known::Repeated),
        P::Success if stored.claimed_minor > 0 => Move::Ignore(Known::GoesBack),
        _ if reading.amount != Some(stored.amount) => Move::NeedsReview(Doubt::AmountDiffers),
        _ if stored.order.is_settled() => Move::PayTwice,
        _ if stored.is_off => Move::PayBack,
        _ if stored.order == Pending => Move::Pay,
        _ => Move::PayAfterRelease,
    }
}

/// An attempt that came to nothing: it closes a pending order, unless another attempt is under way. Money that was
/// ours and is not any more counts wherever the order stands: it may have come too late for a ticket.
fn ended(stored: &Standing, reading: &Reading, close: Move) -> Move {
    use PaymentStatus as P;
    let is_other = stored.knows_other(reading);
    let had_money = matches!(stored.payment, P::Success | P::PartlyRefunded | P::Disputed);
    match (stored.order, stored.payment) {
        _ if had_money && !is_other => undone(stored, reading),
        (order, _) if order.is_settled() => Move::Ignore(Known::OtherAttempt),
        (Pending, _) if is_other => Move::Ignore(Known::OtherAttempt),
        (Pending, P::Failed) if close == Move::FailAttempt => Move::Ignore(Known::Repeated),
        (Pending, _) => close,
        _ => Move::Ignore(Known::Repeated),
    }
}

/// Money that was ours is not any more. A card payment that has not settled is given back by cancelling it, so a
/// cancellation is expected where all of it was claimed; any other claim on it now has nothing behind it. Where some went
/// back already, a person must see who is to bear that.
fn undone(stored: &Standing, reading: &Reading) -> Move {
    let is_whole = stored.claimed_minor == stored.amount.minor;
    if reading.verdict == ProviderVerdict::Cancelled && is_whole {
        return Move::Ignore(Known::GoesBack);
    }
    match stored.returned_minor {
        0 => Move::Reverse,
        _ => Move::NeedsReview(Doubt::Reversed),
    }
}

fn unpaid_doubt(stored: &Standing, doubt: Doubt) -> Move {
    if stored.order.is_settled() {
        Move::Ignore(Known::LowerState)
    } else {
        Move::NeedsReview(doubt)
    }
}

fn refunded(stored: &Standing, reading: &Reading) -> Move {
    match stored.payment {
        _ if !stored.payment.has_money() => Move::NeedsReview(Doubt::RefundedElsewhere),
        // A second payment that was given back, as it should be.
        _ if stored.knows_other(reading) => Move::Ignore(Known::OtherAttempt),
        _ if reading.returned_minor > stored.returned_minor => Move::BookRefunds,
        _ => Move::Ignore(Known::Repeated),
    }
}

fn disputed(stored: &Standing, reading: &Reading) -> Move {
    use PaymentStatus as P;
    match stored.payment {
        _ if stored.knows_other(reading) => Move::NeedsReview(Doubt::Disputed),
        // What went back before is told of besides.
        P::Success | P::PartlyRefunded | P::Disputed
            if reading.returned_minor > stored.returned_minor =>
        {
            Move::BookRefunds
        }
        P::Disputed => Move::Ignore(Known::Repeated),
        // The provider's records may say so for ever; a new dispute is for a person to tell from the old one.
        _ if stored.is_won => Move::NeedsReview(Doubt::Disputed),
        P::Success | P::PartlyRefunded => Move::Freeze,
        _ => Move::NeedsReview(Doubt::Disputed),
    }
}

#[cfg(test)]
#[path = "payment_tests.rs"]
mod tests;
