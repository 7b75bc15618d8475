//! Verdicts: what the gate answers, as data with stable names.
//!
//! A refusal is not an error. The list of reasons is closed; every reason has a text per language on the
//! screen, and the tidy test fails when one lacks it.

use crate::cbor::closed_enum;

closed_enum! {
    /// The colour of the light.
    pub enum Decision {
        /// Green: let in.
        Admit = 1 => "admit",
        /// Amber: a supervisor decides, and the decision is a record.
        Ask = 2 => "ask",
        /// Red: keep out.
        Refuse = 3 => "refuse",
    }
}

closed_enum! {
    /// Why.
    pub enum Reason {
        /// Entry or exit, all well.
        Admitted = 1 => "admitted",
        /// Ticket exchanged for a wristband, all well.
        Exchanged = 2 => "exchanged",
        /// The ticket was exchanged before.
        AlreadyExchanged = 3 => "already_exchanged",
        /// The ticket let somebody in before.
        AlreadyUsed = 4 => "already_used",
        /// The ticket must be exchanged for a wristband first.
        NotExchanged = 5 => "not_exchanged",
        /// The money has not come.
        NotPaid = 6 => "not_paid",
        /// Withdrawn, re-issued or transferred.
        Revoked = 7 => "revoked",
        /// The money went back.
        Refunded = 8 => "refunded",
        /// A genuine ticket of another event.
        WrongEvent = 9 => "wrong_event",
        /// This type is not taken at this gate.
        WrongGate = 10 => "wrong_gate",
        /// Good, but not on this event day.
        WrongDay = 11 => "wrong_day",
        /// Good later.
        NotYetValid = 12 => "not_yet_valid",
        /// Was good earlier.
        NoLongerValid = 13 => "no_longer_valid",
        /// Exit without an entry.
        Outside = 14 => "outside",
        /// Entry again without an exit.
        Inside = 15 => "inside",
        /// No ticket of this event.
        UnknownTicket = 16 => "unknown_ticket",
        /// Genuine, but newer than the gate's replica.
        SoldAfterLastSync = 17 => "sold_after_last_sync",
        /// No wristband of this event, or bound to no ticket.
        UnknownWristband = 18 => "unknown_wristband",
        /// Looks like a ticket, but nobody at central signed it.
        BadSignature = 19 => "bad_signature",
        /// No code could be made of what was shown.
        Unreadable = 20 => "unreadable",
        /// The replica is not proven complete.
        ReplicaIncomplete = 21 => "replica_incomplete",
        /// The node's lease is over, or it was revoked.
        NodeLocked = 22 => "node_locked",
        /// The scan could not be made durable.
        CannotStore = 23 => "cannot_store",
        /// The ticket is good, but only its number was given: a number is in every replica and proves nothing, so a
        /// person compares the name.
        TypedNumber = 24 => "typed_number",
        /// The wristband was taken from the ticket, all well.
        Unpaired = 25 => "unpaired",
        /// There is no wristband to be taken from it.
        NotPaired = 26 => "not_paired",
        /// The ticket may be exchanged: show the wristband that it is to be bound to.
        ShowWristband = 27 => "show_wristband",
        /// The wristband belongs to another ticket.
        WristbandTaken = 28 => "wristband_taken",
        /// A genuine wristband whose exchange this gate has not heard of.
        BindingUnknown = 29 => "binding_unknown",
        /// This person has several tickets that are taken here: show the one that is meant.
        SeveralAddons = 30 => "several_addons",
        /// This node may not do that.
        NotAllowed = 31 => "not_allowed",
        /// The wristband, or its whole roll, was withdrawn.
        WristbandVoid = 32 => "wristband_void",
        /// The event has operators, and none is signed in.
        SignInFirst = 33 => "sign_in_first",
        /// A supervisor let in whom the gate had asked about or refused.
        Overridden = 34 => "overridden",
        /// A supervisor turned away whom the gate had asked about or refused.
        TurnedAway = 35 => "turned_away",
        /// A supervisor took an admitted scan back.
        Undone = 36 => "undone",
        /// A rehearsal ticket, which would let in and never counts.
        Rehearsal = 37 => "rehearsal",
        /// A rehearsal ticket whose time is over.
        RehearsalOver = 38 => "rehearsal_over",
    }
}

/// The answer at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verdict {
    /// The colour.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
}

impl Verdict {
    /// Green for this reason.
    #[must_use]
    pub const fn admit(reason: Reason) -> Self {
        Self {
            decision: Decision::Admit,
            reason,
        }
    }

    /// Amber for this reason.
    #[must_use]
    pub const fn ask(reason: Reason) -> Self {
        Self {
            decision: Decision::Ask,
            reason,
        }
    }

    /// Red for this reason.
    #[must_use]
    pub const fn refuse(reason: Reason) -> Self {
        Self {
            decision: Decision::Refuse,
            reason,
        }
    }

    /// Whether somebody was let in (or out) by it.
    #[must_use]
    pub const fn admits(&self) -> bool {
        matches!(self.decision, Decision::Admit)
    }
}
