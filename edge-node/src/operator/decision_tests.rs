//! What supervisors decide and take back at one gate.

use sync_protocol::{
    decision::Choice,
    id::OperatorId,
    operator::Role,
    scan::{Action, ScanRecord},
};

use super::*;
use crate::testing::{Gate, code, config, config_with, operator, valid};

const VALIDATOR: OperatorId = OperatorId::from_u128(2);
const SUPERVISOR: OperatorId = OperatorId::from_u128(3);

fn staffed() -> Gate {
    let gate = Gate::with(&[valid(1), valid(2), valid(3)]);
    let crew = vec![operator(2, Role::Validator), operator(3, Role::Supervisor)];
    gate.hears(config_with(crew));
    gate
}

fn enter(gate: &Gate, text: &str) -> Scan {
    gate.node.scan(text, Action::Entry, Some(VALIDATOR))
}

fn reason(said: Result<Scan, DecisionError>) -> &'static str {
    match said {
        Ok(scan) => scan.verdict.reason.name(),
        Err(error) => error.code(),
    }
}

fn records(gate: &Gate) -> Vec<ScanRecord> {
    let batch = lock(&gate.node.log).unsent(0, 100).expect("the log");
    let read = |bytes: &minicbor::bytes::ByteVec| ScanRecord::from_bytes(bytes).expect("a record");
    batch.records.iter().map(read).collect()
}

#[test]
fn an_override_is_an_admit_with_a_name_and_uses_the_ticket_up() {
    let gate = staffed();
    let typed = enter(&gate, &valid(1).number.to_string());
    assert_eq!(typed.verdict.reason.name(), "typed_number");
    let seq = typed.seq.expect("recorded");
    let said = gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    let said = said.expect("it may be decided");
    assert!(
        said.verdict.admits() && said.answers == Some(seq),
        "{said:?}"
    );
    let last = records(&gate).pop().expect("a record");
    assert_eq!((last.operator, last.answers), (Some(SUPERVISOR), Some(seq)));
    assert_eq!(
        (last.action, last.subject.ticket()),
        (Action::Entry, Some(valid(1).id))
    );
    assert_eq!(
        enter(&gate, &code(1).to_text()).verdict.reason.name(),
        "already_used"
    );
    assert_eq!(gate.node.inside().expect("a count").inside, 1);
    let again = gate
        .node
        .decide_for(seq, Choice::TurnAway, Some(SUPERVISOR));
    assert_eq!(reason(again), "scan_answered");
}

#[test]
fn an_old_question_lets_no_second_person_in() {
    let gate = staffed();
    let number = valid(1).number.to_string();
    let first = enter(&gate, &number).seq.expect("recorded");
    let second = enter(&gate, &number).seq.expect("recorded");
    let admit = |seq| gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    assert!(admit(second).expect("open").verdict.admits());
    assert_eq!(reason(admit(first)), "scan_passed_since");
    // The ticket itself may come between the question and the answer too.
    let asked = enter(&gate, &valid(2).number.to_string());
    assert!(enter(&gate, &code(2).to_text()).verdict.admits());
    let late = admit(asked.seq.expect("recorded"));
    assert_eq!(reason(late), "scan_passed_since");
    assert_eq!(gate.node.inside().expect("a count").inside, 2);
}

#[test]
fn who_is_turned_away_may_come_back_with_the_ticket() {
    let gate = staffed();
    let seq = enter(&gate, &valid(1).number.to_string())
        .seq
        .expect("recorded");
    assert_eq!(
        reason(
            gate.node
                .decide_for(seq, Choice::TurnAway, Some(SUPERVISOR))
        ),
        "turned_away"
    );
    assert_eq!(
        enter(&gate, &code(1).to_text()).verdict.reason.name(),
        "admitted"
    );
}

#[test]
fn no_supervisor_makes_a_forgery_genuine() {
    let gate = staffed();
    let mut forged = code(1).to_text();
    forged.replace_range(60..61, if &forged[60..61] == "A" { "B" } else { "A" });
    for text in [forged.as_str(), "rubbish"] {
        let seq = enter(&gate, text).seq.expect("recorded");
        let said = gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
        assert_eq!(reason(said), "scan_not_known", "{text}");
        let turned = gate
            .node
            .decide_for(seq, Choice::TurnAway, Some(SUPERVISOR));
        assert_eq!(reason(turned), "turned_away");
    }
    let admitted = enter(&gate, &code(2).to_text()).seq.expect("recorded");
    let said = gate
        .node
        .decide_for(admitted, Choice::Admit, Some(SUPERVISOR));
    assert_eq!(reason(said), "scan_admitted");
    assert_eq!(
        reason(gate.node.decide_for(999, Choice::Admit, Some(SUPERVISOR))),
        "scan_unknown"
    );
}

#[test]
fn case_17_only_a_supervisor_decides_and_others_are_recorded_as_refused() {
    let gate = staffed();
    let seq = enter(&gate, &valid(1).number.to_string())
        .seq
        .expect("recorded");
    for (operator, want) in [(Some(VALIDATOR), "not_allowed"), (None, "sign_in_first")] {
        assert_eq!(
            reason(gate.node.decide_for(seq, Choice::Admit, operator)),
            want
        );
    }
    let admitted = enter(&gate, &code(2).to_text()).seq.expect("recorded");
    assert_eq!(
        reason(gate.node.undo(admitted, Some(VALIDATOR))),
        "not_allowed"
    );
    assert_eq!(records(&gate).len(), 5, "each attempt is a record");
    assert_eq!(
        enter(&gate, &code(2).to_text()).verdict.reason.name(),
        "already_used"
    );
    assert_eq!(
        reason(gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR))),
        "overridden"
    );
    assert_eq!(reason(gate.node.undo(admitted, Some(SUPERVISOR))), "undone");
    gate.hears(config());
    let later = enter(&gate, &code(3).to_text()).seq.expect("recorded");
    let nameless = gate.node.undo(later, Some(SUPERVISOR));
    assert_eq!(
        reason(nameless),
        "not_allowed",
        "an event without operators has no supervisor"
    );
}

#[test]
fn an_undone_scan_counts_for_nothing_and_both_stay_in_the_log() {
    let gate = staffed();
    let text = code(1).to_text();
    let seq = enter(&gate, &text).seq.expect("recorded");
    assert_eq!(enter(&gate, &text).verdict.reason.name(), "already_used");
    assert_eq!(reason(gate.node.undo(seq, Some(SUPERVISOR))), "undone");
    assert_eq!(gate.node.inside().expect("a count").inside, 0);
    assert_eq!(
        reason(gate.node.undo(seq, Some(SUPERVISOR))),
        "scan_answered"
    );
    let undoing = records(&gate).last().expect("a record").seq;
    assert_eq!(
        reason(gate.node.undo(undoing, Some(SUPERVISOR))),
        "scan_is_decision"
    );
    assert_eq!(enter(&gate, &text).verdict.reason.name(), "admitted");
    let gate = gate.reopened();
    assert_eq!(enter(&gate, &text).verdict.reason.name(), "already_used");
    assert_eq!(gate.node.inside().expect("a count").inside, 1);
    let refused = records(&gate)[1].seq;
    assert_eq!(
        reason(gate.node.undo(refused, Some(SUPERVISOR))),
        "scan_not_admitted"
    );
}
