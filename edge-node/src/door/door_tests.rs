//! Several means at one door: who is asked in whose name, and which ticket finds which wristband.

use std::sync::Arc;

use sync_protocol::{config::Policy, operator::Role, scan::Action};

use super::{Door, Means};
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
fn another_action_or_operator_lets_no_ticket_wait() {
    let (door, _home) = door();
    let changes: [&dyn Fn(); 2] = [
        &|| {
            door.set_action(Action::Entry);
            door.set_action(Action::Exchange);
        },
        &|| door.clear_desk(),
    ];
    for change in changes {
        door.show(&code(1).to_text(), Means::Camera);
        change();
        let late = door.show(&band(1), Means::Camera);
        assert_eq!(reason(&late), "unknown_wristband");
    }
}
