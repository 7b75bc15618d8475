//! Guests without their code: found by name, or by the number that somebody types; with wristbands and without.

use sync_protocol::operator::Role;

use crate::gate::{ADMITTED, Crew, Gate, PHRASE, READY, Wish};

const CREW: Crew<'static> = &[("budi", Role::Validator), ("dewi", Role::Supervisor)];
const DOWN: &str = "\u{E015}";
const TICKED: &str = "return document.querySelector('.find-count').textContent === '2'";
const FIRST: &str =
    "document.querySelector('.find-list input[type=checkbox]').focus(); return true";

async fn with_names(page: &str) -> Gate {
    Gate::open_for(Wish {
        crew: CREW,
        page,
        names: true,
        ..Wish::default()
    })
    .await
}

#[tokio::test]
async fn guests_are_found_ticked_and_let_in_with_keys_alone() {
    let gate = with_names("?lang=en").await;
    gate.sign_in("dewi").await;
    gate.go("find?lang=en&action=entry").await;
    gate.page_says("Names are locked").await;
    gate.looks("gate-find-locked").await;
    gate.hands.fill("#passphrase", "teh tarik malam\n").await;
    gate.page_says("not the passphrase").await;
    gate.real.clock.advance_ms(2_000);
    gate.hands.fill("#passphrase", &format!("{PHRASE}\n")).await;
    gate.page_says("Name, or a part of it").await;
    gate.hands.fill("#name", "ayu\n").await;
    gate.page_says("Ayu Lestari").await;
    gate.hands.until(FIRST).await;
    gate.hands.press(&format!(" {DOWN} ")).await;
    gate.hands.until(TICKED).await;
    gate.looks("gate-find").await;
    gate.hands.press("\n").await;
    gate.page_says("Compare each ticked name").await;
    gate.page_says("Ayu Lestari").await;
    gate.hands.until(FIRST).await;
    gate.hands.press(&format!(" {DOWN} ")).await;
    gate.hands.until(TICKED).await;
    gate.looks("gate-find-checked").await;
    gate.hands.click("[name=word][value=admit]").await;
    gate.page_says("Let in by a supervisor").await;
    assert_eq!(gate.real.status().scans, 4, "two questions and two answers");
    // All of a list, in the other language, on a small window.
    gate.hands.resize((1024, 600)).await;
    gate.go("?lang=id&action=exit").await;
    gate.hands.click(".gate-menu summary").await;
    gate.hands.click("a[href^='/find']").await;
    gate.page_says("Cari tamu").await;
    gate.hands.click("[name=list]").await;
    gate.page_says("Centang semua").await;
    gate.hands.click(".find-all input").await;
    gate.hands
        .until("return document.querySelectorAll('.find-list input:checked').length === 6")
        .await;
    gate.looks("gate-find-list-id").await;
    gate.hands.resize((390, 844)).await;
    gate.looks("gate-find-phone-id").await;
    gate.hands.click(".gate-back").await;
    gate.hands.until(READY).await;
    gate.hands
        .until("return location.search.includes('action=exit')")
        .await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn an_exchange_by_a_typed_number_waits_for_its_wristband() {
    let gate = Gate::open_for(Wish {
        crew: CREW,
        wristbands: true,
        names: true,
        ..Wish::default()
    })
    .await;
    gate.sign_in("dewi").await;
    gate.go("?lang=en&action=exchange").await;
    gate.hands.until(READY).await;
    gate.hands
        .fill("#code", &format!("{}\n", gate.sold[0].number))
        .await;
    gate.stage_says("Now scan the wristband").await;
    gate.looks("gate-wristband").await;
    gate.hands.press(&format!("{}\n", gate.wristbands[0])).await;
    gate.stage_says("compare the name").await;
    gate.looks("gate-exchange-typed").await;
    gate.hands.click("#stage [value^='admit:']").await;
    gate.stage_says("Let in by a supervisor").await;
    // By name: the only one that was ticked waits at the page that opens.
    gate.go("?lang=id&action=exchange").await;
    gate.hands.click(".gate-menu summary").await;
    gate.hands.click("a[href^='/find']").await;
    gate.hands.fill("#passphrase", &format!("{PHRASE}\n")).await;
    gate.page_says("Nama, atau sebagiannya").await;
    gate.hands.fill("#name", "citra\n").await;
    gate.page_says("Citra Dewi").await;
    gate.hands.until(FIRST).await;
    gate.hands.press(" \n").await;
    gate.stage_says("Sekarang pindai gelangnya").await;
    gate.hands.until(READY).await;
    gate.hands.press(&format!("{}\n", gate.wristbands[1])).await;
    gate.stage_says("cocokkan nama").await;
    // The page of a decision asks for itself when it is opened anew.
    gate.hands.click("#stage [value^='admit:']").await;
    gate.stage_says("Diizinkan masuk oleh supervisor").await;
    gate.hands.until(ADMITTED).await;
    gate.hands
        .until("return location.pathname === '/' && location.search.includes('action=exchange')")
        .await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn a_rehearsal_ticket_is_never_green_and_counts_for_nothing() {
    let gate = Gate::open().await;
    gate.hands.press(&format!("{}\n", gate.rehearsals[0])).await;
    gate.stage_says("REHEARSAL").await;
    let never = "return !document.querySelector('#stage .verdict-admit') && !!document.querySelector('#stage .verdict-rehearse')";
    gate.hands.until(never).await;
    gate.looks("gate-rehearsal").await;
    gate.hands.resize((390, 844)).await;
    gate.go("?lang=id").await;
    gate.hands.until(READY).await;
    gate.hands.press(&format!("{}\n", gate.rehearsals[0])).await;
    gate.stage_says("LATIHAN").await;
    gate.looks("gate-rehearsal-phone-id").await;
    gate.hands.assert_quiet().await;
}
