//! Pages in a real Chromium: they load with the machine's own files alone, and show what they should.
//!
//! The pictures in the README are these tests' screenshots (`make screenshots`).

mod chromium;
mod device;
mod eyes;
mod gate;
mod hands;
mod scanner;
mod venue;

use chromium::Chromium;
use venue::DemoVenue;

#[test]
fn the_gate_screen_is_ready_and_stays_on_this_machine() {
    let venue = DemoVenue::open();
    let gate = venue.address("Gate North (screen)");
    let page = Chromium::default().open(&gate, (1280, 800), "gate");
    for shown in ["North", "Ready", "Connected to central", "Last scans"] {
        assert!(
            page.contains(shown),
            "{shown:?} is not on the gate's screen:\n{page}"
        );
    }
    assert_no_outside_address(&page);
}

#[test]
fn the_shop_sells_on_a_phone_and_stays_on_this_machine() {
    let venue = DemoVenue::open();
    let shop = venue.address("Shop (buy a ticket)");
    let browser = Chromium::default();
    let list = browser.open(&shop, (420, 900), "shop");
    assert!(list.contains("Festival Gerbang"), "{list}");
    let event = browser.open(
        &format!("{shop}/events/festival-gerbang"),
        (420, 1400),
        "event",
    );
    for shown in ["Regular", "350,000", "Number on the card", "Order"] {
        assert!(
            event.contains(shown),
            "{shown:?} is not on the event's page:\n{event}"
        );
    }
    assert_no_outside_address(&list);
    assert_no_outside_address(&event);
}

/// Nothing that the page would fetch lies elsewhere.
fn assert_no_outside_address(page: &str) {
    for fetched in ["src=\"http", "src=\"//", "href=\"//", "url(http", "@import"] {
        assert!(
            !page.contains(fetched),
            "the page fetches from outside: {fetched}\n{page}"
        );
    }
}
