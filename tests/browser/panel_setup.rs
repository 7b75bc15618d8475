//! An event is set up by hand in a real browser, from the button for a new one to the public page.

use support::panel::ADMIN;

use crate::{
    hands::Hands,
    panel::{looked_at, open, sign_in},
};

const DESK: (u32, u32) = (1280, 900);
/// As wide as a screen must be for the preview beside the form.
const WIDE: (u32, u32) = (1920, 1000);

/// Chooses a moment, as the field's own picker does: typing into it depends on the browser's language.
async fn choose(hands: &Hands, field: &str, moment: &str) {
    let chosen = format!("document.querySelector({field:?}).value = {moment:?}");
    hands.ask(&chosen).await;
}

/// Sends the form that a selector names, and waits for the word that something was done.
async fn send(hands: &Hands, form: &str) {
    hands.click(&format!("{form} > button")).await;
    hands
        .until(
            "return document.readyState === 'complete' && !!document.querySelector('.p-said-good')",
        )
        .await;
    hands.assert_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_set_up_by_hand_and_published() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.go(&format!("{}/panel/events", open.url)).await;
    hands.click("a[href='/panel/events/new']").await;
    looked_at(&hands, "panel-setup-new").await;
    for (field, text) in [
        ("name", "Malam Jazz"),
        ("slug", "malam-jazz"),
        ("venue", "Gedung Kesenian"),
        ("city", "Jakarta"),
    ] {
        hands.fill(&format!("#new_{field}"), text).await;
    }
    choose(&hands, "#new_starts", "2026-12-20T17:00").await;
    choose(&hands, "#new_ends", "2026-12-21T01:00").await;
    send(&hands, "form[action='/panel/events']").await;
    for (field, text) in [
        ("summary", "One night of jazz"),
        ("description", "From bebop to today"),
        ("terms", "No glass"),
    ] {
        hands.fill(&format!("#event_{field}"), text).await;
    }
    send(&hands, "form[action$='/setup/event']").await;
    let step = async |step: &str| {
        hands
            .click(&format!(".p-steps a[href$='/setup/{step}']"))
            .await;
        hands
            .until(&format!(
                "return location.pathname.endsWith('/setup/{step}')"
            ))
            .await;
    };
    step("days").await;
    looked_at(&hands, "panel-setup-days-empty").await;
    send(&hands, "form[action$='/setup/days']").await;
    step("types").await;
    hands.fill("#category-new_name", "Festival").await;
    send(&hands, "form[action$='/setup/categories']").await;
    for (field, text) in [("name", "Regular"), ("price", "150000"), ("quota", "500")] {
        hands.fill(&format!("#type-new_{field}"), text).await;
    }
    send(&hands, "form[action$='/setup/types']").await;
    step("gates").await;
    hands.fill("#gate-new_name", "North").await;
    send(&hands, "form[action$='/setup/gates']").await;
    // Beside a form on a wide screen stands the page as buyers will see it.
    hands.resize(WIDE).await;
    step("access").await;
    hands
        .until("return document.querySelector('.p-setup-preview iframe')?.contentDocument?.body?.innerText.includes('Regular')")
        .await;
    looked_at(&hands, "panel-setup-wide").await;
    hands.resize(DESK).await;
    step("publish").await;
    looked_at(&hands, "panel-setup-ready").await;
    send(&hands, "form[action$='/publish']").await;
    hands
        .go(&format!("{}/events/malam-jazz?lang=en", open.url))
        .await;
    hands
        .until("return document.body.innerText.includes('Regular') && !document.body.innerText.includes('Preview')")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_asks_for_opening_and_reads_why_not() {
    let open = open().await;
    let given = "UPDATE events SET client_id = (SELECT client_id FROM users WHERE email = 'citra@example.id'), \
        description = 'From bebop to today', terms = 'No glass' WHERE slug = 'jazz'";
    open.shop.central.execute(given).await;
    let (start, draft) = (
        format!("{}/panel?lang=en", open.url),
        format!("{}/panel/events/jazz", open.url),
    );
    let (organiser, admin) = (
        Hands::with_window(&start, DESK).await,
        Hands::with_window(&start, DESK).await,
    );
    sign_in(&organiser, &open, "citra@example.id").await;
    sign_in(&admin, &open, ADMIN).await;
    organiser.go(&draft).await;
    looked_at(&organiser, "panel-opening-ask").await;
    organiser.click("form[action$='/opening'] button").await;
    reads(&organiser, "Opening asked for at").await;
    looked_at(&organiser, "panel-opening-asked").await;
    admin.go(&start).await;
    reads(&admin, "Asked to be opened: Jazz di Kota Tua").await;
    looked_at(&admin, "panel-opening-overview").await;
    admin.go(&draft).await;
    admin
        .fill("#decline_reason", "The venue has not signed yet.")
        .await;
    looked_at(&admin, "panel-opening-decline").await;
    admin.click("form[action$='/decline'] button").await;
    reads(&admin, "It is declined").await;
    organiser.go(&draft).await;
    reads(&organiser, "The venue has not signed yet.").await;
    looked_at(&organiser, "panel-opening-declined").await;
}

async fn reads(hands: &Hands, words: &str) {
    let shown = format!("return document.body.innerText.includes({words:?})");
    hands.until(&shown).await;
}
