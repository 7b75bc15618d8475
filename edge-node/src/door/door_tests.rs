//! Several means at one door: who is asked in whose name, and which ticket finds which wristband.

use std::sync::Arc;

use sync_protocol::{
    config::Policy,
    decision::Choice,
    id::OperatorId,
    operator::Role,
    scan::Action,
    verdict::{Reason, Verdict},
};

use super::{DESK, Door, Means};
use crate::{
    known::tests::{band, gate},
    scan::{Scan, Showing},
    testing::{Gate, SECRET, code, config_with, operator, valid},
};

fn door() -> (Door, tempfile::TempDir) {
    let Gate { node, home, .. } = gate(Policy::Refuse, &[]);
    (Door::new(Arc::new(node), None, Action::Exchange), home)
}

fn at(door: &Door, page: u64, text: &str) -> Scan {
    door.show_at(
        page,
        &Showing {
            text,
            wristband: None,
            action: Action::Exchange,
            operator: None,
        },
    )
}

fn reason(scan: &Scan) -> &'static str {
    scan.verdict.reason.name()
}

#[test]
fn devices_scan_with_the_action_of_the_desk_and_everybody_hears() {
    let (door, _home) = door();
    door.set_action(Action::Entry);
    let mut heard = door.listen();
    let scan = door.show("rubbish", Means::Camera);
    assert_eq!((scan.action, reason(&scan)), (Action::Entry, "unreadable"));
    let shown = heard.try_recv().expect("everybody hears");
    assert_eq!((shown.means, shown.page), (Means::Camera, None));
    assert_eq!(shown.scan, scan);
    assert_eq!(door.recent().refused, 1);
}

#[test]
fn case_17_devices_scan_in_the_name_of_who_works_the_desk_or_not_at_all() {
    let gate = Gate::with(&[valid(1), valid(2)]);
    gate.hears(config_with(vec![operator(2, Role::Validator)]));
    let Gate {
        node, home: _home, ..
    } = gate;
    let door = Door::new(Arc::new(node), None, Action::Entry);
    let alone = door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(reason(&alone), "sign_in_first");
    let operators = door.node().operators();
    let session = operators.sign_in("op2", SECRET).expect("right");
    let elsewhere = door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(
        reason(&elsewhere),
        "sign_in_first",
        "the session has not taken the desk"
    );
    operators.take_desk(&session.token).expect("open");
    assert_eq!(
        reason(&door.show(&code(1).to_text(), Means::Camera)),
        "admitted"
    );
    operators.lock(&session.token);
    let locked = door.show(&code(2).to_text(), Means::Serial);
    assert_eq!(reason(&locked), "sign_in_first");
}

#[test]
fn case_33_a_ticket_by_camera_finds_its_wristband_by_any_means() {
    let (door, _home) = door();
    let page = door.open_page();
    let ticket = door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(reason(&ticket), "show_wristband");
    let worn = at(&door, page, &band(1));
    assert_eq!(reason(&worn), "exchanged");
    assert_eq!(
        worn.ticket.and_then(|ticket| ticket.number),
        Some(valid(1).number)
    );
    let ticket = at(&door, page, &code(2).to_text());
    assert_eq!(reason(&ticket), "show_wristband");
    let worn = door.show(&band(2), Means::Serial);
    assert_eq!(reason(&worn), "exchanged");
    assert_eq!(
        reason(&door.show(&band(3), Means::Serial)),
        "unknown_wristband"
    );
}

#[test]
fn case_33_a_device_never_guesses_between_the_tickets_of_two_pages() {
    let (door, _home) = door();
    let (left, right) = (door.open_page(), door.open_page());
    at(&door, left, &code(1).to_text());
    at(&door, right, &code(2).to_text());
    let stray = door.show(&band(1), Means::Camera);
    assert_eq!(reason(&stray), "unknown_wristband");
    assert_eq!(reason(&at(&door, right, &band(2))), "exchanged");
    // One page is left, so now it is clear whose it is.
    assert_eq!(reason(&door.show(&band(1), Means::Camera)), "exchanged");
}

#[test]
fn a_wristband_that_will_not_do_leaves_the_borrowed_ticket_waiting() {
    let (door, _home) = door();
    let page = door.open_page();
    door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(reason(&at(&door, page, &band(1))), "exchanged");
    door.show(&code(2).to_text(), Means::Camera);
    assert_eq!(reason(&at(&door, page, &band(1))), "wristband_taken");
    assert_eq!(reason(&at(&door, page, &band(2))), "exchanged");
}

#[test]
fn another_action_lets_no_ticket_wait() {
    let (door, _home) = door();
    door.show(&code(1).to_text(), Means::Camera);
    door.set_action(Action::Entry);
    door.set_action(Action::Exchange);
    let late = door.show(&band(1), Means::Camera);
    assert_eq!(reason(&late), "unknown_wristband");
}

#[test]
fn a_page_cannot_pass_for_the_desk() {
    let (door, _home) = door();
    door.show(&code(1).to_text(), Means::Camera);
    door.clear_page(DESK);
    assert_eq!(
        reason(&at(&door, DESK, &code(2).to_text())),
        "show_wristband"
    );
    // The page's ticket is the newest; it waits at a page of its own.
    let worn = door.show(&band(2), Means::Camera);
    assert_eq!(worn.ticket.expect("one").number, Some(valid(2).number));
}

#[test]
fn a_wristband_is_never_paired_with_a_ticket_of_the_other_side_that_came_before() {
    let (door, _home) = door();
    let page = door.open_page();
    at(&door, page, &code(1).to_text());
    door.show(&code(2).to_text(), Means::Camera);
    assert_eq!(reason(&door.show(&band(2), Means::Camera)), "exchanged");
    // Its guest has gone: the next wristband before the camera is nobody's.
    let next = door.show(&band(3), Means::Camera);
    assert_eq!(reason(&next), "unknown_wristband");
    door.show(&code(1).to_text(), Means::Camera);
    at(&door, page, &code(3).to_text());
    let worn = at(&door, page, &band(3));
    assert_eq!(worn.ticket.expect("one").number, Some(valid(3).number));
    assert_eq!(reason(&at(&door, page, &band(4))), "unknown_wristband");
}

#[test]
fn case_33_a_typed_number_waits_for_its_wristband_and_a_supervisor_says_yes() {
    let crew = Crew::of(&[(2, Role::ExchangeOfficer), (3, Role::Supervisor)]);
    let officer = crew.sign_in(2);
    let page = crew.door.open_page();
    let first = crew.at(page, &valid(1).number.to_string(), 2);
    assert_eq!(reason(&first), "show_wristband");
    let both = crew.at(page, &band(1), 2);
    assert_eq!(reason(&both), "typed_number");
    let seq = both.seq.expect("stored");
    let supervisor = OperatorId::from_u128(3);
    let yes = crew.door.decide(seq, Choice::Admit, supervisor);
    assert_eq!(reason(&yes.expect("it may be decided")), "overridden");
    let again = crew.door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(reason(&again), "already_exchanged");
    drop(officer);
}

#[test]
fn case_17_devices_do_what_whoever_works_the_desk_chose_and_may_do() {
    let crew = Crew::of(&[
        (2, Role::Validator),
        (3, Role::ExchangeOfficer),
        (4, Role::Supervisor),
    ]);
    let validator = crew.sign_in(2);
    assert_eq!(crew.door.action(), Action::Entry);
    crew.door.choose(Some(&validator), Action::Exit);
    assert_eq!(crew.door.action(), Action::Exit);
    let officer = crew.sign_in(3);
    assert_eq!(
        crew.door.action(),
        Action::Exchange,
        "the officer may do that alone"
    );
    let ticket = crew.door.show(&code(1).to_text(), Means::Camera);
    assert_eq!(reason(&ticket), "show_wristband");
    // What another page chooses is its own operator's, and takes the desk along.
    crew.door.choose(Some(&validator), Action::Entry);
    let worn = crew.door.show(&band(1), Means::Camera);
    assert_eq!(
        (worn.action, reason(&worn)),
        (Action::Entry, "binding_unknown")
    );
    crew.door.choose(Some(&officer), Action::Entry);
    assert_eq!(
        crew.door.action(),
        Action::Exchange,
        "nobody chooses what they may not do"
    );
    crew.leave(&officer);
    assert_eq!(crew.door.action(), Action::Entry);
    let entered = crew.door.show(&code(2).to_text(), Means::Camera);
    assert_eq!(reason(&entered), "admitted");
}

#[test]
fn case_17_devices_go_on_for_who_is_still_signed_in_and_another_s_leaving_changes_nothing() {
    let crew = Crew::of(&[
        (2, Role::ExchangeOfficer),
        (3, Role::Supervisor),
        (4, Role::ExchangeOfficer),
    ]);
    let first = crew.sign_in(2);
    let beside = crew.sign_in(3);
    crew.door.choose(Some(&beside), Action::Exchange);
    let last = crew.sign_in(4);
    crew.door.show(&code(1).to_text(), Means::Camera);
    crew.door.change_desk(|operators| operators.lock(&beside));
    let worn = crew.door.show(&band(1), Means::Camera);
    assert_eq!(
        reason(&worn),
        "exchanged",
        "the desk is still the same person's"
    );
    crew.door.show(&code(2).to_text(), Means::Camera);
    crew.leave(&last);
    let late = crew.door.show(&band(2), Means::Camera);
    assert_eq!(
        reason(&late),
        "unknown_wristband",
        "that was the other one's guest"
    );
    let next = crew.door.show(&code(3).to_text(), Means::Camera);
    assert_eq!(
        reason(&next),
        "show_wristband",
        "whoever is signed in goes on"
    );
    crew.leave(&first);
    let alone = crew.door.show(&band(3), Means::Camera);
    assert_eq!(reason(&alone), "sign_in_first");
}

#[test]
fn nobody_who_is_not_signed_in_takes_a_waiting_ticket_away() {
    let crew = Crew::of(&[(2, Role::ExchangeOfficer), (3, Role::Validator)]);
    let officer = crew.sign_in(2);
    crew.door.show(&code(1).to_text(), Means::Camera);
    let page = crew.door.open_page();
    assert_eq!(reason(&at(&crew.door, page, &band(1))), "sign_in_first");
    assert_eq!(reason(&crew.at(page, &band(1), 3)), "not_allowed");
    let worn = crew.door.show(&band(1), Means::Camera);
    assert_eq!(reason(&worn), "exchanged");
    drop(officer);
}

#[test]
fn a_rehearsal_is_no_refusal_and_an_older_admission_is_not_taken_from_this_run_s_count() {
    let gate = Gate::with(&[valid(1), valid(2)]);
    gate.hears(config_with(vec![operator(3, Role::Supervisor)]));
    let who = Some(OperatorId::from_u128(3));
    let before = gate.node.scan(&code(1).to_text(), Action::Entry, who);
    let Gate {
        node, home: _home, ..
    } = gate;
    let door = Door::new(Arc::new(node), None, Action::Entry);
    let showing = |text| Showing {
        text,
        wristband: None,
        action: Action::Entry,
        operator: who,
    };
    door.show_at(door.open_page(), &showing(&code(2).to_text()));
    let rehearsal = Scan {
        verdict: Verdict::refuse(Reason::Rehearsal),
        ..before.clone()
    };
    door.tell(rehearsal, Means::Camera, None);
    let undone = door.undo(before.seq.expect("stored"), OperatorId::from_u128(3));
    assert!(undone.expect("it may be").verdict.admits());
    let recent = door.recent();
    assert_eq!((recent.admitted, recent.asked, recent.refused), (1, 0, 0));
}

/// A door with wristbands and people.
struct Crew {
    door: Door,
    _home: tempfile::TempDir,
}

impl Crew {
    fn of(people: &[(u128, Role)]) -> Self {
        let gate = gate(Policy::Refuse, &[]);
        let mut config = gate.node.config().expect("read").expect("synced");
        config.operators =
            config_with(people.iter().map(|(n, role)| operator(*n, *role)).collect()).operators;
        gate.hears(config);
        let Gate { node, home, .. } = gate;
        Self {
            door: Door::new(Arc::new(node), None, Action::Entry),
            _home: home,
        }
    }

    /// Signs in and takes the desk.
    fn sign_in(&self, n: u128) -> String {
        let operators = self.door.node().operators();
        let session = operators.sign_in(&format!("op{n}"), SECRET).expect("right");
        let took = self.door.change_desk(|desk| desk.take_desk(&session.token));
        took.expect("it is open");
        session.token.to_string()
    }

    fn leave(&self, token: &str) {
        self.door.change_desk(|operators| operators.sign_out(token));
    }

    /// Shows something at a page that this operator works.
    fn at(&self, page: u64, text: &str, n: u128) -> Scan {
        self.door.show_at(
            page,
            &Showing {
                text,
                wristband: None,
                action: Action::Exchange,
                operator: Some(OperatorId::from_u128(n)),
            },
        )
    }
}
