//! Rules of one gate, after every scan.

use central::domain::event::GateRules;
use edge_node::scan::Scan;
use sync_protocol::{
    config::EntryRule,
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason},
};

use super::super::{
    broken::{Held, broken, demand},
    device::{Deed, Device},
};

/// The light shows what the log's newest record says; a scan that was not stored is a refusal.
pub fn the_answer_is_in_the_log(device: &Device, before: usize, scan: &Scan) -> Held {
    const RULE: &str = "the record is durable before the light";
    let told = || format!("{} answers {:?}", device.name, scan.verdict);
    let Some(seq) = scan.seq else {
        let refused = scan.verdict.decision == Decision::Refuse && device.log.len() == before;
        return demand(refused, RULE, || format!("{} without a record", told()));
    };
    match device.log.get(before) {
        Some(deed) if device.log.len() == before + 1 => demand(
            deed.record.seq == seq && deed.record.verdict() == scan.verdict,
            RULE,
            || format!("{} and writes {:?}", told(), deed.record),
        ),
        _ => broken(
            RULE,
            format!("{} and the log has {} records", told(), device.log.len()),
        ),
    }
}

/// A gate that was told to erase, or whose lease is over, lets nobody in or out; and one whose lease is not, does.
pub fn a_gate_without_lease_is_locked(device: &Device, at: Timestamp, scan: &Scan) -> Held {
    const OVER: &str = "a gate locks when its lease is over";
    let contact = device.node().contact().expect("the log can be read");
    let is_locked = scan.verdict.reason == Reason::NodeLocked;
    let told = || {
        format!(
            "{} at {at:?} says {:?}, with {contact:?}",
            device.name, scan.verdict
        )
    };
    if contact.is_erased || contact.is_copy {
        let refuses = scan.verdict.decision == Decision::Refuse;
        return demand(refuses, "a revoked gate is locked", told);
    }
    let reading = ambient::Clock::reading(&*device.clock);
    let (Some(until), Some(seen)) = (contact.lease_until, contact.central_seen) else {
        return Ok(());
    };
    let Some(time) = contact.central_time(&reading) else {
        // Even without any clock it knows how long this boot lasts.
        let is_over = seen.plus_ms(reading.mono_ms) >= until && reading.wall < seen;
        return demand(!is_over || is_locked || scan.seq.is_none(), OVER, told);
    };
    let slack = 2 * time.error_ms() + 1;
    let is_over = at.plus_ms(-slack) >= until && scan.seq.is_some();
    let is_not_over = at.plus_ms(slack) < until;
    demand(!is_over || is_locked, OVER, told)?;
    demand(
        !is_not_over || !is_locked,
        "a gate with a lease decides",
        told,
    )
}

/// A gate does nothing that it may not do, once central has told it.
pub fn a_gate_keeps_to_its_rights(device: &Device, action: Action, scan: &Scan) -> Held {
    let contact = device.node().contact().expect("the log can be read");
    let overrides = scan.verdict.reason == Reason::Overridden;
    let allowed = contact.rights.allow(action) && (!overrides || contact.rights.allow_override());
    let may = allowed || scan.verdict.decision == Decision::Refuse;
    demand(may, "a gate keeps to its rights", || {
        format!("{} answers {:?} to {action:?}", device.name, scan.verdict)
    })
}

/// What one gate let in itself it knows: no log holds a second green that the rule forbids.
pub fn a_gate_admits_once(device: &Device, rules: &GateRules) -> Held {
    let Some(last) = device.log.last().filter(|deed| is_green(deed)) else {
        return Ok(());
    };
    // A supervisor may let in whom the rule does not.
    if last.record.reason == Reason::Overridden {
        return Ok(());
    }
    // What a supervisor took apart may be put together anew.
    let is_unpair = |deed: &Deed| deed.record.action == Action::Unpair;
    if device.log.iter().any(is_unpair) {
        return Ok(());
    }
    let is_undone = |deed: &Deed| {
        let undoes = |other: &&Deed| other.record.reason == Reason::Undone;
        let mut undoings = device.log.iter().filter(undoes);
        undoings.any(|other| other.record.answers == Some(deed.record.seq))
    };
    let same = device.log.iter().rev().skip(1).filter(|deed| {
        is_green(deed)
            && !is_undone(deed)
            && deed.record.subject == last.record.subject
            && deed.record.action == last.record.action
            // What a wristband did before it was anybody's is nobody's.
            && (deed.record.reason != Reason::BindingUnknown
                || last.record.reason == Reason::BindingUnknown)
    });
    let most = match (last.record.action, rules.entry_rule) {
        // An exchange that lost its wristband to another one bound nothing, and may be made again.
        (Action::Exchange, _) if last.record.wristband.is_some() => return Ok(()),
        (Action::Exchange, _) | (Action::Entry, EntryRule::Single) => 0,
        (Action::Entry, EntryRule::Times(most) | EntryRule::TimesPerGate(most)) => {
            usize::from(most) - 1
        }
        _ => return Ok(()),
    };
    demand(same.count() <= most, "a gate knows whom it let in", || {
        format!("{} admits once too often: {:?}", device.name, last.record)
    })
}

fn is_green(deed: &Deed) -> bool {
    deed.record.decision == Decision::Admit
}
