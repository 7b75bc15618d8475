//! The merge: what all logs together say of each scan. First scan wins.
//!
//! Facts are a set of admitted scans with their corrected times; a ruling is a pure function of that set, so
//! neither the order in which logs arrive, nor repetition, nor grouping can change it (the laws below are
//! property-tested). Scans fold in the order of (corrected time, node, seq) under the event's entry rule.
//! Where the bounds of a double and its winner overlap, the ruling still picks the earlier estimate and says
//! that it could not be decided.

use std::collections::BTreeMap;

use crate::{
    config::EntryRule,
    id::{GateId, TicketId},
    moment::Interval,
    scan::{Action, ScanId},
};

/// One admitted scan, as the merge sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub scan: ScanId,
    /// The ticket that was shown.
    pub ticket: TicketId,
    /// Where.
    pub gate: GateId,
    /// What the guest wanted.
    pub action: Action,
    /// The event day of the corrected time.
    pub day: u8,
    /// When it truly happened.
    pub time: Interval,
}

/// What the merge says of an admitted scan.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
pub enum Ruling {
    /// It stands.
    #[n(0)]
    Counted,
    /// The ticket had been used up by `winner`, which this node could not know.
    #[n(1)]
    Double {
        /// The scan that used it up.
        #[n(0)]
        winner: ScanId,
        /// The clocks cannot tell which was first.
        #[n(1)]
        undecidable: bool,
    },
    /// An exit of somebody who was not inside.
    #[n(2)]
    Stray,
}

impl Ruling {
    /// The stable name used in tables, JSON and the audit trail.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Double {
                undecidable: false, ..
            } => "double",
            Self::Double {
                undecidable: true, ..
            } => "double_undecidable",
            Self::Stray => "stray",
        }
    }
}

/// Rules all admitted scans of one ticket. Repeated facts count once; facts of other tickets must not be given.
#[must_use]
pub fn rule_ticket(rule: EntryRule, facts: &[Fact]) -> BTreeMap<ScanId, Ruling> {
    let mut ordered: Vec<&Fact> = facts.iter().collect();
    ordered.sort_by_key(|fact| (fact.time.at, fact.scan));
    ordered.dedup_by_key(|fact| fact.scan);
    let mut fold = Fold::default();
    ordered
        .into_iter()
        .map(|fact| (fact.scan, fold.step(rule, fact)))
        .collect()
}

/// What has counted so far.
#[derive(Default)]
struct Fold {
    exchanged: Option<Fact>,
    entries: Vec<Fact>,
    inside: bool,
}

impl Fold {
    fn step(&mut self, rule: EntryRule, fact: &Fact) -> Ruling {
        match fact.action {
            Action::Exchange => match &self.exchanged {
                Some(winner) => double(winner, fact),
                None => {
                    self.exchanged = Some(*fact);
                    Ruling::Counted
                }
            },
            Action::Entry => self.enter(rule, fact),
            Action::Exit if self.inside => {
                self.inside = false;
                Ruling::Counted
            }
            Action::Exit => Ruling::Stray,
        }
    }

    fn enter(&mut self, rule: EntryRule, fact: &Fact) -> Ruling {
        if let Some(winner) = self.used_up(rule, fact.day) {
            return double(&winner, fact);
        }
        self.entries.push(*fact);
        self.inside = true;
        Ruling::Counted
    }

    /// The entry that used the ticket up, under the event's rule.
    fn used_up(&self, rule: EntryRule, day: u8) -> Option<Fact> {
        let last = self.entries.last().copied();
        match rule {
            EntryRule::Single => last,
            EntryRule::OncePerDay => self.entries.iter().find(|entry| entry.day == day).copied(),
            EntryRule::Times(times) => last.filter(|_| self.entries.len() >= usize::from(times)),
            EntryRule::ReEntry => last.filter(|_| self.inside),
        }
    }
}

fn double(winner: &Fact, fact: &Fact) -> Ruling {
    Ruling::Double {
        winner: winner.scan,
        undecidable: winner.time.overlaps(&fact.time),
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
