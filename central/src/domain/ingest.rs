//! What a batch changes: the rulings of every ticket it touches.
//!
//! The ruling half of one sync upload; true times are made before it ([`super::log_time`]). [`rule`] needs all nodes'
//! scans of the touched tickets and runs under the event's lock. It does not depend on the order in which logs
//! arrive: times come from one log's facts, rulings from the set of scans.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{
    config::EntryRule,
    id::{GateId, NodeId, TicketId},
    merge::{Fact, Ruling, rule_ticket},
    scan::{Action, ScanId, ScanRecord},
    verdict::Decision,
};

use super::log_time::{Times, When};

/// The ticket that a record let in or out.
#[must_use]
pub fn admitted(record: &ScanRecord) -> Option<TicketId> {
    match record.decision {
        Decision::Admit => record.subject.ticket(),
        Decision::Ask | Decision::Refuse => None,
    }
}

/// An admitted scan and how it is ruled so far; `None` = it is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The scan.
    pub fact: Fact,
    /// What was said of it.
    pub ruling: Option<Ruling>,
}

/// A scan whose ruling is another now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The scan.
    pub fact: Fact,
    /// What was said of it before; `None` = it is fresh.
    pub old: Option<Ruling>,
    /// What is said of it now.
    pub new: Ruling,
}

/// Rules every ticket of `standings`; gives what changed.
#[must_use]
pub fn rule(rule: EntryRule, standings: &[Standing]) -> Vec<Decided> {
    let mut tickets = BTreeMap::<TicketId, Vec<&Standing>>::new();
    for standing in standings {
        tickets
            .entry(standing.fact.ticket)
            .or_default()
            .push(standing);
    }
    tickets
        .values()
        .flat_map(|scans| rule_one(rule, scans))
        .collect()
}

fn rule_one(rule: EntryRule, scans: &[&Standing]) -> Vec<Decided> {
    let facts: Vec<Fact> = scans.iter().map(|standing| standing.fact).collect();
    let rulings = rule_ticket(rule, &facts);
    let decided = scans.iter().map(|standing| Decided {
        fact: standing.fact,
        old: standing.ruling,
        new: rulings[&standing.fact.scan],
    });
    decided.filter(|one| one.old != Some(one.new)).collect()
}

/// All admitted scans of the touched tickets: what is stored, with the moved times put in, and what is fresh.
#[must_use]
pub fn standings(
    node: NodeId,
    mut stored: Vec<Standing>,
    times: &Times,
    fresh: &[&ScanRecord],
) -> Vec<Standing> {
    let moved: BTreeMap<u64, When> = times
        .moved
        .iter()
        .map(|(record, when)| (record.seq, *when))
        .collect();
    for standing in stored.iter_mut().filter(|s| s.fact.scan.node == node) {
        if let Some(when) = moved.get(&standing.fact.scan.seq) {
            standing.fact.time = when.time;
            standing.fact.day = when.day;
        }
    }
    let fresh = fresh.iter().zip(&times.fresh).filter_map(|(record, when)| {
        Some(Standing {
            fact: Fact {
                scan: record.id(),
                ticket: admitted(record)?,
                gate: record.gate,
                action: record.action,
                day: when.day,
                time: when.time,
            },
            ruling: None,
        })
    });
    stored.extend(fresh);
    stored
}

/// A stored scan whose row changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The scan.
    pub scan: ScanId,
    /// Where it happened.
    pub gate: GateId,
    /// What was wanted.
    pub action: Action,
    /// When, as it is known now.
    pub when: When,
    /// How it is ruled now; `None` = it let nobody in.
    pub ruling: Option<Ruling>,
}

/// What an upload changes of the rulings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// How every scan of the touched tickets is ruled now, the fresh ones included.
    pub rulings: BTreeMap<ScanId, Ruling>,
    /// Stored scans that get another time or ruling.
    pub changed: Vec<Changed>,
    /// Rulings that were said before and are others now.
    pub redecided: Vec<Decided>,
}

/// Rules the touched tickets and says which stored rows change.
#[must_use]
pub fn decide(
    entry_rule: EntryRule,
    node: NodeId,
    standings: &[Standing],
    times: &Times,
) -> Verdicts {
    let decided = rule(entry_rule, standings);
    let known = standings
        .iter()
        .filter_map(|s| Some((s.fact.scan, s.ruling?)));
    let mut rulings: BTreeMap<ScanId, Ruling> = known.collect();
    rulings.extend(decided.iter().map(|one| (one.fact.scan, one.new)));
    let redecided: Vec<Decided> = decided
        .into_iter()
        .filter(|one| one.old.is_some())
        .collect();
    let moved = times.moved.iter().map(|(record, when)| {
        let scan = scan(node, record.seq);
        let (gate, action) = (record.gate, record.action);
        let ruling = rulings.get(&scan).copied();
        Changed {
            scan,
            gate,
            action,
            when: *when,
            ruling,
        }
    });
    let mut changed: BTreeMap<ScanId, Changed> = moved.map(|one| (one.scan, one)).collect();
    for Decided { fact, new, .. } in &redecided {
        changed.entry(fact.scan).or_insert(Changed {
            scan: fact.scan,
            gate: fact.gate,
            action: fact.action,
            when: When {
                time: fact.time,
                day: fact.day,
            },
            ruling: Some(*new),
        });
    }
    let changed = changed.into_values().collect();
    Verdicts {
        rulings,
        changed,
        redecided,
    }
}

/// What must be said of an admitted scan of a ticket that was not valid any more. `since` is the revision at which
/// that came about, `cursor` what the gate could know.
#[must_use]
pub const fn flag(since: u64, cursor: u64) -> &'static str {
    if since > cursor {
        "after_revocation"
    } else {
        "not_valid"
    }
}

/// The tickets whose rulings an upload can change; empty = gates will see no difference.
#[must_use]
pub fn touched(times: &Times, fresh: &[&ScanRecord]) -> BTreeSet<TicketId> {
    let moved = times.moved.iter().filter_map(|(record, _)| record.admitted);
    moved
        .chain(fresh.iter().filter_map(|record| admitted(record)))
        .collect()
}

/// Names a scan of `node`.
#[must_use]
pub const fn scan(node: NodeId, seq: u64) -> ScanId {
    ScanId { node, seq }
}

#[cfg(test)]
#[path = "ingest_tests.rs"]
mod tests;
