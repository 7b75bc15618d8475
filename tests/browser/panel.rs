//! The panel in a real browser: what hands do there. That every page is fit for everybody is walked in `panel_walk.rs`.

use support::{
    panel::{ADMIN, PASSWORD},
    panel_world::PanelWorld,
};

use crate::hands::Hands;

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);
const READY: &str = "return document.readyState === 'complete' && !!window.htmx";

/// A panel with something to see (`tests/support/panel_world.rs`).
pub async fn open() -> PanelWorld {
    PanelWorld::open().await
}

/// Signs somebody in by hand.
pub async fn sign_in(hands: &Hands, open: &PanelWorld, email: &str) {
    hands.go(&format!("{}/panel/sign-in", open.url)).await;
    hands.fill("#email", email).await;
    hands.fill("#password", PASSWORD).await;
    hands.click("button.btn-primary").await;
    hands.until("return location.pathname === '/panel'").await;
}

/// Takes a picture of a page and finds nothing wrong with it.
pub async fn looked_at(hands: &Hands, picture: &str) {
    hands.until(READY).await;
    hands.picture(picture).await;
    hands.assert_accessible().await;
    hands.assert_quiet().await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    hands.until(fits).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_opens_on_a_phone() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=id", open.url), PHONE).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.click(".p-menu summary").await;
    hands
        .until("return document.querySelector('.p-nav').checkVisibility()")
        .await;
    looked_at(&hands, "panel-menu-phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_follows_what_is_typed_and_the_address_follows_the_list() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.go(&format!("{}/panel/orders", open.url)).await;
    hands
        .until("return document.querySelectorAll('#list tbody tr').length >= 6")
        .await;
    hands.until(READY).await;
    hands.press("/").await;
    hands
        .until("return document.activeElement.id === 'q'")
        .await;
    hands.press(&open.order).await;
    hands
        .until("return document.querySelectorAll('#list tbody tr').length === 1")
        .await;
    hands
        .until("return location.search.includes('q=GRB')")
        .await;
    hands
        .until("return document.activeElement.id === 'q'")
        .await;
    hands.assert_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_and_a_venue_manager_see_their_own_sections() {
    let open = open().await;
    for (email, sections) in [
        (
            "citra@example.id",
            "Overview|Events|Orders|Tickets|Promo codes|Payments|Refunds|Disputes|Reports|Nodes|Conflicts",
        ),
        ("vina@example.id", "Overview|Events|Reports|Nodes|Conflicts"),
    ] {
        let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
        sign_in(&hands, &open, email).await;
        let shown = "return [...document.querySelectorAll('.p-nav a span')].map((a) => a.innerText).join('|')";
        assert_eq!(hands.ask(shown).await, sections);
        looked_at(
            &hands,
            &format!("panel-{}", email.split('@').next().expect("a name")),
        )
        .await;
        hands.go(&format!("{}/panel/staff", open.url)).await;
        hands
            .until("return document.body.innerText.includes('Not for your role')")
            .await;
        hands.assert_accessible().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_set_up_by_hand() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.go(&format!("{}/panel/account", open.url)).await;
    hands
        .click("form[action='/panel/account/factor'] button")
        .await;
    hands
        .until("return !!document.querySelector('svg.p-qr')")
        .await;
    looked_at(&hands, "panel-factor").await;
    let typed = hands
        .ask("return document.getElementById('secret').innerText")
        .await;
    let typed: String = typed.as_str().expect("text").split(' ').collect();
    let secret = data_encoding::BASE32_NOPAD
        .decode(typed.as_bytes())
        .expect("base32");
    let secret = secret.try_into().expect("20 bytes");
    let code = central::domain::second_factor::code(&secret, open.shop.central.now());
    hands.fill("#code", &code).await;
    hands.click(".p-form .btn-primary").await;
    hands
        .until("return document.querySelectorAll('.p-codes li').length === 10")
        .await;
    looked_at(&hands, "panel-recovery").await;
    hands.click("button.p-out").await;
    hands
        .until("return location.pathname === '/panel/sign-in'")
        .await;
    hands.fill("#email", ADMIN).await;
    hands.fill("#password", PASSWORD).await;
    hands.click("button.btn-primary").await;
    hands
        .until("return location.pathname === '/panel/second-factor'")
        .await;
    looked_at(&hands, "panel-code").await;
}

/// The stream alone would say for ever that the connection is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_door_page_whose_session_ended_while_it_was_put_aside_leads_to_the_sign_in_page() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands
        .go(&format!("{}/panel/events/festival/live", open.url))
        .await;
    hands
        .until("return document.getElementById('door-state').dataset.is === 'on'")
        .await;
    hands
        .until("dispatchEvent(new PageTransitionEvent('pagehide')); return true")
        .await;
    let central = &open.shop.central;
    central.execute("DELETE FROM panel_sessions").await;
    hands
        .until("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})); return true")
        .await;
    hands
        .until("return location.pathname === '/panel/sign-in' && location.search.includes('live')")
        .await;
}
