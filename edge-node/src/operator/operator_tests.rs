//! Operators at one gate without a network.

use sync_protocol::{
    config::EventConfig,
    operator::{Operator, Role},
    rights::Rights,
    scan::Action,
};

use super::*;
use crate::testing::{Gate, SECRET, START, answer, code, config, config_with, operator, valid};

const OFFICER: u128 = 1;
const VALIDATOR: u128 = 2;
const SUPERVISOR: u128 = 3;

fn crew() -> Vec<Operator> {
    vec![
        operator(OFFICER, Role::ExchangeOfficer),
        operator(VALIDATOR, Role::Validator),
        operator(SUPERVISOR, Role::Supervisor),
    ]
}

fn staffed() -> Gate {
    let gate = Gate::with(&[valid(1), valid(2), valid(3)]);
    gate.hears(config_with(crew()));
    gate
}

fn sign_in(gate: &Gate, n: u128) -> Session {
    let session = gate.node.operators().sign_in(&format!("op{n}"), SECRET);
    session.expect("name and secret are right")
}

fn said(gate: &Gate, ticket: u128, action: Action, operator: Option<u128>) -> &'static str {
    let operator = operator.map(OperatorId::from_u128);
    let scan = gate.node.scan(&code(ticket).to_text(), action, operator);
    assert!(scan.seq.is_some(), "every attempt is recorded: {scan:?}");
    scan.verdict.reason.name()
}

fn refused(gate: &Gate, login: &str, secret: &str) -> &'static str {
    let session = gate.node.operators().sign_in(login, secret);
    session.expect_err("it is refused").code()
}

#[test]
fn case_17_nothing_is_decided_without_somebody_who_signed_in() {
    let gate = staffed();
    assert!(gate.node.operators().are_needed().expect("it is known"));
    assert_eq!(said(&gate, 1, Action::Entry, None), "sign_in_first");
    assert_eq!(said(&gate, 1, Action::Entry, Some(99)), "sign_in_first");
    let session = sign_in(&gate, VALIDATOR);
    assert_eq!(session.who.rights.names(), ["entry", "exit"]);
    let who = session.who.id;
    let scan = gate.node.scan(&code(1).to_text(), Action::Entry, Some(who));
    assert!(scan.verdict.admits(), "{scan:?}");
    let log = lock(&gate.node.log).unsent(0, 10).expect("the log");
    let records = log.records.iter();
    let bearers: Vec<_> = records
        .map(|bytes| {
            sync_protocol::scan::ScanRecord::from_bytes(bytes)
                .expect("a record")
                .operator
        })
        .collect();
    assert_eq!(bearers, [None, Some(OperatorId::from_u128(99)), Some(who)]);
}

#[test]
fn case_17_an_event_without_operators_works_as_before() {
    let gate = Gate::with(&[valid(1)]);
    assert!(!gate.node.operators().are_needed().expect("it is known"));
    assert_eq!(refused(&gate, "op1", SECRET), "operators_not_offered");
    assert_eq!(said(&gate, 1, Action::Entry, None), "admitted");
}

#[test]
fn case_17_a_validator_may_not_exchange_and_an_officer_may_not_validate() {
    let gate = staffed();
    for (operator, action, reason) in [
        (VALIDATOR, Action::Exchange, "not_allowed"),
        (VALIDATOR, Action::Unpair, "not_allowed"),
        (OFFICER, Action::Entry, "not_allowed"),
        (OFFICER, Action::Exit, "not_allowed"),
        (OFFICER, Action::Exchange, "exchanged"),
        (VALIDATOR, Action::Entry, "admitted"),
        (SUPERVISOR, Action::Exit, "admitted"),
    ] {
        assert_eq!(
            said(&gate, 1, action, Some(operator)),
            reason,
            "{operator} {action}"
        );
    }
}

#[test]
fn case_17_a_role_allows_nothing_that_the_node_may_not() {
    let gate = staffed();
    let mut news = answer(1, START);
    news.rights = Some(Rights::parse("entry").expect("known"));
    gate.round(&news);
    let supervisor = sign_in(&gate, SUPERVISOR).who;
    assert_eq!(supervisor.rights.names(), ["entry"]);
    assert_eq!(
        said(&gate, 1, Action::Exchange, Some(SUPERVISOR)),
        "not_allowed"
    );
    assert_eq!(said(&gate, 1, Action::Entry, Some(SUPERVISOR)), "admitted");
}

#[test]
fn case_17_a_revoked_operator_is_out_after_the_next_sync() {
    let gate = staffed();
    let session = sign_in(&gate, VALIDATOR);
    let disabled = |config: &mut EventConfig| {
        let rules = config.operators.as_mut().expect("there are");
        rules.operators[1].is_active = false;
    };
    let mut config = config_with(crew());
    disabled(&mut config);
    gate.hears(config);
    let state = gate.node.operators().state(&session.token);
    assert_eq!(state.expect("it is known"), SessionState::Over);
    assert_eq!(
        said(&gate, 1, Action::Entry, Some(VALIDATOR)),
        "sign_in_first"
    );
    assert_eq!(refused(&gate, "op2", SECRET), "sign_in_wrong");
}

#[test]
fn case_17_with_everybody_revoked_the_gate_does_not_open_to_all() {
    let gate = staffed();
    let mut nobody = crew();
    nobody.iter_mut().for_each(|one| one.is_active = false);
    gate.hears(config_with(nobody));
    assert_eq!(said(&gate, 1, Action::Entry, None), "sign_in_first");
}

#[test]
fn case_17_an_operator_of_another_event_does_not_sign_in() {
    let gate = staffed();
    assert_eq!(refused(&gate, "op4", SECRET), "sign_in_wrong");
    let stranger = operator(4, Role::Supervisor).id;
    assert_eq!(
        gate.node
            .scan(&code(1).to_text(), Action::Entry, Some(stranger))
            .verdict
            .reason
            .name(),
        "sign_in_first"
    );
}

#[test]
fn brute_force_waits_ever_longer_and_a_restart_forgets_no_wait() {
    let gate = staffed();
    assert_eq!(refused(&gate, "op2", "AAAAA-AAAAA"), "sign_in_wrong");
    assert_eq!(
        refused(&gate, "op2", SECRET),
        "sign_in_too_soon",
        "even with the right one"
    );
    assert_eq!(
        refused(&gate, "op3", "AAAAA-AAAAB"),
        "sign_in_wrong",
        "others wait by themselves"
    );
    gate.clock.advance_ms(1_000);
    assert_eq!(refused(&gate, "op2", "AAAAA-AAAAC"), "sign_in_wrong");
    gate.clock.advance_ms(1_000);
    assert_eq!(
        refused(&gate, "op2", SECRET),
        "sign_in_too_soon",
        "two seconds now"
    );
    let gate = gate.reopened();
    gate.clock.advance_ms(999);
    assert_eq!(
        refused(&gate, "op2", SECRET),
        "sign_in_too_soon",
        "another program waits as long"
    );
    gate.clock.advance_ms(1);
    assert_eq!(refused(&gate, "op2", "AAAAA-AAAAD"), "sign_in_wrong");
    let boot = ambient::SeededEntropy::new(77);
    gate.clock.reboot(&boot);
    let gate = gate.reopened();
    assert_eq!(
        refused(&gate, "op2", SECRET),
        "sign_in_too_soon",
        "another boot waits from its start"
    );
    gate.clock.advance_ms(3_999);
    assert_eq!(refused(&gate, "op2", SECRET), "sign_in_too_soon");
    gate.clock.advance_ms(1);
    sign_in(&gate, VALIDATOR);
    let gate = gate.reopened();
    sign_in(&gate, VALIDATOR);
}

#[test]
fn names_that_nobody_has_share_one_wait_and_keep_nobody_out() {
    let gate = staffed();
    assert_eq!(refused(&gate, "nobody", SECRET), "sign_in_wrong");
    assert_eq!(refused(&gate, "nobody2", SECRET), "sign_in_too_soon");
    sign_in(&gate, VALIDATOR);
}

#[test]
fn a_replayed_token_opens_nothing_after_sign_out_or_restart() {
    let gate = staffed();
    let session = sign_in(&gate, VALIDATOR);
    let of = |gate: &Gate, token: &str| gate.node.operators().of(token).expect("it is known");
    assert_eq!(of(&gate, &session.token), Some(session.who.clone()));
    assert_eq!(of(&gate, &format!("{}x", *session.token)), None);
    gate.node.operators().sign_out(&session.token);
    assert_eq!(of(&gate, &session.token), None);
    let second = sign_in(&gate, VALIDATOR);
    assert_ne!(*second.token, *session.token);
    let gate = gate.reopened();
    assert_eq!(of(&gate, &second.token), None);
}

#[test]
fn another_secret_at_central_ends_the_session() {
    let gate = staffed();
    let session = sign_in(&gate, VALIDATOR);
    let mut reset = crew();
    let other = GateSecret::typed("ZZZZZ-ZZZZZ");
    let cost = sync_protocol::search::Cost::LEAST;
    reset[1].secret = other.hash(reset[1].id, [6; 16], cost).expect("a hash");
    gate.hears(config_with(reset));
    let state = gate.node.operators().state(&session.token);
    assert_eq!(state.expect("it is known"), SessionState::Over);
}

#[test]
fn a_session_that_is_left_alone_locks_and_its_operator_opens_it() {
    let gate = staffed();
    let session = sign_in(&gate, VALIDATOR);
    let operators = gate.node.operators();
    gate.clock.advance_ms(599_000);
    let touched = operators.touch(&session.token).expect("it is known");
    assert_eq!(touched.expect("still open").locks_in_ms, 600_000);
    gate.clock.advance_ms(600_001);
    let locked = operators.state(&session.token).expect("it is known");
    assert!(
        matches!(&locked, SessionState::Locked { login, .. } if login == "op2"),
        "{locked:?}"
    );
    assert_eq!(operators.touch(&session.token).expect("it is known"), None);
    let wrong = operators.unlock(&session.token, "AAAAA-AAAAA");
    assert_eq!(wrong.expect_err("wrong").code(), "sign_in_wrong");
    gate.clock.advance_ms(1_000);
    let again = operators.unlock(&session.token, SECRET).expect("right");
    assert_eq!(again.who.id, session.who.id);
    let old = operators.state(&session.token).expect("it is known");
    assert_eq!(
        old,
        SessionState::Over,
        "whoever saw the old token has nothing"
    );
    operators.lock(&again.token);
    assert_eq!(operators.of(&again.token).expect("it is known"), None);
}

#[test]
fn devices_without_a_page_scan_for_the_desk() {
    let gate = staffed();
    let operators = gate.node.operators();
    assert_eq!(operators.desk().expect("it is known"), None);
    let session = sign_in(&gate, VALIDATOR);
    operators.take_desk(&session.token).expect("it is open");
    let desk = operators
        .touch_desk()
        .expect("it is known")
        .expect("somebody");
    assert_eq!(desk.id, session.who.id);
    operators.lock(&session.token);
    assert_eq!(operators.desk().expect("it is known"), None);
    assert_eq!(
        operators
            .take_desk(&session.token)
            .expect_err("locked")
            .code(),
        "no_session"
    );
    operators.sign_out(&session.token);
    assert_eq!(operators.desk().expect("it is known"), None);
}

#[test]
fn a_stolen_disk_holds_no_secret() {
    let gate = staffed();
    sign_in(&gate, SUPERVISOR);
    let bare = SECRET.replace('-', "");
    for entry in std::fs::read_dir(gate.home.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let holds = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert!(!holds(SECRET) && !holds(&bare), "{}", path.display());
    }
    assert_eq!(config().operators, None);
}
