//! What a batch changes: the rulings of everything it touches.
//!
//! The ruling half of one sync upload; true times are made before it ([`super::log_time`]). [`decide`] needs all nodes'
//! scans that the touched ones can reach and runs under the event's lock. It does not depend on the order in which logs
//! arrive: times come from one log's facts, rulings from the set of scans.

use std::collections::BTreeMap;

use sync_protocol::{
    flag::Flag,
    id::{NodeId, TicketId, WristbandId},
    merge::{Fact, Reach, Ruled, Rules, Ruling, rule},
    scan::{Action, ScanId, ScanRecord},
    verdict::Decision,
    wire::v1::PassageChange,
};

use super::{
    cause::Cause,
    log_time::{Times, When},
};

/// What an admitted scan let in or out, bound or took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subjects {
    /// The ticket that was shown.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
}

/// What a record admitted; `None` = nobody.
#[must_use]
pub fn admitted(record: &ScanRecord) -> Option<Subjects> {
    let subjects = Subjects {
        ticket: record.subject.ticket(),
        wristband: record.subject.wristband().or(record.wristband),
    };
    let is_known = subjects.ticket.is_some() || subjects.wristband.is_some();
    (record.decision == Decision::Admit && is_known).then_some(subjects)
}

/// An admitted scan, and what gates were told of it so far; `None` = it is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The scan.
    pub fact: Fact,
    /// What was said of it.
    pub was: Option<PassageChange>,
}

/// All admitted scans of what is touched: what is stored, with the moved times put in, and what is fresh.
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
        let Subjects { ticket, wristband } = admitted(record)?;
        Some(Standing {
            fact: Fact {
                scan: record.id(),
                ticket,
                wristband,
                gate: record.gate,
                action: record.action,
                undoes: record.answers,
                day: when.day,
                time: when.time,
            },
            was: None,
        })
    });
    stored.extend(fresh);
    stored
}

/// Rules all of them.
#[must_use]
pub fn rulings(rules: &Rules, standings: &[Standing]) -> BTreeMap<ScanId, Ruled> {
    let facts: Vec<Fact> = standings.iter().map(|standing| standing.fact).collect();
    rule(rules, &facts)
}

/// The tickets that admitted scans count for: what became of them bears on the flags.
#[must_use]
pub fn counted_tickets(rulings: &BTreeMap<ScanId, Ruled>) -> Vec<TicketId> {
    let mut tickets: Vec<_> = rulings.values().filter_map(|ruled| ruled.ticket).collect();
    tickets.sort_unstable();
    tickets.dedup();
    tickets
}

/// What a flag depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Tickets that are not valid, and the revision at which that came about.
    pub invalid: BTreeMap<TicketId, u64>,
    /// What the gate could know when it wrote a fresh record.
    pub cursors: BTreeMap<ScanId, u64>,
}

/// A scan of which gates are told something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What was said of it before; `None` = it is fresh.
    pub was: Option<PassageChange>,
    /// What is said of it now.
    pub now: PassageChange,
    /// The ticket that was shown, as the record has it.
    pub shown: Option<TicketId>,
    /// Why a ruling that was told has changed; `None` where none has.
    pub cause: Option<Cause>,
}

impl Decided {
    /// The rulings before and after, where a ruling that was told has changed.
    #[must_use]
    pub fn re_decided(&self) -> Option<(Ruling, Ruling)> {
        let was = self.was?.ruling;
        (was != self.now.ruling).then_some((was, self.now.ruling))
    }
}

/// What gates are to be told, at `revision`.
#[must_use]
pub fn decide(
    standings: &[Standing],
    rulings: &BTreeMap<ScanId, Ruled>,
    doubts: &Doubts,
    revision: u64,
) -> Vec<Decided> {
    let news = standings.iter().filter_map(|standing| {
        let ruled = rulings.get(&standing.fact.scan)?;
        let now = passage(standing, ruled, doubts, revision);
        let old = standing.was.map(|was| PassageChange { revision, ..was });
        (old != Some(now)).then_some(Decided {
            was: standing.was,
            now,
            shown: standing.fact.ticket,
            cause: None,
        })
    });
    news.collect()
}

fn passage(standing: &Standing, ruled: &Ruled, doubts: &Doubts, revision: u64) -> PassageChange {
    let Fact {
        scan,
        wristband,
        gate,
        action,
        day,
        time,
        ..
    } = standing.fact;
    PassageChange {
        scan,
        ticket: ruled.ticket,
        action,
        gate,
        time,
        day,
        ruling: ruled.ruling,
        revision,
        wristband,
        flag: flag(standing, ruled, doubts),
    }
}

/// What must be said of an admitted scan of a ticket that was not valid any more. What was said once stays, unless the
/// scan turns out to be of another ticket: then its gate could not know.
fn flag(standing: &Standing, ruled: &Ruled, doubts: &Doubts) -> Option<Flag> {
    // Nobody has to look at what was taken back, nor at the record that did it.
    if ruled.ruling == Ruling::Undone || standing.fact.action == Action::Undo {
        return None;
    }
    if let Some(was) = standing.was.filter(|was| was.ticket == ruled.ticket) {
        return was.flag;
    }
    // Whoever is inside may leave, whatever became of the ticket.
    if standing.fact.action == Action::Exit {
        return None;
    }
    let since = doubts.invalid.get(&ruled.ticket?)?;
    let cursor = doubts.cursors.get(&standing.fact.scan);
    let knew = cursor.is_some_and(|cursor| since <= cursor) && standing.fact.ticket.is_some();
    Some(match knew {
        true => Flag::NotValid,
        false => Flag::AfterRevocation,
    })
}

/// What an upload touches; nothing = gates will see no difference.
#[must_use]
pub fn touched(times: &Times, fresh: &[&ScanRecord]) -> Reach {
    let moved = times.moved.iter().filter_map(|(record, _)| record.admitted);
    let fresh = fresh.iter().filter_map(|record| admitted(record));
    let mut reach = Reach::default();
    for subjects in moved.chain(fresh) {
        reach.tickets.extend(subjects.ticket);
        reach.wristbands.extend(subjects.wristband);
    }
    reach
}

/// Names a scan of `node`.
#[must_use]
pub const fn scan(node: NodeId, seq: u64) -> ScanId {
    ScanId { node, seq }
}

#[cfg(test)]
#[path = "ingest_tests.rs"]
mod tests;
