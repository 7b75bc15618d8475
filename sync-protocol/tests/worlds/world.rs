//! One world: what every node and central know, and how a step changes it.

use std::collections::BTreeMap;

use sync_protocol::{
    decide::{Passage, Question, Standing, Worn, decide},
    merge::{Fact, Reach, Ruled, Rules, Ruling, merge, reach, rule},
    rights::Rights,
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::setting::{
    NODES, Setting, Thing, config, gate_id, interval, node_id, row, shown, skew, ticket_id,
    wristband_id,
};

/// True time between two steps.
const STEP: i64 = 10;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A guest at a node; with an exchange, the wristband to be bound.
    Scan(u8, Action, Thing, Option<u8>),
    Sync(u8),
    /// A supervisor lets a ticket in, whatever the gate knows of it.
    Override(u8, u8),
    /// A supervisor takes the node's last scan back, if it is none of hers.
    Undo(u8),
    /// Central takes the upload in; the node never hears of it.
    AnswerLost(u8),
}

/// An admitted scan, with the true time that nobody in the world knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    pub fact: Fact,
    pub truth: i64,
    /// Other nodes' scans that its gate knew of.
    pub knew: u32,
    /// A supervisor let in, whatever the gate said.
    pub overridden: bool,
}

/// Everything that a node or central knows. Scans are named by their place in `scans`.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub scans: Vec<Scan>,
    pub central: u32,
    /// What central said of each scan when it last ruled it, as it does: only what an upload can reach.
    pub told: BTreeMap<ScanId, Ruled>,
    pub known: [u32; NODES as usize],
    pub clock: i64,
}

/// A world without what cannot matter to its future: two worlds with the same key go on alike.
pub type Key = (Vec<ScanKey>, u32, [u32; NODES as usize]);
/// Node, action, ticket, wristband, what it takes back, true time.
type ScanKey = (u8, u8, Option<u8>, Option<u8>, Option<u64>, i64);

impl World {
    pub fn key(&self) -> Key {
        let small = |id: u128| u8::try_from(id).expect("small");
        let scan = |scan: &Scan| {
            let Fact {
                ticket,
                wristband,
                action,
                undoes,
                ..
            } = scan.fact;
            (
                small(scan.fact.scan.node.0.as_u128()),
                action.code(),
                ticket.map(|id| small(id.0.as_u128())),
                wristband.map(|id| small(id.0.as_u128())),
                undoes,
                scan.truth,
            )
        };
        (
            self.scans.iter().map(scan).collect(),
            self.central,
            self.known,
        )
    }

    /// The scans of one node.
    fn own(&self, node: u8) -> u32 {
        let own = |scan: &Scan| scan.fact.scan.node == node_id(node);
        bits(self.scans.iter().map(own))
    }

    pub fn facts(&self, of: u32) -> Vec<Fact> {
        let known = self
            .scans
            .iter()
            .enumerate()
            .filter(|(at, _)| of & 1 << at != 0);
        known.map(|(_, scan)| scan.fact).collect()
    }

    /// The world after a step; `None` when nothing has changed.
    pub fn after(&self, setting: &Setting, step: Step) -> Option<Self> {
        let mut next = self.clone();
        match step {
            Step::Scan(node, action, thing, wristband) => {
                next.scan(setting, node, action, thing, wristband)?;
            }
            Step::Override(node, ticket) => next.let_in(setting, node, ticket),
            Step::Undo(node) => next.undo(setting, node)?,
            Step::Sync(node) => {
                next.upload(setting, node);
                next.known[usize::from(node)] = next.central;
            }
            Step::AnswerLost(node) => next.upload(setting, node),
        }
        (next.key() != self.key()).then_some(next)
    }

    fn scan(
        &mut self,
        setting: &Setting,
        node: u8,
        action: Action,
        thing: Thing,
        second: Option<u8>,
    ) -> Option<()> {
        let truth = self.clock + STEP;
        let passage = self.show(setting, node, action, thing, second, truth)?;
        self.clock = truth;
        self.scans.push(Scan {
            fact: Fact {
                time: interval(setting, node, truth),
                ..passage.fact()
            },
            truth,
            knew: self.known[usize::from(node)],
            overridden: false,
        });
        Some(())
    }

    fn let_in(&mut self, setting: &Setting, node: u8, ticket: u8) {
        let fact = Fact {
            ticket: Some(ticket_id(ticket)),
            action: Action::Entry,
            ..self.blank(setting, node)
        };
        self.push(node, fact);
    }

    fn undo(&mut self, setting: &Setting, node: u8) -> Option<()> {
        let mut own = self.scans.iter().map(|scan| scan.fact);
        let last = own.rfind(|fact| fact.scan.node == node_id(node))?;
        let fact = Fact {
            ticket: last.ticket,
            wristband: last.wristband,
            action: Action::Undo,
            undoes: Some(last.scan.seq),
            ..self.blank(setting, node)
        };
        (last.action != Action::Undo).then(|| self.push(node, fact))
    }

    /// The next record of a node, about nothing.
    fn blank(&self, setting: &Setting, node: u8) -> Fact {
        Fact {
            scan: ScanId {
                node: node_id(node),
                seq: u64::from(self.own(node).count_ones()) + 1,
            },
            ticket: None,
            wristband: None,
            gate: gate_id(node),
            action: Action::Entry,
            undoes: None,
            day: 0,
            time: interval(setting, node, self.clock + STEP),
        }
    }

    fn push(&mut self, node: u8, fact: Fact) {
        self.clock += STEP;
        self.scans.push(Scan {
            fact,
            truth: self.clock,
            knew: self.known[usize::from(node)],
            overridden: true,
        });
    }

    /// The passage that the real verdict allows, if it does.
    pub fn show(
        &self,
        setting: &Setting,
        node: u8,
        action: Action,
        thing: Thing,
        second: Option<u8>,
        now: i64,
    ) -> Option<Passage> {
        let config = config(setting);
        let mut history = self.passages(node);
        let merged = merge(
            &Rules::of(&config),
            &history.iter().map(Passage::fact).collect::<Vec<_>>(),
        );
        let hand = match thing {
            Thing::Wristband(id) => Some(wristband_id(id)),
            Thing::Ticket(_) => second.map(wristband_id),
        };
        let worn = hand.map(|id| match merged.bound.get(&id) {
            Some(by) => Worn::Bound(*history.iter().find(|p| p.scan == by.scan).expect("known")),
            None => history
                .iter()
                .find(|p| {
                    p.wristband == Some(id) && merged.rulings[&p.scan].ruling == Ruling::Unbound
                })
                .map_or(Worn::Free(id), |by| Worn::Loose(*by)),
        });
        let ticket = match (thing, worn) {
            (Thing::Ticket(id), _) => Some(ticket_id(id)),
            (Thing::Wristband(_), Some(Worn::Bound(by))) => by.ticket,
            _ => None,
        };
        history.retain(|p| {
            let ruled = merged.rulings[&p.scan];
            let ties = matches!(p.action, Action::Exchange | Action::Unpair);
            match ticket {
                Some(ticket) => {
                    ruled.ticket == Some(ticket) && (!ties || ruled.ruling == Ruling::Counted)
                }
                None => p.wristband == hand,
            }
        });
        let row = ticket.map(row);
        let at = Timestamp(now + skew(setting, node));
        let answer = decide(&Question {
            config: &config,
            gate: gate_id(node),
            action,
            at,
            shown: &shown(thing),
            ticket: row.as_ref(),
            several_addons: false,
            wristband: worn,
            history: &history,
            standing: Standing {
                locked: false,
                complete: true,
                as_of: at,
                unattended: false,
                rights: Rights::ALL,
            },
        });
        let own = u64::from(self.own(node).count_ones());
        answer.verdict.admits().then_some(Passage {
            scan: ScanId {
                node: node_id(node),
                seq: own + 1,
            },
            ticket: answer.subject.ticket(),
            wristband: answer.subject.wristband().or(answer.wristband),
            action,
            gate: gate_id(node),
            at,
            day: 0,
        })
    }

    /// What a node knows: its own log, and others' scans as of its last sync.
    fn passages(&self, node: u8) -> Vec<Passage> {
        let known = self.own(node) | self.known[usize::from(node)];
        let facts = self.facts(known);
        // What was taken back is known of the own log, and of others' by what central said.
        let is_gone = |fact: &Fact| {
            let undoes = |other: &Fact| {
                other.scan.node == fact.scan.node && other.undoes == Some(fact.scan.seq)
            };
            let own = fact.scan.node == node_id(node) && facts.iter().any(undoes);
            let told = self.told.get(&fact.scan).map(|ruled| ruled.ruling);
            fact.action == Action::Undo || own || told == Some(Ruling::Undone)
        };
        let standing = facts.iter().filter(|fact| !is_gone(fact));
        let mut passages: Vec<Passage> = standing.map(|fact| self.passage(fact)).collect();
        passages.sort_by_key(|p| (p.at, p.scan));
        passages
    }

    /// A scan as a node hears of it: with the ticket that it counts for.
    fn passage(&self, fact: &Fact) -> Passage {
        let counts_for = self.told.get(&fact.scan).and_then(|ruled| ruled.ticket);
        Passage {
            scan: fact.scan,
            ticket: fact.ticket.or(counts_for),
            wristband: fact.wristband,
            action: fact.action,
            gate: fact.gate,
            at: fact.time.at,
            day: fact.day,
        }
    }

    /// Takes a node's log in as central does: only what the new scans can reach is ruled anew.
    fn upload(&mut self, setting: &Setting, node: u8) {
        let fresh = self.own(node) & !self.central;
        self.central |= fresh;
        let all = self.facts(self.central);
        let mut reached = reach(&self.facts(fresh));
        let touched = loop {
            let facts: Vec<Fact> = all
                .iter()
                .filter(|fact| is_in(fact, &reached))
                .copied()
                .collect();
            let grown = reach(&facts);
            if grown == reached {
                break facts;
            }
            reached = grown;
        };
        let config = config(setting);
        self.told.extend(rule(&Rules::of(&config), &touched));
    }

    /// The world after everybody could talk to central.
    pub fn healed(&self, setting: &Setting) -> Self {
        let mut world = self.clone();
        (0..NODES).for_each(|node| world.upload(setting, node));
        world.known = [world.central; NODES as usize];
        world
    }
}

fn is_in(fact: &Fact, reached: &Reach) -> bool {
    fact.ticket.is_some_and(|id| reached.tickets.contains(&id))
        || fact
            .wristband
            .is_some_and(|id| reached.wristbands.contains(&id))
}

fn bits(set: impl Iterator<Item = bool>) -> u32 {
    set.enumerate()
        .filter(|(_, is)| *is)
        .map(|(at, _)| 1 << at)
        .sum()
}
