//! Tests of the merge: properties for the laws.

use std::collections::BTreeMap;

use super::{tests::fact, *};
use crate::time::Timestamp;
use proptest::prelude::*;

/// Tickets 1 and 2, wristbands 1 and 2, three nodes, all actions. Some undoings name what they undo as gates do, others
/// name anything.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let action = prop::sample::select(Action::ALL);
    let id = || prop::option::of(1u128..3);
    let row = (
        1u128..4,
        action,
        id(),
        id(),
        0i64..3_000_000,
        0i64..5_000,
        1u64..15,
    );
    prop::collection::vec(row, 0..14).prop_map(|rows| {
        let numbered = rows.into_iter().zip(1..);
        let fact = |((node, action, ticket, wristband, at, error, undoes), seq)| Fact {
            ticket: Option::map(ticket, TicketId::from_u128),
            wristband: Option::map(wristband, WristbandId::from_u128),
            undoes: (action == Action::Undo).then_some(undoes),
            ..fact(node, seq, action, at, error)
        };
        let drawn: Vec<Fact> = numbered.map(fact).collect();
        drawn.iter().map(|fact| aimed(fact, &drawn)).collect()
    })
}

/// An undoing of an even place says where it belongs.
fn aimed(fact: &Fact, all: &[Fact]) -> Fact {
    let seq = fact.undoes.filter(|seq| seq % 2 == 0);
    let Some(undone) = seq.and_then(|seq| all.iter().find(|other| other.scan.seq == seq)) else {
        return *fact;
    };
    Fact {
        scan: ScanId {
            node: undone.scan.node,
            ..fact.scan
        },
        ticket: undone.ticket,
        wristband: undone.wristband,
        ..*fact
    }
}

fn rules() -> impl Strategy<Value = EntryRule> {
    prop_oneof![
        Just(EntryRule::Single),
        Just(EntryRule::OncePerDay),
        (1u16..4).prop_map(EntryRule::Times),
        (1u16..3).prop_map(EntryRule::TimesPerGate),
        Just(EntryRule::ReEntry)
    ]
}

const CHECK_OUTS: [Timestamp; 2] = [Timestamp(1_000_000), Timestamp(2_000_000)];

pub(super) fn ruled(entry: EntryRule, facts: &[Fact]) -> BTreeMap<ScanId, Ruled> {
    let check_outs = &CHECK_OUTS;
    rule(&Rules { entry, check_outs }, facts)
}

proptest! {
    #[test]
    fn order_does_not_matter(rule in rules(), facts in facts(), seed: u64) {
        let mut shuffled = facts.clone();
        shuffled.sort_by_key(|fact| fact.scan.seq.wrapping_mul(seed | 1));
        prop_assert_eq!(ruled(rule, &facts), ruled(rule, &shuffled));
    }

    #[test]
    fn repetition_does_not_matter(rule in rules(), facts in facts()) {
        let twice = [facts.clone(), facts.clone()].concat();
        prop_assert_eq!(ruled(rule, &facts), ruled(rule, &twice));
    }

    #[test]
    fn grouping_does_not_matter(rule in rules(), facts in facts(), cut in 0usize..14) {
        let (a, b) = facts.split_at(cut.min(facts.len()));
        prop_assert_eq!(ruled(rule, &[a, b].concat()), ruled(rule, &[b, a].concat()));
    }

    #[test]
    fn what_no_scan_ties_together_is_ruled_apart(rule in rules(), facts in facts(), others in facts()) {
        let elsewhere: Vec<Fact> = others
            .iter()
            .map(|fact| Fact {
                scan: ScanId { seq: fact.scan.seq + 100, ..fact.scan },
                undoes: fact.undoes.map(|seq| seq + 100),
                ticket: fact.ticket.map(|id| TicketId(uuid::Uuid::from_u128(id.0.as_u128() + 10))),
                wristband: fact.wristband.map(|id| WristbandId(uuid::Uuid::from_u128(id.0.as_u128() + 10))),
                ..*fact
            })
            .collect();
        let mut apart = ruled(rule, &facts);
        apart.extend(ruled(rule, &elsewhere));
        prop_assert_eq!(ruled(rule, &[facts, elsewhere].concat()), apart);
    }

    #[test]
    fn every_double_has_a_counted_winner_that_is_not_later(rule in rules(), facts in facts()) {
        let rulings = ruled(rule, &facts);
        let find = |id: &ScanId| facts.iter().find(|f| f.scan == *id).expect("known");
        for (scan, Ruled { ruling, .. }) in &rulings {
            if let Ruling::Double { winner, .. } = ruling {
                prop_assert_eq!(rulings[winner].ruling, Ruling::Counted);
                // What a wristband did before its exchange counts right after it, so something may come in between.
                let waited = find(scan).ticket.is_none();
                prop_assert!(waited || find(winner).ticket.is_none() || find(winner).time.at <= find(scan).time.at);
            }
        }
        prop_assert_eq!(rulings.len(), facts.len());
    }

    #[test]
    fn what_was_taken_back_is_as_if_it_had_not_been(rule in rules(), facts in facts()) {
        let rulings = ruled(rule, &facts);
        let stays = |fact: &&Fact| {
            fact.action != Action::Undo && rulings[&fact.scan].ruling != Ruling::Undone
        };
        let rest: Vec<Fact> = facts.iter().filter(stays).copied().collect();
        let alone = ruled(rule, &rest);
        prop_assert!(alone.iter().all(|(scan, said)| rulings[scan] == *said));
        let undone = rulings.values().filter(|said| said.ruling == Ruling::Undone).count();
        let counts = |fact: &&Fact| rulings[&fact.scan].ruling == Ruling::Counted;
        let undoings = facts.iter().filter(|fact| fact.action == Action::Undo).filter(counts);
        prop_assert_eq!(undoings.count(), undone, "each is taken back by one record");
    }

    #[test]
    fn a_single_ticket_lets_in_once_and_a_wristband_has_one_ticket(facts in facts()) {
        let rulings = ruled(EntryRule::Single, &facts);
        let counted = |fact: &&Fact| rulings[&fact.scan].ruling == Ruling::Counted;
        let mut entered = std::collections::BTreeSet::new();
        for entry in facts.iter().filter(counted).filter(|f| f.action == Action::Entry) {
            let ticket = rulings[&entry.scan].ticket;
            prop_assert!(ticket.is_some() && entered.insert(ticket));
        }
        let unpaired = facts.iter().any(|fact| fact.action == Action::Unpair);
        let mut bound = std::collections::BTreeSet::new();
        for by in facts.iter().filter(counted).filter(|f| f.action == Action::Exchange && !unpaired) {
            prop_assert!(by.wristband.is_none_or(|wristband| bound.insert(wristband)));
        }
    }
}
