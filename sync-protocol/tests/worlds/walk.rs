//! Visits every world that a few steps can reach, each once.

use std::collections::BTreeSet;

use sync_protocol::scan::Action;

use crate::{
    law,
    setting::{NODES, Setting, Thing},
    world::{Step, World},
};

/// How far the walk goes.
pub struct Bounds {
    pub steps: usize,
    pub wristbands: bool,
    /// A supervisor lets in and takes back.
    pub supervisor: bool,
}

/// Walks, and gives how many worlds there are.
pub fn walk(setting: &Setting, bounds: &Bounds) -> usize {
    let steps = steps(bounds);
    let mut seen = BTreeSet::new();
    let mut edge = vec![(World::default(), Vec::new())];
    for _ in 0..bounds.steps {
        let mut next = Vec::new();
        for (world, path) in &edge {
            for step in steps
                .iter()
                .filter(|step| is_canonical(setting, path, step))
            {
                let Some(after) = world.after(setting, *step) else {
                    continue;
                };
                if seen.insert(after.key()) {
                    let path = [path.as_slice(), &[*step]].concat();
                    law::check(setting, &after, &path);
                    next.push((after, path));
                }
            }
        }
        edge = next;
    }
    seen.len()
}

/// Nodes whose clock is right, tickets and wristbands are each alike, so of two worlds that differ only in their names
/// one is enough: the one in which the first that is used has the smallest name.
fn is_canonical(setting: &Setting, path: &[Step], step: &Step) -> bool {
    let (nodes, tickets, wristbands) = path.iter().map(names).fold((0, 0, 0), |all, one| {
        (all.0.max(one.0 + 1), all.1.max(one.1), all.2.max(one.2))
    });
    let (node, ticket, wristband) = names(step);
    let is_wrong = node == NODES - 1 && setting.skew != 0;
    (is_wrong || node <= nodes) && ticket <= tickets + 1 && wristband <= wristbands + 1
}

fn names(step: &Step) -> (u8, u8, u8) {
    match *step {
        Step::Scan(node, _, Thing::Ticket(ticket), second) => (node, ticket, second.unwrap_or(0)),
        Step::Scan(node, _, Thing::Wristband(wristband), _) => (node, 0, wristband),
        Step::Override(node, ticket) => (node, ticket, 0),
        Step::Sync(node) | Step::AnswerLost(node) | Step::Undo(node) => (node, 0, 0),
    }
}

/// Everything that can happen at any time.
fn steps(bounds: &Bounds) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in 0..NODES {
        steps.extend([Step::Sync(node), Step::AnswerLost(node)]);
        if bounds.supervisor {
            steps.extend([Step::Undo(node), Step::Override(node, 1)]);
        }
        for id in [1, 2] {
            let ticket = Thing::Ticket(id);
            steps.push(Step::Scan(node, Action::Entry, ticket, None));
            match bounds.wristbands {
                true => with_wristbands(&mut steps, node, id),
                false => {
                    steps.push(Step::Scan(node, Action::Exchange, ticket, None));
                    steps.push(Step::Scan(node, Action::Exit, ticket, None));
                }
            }
        }
    }
    steps
}

fn with_wristbands(steps: &mut Vec<Step>, node: u8, id: u8) {
    let (ticket, wristband) = (Thing::Ticket(id), Thing::Wristband(id));
    for second in [1, 2] {
        steps.push(Step::Scan(node, Action::Exchange, ticket, Some(second)));
    }
    steps.push(Step::Scan(node, Action::Entry, wristband, None));
    steps.push(Step::Scan(node, Action::Unpair, ticket, None));
}
