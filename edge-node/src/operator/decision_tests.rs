//! What supervisors decide and take back at one gate.

use sync_protocol::{
    decision::Choice,
    id::OperatorId,
    merge::Ruling,
    operator::Role,
    scan::{Action, ScanRecord},
    ticket::{Ticket, TicketStatus},
    wire::v1::PassageChange,
};

use super::*;
use crate::testing::{
    Gate, START, answer, code, config, config_with, manifest, operator, passage_at_b, ticket, valid,
};

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

/// Central's news of these tickets and passages at gate B, proven at revision 2.
fn hear(gate: &Gate, tickets: &[Ticket], passages: Vec<PassageChange>) {
    let mut news = answer(10, START);
    news.page.tickets = tickets.to_vec();
    let mut whole = [valid(1), valid(2), valid(3)];
    for ticket in tickets {
        let held = whole.iter_mut().find(|held| held.id == ticket.id);
        *held.expect("one of them") = ticket.clone();
    }
    let mut proof = manifest(2, &whole);
    for passage in &passages {
        proof.passages.add(&passage.digest());
    }
    news.page.passages = passages;
    news.page.manifest = Some(proof);
    assert_eq!(gate.round(&news).gap, None);
}

#[test]
fn who_went_in_at_another_gate_since_is_not_waved_through_and_the_gate_is_named() {
    let gate = staffed();
    let asked = enter(&gate, &valid(1).number.to_string());
    let seq = asked.seq.expect("recorded");
    // Also where it happened before the question: the supervisor had not heard of it.
    let before = START.plus_ms(-60_000);
    hear(
        &gate,
        &[],
        vec![passage_at_b(1, 7, before, Ruling::Counted)],
    );
    let late = gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    let Err(DecisionError::PassedSince {
        gate: at_gate, at, ..
    }) = late
    else {
        panic!("{late:?}");
    };
    assert_eq!((at_gate.as_str(), at), ("Gate B", before));
    assert_eq!(records(&gate).len(), 1, "nothing was recorded");
    // Scanned again, the supervisor is told, and may still decide.
    let told = enter(&gate, &valid(1).number.to_string());
    assert_eq!(told.verdict.reason.name(), "already_used");
    let seq = told.seq.expect("recorded");
    // The same passage ruled anew is no news.
    let mut again = passage_at_b(1, 7, before, Ruling::Stray);
    again.revision = 3;
    hear_again(&gate, again);
    let yes = gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    assert_eq!(reason(yes), "overridden");
}

fn hear_again(gate: &Gate, passage: PassageChange) {
    let mut news = answer(11, START);
    let mut proof = manifest(3, &[valid(1), valid(2), valid(3)]);
    proof.passages.add(&passage.digest());
    news.page.passages = vec![passage];
    news.page.manifest = Some(proof);
    gate.round(&news);
}

#[test]
fn no_old_yes_lets_in_whose_money_went_back_or_whose_day_is_over_since() {
    let gate = staffed();
    let asked = |n: u128| {
        let scan = enter(&gate, &valid(n).number.to_string());
        scan.seq.expect("recorded")
    };
    let (first, second) = (asked(1), asked(2));
    hear(&gate, &[ticket(1, TicketStatus::Refunded, 2)], Vec::new());
    let admit = |seq| gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    assert_eq!(reason(admit(first)), "scan_changed_since");
    // Whoever is told may decide all the same.
    let told = enter(&gate, &code(1).to_text());
    assert_eq!(told.verdict.reason.name(), "refunded");
    assert_eq!(reason(admit(told.seq.expect("recorded"))), "overridden");
    gate.clock.advance_ms(12 * 3_600_000);
    assert_eq!(reason(admit(second)), "scan_changed_since");
}

#[test]
fn a_clock_that_was_set_back_makes_no_old_question_new() {
    let gate = staffed();
    let number = valid(1).number.to_string();
    let asked = enter(&gate, &number).seq.expect("recorded");
    assert!(enter(&gate, &code(1).to_text()).verdict.admits());
    gate.clock.set_skew_ms(-86_400_000);
    gate.clock.reboot(&ambient::SeededEntropy::new(9));
    let gate = gate.reopened();
    let late = gate.node.decide_for(asked, Choice::Admit, Some(SUPERVISOR));
    assert_eq!(reason(late), "scan_passed_since");
}

#[test]
fn of_two_supervisors_who_answer_at_once_one_is_heard() {
    let gate = staffed();
    for (n, other) in [(1, Choice::TurnAway), (2, Choice::Admit)] {
        let asked = enter(&gate, &valid(n).number.to_string()).seq;
        let seq = asked.expect("recorded");
        let said: Vec<_> = std::thread::scope(|scope| {
            let words = [Choice::Admit, other].map(|choice| {
                let node = &gate.node;
                scope.spawn(move || reason(node.decide_for(seq, choice, Some(SUPERVISOR))))
            });
            let said = words.into_iter().map(|word| word.join().expect("no panic"));
            said.collect()
        });
        let answered = said.iter().filter(|said| **said == "scan_answered");
        assert_eq!(answered.count(), 1, "{said:?}");
    }
}

#[test]
fn a_word_that_is_in_the_log_is_never_said_to_be_lost() {
    let gate = staffed();
    let seq = enter(&gate, &code(1).to_text()).seq.expect("recorded");
    let file = rusqlite::Connection::open(gate.home.path().join("replica.db")).expect("a file");
    file.execute_batch("DROP TABLE tickets").expect("gone");
    let undone = gate.node.undo(seq, Some(SUPERVISOR)).expect("it stands");
    assert_eq!(undone.verdict.reason.name(), "undone");
    assert_eq!((undone.seq, undone.answers), (Some(2), Some(seq)));
}

#[test]
fn a_word_that_cannot_be_stored_says_what_it_was_about() {
    let gate = staffed();
    let asked = enter(&gate, &valid(1).number.to_string()).seq;
    let seq = asked.expect("recorded");
    let full = "CREATE TABLE held (seq REFERENCES gone (seq) DEFERRABLE INITIALLY DEFERRED);
         PRAGMA foreign_keys = ON;
         CREATE TRIGGER fails AFTER INSERT ON scans BEGIN INSERT INTO held VALUES (1); END;
         CREATE TABLE gone (seq PRIMARY KEY);";
    lock(&gate.node.log)
        .connection()
        .execute_batch(full)
        .expect("done");
    let said = gate.node.decide_for(seq, Choice::Admit, Some(SUPERVISOR));
    let said = said.expect("a refusal, no error");
    assert_eq!(said.verdict.reason.name(), "cannot_store");
    assert_eq!((said.action, said.answers), (Action::Entry, Some(seq)));
    assert_eq!(records(&gate).len(), 1);
}
