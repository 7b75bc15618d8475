//! Operators at the real pages: who may do what, what is locked, and what a supervisor decides.

use std::sync::Arc;

use ambient::Clock as _;
use sync_protocol::operator::Role;

use crate::gate::{ADMITTED, Crew, Gate, LOADED, READY, REFUSED, SECRET};

const CREW: Crew<'static> = &[
    ("siti", Role::ExchangeOfficer),
    ("budi", Role::Validator),
    ("dewi", Role::Supervisor),
];
const ASKED: &str = "return !!document.querySelector('#stage .verdict-ask')";

#[tokio::test]
async fn case_17_the_page_offers_what_the_operator_may_do_and_nothing_before_signing_in() {
    let gate = Gate::open_with(CREW, "?lang=en").await;
    gate.page_says("Nothing is let in until somebody signs in")
        .await;
    gate.hands.picture("gate-sign-in").await;
    gate.hands.assert_accessible().await;
    gate.hands.fill("#login", "budi").await;
    gate.hands.fill("#secret", "0000000000\n").await;
    gate.page_says("do not belong together").await;
    gate.real.clock.advance_ms(2_000);
    gate.sign_in("budi").await;
    let offered = "return [...document.querySelectorAll('.gate-switch button')].map(it => it.value).join() === 'entry,exit'";
    gate.hands.until(offered).await;
    // What is not offered is not done either.
    let forced = "fetch('/mode', {method: 'POST', body: new URLSearchParams({action: 'exchange'})}); return true";
    gate.hands.until(forced).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    gate.stage_says("Ayu Lestari").await;
    gate.hands.click(".gate-menu summary").await;
    gate.page_says("budi Wijaya").await;
    gate.hands.picture("gate-menu").await;
    gate.hands.assert_accessible().await;
    gate.hands.click("[formaction='/lock']").await;
    gate.page_says("Locked").await;
    gate.hands.fill("#secret", &format!("{SECRET}\n")).await;
    gate.hands.until(READY).await;
    // Left alone for longer than the event allows: the page locks by itself.
    gate.real.clock.advance_ms(700_000);
    gate.page_says("Locked").await;
    gate.hands.assert_accessible().await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn a_supervisor_who_comes_to_the_gate_decides_once_and_takes_back() {
    let gate = Gate::open_with(CREW, "?lang=en").await;
    gate.sign_in("budi").await;
    gate.hands
        .fill("#code", &format!("{}\n", gate.sold[0].number))
        .await;
    gate.hands.until(ASKED).await;
    gate.stage_says("compare the name").await;
    let own = "return document.querySelectorAll('#stage form').length === 0";
    gate.hands.until(own).await;
    gate.hands.picture("gate-ask").await;
    gate.hands
        .go(&format!("{}/decide?lang=en", gate.address))
        .await;
    gate.hands.fill("#login", "budi").await;
    gate.hands.fill("#secret", SECRET).await;
    gate.hands.click("[value^='admit:']").await;
    gate.stage_says("Not allowed").await;
    gate.hands
        .go(&format!("{}/decide?lang=en", gate.address))
        .await;
    gate.hands.picture("gate-decide").await;
    gate.hands.assert_accessible().await;
    // Enter decides about nobody: it would be whoever stands first in the list.
    gate.hands.fill("#login", "dewi").await;
    gate.hands.fill("#secret", &format!("{SECRET}\n")).await;
    gate.hands
        .until("return location.pathname === '/decide'")
        .await;
    let scans = gate.real.status().scans;
    gate.hands.click("[value='admit:1']").await;
    gate.stage_says("Let in by a supervisor").await;
    gate.hands.until(ADMITTED).await;
    assert_eq!(gate.real.status().scans, scans + 1);
    // Whoever worked the page still does.
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(REFUSED).await;
    gate.stage_says("Ticket already used").await;
    gate.hands
        .go(&format!("{}/decide?lang=en", gate.address))
        .await;
    gate.hands.fill("#login", "dewi").await;
    gate.hands.fill("#secret", SECRET).await;
    gate.hands.click("[value^='undo:']").await;
    gate.stage_says("Taken back").await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.stage_says("Welcome").await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn a_supervisor_who_works_the_gate_decides_with_one_press() {
    let gate = Gate::open_with(CREW, "?lang=id").await;
    gate.sign_in("dewi").await;
    gate.hands
        .fill("#code", &format!("{}\n", gate.sold[1].number))
        .await;
    gate.hands.until(ASKED).await;
    gate.hands.picture("gate-ask-supervisor-id").await;
    gate.hands.assert_accessible().await;
    gate.hands.click("#stage [value^='turn_away:']").await;
    gate.stage_says("Ditolak oleh supervisor").await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn a_kiosk_offers_nothing_and_refuses_it_too_until_the_pin() {
    let gate = Gate::open().await;
    gate.hands.click(".gate-menu summary").await;
    gate.hands.click("form[action='/kiosk'] button").await;
    gate.hands.until(READY).await;
    let closed = "return document.querySelectorAll('.gate-switch button').length === 1 && !document.querySelector('a[href=\"/ready\"]')";
    gate.hands.until(closed).await;
    let forced = "fetch('/mode', {method: 'POST', body: new URLSearchParams({action: 'exit'})}); return true";
    gate.hands.until(forced).await;
    gate.hands.go(&format!("{}/ready", gate.address)).await;
    gate.hands.until(READY).await;
    assert_eq!(gate.door.action().name(), "entry");
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    gate.hands
        .go(&format!("{}/kiosk?lang=en", gate.address))
        .await;
    gate.hands.fill("#pin", "4712\n").await;
    gate.page_says("not the PIN").await;
    gate.hands.assert_accessible().await;
    Arc::clone(&gate.real.clock).advance_ms(2_000);
    let _ = gate.real.clock.now();
    gate.hands.fill("#pin", "4711\n").await;
    gate.hands.until(LOADED).await;
    let open = "return document.querySelectorAll('.gate-switch button').length > 1";
    gate.hands.until(open).await;
    gate.hands.assert_quiet().await;
}
