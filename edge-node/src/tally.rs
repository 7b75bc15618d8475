//! What this gate let through, by ticket type and by quarter of an hour: out of its log, so that a restart forgets nothing.
//!
//! A tally is continued, not made anew: only what the log got since is read. A scan that was taken back makes it begin
//! again, because it is rare. Called by the screen.

use std::collections::BTreeMap;

use sync_protocol::{scan::Action, time::Timestamp};

use crate::{database::lock, error::NodeError, node::Node};

/// Every time zone is a whole number of these from the next.
pub const SLOT_MS: i64 = 15 * 60_000;
/// Rows that are read at once.
const PIECE: usize = 2_000;

/// How many passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Tickets exchanged for wristbands.
    pub exchanged: u64,
    /// Let in.
    pub entered: u64,
    /// Let out.
    pub left: u64,
}

/// The counts up to a place in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    upto: u64,
    undone: u64,
    /// By the number of the ticket type; `None` = a wristband without a ticket, or a ticket that is not held here.
    pub by_type: BTreeMap<Option<u16>, Passed>,
    /// Entries by the slot in which they were, counted from 1970.
    pub by_slot: BTreeMap<i64, u64>,
}

impl Node {
    /// Continues a tally up to the end of the log.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn tally(&self, tally: &mut Tally) -> Result<(), NodeError> {
        let undone = lock(&self.log).undone()?;
        if undone != tally.undone {
            *tally = Tally {
                undone,
                ..Tally::default()
            };
        }
        loop {
            let passed = lock(&self.log).passed_after(tally.upto, PIECE)?;
            for (seq, ticket, action, at) in &passed {
                let held = ticket
                    .map(|id| self.replica.ticket(id))
                    .transpose()?
                    .flatten();
                tally.add(held.map(|ticket| ticket.type_number), *action, *at);
                tally.upto = *seq;
            }
            if passed.len() < PIECE {
                return Ok(());
            }
        }
    }
}

impl Tally {
    fn add(&mut self, kind: Option<u16>, action: Action, at: Timestamp) {
        let passed = self.by_type.entry(kind).or_default();
        match action {
            Action::Exchange => passed.exchanged += 1,
            Action::Entry => {
                passed.entered += 1;
                *self.by_slot.entry(at.0.div_euclid(SLOT_MS)).or_default() += 1;
            }
            Action::Exit => passed.left += 1,
            Action::Unpair | Action::Undo => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::{id::OperatorId, operator::Role};

    use super::*;
    use crate::testing::{Gate, START, code, config_with, operator, valid};

    #[test]
    fn what_was_let_through_is_counted_once_and_what_was_taken_back_is_not() {
        let gate = Gate::with(&[valid(1), valid(2), valid(3)]);
        gate.hears(config_with(vec![operator(3, Role::Supervisor)]));
        let who = Some(OperatorId::from_u128(3));
        let mut tally = Tally::default();
        gate.node.tally(&mut tally).expect("a tally");
        assert_eq!(tally, Tally::default());
        let enter = |n| gate.node.scan(&code(n).to_text(), Action::Entry, who);
        let first = enter(1);
        assert!(first.verdict.admits(), "{first:?}");
        assert!(enter(2).verdict.admits());
        assert!(!enter(2).verdict.admits());
        gate.node.tally(&mut tally).expect("a tally");
        gate.node.tally(&mut tally).expect("a tally");
        assert_eq!(tally.by_type[&Some(1)].entered, 2);
        assert_eq!(tally.by_slot[&START.0.div_euclid(SLOT_MS)], 2);
        gate.node
            .undo(first.seq.expect("stored"), who)
            .expect("taken back");
        gate.node.tally(&mut tally).expect("a tally");
        assert_eq!(tally.by_type[&Some(1)].entered, 1);
    }
}
