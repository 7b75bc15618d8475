//! The gate's pages as they look: both languages, both themes, large type, a phone; each fit for everybody.

use edge_node::door::Means;
use sync_protocol::operator::Role;

use crate::gate::{ADMITTED, Gate, LOADED, READY, REFUSED};

#[tokio::test]
async fn the_verdicts_in_both_languages_and_themes() {
    let gate = Gate::open().await;
    gate.looks("gate-ready").await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    gate.looks("gate-admit").await;
    // The same code within a second is a trigger that bounces, unless another came between.
    gate.hands.press("rubbish-of-some-length\n").await;
    gate.hands.until(REFUSED).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.stage_says("Ticket already used").await;
    gate.hands.picture("gate-refuse").await;
    gate.hands.assert_accessible().await;
    gate.hands.go(&format!("{}/?lang=id", gate.address)).await;
    gate.hands.until(READY).await;
    gate.door.show(gate.code(0), Means::Camera);
    gate.hands.until(REFUSED).await;
    gate.stage_says("Tiket sudah dipakai").await;
    gate.looks("gate-refuse-id").await;
    gate.hands.click(".gate-menu summary").await;
    gate.hands.click(".gate-sheet [value=large]").await;
    gate.hands.until(READY).await;
    gate.hands
        .until("return document.documentElement.dataset.type === 'large'")
        .await;
    gate.looks("gate-large-id").await;
    gate.hands.click(".gate-menu summary").await;
    gate.hands.click(".gate-sheet [value=dark]").await;
    gate.hands
        .until("return document.documentElement.dataset.theme === 'dark'")
        .await;
    gate.hands.assert_accessible().await;
    gate.hands.resize((390, 780)).await;
    gate.door.show(gate.code(1), Means::Camera);
    gate.hands.until(ADMITTED).await;
    gate.hands.picture("gate-phone-id").await;
    gate.hands.assert_accessible().await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn the_exchange_asks_for_the_wristband_and_the_switch_says_so() {
    let gate = Gate::open().await;
    gate.hands.click(".gate-switch [value=exchange]").await;
    gate.hands.until(READY).await;
    gate.stage_says("Exchange").await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    gate.hands.press("rubbish-of-some-length\n").await;
    gate.hands.until(REFUSED).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.stage_says("Ticket already exchanged").await;
    gate.hands.picture("gate-exchanged").await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn before_doors_says_go_or_no_go_and_a_scanner_tries_the_test_code() {
    let gate = Gate::open_with(&[], "ready?lang=en").await;
    gate.hands.until(LOADED).await;
    gate.page_says("Log of scans").await;
    gate.hands.press("GERBANG CAMERA TEZT\n").await;
    gate.page_says("Characters came wrong").await;
    gate.hands.press("GERBANG CAMERA TEST\n").await;
    gate.page_says("types every character right").await;
    gate.hands.click("#play").await;
    gate.page_says("Played").await;
    gate.hands.resize((1280, 1100)).await;
    gate.looks("gate-before-doors").await;
    gate.hands.picture("gate-before-doors").await;
    gate.hands
        .go(&format!("{}/ready?lang=id", gate.address))
        .await;
    gate.page_says("Catatan pindaian").await;
    gate.hands.assert_accessible().await;
    gate.hands.assert_quiet().await;
    assert_eq!(gate.real.status().scans, 0, "nothing of it is a scan");
}

#[tokio::test]
async fn whoever_may_not_search_is_told_so() {
    let gate = Gate::open_with(&[("budi", Role::Validator)], "?lang=en").await;
    gate.sign_in("budi").await;
    gate.hands
        .go(&format!("{}/find?lang=en", gate.address))
        .await;
    gate.page_says("may not search by name").await;
    gate.hands.assert_accessible().await;
    gate.hands.assert_quiet().await;
}
