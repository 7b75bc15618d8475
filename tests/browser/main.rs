//! Pages in a real Chromium: they load with the machine's own files alone, and show what they should.
//!
//! The pictures in the README are these tests' screenshots (`make screenshots`).

mod chromium;
mod crew;
mod device;
mod eyes;
mod gate;
mod hands;
mod looks;
mod scanner;
mod shop;
mod venue;
mod wedge;

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

/// Nothing that the page would fetch lies elsewhere.
fn assert_no_outside_address(page: &str) {
    for fetched in ["src=\"http", "src=\"//", "href=\"//", "url(http", "@import"] {
        assert!(
            !page.contains(fetched),
            "the page fetches from outside: {fetched}\n{page}"
        );
    }
}
