//! Tests of the merge: tables for the rules, properties for the laws.

use super::*;
use crate::{id::NodeId, time::Timestamp};
use proptest::prelude::*;

fn fact(node: u128, seq: u64, action: Action, at: i64, error: i64) -> Fact {
    Fact {
        scan: ScanId {
            node: NodeId::from_u128(node),
            seq,
        },
        ticket: TicketId::from_u128(1),
        gate: GateId::from_u128(node),
        action,
        day: u8::try_from(at / 1_000_000).expect("small"),
        time: Interval::around(Timestamp(at), error),
    }
}

fn names(rule: EntryRule, facts: &[Fact]) -> Vec<&'static str> {
    let rulings = rule_ticket(rule, facts);
    facts
        .iter()
        .map(|fact| rulings[&fact.scan].name())
        .collect()
}

#[test]
fn rules_as_a_table() {
    use Action::{Entry, Exchange, Exit};
    let e = |node, at| fact(node, 1, Entry, at, 10);
    for (name, rule, facts, want) in [
        (
            "case 19: the earlier scan wins, whoever reports first",
            EntryRule::Single,
            vec![e(1, 900), e(2, 500)],
            vec!["double", "counted"],
        ),
        (
            "case 20: overlapping clocks are undecidable",
            EntryRule::Single,
            vec![e(1, 505), e(2, 500)],
            vec!["double_undecidable", "counted"],
        ),
        (
            "a tie falls to the smaller node id",
            EntryRule::Single,
            vec![e(2, 500), e(1, 500)],
            vec!["double_undecidable", "counted"],
        ),
        (
            "once per day",
            EntryRule::OncePerDay,
            vec![e(1, 500), e(2, 600), e(3, 1_000_500)],
            vec!["counted", "double", "counted"],
        ),
        (
            "two entries",
            EntryRule::Times(2),
            vec![e(1, 500), e(2, 600), e(3, 700)],
            vec!["counted", "counted", "double"],
        ),
        (
            "re-entry after exit",
            EntryRule::ReEntry,
            vec![
                e(1, 500),
                fact(2, 1, Exit, 600, 10),
                e(3, 700),
                fact(1, 2, Entry, 800, 10),
            ],
            vec!["counted", "counted", "counted", "double"],
        ),
        (
            "case 9: exit without entry, double exit",
            EntryRule::ReEntry,
            vec![
                fact(1, 1, Exit, 100, 10),
                e(2, 500),
                fact(2, 2, Exit, 600, 10),
                fact(1, 2, Exit, 700, 10),
            ],
            vec!["stray", "counted", "counted", "stray"],
        ),
        (
            "two exchanges",
            EntryRule::Single,
            vec![
                fact(1, 1, Exchange, 100, 10),
                fact(2, 1, Exchange, 900, 10),
                fact(2, 2, Entry, 950, 10),
            ],
            vec!["counted", "double", "counted"],
        ),
    ] {
        assert_eq!(names(rule, &facts), want, "{name}");
    }
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let action = prop_oneof![
        Just(Action::Exchange),
        Just(Action::Entry),
        Just(Action::Exit)
    ];
    prop::collection::vec((1u128..4, action, 0i64..3_000_000, 0i64..5_000), 0..12).prop_map(
        |rows| {
            let numbered = rows.into_iter().zip(1..);
            numbered
                .map(|((node, action, at, error), seq)| fact(node, seq, action, at, error))
                .collect()
        },
    )
}

fn rules() -> impl Strategy<Value = EntryRule> {
    prop_oneof![
        Just(EntryRule::Single),
        Just(EntryRule::OncePerDay),
        (1u16..4).prop_map(EntryRule::Times),
        Just(EntryRule::ReEntry)
    ]
}

proptest! {
    #[test]
    fn order_does_not_matter(rule in rules(), facts in facts(), seed: u64) {
        let mut shuffled = facts.clone();
        shuffled.sort_by_key(|fact| fact.scan.seq.wrapping_mul(seed | 1));
        prop_assert_eq!(rule_ticket(rule, &facts), rule_ticket(rule, &shuffled));
    }

    #[test]
    fn repetition_does_not_matter(rule in rules(), facts in facts()) {
        let twice = [facts.clone(), facts.clone()].concat();
        prop_assert_eq!(rule_ticket(rule, &facts), rule_ticket(rule, &twice));
    }

    #[test]
    fn grouping_does_not_matter(rule in rules(), facts in facts(), cut in 0usize..12) {
        let (a, b) = facts.split_at(cut.min(facts.len()));
        prop_assert_eq!(rule_ticket(rule, &[a, b].concat()), rule_ticket(rule, &[b, a].concat()));
    }

    #[test]
    fn every_double_has_a_counted_winner_that_is_not_later(rule in rules(), facts in facts()) {
        let rulings = rule_ticket(rule, &facts);
        let time = |id: &ScanId| facts.iter().find(|f| f.scan == *id).expect("known").time.at;
        for (scan, ruling) in &rulings {
            if let Ruling::Double { winner, .. } = ruling {
                prop_assert_eq!(rulings[winner], Ruling::Counted);
                prop_assert!(time(winner) <= time(scan));
            }
        }
        prop_assert_eq!(rulings.len(), facts.len());
    }

    #[test]
    fn a_single_ticket_lets_in_once(facts in facts()) {
        let rulings = rule_ticket(EntryRule::Single, &facts);
        let entries = facts.iter().filter(|f| f.action == Action::Entry);
        prop_assert!(entries.filter(|f| rulings[&f.scan] == Ruling::Counted).count() <= 1);
    }
}
