//! The merge: what all logs together say of each scan. First scan wins.
//!
//! Facts are a set of admitted scans with their corrected times; a ruling is a pure function of that set, so
//! neither the order in which logs arrive, nor repetition, nor grouping can change it (the laws in the tests are
//! properties, and `tests/worlds` walks small worlds exhaustively). Scans fold in the order of (corrected time,
//! node, seq) under the event's rules. Where the bounds of a double and its winner overlap, the ruling still picks
//! the earlier estimate and says that it could not be decided.
//!
//! An exchange ties a ticket and a wristband together until somebody unpairs them; what a wristband does while it is
//! bound counts for its ticket. A use that seems to come before the exchange, while their bounds overlap, waits and counts
//! right after it; one that certainly came before is nobody's. What a supervisor took back counts for nothing, whenever
//! that was. Tickets and wristbands that no scan ties together never influence each other, so central rules only what an
//! upload can reach ([`reach`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::{EntryRule, EventConfig},
    decision::{taken_back, undone_by},
    id::{GateId, TicketId, WristbandId},
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

/// One admitted scan, as the merge sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub scan: ScanId,
    /// The ticket that was shown; `None` = a wristband was.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// Where.
    pub gate: GateId,
    /// What the guest wanted.
    pub action: Action,
    /// With [`Action::Undo`]: the place, in the same log, of the scan that is taken back.
    pub undoes: Option<u64>,
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
    /// The ticket had been used up, or the wristband taken, by `winner`, which this node could not know.
    #[n(1)]
    Double {
        /// The scan that came first.
        #[n(0)]
        winner: ScanId,
        /// The clocks cannot tell which was first.
        #[n(1)]
        undecidable: bool,
    },
    /// An exit of somebody who was not inside, a wristband taken from a ticket that had none, or an undoing of nothing.
    #[n(2)]
    Stray,
    /// A wristband that belongs to no ticket, as far as all logs tell.
    #[n(3)]
    Unbound,
    /// A supervisor took it back: it counts for nothing.
    #[n(4)]
    Undone,
}

/// A ruling, and the ticket that the scan counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// What the merge says.
    pub ruling: Ruling,
    /// The ticket that was shown, or to which the wristband belonged.
    pub ticket: Option<TicketId>,
}

/// The event's rules, as far as they bear on rulings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules<'a> {
    /// How often a ticket lets in.
    pub entry: EntryRule,
    /// When everybody counts as outside again, ascending.
    pub check_outs: &'a [Timestamp],
}

impl<'a> Rules<'a> {
    /// The rules of an event.
    #[must_use]
    pub fn of(config: &'a EventConfig) -> Self {
        Self {
            entry: config.entry_rule,
            check_outs: &config.check_outs,
        }
    }

    /// A rule alone.
    #[must_use]
    pub const fn new(entry: EntryRule) -> Self {
        Self {
            entry,
            check_outs: &[],
        }
    }

    /// Whether everybody was checked out after `since`, at `at` at the latest.
    #[must_use]
    pub fn checked_out(&self, since: Timestamp, at: Timestamp) -> bool {
        let first = self.check_outs.partition_point(|moment| *moment <= since);
        self.check_outs
            .get(first)
            .is_some_and(|moment| *moment <= at)
    }
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
            Self::Unbound => "unbound",
            Self::Undone => "undone",
        }
    }
}

/// What a set of facts comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// What is said of each scan.
    pub rulings: BTreeMap<ScanId, Ruled>,
    /// The exchanges by which wristbands are bound after all of it.
    pub bound: BTreeMap<WristbandId, Fact>,
}

/// Rules admitted scans. Repeated facts count once. `facts` holds all scans that any of them can [`reach`].
#[must_use]
pub fn rule(rules: &Rules, facts: &[Fact]) -> BTreeMap<ScanId, Ruled> {
    merge(rules, facts).rulings
}

/// The same, with the bindings that stand in the end.
#[must_use]
pub fn merge(rules: &Rules, facts: &[Fact]) -> Merged {
    let mut ordered: Vec<&Fact> = facts.iter().collect();
    ordered.sort_by_key(|fact| (fact.time.at, fact.scan));
    ordered.dedup_by_key(|fact| fact.scan);
    let mut fold = Fold::new(rules, taken_back(&ordered));
    ordered.into_iter().for_each(|fact| fold.step(fact));
    let Fold { rulings, bound, .. } = fold;
    Merged { rulings, bound }
}

/// Tickets and wristbands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The tickets.
    pub tickets: BTreeSet<TicketId>,
    /// The wristbands.
    pub wristbands: BTreeSet<WristbandId>,
}

/// What the facts tie together: all of it must be ruled together. Whoever loads facts asks until this grows no more.
#[must_use]
pub fn reach<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Reach {
    let mut reach = Reach::default();
    for fact in facts {
        reach.tickets.extend(fact.ticket);
        reach.wristbands.extend(fact.wristband);
    }
    reach
}

/// What has counted so far.
struct Fold<'a> {
    rules: &'a Rules<'a>,
    taken_back: BTreeMap<ScanId, ScanId>,
    tickets: BTreeMap<TicketId, Uses>,
    /// The exchanges by which wristbands are bound now.
    bound: BTreeMap<WristbandId, Fact>,
    /// Uses of wristbands that are not bound yet.
    waiting: BTreeMap<WristbandId, Vec<Fact>>,
    rulings: BTreeMap<ScanId, Ruled>,
}

/// What has counted of one ticket.
#[derive(Default)]
struct Uses {
    /// The exchange that stands.
    exchanged: Option<Fact>,
    /// It was exchanged once, perhaps unpaired since.
    was_exchanged: bool,
    entries: Vec<Fact>,
    /// The entry by which somebody is inside.
    inside: Option<Timestamp>,
}

impl<'a> Fold<'a> {
    const fn new(rules: &'a Rules, taken_back: BTreeMap<ScanId, ScanId>) -> Self {
        Self {
            rules,
            taken_back,
            tickets: BTreeMap::new(),
            bound: BTreeMap::new(),
            waiting: BTreeMap::new(),
            rulings: BTreeMap::new(),
        }
    }

    fn step(&mut self, fact: &Fact) {
        if self.taken_back.contains_key(&fact.scan) {
            return self.say(fact, Ruling::Undone, fact.ticket);
        }
        match (fact.action, fact.ticket, fact.wristband) {
            (Action::Undo, ticket, _) => {
                let undone = undone_by(fact).and_then(|scan| self.taken_back.get(&scan));
                let ruling = match undone == Some(&fact.scan) {
                    true => Ruling::Counted,
                    false => Ruling::Stray,
                };
                self.say(fact, ruling, ticket);
            }
            (Action::Exchange, Some(ticket), _) => self.exchange(ticket, fact),
            (Action::Unpair, ..) => self.unpair(fact),
            (Action::Entry | Action::Exit, Some(ticket), _) => self.pass(ticket, fact),
            (Action::Entry | Action::Exit, None, Some(wristband)) => {
                match self.bound.get(&wristband).and_then(|by| by.ticket) {
                    Some(ticket) => self.pass(ticket, fact),
                    None => self.wait(wristband, fact),
                }
            }
            // No gate writes these: nothing was shown that could be exchanged or let through.
            (Action::Exchange | Action::Entry | Action::Exit, None, _) => {
                self.say(fact, Ruling::Stray, None);
            }
        }
    }

    fn exchange(&mut self, ticket: TicketId, fact: &Fact) {
        let uses = self.tickets.entry(ticket).or_default();
        let used = uses.entries.first().filter(|_| !uses.was_exchanged);
        let taken = fact
            .wristband
            .and_then(|wristband| self.bound.get(&wristband));
        if let Some(winner) = uses.exchanged.as_ref().or(used).or(taken) {
            let ruling = double(winner, fact);
            return self.say(fact, ruling, Some(ticket));
        }
        uses.exchanged = Some(*fact);
        uses.was_exchanged = true;
        self.say(fact, Ruling::Counted, Some(ticket));
        let Some(wristband) = fact.wristband else {
            return;
        };
        self.bound.insert(wristband, *fact);
        let waiting = self.waiting.remove(&wristband).unwrap_or_default();
        // What certainly happened before was somebody else's doing, and stays unbound.
        let theirs = |waiting: &&Fact| waiting.time.overlaps(&fact.time);
        for waiting in waiting.iter().filter(theirs) {
            self.pass(ticket, waiting);
        }
    }

    /// Takes the wristband from the ticket that it is bound to; a ticket alone gives up whatever it has.
    fn unpair(&mut self, fact: &Fact) {
        let by_wristband = fact
            .wristband
            .and_then(|wristband| self.bound.get(&wristband));
        let ticket = fact.ticket.or(by_wristband.and_then(|by| by.ticket));
        let uses = ticket.and_then(|ticket| self.tickets.get_mut(&ticket));
        let fits = |by: &Fact| fact.wristband.is_none() || fact.wristband == by.wristband;
        let Some(exchanged) = uses.and_then(|uses| uses.exchanged.take_if(|by| fits(by))) else {
            return self.say(fact, Ruling::Stray, ticket);
        };
        if let Some(wristband) = exchanged.wristband {
            self.bound.remove(&wristband);
        }
        self.say(fact, Ruling::Counted, ticket);
    }

    fn wait(&mut self, wristband: WristbandId, fact: &Fact) {
        self.waiting.entry(wristband).or_default().push(*fact);
        self.say(fact, Ruling::Unbound, None);
    }

    fn pass(&mut self, ticket: TicketId, fact: &Fact) {
        let uses = self.tickets.entry(ticket).or_default();
        let at = fact.time.at;
        uses.inside = uses
            .inside
            .filter(|since| !self.rules.checked_out(*since, at));
        let ruling = match fact.action {
            Action::Exit if uses.inside.take().is_some() => Ruling::Counted,
            Action::Exit => Ruling::Stray,
            _ => uses.enter(self.rules.entry, fact),
        };
        self.say(fact, ruling, Some(ticket));
    }

    fn say(&mut self, fact: &Fact, ruling: Ruling, ticket: Option<TicketId>) {
        self.rulings.insert(fact.scan, Ruled { ruling, ticket });
    }
}

impl Uses {
    fn enter(&mut self, rule: EntryRule, fact: &Fact) -> Ruling {
        if let Some(winner) = self.used_up(rule, fact) {
            return double(winner, fact);
        }
        self.entries.push(*fact);
        self.inside = Some(fact.time.at);
        Ruling::Counted
    }

    /// The entry that used the ticket up, under the event's rule.
    fn used_up(&self, rule: EntryRule, fact: &Fact) -> Option<&Fact> {
        let last = self.entries.last();
        let mut here = self.entries.iter().filter(|entry| entry.gate == fact.gate);
        match rule {
            EntryRule::Single => last,
            EntryRule::OncePerDay => self.entries.iter().find(|entry| entry.day == fact.day),
            EntryRule::Times(times) => last.filter(|_| self.entries.len() >= usize::from(times)),
            EntryRule::TimesPerGate(times) => {
                let used = here.clone().count() >= usize::from(times);
                here.next_back().filter(|_| used)
            }
            EntryRule::ReEntry => last.filter(|_| self.inside.is_some()),
        }
    }
}

/// An exchange that was made later lends its time to what waited for it, so the winner may stand a little later.
fn double(winner: &Fact, fact: &Fact) -> Ruling {
    Ruling::Double {
        winner: winner.scan,
        undecidable: winner.time.overlaps(&fact.time),
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "merge_law_tests.rs"]
mod laws;
