//! Tests of the merge: tables for the rules. The laws are in `merge_law_tests.rs`.

use super::*;
use crate::{id::NodeId, time::Timestamp};

pub(super) fn fact(node: u128, seq: u64, action: Action, at: i64, error: i64) -> Fact {
    Fact {
        scan: ScanId {
            node: NodeId::from_u128(node),
            seq,
        },
        ticket: Some(TicketId::from_u128(1)),
        wristband: None,
        gate: GateId::from_u128(node),
        action,
        undoes: None,
        day: u8::try_from(at / 1_000_000).expect("small"),
        time: Interval::around(Timestamp(at), error),
    }
}

fn names(rule: EntryRule, facts: &[Fact]) -> Vec<&'static str> {
    let rulings = super::rule(&Rules::new(rule), facts);
    facts
        .iter()
        .map(|fact| rulings[&fact.scan].ruling.name())
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

fn wristband_fact(node: u128, action: Action, ticket: u128, wristband: u128, at: i64) -> Fact {
    Fact {
        ticket: (ticket > 0).then(|| TicketId::from_u128(ticket)),
        wristband: (wristband > 0).then(|| WristbandId::from_u128(wristband)),
        ..fact(node, u64::try_from(at).expect("small"), action, at, 10)
    }
}

#[test]
fn case_33_wristbands_as_a_table() {
    use Action::{Entry, Exchange, Exit, Unpair};
    let f = wristband_fact;
    for (name, rule, facts, want) in [
        (
            "one wristband for two tickets: the first exchange holds it",
            EntryRule::Single,
            vec![f(2, Exchange, 2, 1, 900), f(1, Exchange, 1, 1, 500)],
            vec!["double", "counted"],
        ),
        (
            "one ticket for two wristbands: the second is bound to nothing",
            EntryRule::Single,
            vec![
                f(1, Exchange, 1, 1, 500),
                f(2, Exchange, 1, 2, 900),
                f(3, Entry, 0, 2, 950),
            ],
            vec!["counted", "double", "unbound"],
        ),
        (
            "the wristband and its ticket let in once together",
            EntryRule::Single,
            vec![
                f(1, Exchange, 1, 1, 500),
                f(2, Entry, 0, 1, 600),
                f(3, Entry, 1, 0, 700),
            ],
            vec!["counted", "counted", "double"],
        ),
        (
            "a wristband that was certainly used before its exchange robs nobody",
            EntryRule::Single,
            vec![
                f(2, Entry, 0, 1, 400),
                f(1, Exchange, 1, 1, 500),
                f(3, Entry, 1, 0, 700),
            ],
            vec!["unbound", "counted", "counted"],
        ),
        (
            "a wristband that may have been used after its exchange counts right after it",
            EntryRule::Single,
            vec![
                f(2, Entry, 0, 1, 490),
                f(1, Exchange, 1, 1, 500),
                f(3, Entry, 1, 0, 700),
            ],
            vec!["counted", "counted", "double"],
        ),
        (
            "a wristband that nobody exchanged",
            EntryRule::Single,
            vec![f(2, Entry, 0, 1, 400), f(2, Exit, 0, 1, 500)],
            vec!["unbound", "unbound"],
        ),
        (
            "an exchange after the ticket let somebody in",
            EntryRule::Single,
            vec![
                f(1, Entry, 1, 0, 400),
                f(2, Exchange, 1, 1, 500),
                f(2, Entry, 0, 1, 600),
            ],
            vec!["counted", "double", "unbound"],
        ),
        (
            "a broken wristband is replaced: the old one opens no more, the new one is the same guest",
            EntryRule::ReEntry,
            vec![
                f(1, Exchange, 1, 1, 100),
                f(1, Entry, 0, 1, 200),
                f(1, Unpair, 1, 1, 300),
                f(1, Exchange, 1, 2, 310),
                f(2, Exit, 0, 2, 400),
                f(2, Entry, 0, 1, 500),
                f(2, Entry, 0, 2, 600),
            ],
            vec![
                "counted", "counted", "counted", "counted", "counted", "unbound", "counted",
            ],
        ),
        (
            "the wrong wristband is taken away and goes to somebody else",
            EntryRule::Single,
            vec![
                f(1, Exchange, 1, 1, 100),
                f(1, Unpair, 0, 1, 200),
                f(1, Exchange, 2, 1, 300),
                f(1, Entry, 0, 1, 400),
                f(1, Entry, 1, 0, 500),
            ],
            vec!["counted", "counted", "counted", "counted", "counted"],
        ),
        (
            "nothing to be taken away",
            EntryRule::Single,
            vec![
                f(1, Unpair, 1, 1, 100),
                f(1, Exchange, 1, 1, 200),
                f(1, Unpair, 1, 2, 300),
            ],
            vec!["stray", "counted", "stray"],
        ),
    ] {
        assert_eq!(names(rule, &facts), want, "{name}");
    }
}

#[test]
fn case_10_everybody_is_checked_out_at_a_time_and_gates_count_apart() {
    use Action::{Entry, Exit};
    let f = wristband_fact;
    let days = |facts: &[Fact]| -> Vec<_> {
        let rulings = super::laws::ruled(EntryRule::ReEntry, facts);
        facts
            .iter()
            .map(|fact| rulings[&fact.scan].ruling.name())
            .collect()
    };
    let night = [
        f(1, Entry, 1, 0, 999_000),
        f(1, Entry, 1, 0, 999_500),
        f(2, Entry, 1, 0, 1_000_000),
    ];
    assert_eq!(days(&night), ["counted", "double", "counted"]);
    assert_eq!(
        days(&[night[0], f(1, Exit, 1, 0, 1_000_001)]),
        ["counted", "stray"]
    );
    let gates = [
        f(1, Entry, 1, 0, 100),
        f(2, Entry, 1, 0, 200),
        f(1, Entry, 1, 0, 300),
    ];
    assert_eq!(
        names(EntryRule::TimesPerGate(1), &gates),
        ["counted", "counted", "double"]
    );
}

#[test]
fn an_undoing_takes_back_what_its_own_log_says_and_nothing_else() {
    use Action::{Entry, Undo};
    let (first, second) = (fact(1, 5, Entry, 500, 10), fact(2, 5, Entry, 900, 10));
    let undo = |node, seq, undoes| Fact {
        undoes: Some(undoes),
        ..fact(node, seq, Undo, 2_000, 10)
    };
    let other_ticket = Fact {
        ticket: Some(TicketId::from_u128(2)),
        ..undo(1, 6, 5)
    };
    let last = undo(1, 7, 5);
    for (name, undoings, want) in [
        (
            "the first scan",
            vec![undo(1, 6, 5)],
            vec!["undone", "counted", "counted"],
        ),
        (
            "the second",
            vec![undo(2, 6, 5)],
            vec!["counted", "undone", "counted"],
        ),
        (
            "twice",
            vec![undo(1, 6, 5), last],
            vec!["undone", "counted", "counted", "stray"],
        ),
        (
            "another log's place",
            vec![undo(3, 6, 5)],
            vec!["counted", "double", "stray"],
        ),
        (
            "what comes later",
            vec![undo(1, 4, 5)],
            vec!["counted", "double", "stray"],
        ),
        (
            "another ticket",
            vec![other_ticket],
            vec!["counted", "double", "stray"],
        ),
        (
            "an undoing",
            vec![undo(1, 6, 5), undo(1, 7, 6)],
            vec!["undone", "counted", "counted", "stray"],
        ),
    ] {
        let facts = [vec![first, second], undoings].concat();
        assert_eq!(names(EntryRule::Single, &facts), want, "{name}");
    }
}
