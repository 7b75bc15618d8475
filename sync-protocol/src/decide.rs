//! The verdict: one pure function from what a gate knows to what it answers.
//!
//! The order of the questions is fixed, so the same guest gets the same reason online and offline: may this
//! node decide at all, is the thing shown genuine, does the ticket stand, is it good here and today, and has
//! it been used. Called by `edge-node` for every scan; it never waits and cannot fail.

use crate::{
    code::Payload,
    config::{EventConfig, Policy},
    digest::Digest,
    id::{GateId, TicketId, WristbandId},
    merge::Fact,
    moment::Interval,
    rights::Rights,
    scan::{Action, ScanId, Subject},
    shown::Shown,
    ticket::Ticket,
    time::Timestamp,
    usage,
    validity::{place_and_day, standing_of},
    verdict::{Reason, Verdict},
};

/// A ticket issued this long before the replica was proven complete must be in it.
const ISSUE_MARGIN_MS: i64 = 120_000;

/// An admitted scan of the ticket that this gate knows of, its own or another's. What was taken back is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its name.
    pub scan: ScanId,
    /// The ticket that it counts for, if that is known.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// What the guest wanted.
    pub action: Action,
    /// Where.
    pub gate: GateId,
    /// When, corrected.
    pub at: Timestamp,
    /// On which event day.
    pub day: u8,
}

impl Passage {
    /// As the merge sees it. What was shown at an entry or exit is the wristband, where one is named.
    #[must_use]
    pub fn fact(&self) -> Fact {
        let passes = matches!(self.action, Action::Entry | Action::Exit);
        Fact {
            scan: self.scan,
            ticket: self.ticket.filter(|_| !passes || self.wristband.is_none()),
            wristband: self.wristband,
            gate: self.gate,
            action: self.action,
            undoes: None,
            day: self.day,
            time: Interval::around(self.at, 0),
        }
    }
}

/// The wristband at hand: the one that was shown, or the one that an exchange is to bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worn {
    /// No wristband of this event.
    Unknown,
    /// It must not be used any more.
    Void(WristbandId),
    /// Genuine, and bound to no ticket as far as this gate knows.
    Free(WristbandId),
    /// The same, but somebody passed with it while it was bound to none.
    Loose(Passage),
    /// Bound to a ticket by this exchange.
    Bound(Passage),
}

/// What the node can vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Lease over, or revoked.
    pub locked: bool,
    /// The replica was proven equal to central's.
    pub complete: bool,
    /// Central's time of that proof.
    pub as_of: Timestamp,
    /// The event has operators, and none is signed in.
    pub unattended: bool,
    /// What the node and its operator may do.
    pub rights: Rights,
}

/// All that bears on one scan.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The event.
    pub config: &'a EventConfig,
    /// This gate.
    pub gate: GateId,
    /// What the guest wants.
    pub action: Action,
    /// Best estimate of the time.
    pub at: Timestamp,
    /// What was shown.
    pub shown: &'a Shown,
    /// The ticket in the replica that is meant, if it is there: the one shown, its add-on ([`crate::validity`]), or the
    /// one that the wristband is bound to.
    pub ticket: Option<&'a Ticket>,
    /// Several add-ons could be meant.
    pub several_addons: bool,
    /// The wristband at hand.
    pub wristband: Option<Worn>,
    /// Known admitted scans of that ticket or of that wristband, ascending by time.
    pub history: &'a [Passage],
    /// What the node can vouch for.
    pub standing: Standing,
}

/// The answer, and what to show and record with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Colour and reason.
    pub verdict: Verdict,
    /// What the record names.
    pub subject: Subject,
    /// The wristband that the record names beside it.
    pub wristband: Option<WristbandId>,
    /// The gate knows that it might be wrong.
    pub provisional: bool,
    /// The scan that used the ticket up: its gate and time are shown.
    pub first: Option<Passage>,
    /// The same ticket at the same gate a moment ago: shown as a repeat.
    pub repeat: bool,
}

/// Decides one scan.
#[must_use]
pub fn decide(q: &Question) -> Answer {
    let refuse = |reason| base(q, Verdict::refuse(reason));
    if q.standing.locked {
        return refuse(Reason::NodeLocked);
    }
    if q.standing.unattended {
        return refuse(Reason::SignInFirst);
    }
    if !q.standing.rights.allow(q.action) {
        return refuse(Reason::NotAllowed);
    }
    match (q.shown, q.ticket) {
        (Shown::OtherEvent(..), _) => refuse(Reason::WrongEvent),
        (Shown::Forged(..), _) => refuse(Reason::BadSignature),
        (Shown::Unreadable(_), _) => refuse(Reason::Unreadable),
        (Shown::Rehearsal { until, .. }, _) if q.at < *until => refuse(Reason::Rehearsal),
        (Shown::Rehearsal { .. }, _) => refuse(Reason::RehearsalOver),
        (Shown::FalseWristband(_), _) => refuse(Reason::UnknownWristband),
        (Shown::Number(_), None) => refuse(Reason::UnknownTicket),
        (Shown::Ticket { payload, .. }, None) => unknown(q, payload),
        (Shown::Wristband { .. }, None) => wristband(q),
        (_, Some(ticket)) => known(q, ticket),
    }
}

fn base(q: &Question, verdict: Verdict) -> Answer {
    Answer {
        verdict,
        subject: subject(q),
        wristband: None,
        provisional: false,
        first: None,
        repeat: false,
    }
}

/// A ticket that the replica holds. Whoever is inside may leave, whatever became of the ticket since.
fn known(q: &Question, ticket: &Ticket) -> Answer {
    let leaves = q.action == Action::Exit;
    let standing = standing_of(q.config, q.gate, q.at, ticket);
    if let Some(reason) = standing.filter(|_| !leaves) {
        let several = q.several_addons && reason == Reason::WrongGate;
        return match several {
            true => base(q, Verdict::ask(Reason::SeveralAddons)),
            false => base(q, Verdict::refuse(reason)),
        };
    }
    // Uses of the ticket come after the tickets: until the last page, this gate may not know of one.
    let known = Answer {
        provisional: !q.standing.complete,
        ..usage::answer(q, base(q, Verdict::admit(Reason::Admitted)))
    };
    // A number waits for its wristband like a code: a person then decides about both together.
    match q.shown {
        Shown::Number(_) if known.verdict.admits() => Answer {
            verdict: Verdict::ask(Reason::TypedNumber),
            ..known
        },
        _ => known,
    }
}

/// A genuine ticket that the replica does not hold.
fn unknown(q: &Question, payload: &Payload) -> Answer {
    let issued_at = Timestamp(i64::from(payload.issued_at) * 1_000);
    if let Some(known) = by_own_knowledge(q) {
        return known;
    }
    if !q.standing.complete {
        return Answer {
            provisional: true,
            ..base(q, Verdict::ask(Reason::ReplicaIncomplete))
        };
    }
    if issued_at.plus_ms(ISSUE_MARGIN_MS) < q.standing.as_of {
        return base(q, Verdict::refuse(Reason::UnknownTicket));
    }
    let (kind, days) = (payload.type_number, payload.day_mask);
    if let Some(reason) = place_and_day(q.config, q.gate, q.at, kind, days) {
        return base(q, Verdict::refuse(reason));
    }
    by_policy(q, q.config.sold_after_sync, Reason::SoldAfterLastSync)
}

/// A genuine wristband whose ticket this gate does not hold: sold after its last sync, exchanged where it has not heard
/// of, or never exchanged.
fn wristband(q: &Question) -> Answer {
    if let Some(Worn::Bound(_)) = q.wristband {
        return by_policy(q, q.config.sold_after_sync, Reason::SoldAfterLastSync);
    }
    let refuse = |reason| base(q, Verdict::refuse(reason));
    let Some(rules) = &q.config.wristbands else {
        return refuse(Reason::UnknownWristband);
    };
    let is_void = matches!(q.wristband, Some(Worn::Void(_)));
    let own = match q.wristband {
        Some(Worn::Free(id) | Worn::Void(id)) => Some(id),
        Some(Worn::Loose(by)) => by.wristband,
        Some(Worn::Bound(_) | Worn::Unknown) | None => None,
    };
    match (q.action, own) {
        (Action::Entry, Some(_)) if is_void => refuse(Reason::WristbandVoid),
        (Action::Entry, Some(id)) if !was_tied(q, id) => {
            by_policy(q, rules.unbound, Reason::BindingUnknown)
        }
        // Whoever is inside may leave.
        (Action::Exit, Some(id)) if !was_tied(q, id) => {
            by_policy(q, Policy::Admit, Reason::BindingUnknown)
        }
        (Action::Unpair, Some(_)) => refuse(Reason::NotPaired),
        _ => refuse(Reason::UnknownWristband),
    }
}

/// This gate knows what became of the wristband: it was taken from its ticket, or its exchange lost to an earlier one.
fn was_tied(q: &Question, wristband: WristbandId) -> bool {
    let ties = |p: &&Passage| matches!(p.action, Action::Exchange | Action::Unpair);
    let mut ties = q.history.iter().filter(ties);
    ties.any(|p| p.wristband == Some(wristband))
}

/// What this gate saw itself counts whatever it does not hold: a use that it knows of is no matter of policy, and
/// whoever is inside may leave.
fn by_own_knowledge(q: &Question) -> Option<Answer> {
    let known = usage::answer(q, base(q, Verdict::admit(Reason::Admitted)));
    let leaves = q.action == Action::Exit && known.verdict.admits();
    let is_used = !known.verdict.admits() && known.first.is_some();
    (leaves || is_used).then_some(Answer {
        provisional: true,
        ..known
    })
}

/// What may be good but cannot be known here: the event's policy, unless this gate knows of a use.
fn by_policy(q: &Question, policy: Policy, reason: Reason) -> Answer {
    if let Some(known) = by_own_knowledge(q) {
        return known;
    }
    let known = usage::answer(q, base(q, Verdict::admit(reason)));
    let is_leaving = q.action == Action::Exit && known.verdict.reason == Reason::Outside;
    if !known.verdict.admits() && !is_leaving {
        return known;
    }
    let verdict = match policy {
        Policy::Admit => Verdict::admit(reason),
        Policy::Ask => Verdict::ask(reason),
        Policy::Refuse => Verdict::refuse(reason),
    };
    Answer {
        verdict,
        provisional: true,
        first: None,
        ..known
    }
}

fn subject(q: &Question) -> Subject {
    match (q.shown, q.ticket) {
        (Shown::Wristband { id, .. }, _) => Subject::Wristband(*id),
        (_, Some(ticket)) => Subject::Ticket(ticket.id),
        (Shown::Ticket { payload, .. }, None) => Subject::Ticket(payload.ticket),
        (Shown::Number(number), None) => Subject::Unknown(Digest::of(
            "gerbang ticket number v1",
            &[&number.value().to_be_bytes()],
        )),
        (
            Shown::OtherEvent(_, digest)
            | Shown::Forged(_, digest)
            | Shown::FalseWristband(digest)
            | Shown::Rehearsal { digest, .. }
            | Shown::Unreadable(digest),
            None,
        ) => Subject::Unknown(*digest),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
