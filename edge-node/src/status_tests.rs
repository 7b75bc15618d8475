//! Both gates are told of a double.

use sync_protocol::{
    merge::Ruling,
    scan::ScanId,
    wire::v1::{PassageChange, SyncAnswer},
};

use crate::testing::{GATE_A, Gate, NODE_A, NODE_B, START, answer, manifest, passage_at_b, valid};

/// Central's news after ticket 1 went in at both gates.
fn news(here: Ruling, there: Ruling) -> SyncAnswer {
    let there = passage_at_b(1, 4, START.plus_ms(-2_000), there);
    let here = PassageChange {
        scan: ScanId {
            node: NODE_A,
            seq: 1,
        },
        gate: GATE_A,
        ruling: here,
        ..passage_at_b(1, 1, START, Ruling::Counted)
    };
    let mut answer = answer(2, START);
    answer.page.passages = vec![here, there];
    answer.page.manifest = Some(manifest(2, &[valid(1)]));
    answer.acknowledged = 1;
    answer
}

#[test]
fn case_19_the_gate_that_lost_learns_who_won() {
    let gate = Gate::with(&[valid(1)]);
    assert_eq!(gate.enter(1), "admitted");
    let winner = ScanId {
        node: NODE_B,
        seq: 4,
    };
    let double = Ruling::Double {
        winner,
        undecidable: true,
    };
    gate.round(&news(double, Ruling::Counted));
    let told = &gate.node.status().expect("a status").doubles[0];
    assert!(!told.won_here && told.undecidable);
    let won = told.won.as_ref().expect("the winner");
    assert_eq!(
        (won.gate.as_str(), won.at),
        ("Gate B", START.plus_ms(-2_000))
    );
    assert_eq!(told.number, Some(valid(1).number.to_string()));
}

#[test]
fn case_19_the_gate_that_won_learns_of_the_double() {
    let gate = Gate::with(&[valid(1)]);
    assert_eq!(gate.enter(1), "admitted");
    let winner = ScanId {
        node: NODE_A,
        seq: 1,
    };
    let double = Ruling::Double {
        winner,
        undecidable: false,
    };
    gate.round(&news(Ruling::Counted, double));
    let told = &gate.node.status().expect("a status").doubles[0];
    assert!(told.won_here);
    assert_eq!(told.lost.gate, "Gate B");
    assert_eq!(told.won.as_ref().expect("the winner").gate, "Gate A");
}

#[test]
fn case_27_a_ruling_that_changes_is_told_as_it_is_now() {
    let gate = Gate::with(&[valid(1)]);
    gate.enter(1);
    let winner = ScanId {
        node: NODE_B,
        seq: 4,
    };
    gate.round(&news(
        Ruling::Double {
            winner,
            undecidable: false,
        },
        Ruling::Counted,
    ));
    let mut later = news(Ruling::Counted, Ruling::Stray);
    later.page.passages.iter_mut().for_each(|p| p.revision = 9);
    later.page.position = vec![3].into();
    gate.round(&later);
    assert!(gate.node.status().expect("a status").doubles.is_empty());
}

#[test]
fn a_double_of_others_is_not_this_gates_business() {
    let gate = Gate::with(&[valid(1)]);
    let winner = ScanId {
        node: NODE_B,
        seq: 1,
    };
    let mut answer = answer(2, START);
    let double = Ruling::Double {
        winner,
        undecidable: false,
    };
    answer.page.passages = vec![
        passage_at_b(1, 1, START, Ruling::Counted),
        passage_at_b(1, 2, START, double),
    ];
    let mut whole = manifest(2, &[valid(1)]);
    let passages = answer.page.passages.iter();
    passages.for_each(|passage| whole.passages.add(&passage.digest()));
    answer.page.manifest = Some(whole);
    gate.round(&answer);
    assert!(gate.node.status().expect("a status").doubles.is_empty());
    let json = serde_json::to_value(gate.node.status().expect("a status")).expect("an object");
    assert_eq!(json["replica"]["state"], "complete");
    assert_eq!(json["replica"]["tickets"]["valid"], 1);
    assert_eq!(json["clock"]["offset_ms"], 0);
}
