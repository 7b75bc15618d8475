//! The verdict: one pure function from what a gate knows to what it answers.
//!
//! The order of the questions is fixed, so the same guest gets the same reason online and offline: may this
//! node decide at all, is the thing shown genuine, does the ticket stand, is it good here and today, and has
//! it been used. Called by `edge-node` for every scan; it never waits and cannot fail.

use crate::{
    code::Payload,
    config::{EntryRule, EventConfig, Policy},
    digest::Digest,
    id::GateId,
    scan::{Action, ScanId, Subject},
    shown::Shown,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    verdict::{Reason, Verdict},
};

/// A ticket issued this long before the replica was proven complete must be in it.
const ISSUE_MARGIN_MS: i64 = 120_000;

/// An admitted scan of the ticket that this gate knows of, its own or another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its name.
    pub scan: ScanId,
    /// What the guest wanted.
    pub action: Action,
    /// Where.
    pub gate: GateId,
    /// When, corrected.
    pub at: Timestamp,
    /// On which event day.
    pub day: u8,
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
    /// The ticket in the replica, if it is there.
    pub ticket: Option<&'a Ticket>,
    /// Known admitted scans of that ticket, ascending by time.
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
    let answer = |verdict| Answer {
        verdict,
        subject: subject(q),
        provisional: false,
        first: None,
        repeat: false,
    };
    if q.standing.locked {
        return answer(Verdict::refuse(Reason::NodeLocked));
    }
    match (q.shown, q.ticket) {
        (Shown::OtherEvent(..), _) => answer(Verdict::refuse(Reason::WrongEvent)),
        (Shown::Forged(..), _) => answer(Verdict::refuse(Reason::BadSignature)),
        (Shown::Unreadable(_), _) => answer(Verdict::refuse(Reason::Unreadable)),
        (Shown::Number(_), None) => answer(Verdict::refuse(Reason::UnknownTicket)),
        (Shown::Ticket { payload, .. }, None) => {
            unknown(q, payload, answer(Verdict::refuse(Reason::UnknownTicket)))
        }
        (_, Some(ticket)) => known(q, ticket, answer(Verdict::admit(Reason::Admitted))),
    }
}

/// A ticket that the replica holds. Whoever is inside may leave, whatever became of the ticket since.
fn known(q: &Question, ticket: &Ticket, base: Answer) -> Answer {
    let leaves = q.action == Action::Exit;
    if let Some(reason) = standing_of(q, ticket).filter(|_| !leaves) {
        return Answer {
            verdict: Verdict::refuse(reason),
            ..base
        };
    }
    // Uses of the ticket come after the tickets: until the last page, this gate may not know of one.
    let known = Answer {
        provisional: !q.standing.complete,
        ..passage(q, base)
    };
    match q.shown {
        Shown::Number(_) if known.verdict.admits() => Answer {
            verdict: Verdict::ask(Reason::TypedNumber),
            ..known
        },
        _ => known,
    }
}

/// A genuine ticket that the replica does not hold.
fn unknown(q: &Question, payload: &Payload, base: Answer) -> Answer {
    let issued_at = Timestamp(i64::from(payload.issued_at) * 1_000);
    if !q.standing.complete {
        return Answer {
            verdict: Verdict::ask(Reason::ReplicaIncomplete),
            provisional: true,
            ..base
        };
    }
    if issued_at.plus_ms(ISSUE_MARGIN_MS) < q.standing.as_of {
        return base;
    }
    if let Some(reason) = place_and_day(q, payload.type_number, payload.day_mask) {
        return Answer {
            verdict: Verdict::refuse(reason),
            ..base
        };
    }
    let known = passage(q, base);
    if !known.verdict.admits() {
        return known;
    }
    let reason = Reason::SoldAfterLastSync;
    let verdict = match q.config.sold_after_sync {
        Policy::Admit => Verdict::admit(reason),
        Policy::Ask => Verdict::ask(reason),
        Policy::Refuse => Verdict::refuse(reason),
    };
    Answer {
        verdict,
        provisional: true,
        ..known
    }
}

/// Why the ticket itself is not good, here and now.
fn standing_of(q: &Question, ticket: &Ticket) -> Option<Reason> {
    match ticket.status {
        TicketStatus::Valid => place_and_day(q, ticket.type_number, ticket.day_mask),
        TicketStatus::Unpaid => Some(Reason::NotPaid),
        TicketStatus::Revoked | TicketStatus::Transferred => Some(Reason::Revoked),
        TicketStatus::Refunded => Some(Reason::Refunded),
    }
}

fn place_and_day(q: &Question, type_number: u16, day_mask: u16) -> Option<Reason> {
    let entry = q
        .config
        .types
        .iter()
        .find(|entry| entry.number == type_number);
    if entry.is_some_and(|entry| !entry.gates.is_empty() && !entry.gates.contains(&q.gate)) {
        return Some(Reason::WrongGate);
    }
    let mut days = q
        .config
        .days
        .iter()
        .filter(|day| is_of_day(day_mask, day.number));
    if days
        .clone()
        .any(|day| day.opens_at <= q.at && q.at < day.closes_at)
    {
        return None;
    }
    if days.clone().all(|day| q.at >= day.closes_at) {
        return Some(Reason::NoLongerValid);
    }
    let event_is_open = q
        .config
        .days
        .iter()
        .any(|day| day.opens_at <= q.at && q.at < day.closes_at);
    let before_all = days.all(|day| q.at < day.opens_at);
    Some(if before_all && !event_is_open {
        Reason::NotYetValid
    } else {
        Reason::WrongDay
    })
}

/// Whether a mask has the bit of an event day; a day beyond the mask is in none.
fn is_of_day(day_mask: u16, day: u8) -> bool {
    day_mask
        .checked_shr(u32::from(day))
        .is_some_and(|rest| rest & 1 == 1)
}

/// Whether the ticket has been used up for this action.
fn passage(q: &Question, base: Answer) -> Answer {
    let day = q.config.day_of(q.at);
    let last = |action| q.history.iter().rfind(|p| p.action == action).copied();
    let first = |action| q.history.iter().find(|p| p.action == action).copied();
    let (verdict, earlier) = match q.action {
        // A wristband comes before the first entry: after it, a picture of the code would earn a second person one.
        Action::Exchange => match (first(Action::Exchange), first(Action::Entry)) {
            (Some(earlier), _) => (Verdict::refuse(Reason::AlreadyExchanged), Some(earlier)),
            (None, Some(earlier)) => (Verdict::refuse(Reason::AlreadyUsed), Some(earlier)),
            (None, None) => (Verdict::admit(Reason::Exchanged), None),
        },
        Action::Entry if q.config.exchange_required && first(Action::Exchange).is_none() => {
            (Verdict::refuse(Reason::NotExchanged), None)
        }
        Action::Entry => match entry_used_up(q, day) {
            Some((reason, earlier)) => (Verdict::refuse(reason), Some(earlier)),
            None => (Verdict::admit(Reason::Admitted), None),
        },
        Action::Exit if is_inside(q.history) => (Verdict::admit(Reason::Admitted), None),
        Action::Exit => (Verdict::refuse(Reason::Outside), last(Action::Exit)),
    };
    let repeat = last(q.action).is_some_and(|p| earlier.is_some() && is_repeat(q, &p));
    Answer {
        verdict,
        first: earlier,
        repeat,
        ..base
    }
}

/// The entry that used the ticket up under the event's rule, and how to say it.
fn entry_used_up(q: &Question, day: u8) -> Option<(Reason, Passage)> {
    let mut entries = q.history.iter().filter(|p| p.action == Action::Entry);
    let used = match q.config.entry_rule {
        EntryRule::Single => entries.next(),
        EntryRule::OncePerDay => entries.find(|p| p.day == day),
        EntryRule::Times(times) if entries.clone().count() >= usize::from(times) => {
            entries.next_back()
        }
        EntryRule::ReEntry if is_inside(q.history) => entries.next_back(),
        EntryRule::Times(_) | EntryRule::ReEntry => None,
    };
    let re_entry = matches!(q.config.entry_rule, EntryRule::ReEntry);
    let reason = if re_entry {
        Reason::Inside
    } else {
        Reason::AlreadyUsed
    };
    used.map(|passage| (reason, *passage))
}

fn is_inside(history: &[Passage]) -> bool {
    let last = history.iter().rfind(|p| p.action != Action::Exchange);
    last.is_some_and(|p| p.action == Action::Entry)
}

fn is_repeat(q: &Question, earlier: &Passage) -> bool {
    earlier.gate == q.gate && q.at.ms_since(earlier.at).abs() <= q.config.repeat_ms
}

fn subject(q: &Question) -> Subject {
    match (q.shown, q.ticket) {
        (_, Some(ticket)) => Subject::Ticket(ticket.id),
        (Shown::Ticket { payload, .. }, None) => Subject::Ticket(payload.ticket),
        (Shown::Number(number), None) => Subject::Unknown(Digest::of(
            "gerbang ticket number v1",
            &[&number.value().to_be_bytes()],
        )),
        (
            Shown::OtherEvent(_, digest) | Shown::Forged(_, digest) | Shown::Unreadable(digest),
            None,
        ) => Subject::Unknown(*digest),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
