//! Pages in a real Chromium: they load with the machine's own files alone, and show what they should.
//!
//! The pictures in the README are these tests' screenshots (`make screenshots`).

mod crew;
mod device;
mod devices;
mod eyes;
mod gate;
mod guests;
mod hands;
mod looks;
mod panel;
mod panel_feel;
mod panel_lists;
mod panel_setup;
mod panel_walk;
mod scanner;
mod shop;
mod small_disk;
mod trouble;
mod venue;
mod wedge;

use hands::Hands;
use venue::DemoVenue;

#[tokio::test]
async fn the_gate_screen_is_ready_and_stays_on_this_machine() {
    let venue = DemoVenue::open();
    let gate = venue.address("Gate North (screen)");
    let hands = Hands::with_window(&gate, (1280, 800)).await;
    for shown in ["North", "Ready", "Connected to central", "Last scans"] {
        let is_there = format!("return document.body.innerText.includes({shown:?})");
        hands.until(&is_there).await;
    }
    hands.picture("gate").await;
    hands.assert_quiet().await;
}
