//! A scanner that is a USB keyboard: the machine's own keyboard, typed on from outside, through the kernel's drivers.
use crate::{
    gate::{Gate, with_gate},
    guest::{Board, Guest},
    settings,
    venue::{Sold, Venue},
};

const BOARD: Board = Board {
    wakes_in: None,
    has_network: false,
    has_usb: true,
};

const SCAN: &str = "--scanner qemu";

#[tokio::test(flavor = "multi_thread")]
async fn case_12_a_scanner_that_types_is_heard_by_the_gate_alone() {
    if settings::is_off() {
        return;
    }
    let venue = Venue::open(4).await;
    let [first, second, third, _] = &venue.sold[..] else {
        unreachable!("four were sold")
    };
    let mut guest = with_gate(&venue, &BOARD).await;
    // Somebody else listens to every keyboard there is.
    guest
        .must("for e in /dev/input/event*; do cat $e >>/tmp/overheard & done")
        .await;
    let mut gate = Gate::start(&mut guest, "one", SCAN).await;
    guest.until(&gate.says("scanner_connected")).await;
    // As most scanners type: letters without shift. With it come a cut code, and a number, which a person must decide.
    let (code, number) = (first.code.to_lowercase(), &second.number);
    types(&mut guest, &mut gate, &code, "admit", Some(first)).await;
    types(&mut guest, &mut gate, &second.code[..60], "refuse", None).await;
    types(&mut guest, &mut gate, number, "ask", Some(second)).await;
    assert_eq!(
        guest.must("wc -c </tmp/overheard").await,
        ["0"],
        "keys that others heard"
    );

    let mut other = Gate::start(&mut guest, "two", SCAN).await;
    guest.until(&other.says("scanner_busy")).await;
    gate.end(&mut guest).await;
    guest.until(&other.says("scanner_connected")).await;
    guest.turn(&["device_del scanner".to_owned()]).await;
    guest.until(&other.says("scanner_gone")).await;
    guest
        .turn(&["device_add usb-kbd,id=again".to_owned()])
        .await;
    guest.until(&other.says_times("scanner_connected", 2)).await;
    types(
        &mut guest,
        &mut other,
        &third.code.to_lowercase(),
        "admit",
        Some(third),
    )
    .await;
    other.end(&mut guest).await;
    // The ear was open all the time: the keyboard it listened to is gone, so it listens to the new one.
    guest
        .must("for e in /dev/input/event*; do cat $e >>/tmp/overheard & done")
        .await;
    guest.type_in("abc").await;
    guest.until("test -s /tmp/overheard").await;
    guest.shut_down().await;
}

/// Types a code and looks at what the gate makes of it.
async fn types(guest: &mut Guest, gate: &mut Gate, code: &str, verdict: &str, sold: Option<&Sold>) {
    guest.type_in(code).await;
    gate.answers(guest, verdict, sold).await;
}
