//! Whether a ticket has been used up for what the guest wants, by all that this gate knows of its past.
//!
//! The same rules as the merge's ([`crate::merge`]), asked forwards: the merge says which of several scans stands, a
//! gate says whether the next one would. Pure; called by [`crate::decide`].

use crate::{
    config::EntryRule,
    decide::{Answer, Passage, Question, Worn},
    merge::Rules,
    scan::Action,
    verdict::{Reason, Verdict},
};

/// The answer for a ticket that is good here and now.
pub(crate) fn answer(q: &Question, base: Answer) -> Answer {
    let (verdict, first) = match q.action {
        Action::Exchange => exchange(q),
        Action::Entry => entry(q),
        Action::Exit if is_inside(q) => (Verdict::admit(Reason::Admitted), None),
        Action::Exit => (Verdict::refuse(Reason::Outside), last(q, Action::Exit)),
        Action::Unpair if exchanged(q).is_some() => (Verdict::admit(Reason::Unpaired), None),
        Action::Unpair => (Verdict::refuse(Reason::NotPaired), last(q, Action::Unpair)),
        // No guest wants that: see `crate::decision`.
        Action::Undo => (Verdict::refuse(Reason::NotAllowed), None),
    };
    let before = last(q, q.action);
    let repeat = before.is_some_and(|p| first.is_some() && is_repeat(q, &p));
    Answer {
        verdict,
        wristband: wristband(q, verdict),
        first,
        repeat,
        ..base
    }
}

/// A wristband comes before the first entry: after it, a picture of the code would earn a second person one.
fn exchange(q: &Question) -> (Verdict, Option<Passage>) {
    if let Some(earlier) = exchanged(q) {
        return (Verdict::refuse(Reason::AlreadyExchanged), Some(earlier));
    }
    let was_exchanged = last(q, Action::Exchange).is_some();
    if let Some(earlier) = first(q, Action::Entry).filter(|_| !was_exchanged) {
        return (Verdict::refuse(Reason::AlreadyUsed), Some(earlier));
    }
    match q.wristband {
        _ if q.config.wristbands.is_none() => (Verdict::admit(Reason::Exchanged), None),
        None => (Verdict::ask(Reason::ShowWristband), None),
        Some(Worn::Free(_)) => (Verdict::admit(Reason::Exchanged), None),
        // Whoever passed with it would share it with this guest.
        Some(Worn::Bound(by) | Worn::Loose(by)) => {
            (Verdict::refuse(Reason::WristbandTaken), Some(by))
        }
        Some(Worn::Void(_)) => (Verdict::refuse(Reason::WristbandVoid), None),
        Some(Worn::Unknown) => (Verdict::refuse(Reason::UnknownWristband), None),
    }
}

/// A wristband that was withdrawn lets nobody in, whoever it is bound to: it is taken back, and a good one given.
fn entry(q: &Question) -> (Verdict, Option<Passage>) {
    if let Some(Worn::Void(_)) = q.wristband {
        return (Verdict::refuse(Reason::WristbandVoid), None);
    }
    let needs_exchange = q.config.exchange_required && q.ticket.is_some();
    if needs_exchange && exchanged(q).is_none() {
        return (Verdict::refuse(Reason::NotExchanged), None);
    }
    match entry_used_up(q) {
        Some((reason, earlier)) => (Verdict::refuse(reason), Some(earlier)),
        None => (Verdict::admit(Reason::Admitted), None),
    }
}

/// The entry that used the ticket up under the event's rule, and how to say it.
fn entry_used_up(q: &Question) -> Option<(Reason, Passage)> {
    let day = q.config.day_of(q.at);
    let mut entries = q.history.iter().filter(|p| p.action == Action::Entry);
    let here = |p: &&Passage| p.gate == q.gate;
    let used = match q.config.entry_rule {
        EntryRule::Single => entries.next(),
        EntryRule::OncePerDay => entries.find(|p| p.day == day),
        EntryRule::Times(times) if entries.clone().count() >= usize::from(times) => {
            entries.next_back()
        }
        EntryRule::TimesPerGate(times)
            if entries.clone().filter(here).count() >= usize::from(times) =>
        {
            entries.rfind(here)
        }
        EntryRule::ReEntry if is_inside(q) => entries.next_back(),
        EntryRule::Times(_) | EntryRule::TimesPerGate(_) | EntryRule::ReEntry => None,
    };
    let re_entry = matches!(q.config.entry_rule, EntryRule::ReEntry);
    let reason = if re_entry {
        Reason::Inside
    } else {
        Reason::AlreadyUsed
    };
    used.map(|passage| (reason, *passage))
}

/// Somebody is inside with it, and was not checked out since.
fn is_inside(q: &Question) -> bool {
    let passes = |p: &&Passage| matches!(p.action, Action::Entry | Action::Exit);
    let last = q.history.iter().rfind(passes);
    let entered = last.filter(|p| p.action == Action::Entry);
    entered.is_some_and(|p| !Rules::of(q.config).checked_out(p.at, q.at))
}

/// The exchange that stands: the last one, if nobody unpaired since.
fn exchanged(q: &Question) -> Option<Passage> {
    let ties = |p: &&Passage| matches!(p.action, Action::Exchange | Action::Unpair);
    let last = q.history.iter().rfind(ties);
    last.filter(|p| p.action == Action::Exchange).copied()
}

/// The wristband to be recorded: the one that is bound, or taken away.
fn wristband(q: &Question, verdict: Verdict) -> Option<crate::id::WristbandId> {
    match (q.action, verdict.admits(), q.wristband) {
        (Action::Exchange, _, Some(Worn::Free(id) | Worn::Void(id))) => Some(id),
        (Action::Exchange, _, Some(Worn::Bound(by) | Worn::Loose(by))) => by.wristband,
        (Action::Unpair, true, _) => exchanged(q).and_then(|by| by.wristband),
        _ => None,
    }
}

fn first(q: &Question, action: Action) -> Option<Passage> {
    q.history.iter().find(|p| p.action == action).copied()
}

fn last(q: &Question, action: Action) -> Option<Passage> {
    q.history.iter().rfind(|p| p.action == action).copied()
}

fn is_repeat(q: &Question, earlier: &Passage) -> bool {
    earlier.gate == q.gate && q.at.ms_since(earlier.at).abs() <= q.config.repeat_ms
}

#[cfg(test)]
#[path = "usage_tests.rs"]
mod tests;
