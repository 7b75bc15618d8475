//! Whose ticket waits where, when several scans are on their way at once.

use sync_protocol::{config::Policy, scan::Action};

use super::*;
use crate::{
    known::tests::{band, gate},
    scan::Showing,
    testing::{Gate, code},
};

const NOW_MS: i64 = 0;

struct Desk {
    gate: Gate,
    places: Places,
}

fn desk() -> Desk {
    let gate = gate(Policy::Refuse, &[]);
    let places = Places::new(Timestamp(1_000));
    Desk { gate, places }
}

impl Desk {
    /// A scan under a lease that was taken before; whether a ticket began to wait.
    fn scan(&self, lease: &mut Lease, text: &str) -> bool {
        let showing = Showing {
            text,
            wristband: None,
            action: Action::Exchange,
            operator: None,
        };
        let scan = lease.pairing.show(&self.gate.node, &showing);
        scan.verdict.reason.name() == "show_wristband"
    }

    fn ticket(&self, place: u64, n: u128) {
        let mut lease = self.places.take(place);
        assert!(self.scan(&mut lease, &code(n).to_text()));
        self.places.put(lease, true);
    }

    fn waits(&self, place: u64) -> bool {
        let kept = self.places.kept();
        kept.waiting.contains_key(&place)
    }
}

#[test]
fn what_was_cleared_meanwhile_does_not_come_back() {
    let desk = desk();
    let page = desk.places.open();
    let clears: [&dyn Fn(); 2] = [&|| desk.places.clear(page), &|| desk.places.clear_for(None)];
    for clear in clears {
        let mut lease = desk.places.take(page);
        clear();
        assert!(desk.scan(&mut lease, &code(1).to_text()));
        desk.places.put(lease, true);
        assert!(!desk.waits(page));
    }
}

#[test]
fn an_older_scan_overwrites_no_newer_ticket() {
    let desk = desk();
    let page = desk.places.open();
    desk.ticket(page, 1);
    // A device borrows the page's ticket; meanwhile the page shows another one.
    let mut borrowed = desk
        .places
        .borrow(DESK, None, NOW_MS)
        .expect("the only one");
    desk.ticket(page, 2);
    assert!(!desk.scan(&mut borrowed, "rubbish"));
    assert!(borrowed.pairing.is_waiting());
    desk.places.put(borrowed, false);
    let mut lease = desk.places.take(page);
    assert!(!desk.scan(&mut lease, &band(1)));
    desk.places.put(lease, false);
    // Ticket 2 found the wristband, so ticket 1 is still to be exchanged.
    let mut lease = desk.places.take(page);
    assert!(desk.scan(&mut lease, &code(1).to_text()));
    assert!(!desk.scan(&mut lease, &code(2).to_text()));
}

#[test]
fn the_newest_ticket_of_desk_and_pages_waits_alone() {
    let desk = desk();
    let (left, right) = (desk.places.open(), desk.places.open());
    desk.ticket(left, 1);
    desk.ticket(right, 2);
    assert!(desk.waits(left) && desk.waits(right));
    desk.ticket(DESK, 3);
    assert!(desk.waits(DESK) && !desk.waits(left) && !desk.waits(right));
    desk.ticket(left, 1);
    assert!(desk.waits(left) && !desk.waits(DESK));
}

#[test]
fn a_ticket_that_was_out_while_a_newer_one_began_goes_too_and_the_newest_stays() {
    let desk = desk();
    let page = desk.places.open();
    desk.ticket(page, 1);
    let mut old = desk.places.take(page);
    desk.ticket(DESK, 2);
    assert!(!desk.scan(&mut old, "rubbish"));
    desk.places.put(old, false);
    assert!(!desk.waits(page) && desk.waits(DESK));
    let mut newest = desk.places.take(page);
    desk.ticket(DESK, 2);
    assert!(desk.scan(&mut newest, &code(3).to_text()));
    desk.places.put(newest, true);
    assert!(desk.waits(page) && !desk.waits(DESK));
}

#[test]
fn a_device_does_not_guess_while_a_page_s_ticket_is_out() {
    let desk = desk();
    let (left, right) = (desk.places.open(), desk.places.open());
    desk.ticket(left, 1);
    desk.ticket(right, 2);
    let out = desk.places.take(left);
    assert!(desk.places.borrow(DESK, None, NOW_MS).is_none());
    desk.places.put(out, false);
    desk.places.clear(left);
    assert!(desk.places.borrow(DESK, None, NOW_MS).is_some());
}
