//! The panel in a real browser: an administrator walks every page, light and dark, on a desk and on a phone, in both
//! languages; an organiser sees their own.
//!
//! On every page: no error in the console, no request that leaves the machine, nothing that axe-core finds wrong.

use central::{app::trail::Actor, http::router};
use support::{
    central::Engine,
    panel::{ADMIN, PASSWORD},
    shop::Shop,
};
use tokio::net::TcpListener;

use crate::hands::Hands;

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);
const READY: &str = "return document.readyState === 'complete' && !!window.htmx";

/// A panel with something to see: orders in every state of a morning, a double, an organiser, a draft.
struct Open {
    shop: Shop,
    url: String,
    order: String,
    node: String,
}

async fn open() -> Open {
    let shop = Shop::open(Engine::Sqlite).await;
    let central = &shop.central;
    let mut order = String::new();
    for n in 0..6 {
        let bought = shop
            .buy(&format!("an-order-for-a-picture-{n}"), &[(0, 2)])
            .await;
        if n % 2 == 0 {
            shop.drive(&bought, "settlement").await;
            order = bought.number;
        }
        central.clock.advance_ms(60_000);
    }
    let mut draft = support::festival::festival();
    (draft.slug, draft.name) = ("jazz".into(), "Jazz di Kota Tua".into());
    (draft.client.slug, draft.client.name) = ("jazz".into(), "Jazz Nusantara".into());
    central
        .app
        .create_event(&draft, &Actor::System)
        .await
        .expect("a draft");
    let tickets = central.sell(&shop.event, 2).await;
    let mut north = central.enrol(&shop.event, "Gate A", "north").await;
    let mut south = central.enrol(&shop.event, "Gate B", "south").await;
    for gate in [&mut north, &mut south] {
        gate.sync(central).await;
    }
    north.admit(central, tickets[0]);
    central.clock.advance_ms(90_000);
    south.admit(central, tickets[0]);
    for gate in [&mut south, &mut north] {
        gate.sync(central).await;
        gate.sync(central).await;
    }
    central.admin().await;
    let client = Some(shop.event.event.client);
    central
        .person("citra@example.id", "client", client, &[])
        .await;
    central
        .person(
            "vina@example.id",
            "venue_manager",
            None,
            &[shop.event.event.id],
        )
        .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let served = router::public(central.app.clone());
    tokio::spawn(async move { axum::serve(listener, served).await });
    Open {
        url: format!("http://{address}"),
        node: north.id.to_string(),
        order,
        shop,
    }
}

async fn sign_in(hands: &Hands, open: &Open, email: &str) {
    hands.go(&format!("{}/panel/sign-in", open.url)).await;
    hands.fill("#email", email).await;
    hands.fill("#password", PASSWORD).await;
    hands.click("button.btn-primary").await;
    hands.until("return location.pathname === '/panel'").await;
}

async fn looked_at(hands: &Hands, picture: &str) {
    hands.until(READY).await;
    hands.picture(picture).await;
    hands.assert_accessible().await;
    hands.assert_quiet().await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    hands.until(fits).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_walks_every_page_of_the_panel() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    looked_at(&hands, "panel-sign-in").await;
    sign_in(&hands, &open, ADMIN).await;
    let order = format!("orders/{}", open.order);
    let node = format!("nodes/{}", open.node);
    let pages = [
        ("", "dashboard"),
        ("events", "events"),
        ("events/festival", "event"),
        ("events/jazz", "event-draft"),
        ("orders", "orders"),
        (order.as_str(), "order"),
        ("nodes", "nodes"),
        (node.as_str(), "node"),
        ("conflicts", "conflicts"),
        ("events/festival/conflicts", "conflicts-event"),
        ("clients", "clients"),
        ("clients/new", "client-new"),
        ("staff", "staff"),
        ("staff/new", "staff-new"),
        ("roles", "roles"),
        ("audit", "audit"),
        ("account", "account"),
        ("account/password", "password"),
        ("orders?q=nobody+of+this+name", "orders-empty"),
    ];
    for (path, name) in pages {
        hands
            .go(format!("{}/panel/{path}", open.url).trim_end_matches('/'))
            .await;
        looked_at(&hands, &format!("panel-{name}")).await;
    }
    hands.prefer("dark").await;
    for (path, name) in pages {
        hands
            .go(format!("{}/panel/{path}", open.url).trim_end_matches('/'))
            .await;
        looked_at(&hands, &format!("panel-{name}-dark")).await;
    }
    hands.prefer("light").await;
    hands.resize(PHONE).await;
    hands.go(&format!("{}/panel?lang=id", open.url)).await;
    for (path, name) in pages {
        hands
            .go(format!("{}/panel/{path}", open.url).trim_end_matches('/'))
            .await;
        looked_at(&hands, &format!("panel-{name}-phone-id")).await;
    }
    hands.click(".p-menu summary").await;
    looked_at(&hands, "panel-menu-phone-id").await;
    assert!(open.shop.number("SELECT COUNT(*) FROM orders").await >= 6);
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
        ("citra@example.id", "Overview|Events|Orders|Nodes|Conflicts"),
        ("vina@example.id", "Overview|Events|Nodes|Conflicts"),
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
