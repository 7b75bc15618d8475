//! The refund: money that goes back, in whole or in part, and the tickets that go with it.
//!
//! ```text
//!             approve          send            finish
//! requested ──────────► approved ────► sent ─────────► done
//!     │ decline             │ hand_over  │ │ fail        ▲
//!     ├──► declined         └──► manual ◄┘ └──► failed ──┤ (send again, hand_over, or found to be made)
//!     │ overtake                    └────── finish ──────┘
//!     └──► overtaken        (all that is approved and not made) ── void ──► void
//! ```
//!
//! Invariants: a refund lays claim to its amount from its approval on, whatever becomes of it but that the money never
//! came, so that all claims on a payment never exceed it; a ticket's share is its part of what was really paid (discount, fee and tax included), and
//! the shares of all tickets add up to exactly that. Whoever keeps a ticket keeps some money with us, and the reverse.
//! Which tickets were used is for the person who approves.

use std::collections::BTreeSet;

use sync_protocol::{id::TicketId, time::Timestamp};

use super::{
    id::{OrderId, PaymentId, RefundId},
    money::Money,
    named::named_enum,
    order::{IllegalMove, OrderStatus},
};

named_enum! {
    /// Where a refund stands.
    pub enum RefundStatus {
        /// A buyer asks for it.
        Requested => "requested",
        /// It will not be made.
        Declined => "declined",
        /// What it asked for went back another way.
        Overtaken => "overtaken",
        /// It will be made: its tickets are gone.
        Approved => "approved",
        /// The provider was asked, once or more often.
        Sent => "sent",
        /// The money has gone back.
        Done => "done",
        /// The provider refused; a person must look.
        Failed => "failed",
        /// A person must give the money back.
        Manual => "manual",
        /// There is nothing to give back: the money never came.
        Void => "void",
    }
}

named_enum! {
    /// Why money goes back.
    pub enum RefundReason {
        /// Its buyer asked for it.
        BuyerRequest => "buyer_request",
        /// Somebody who works here decided it.
        Staff => "staff",
        /// The event will not take place.
        EventCancelled => "event_cancelled",
        /// Money came late, and no capacity was left.
        PaidWithoutStock => "paid_without_stock",
        /// A second payment of the same order.
        PaidTwice => "paid_twice",
        /// Made at the provider, not through us.
        RefundedElsewhere => "refunded_elsewhere",
        /// The buyer's bank took it back for good.
        DisputeLost => "dispute_lost",
    }
}

/// A move that the refund's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a refund that is {} cannot {wanted}", from.name())]
pub struct IllegalRefundMove {
    /// Where it stands.
    pub from: RefundStatus,
    /// The move, as a verb.
    pub wanted: &'static str,
}

use RefundStatus::{Approved, Declined, Done, Failed, Manual, Overtaken, Requested, Sent, Void};

impl RefundStatus {
    /// Somebody agrees.
    ///
    /// # Errors
    /// Unless it is requested.
    pub fn approve(self) -> Result<Self, IllegalRefundMove> {
        self.step("be approved", &[Requested], Approved)
    }

    /// Somebody does not agree.
    ///
    /// # Errors
    /// Unless it is requested.
    pub fn decline(self) -> Result<Self, IllegalRefundMove> {
        self.step("be declined", &[Requested], Declined)
    }

    /// All that it asks for went back another way.
    ///
    /// # Errors
    /// Unless it is requested.
    pub fn overtake(self) -> Result<Self, IllegalRefundMove> {
        self.step("be overtaken", &[Requested], Overtaken)
    }

    /// The provider is asked, perhaps again.
    ///
    /// # Errors
    /// Unless it is approved and not made.
    pub fn send(self) -> Result<Self, IllegalRefundMove> {
        self.step("be sent", &[Approved, Sent, Failed], Sent)
    }

    /// The money has gone back.
    ///
    /// # Errors
    /// Unless it is approved and not made.
    pub fn finish(self) -> Result<Self, IllegalRefundMove> {
        self.step("be finished", &[Approved, Sent, Failed, Manual], Done)
    }

    /// The provider refused it.
    ///
    /// # Errors
    /// Unless it was sent.
    pub fn fail(self) -> Result<Self, IllegalRefundMove> {
        self.step("fail", &[Sent], Failed)
    }

    /// A person will give the money back.
    ///
    /// # Errors
    /// Unless it is approved and not made.
    pub fn hand_over(self) -> Result<Self, IllegalRefundMove> {
        self.step("be made by hand", &[Approved, Sent, Failed], Manual)
    }

    /// The money that it was to give back never came.
    ///
    /// # Errors
    /// Unless it is approved and not made.
    pub fn void(self) -> Result<Self, IllegalRefundMove> {
        self.step("be void", &[Approved, Sent, Failed, Manual], Void)
    }

    /// Whether its amount is claimed and has not gone back yet.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Approved | Sent | Failed | Manual => true,
            Requested | Declined | Overtaken | Done | Void => false,
        }
    }

    fn step(
        self,
        wanted: &'static str,
        from: &[Self],
        to: Self,
    ) -> Result<Self, IllegalRefundMove> {
        if from.contains(&self) {
            return Ok(to);
        }
        Err(IllegalRefundMove { from: self, wanted })
    }
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// Of which payment; `None` = nothing was paid, only the tickets go.
    pub payment: Option<PaymentId>,
    /// What the provider knows it by.
    pub key: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// Why.
    pub reason: RefundReason,
    /// In the words of who asked.
    pub note: String,
    /// How much.
    pub amount: Money,
    /// Who asked.
    pub asked_by: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Under what number the money went back by hand.
    pub hand_reference: Option<String>,
    /// Stable name of what stopped the last try.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// When the money had gone back.
    pub done_at: Option<Timestamp>,
}

/// What is to be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that is left, with every ticket.
    Whole,
    /// These tickets, each with its share.
    Tickets(Vec<TicketId>),
    /// An amount in minor units; the tickets stay.
    Amount(i64),
}

/// One ticket of the order, as far as money is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The ticket.
    pub ticket: TicketId,
    /// Its share of what was paid ([`shares`]).
    pub share_minor: i64,
    /// It is good, or would be if its payment were not disputed.
    pub stands: bool,
}

/// How a refund is made up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How much.
    pub amount_minor: i64,
    /// Which tickets go, with their shares.
    pub items: Vec<(TicketId, i64)>,
    /// Nothing is left of the order afterwards.
    pub is_last: bool,
}

/// Why a refund cannot be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Everything went back before.
    #[error("There is nothing left to refund.")]
    NothingLeft,
    /// Not a ticket of this order.
    #[error("That is not a ticket of this order.")]
    UnknownTicket,
    /// It was refunded, revoked or transferred before.
    #[error("That ticket is no longer valid, so it cannot be refunded again.")]
    TicketGone,
    /// More than is left, or nothing.
    #[error("The amount must be at least 1 and at most what is left of the payment.")]
    Amount,
    /// All money would go and tickets would stay.
    #[error("That is all that is left: refund the whole order, so that its tickets go too.")]
    KeepsTickets,
}

impl PlanError {
    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingLeft => "nothing_left",
            Self::UnknownTicket => "unknown_ticket",
            Self::TicketGone => "ticket_gone",
            Self::Amount => "refund_amount",
            Self::KeepsTickets => "keeps_tickets",
        }
    }
}

/// Makes up a refund of an order for which `left_minor` is neither back nor claimed.
///
/// # Errors
/// [`PlanError`].
pub fn plan(left_minor: i64, seats: &[Seat], scope: &Scope) -> Result<Plan, PlanError> {
    let standing: Vec<&Seat> = seats.iter().filter(|seat| seat.stands).collect();
    match scope {
        Scope::Whole if left_minor == 0 && standing.is_empty() => Err(PlanError::NothingLeft),
        Scope::Whole => Ok(Plan {
            amount_minor: left_minor,
            items: standing.iter().map(|s| (s.ticket, s.share_minor)).collect(),
            is_last: true,
        }),
        Scope::Tickets(wanted) => plan_tickets(left_minor, seats, standing.len(), wanted),
        Scope::Amount(amount) if *amount < 1 || *amount > left_minor => Err(PlanError::Amount),
        Scope::Amount(amount) if *amount == left_minor && !standing.is_empty() => {
            Err(PlanError::KeepsTickets)
        }
        Scope::Amount(amount) => Ok(Plan {
            amount_minor: *amount,
            items: Vec::new(),
            is_last: *amount == left_minor,
        }),
    }
}

fn plan_tickets(
    left_minor: i64,
    seats: &[Seat],
    standing: usize,
    wanted: &[TicketId],
) -> Result<Plan, PlanError> {
    let wanted: BTreeSet<TicketId> = wanted.iter().copied().collect();
    let mut items = Vec::new();
    for ticket in wanted {
        let seat = seats.iter().find(|seat| seat.ticket == ticket);
        let seat = seat.ok_or(PlanError::UnknownTicket)?;
        if !seat.stands {
            return Err(PlanError::TicketGone);
        }
        items.push((ticket, seat.share_minor));
    }
    if items.is_empty() {
        return Err(PlanError::NothingLeft);
    }
    let sum: i64 = items.iter().map(|(_, share)| share).sum();
    // Where an amount went back before, the last tickets bring what is left.
    let is_last = items.len() == standing;
    let amount_minor = if is_last {
        left_minor
    } else {
        sum.min(left_minor)
    };
    Ok(Plan {
        amount_minor,
        items,
        is_last,
    })
}

/// What a refund makes of a paid order.
///
/// # Errors
/// When there was no money to give.
pub fn order_after(order: OrderStatus, plan: &Plan) -> Result<OrderStatus, IllegalMove> {
    if plan.is_last {
        order.refund()
    } else {
        order.refund_part()
    }
}

/// Shares out what was paid over tickets by their prices, to the last unit and always alike: the first n tickets
/// together have the rounded-down share of the first n prices. Tickets that were all free share alike.
#[must_use]
pub fn shares(paid_minor: i64, prices: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = match prices.iter().all(|price| *price <= 0) {
        true => vec![1; prices.len()],
        false => prices
            .iter()
            .map(|price| i128::from((*price).max(0)))
            .collect(),
    };
    let sum: i128 = weights.iter().sum();
    let (mut seen, mut given, mut all) = (0_i128, 0_i64, Vec::new());
    for weight in weights {
        seen += weight;
        let until = i64::try_from(i128::from(paid_minor) * seen / sum.max(1)).unwrap_or(paid_minor);
        all.push(until - given);
        given = until;
    }
    all
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
