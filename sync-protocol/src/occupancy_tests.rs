//! Tests of occupancy: a table of histories, and what is said of nodes that are silent.

use super::*;

const START: Timestamp = Timestamp(1_000_000_020_000);

fn pass(node: u128, seq: u64, action: Action, at: i64, error: i64) -> Pass {
    Pass {
        scan: ScanId {
            node: NodeId::from_u128(node),
            seq,
        },
        ticket: TicketId::from_u128(1),
        action,
        time: Interval::around(START.plus_ms(at), error),
        counted: true,
    }
}

#[test]
fn clocks_that_cannot_tell_widen_the_range_and_say_so() {
    use Action::{Entry, Exit};
    let window = Window {
        since: START,
        as_of: START.plus_ms(100_000),
    };
    for (name, passes, want) in [
        ("in", vec![pass(1, 1, Entry, 5_000, 10)], (1, 0, 0)),
        (
            "in and out",
            vec![pass(1, 1, Entry, 5_000, 10), pass(2, 1, Exit, 9_000, 10)],
            (0, 0, 0),
        ),
        (
            "which was last",
            vec![
                pass(1, 1, Entry, 5_000, 3_000),
                pass(2, 1, Exit, 9_000, 3_000),
            ],
            (0, 0, 1),
        ),
        (
            "one log tells",
            vec![
                pass(1, 1, Entry, 5_000, 3_000),
                pass(1, 2, Exit, 9_000, 3_000),
            ],
            (0, 0, 0),
        ),
        (
            "before the check-out?",
            vec![pass(1, 1, Entry, 1_000, 3_000)],
            (1, 1, 0),
        ),
        (
            "after the moment?",
            vec![pass(1, 1, Entry, 101_000, 3_000)],
            (0, 0, 1),
        ),
        (
            "after it",
            vec![pass(1, 1, Entry, 110_000, 3_000)],
            (0, 0, 0),
        ),
    ] {
        let found = tally(&window, &passes);
        let found = (found.inside, found.unsure_inside, found.unsure_outside);
        assert_eq!(found, want, "{name}");
    }
}

#[test]
fn case_29_a_silent_gate_and_unsent_records_are_named_with_what_they_may_hold() {
    let window = Window {
        since: Timestamp(0),
        as_of: START.plus_ms(4 * 60_000),
    };
    let node = |id, unsent, minutes: i64| Reporter {
        node: NodeId::from_u128(id),
        last_contact_at: Some(START.plus_ms(minutes * 60_000 + ON_THE_WAY_MS)),
        unsent,
        unusable: 0,
        is_stopped: false,
    };
    let premises = Premises {
        most_per_minute: 1,
        tickets: 10_000,
        binds_wristbands: false,
        lost_bindings: 0,
        unbound: 0,
    };
    let tally = Tally {
        inside: 812,
        ..Tally::default()
    };
    let nodes = [node(1, 0, 4), node(2, 3, 4), node(3, 0, 0)];
    let said = range(&window, &tally, &nodes, &premises);
    assert_eq!((said.low, said.inside, said.high), (804, 812, 820));
    let names: Vec<_> = said.reasons.iter().map(Reason::name).collect();
    assert_eq!(names, ["unsent", "silent"]);
    let stopped = Reporter {
        is_stopped: true,
        ..nodes[2]
    };
    let said = range(&window, &tally, &[nodes[0], stopped], &premises);
    assert_eq!((said.low, said.high, said.reasons.len()), (812, 812, 0));
    let few = Premises {
        tickets: 814,
        ..premises
    };
    assert_eq!(
        range(&window, &tally, &nodes, &few).high,
        814,
        "never more than there are"
    );
}
