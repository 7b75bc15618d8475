//! What a form of the set-up must not do: put back what somebody else changed, do the half of it, reach what is not
//! theirs, or bring to life what was off.
use central::{
    app::{
        catalog::{CatalogError, Change},
        trail::Actor,
    },
    domain::event::EventSetup,
};
use support::{central::Engine, shop::Shop, visit::Seen};

use crate::panel_setup::{ABOUT, URL, draft, festival, hidden, post, set_up, wrong};

const FESTIVAL: &str = "/panel/events/festival";

fn said(seen: &Seen) -> &str {
    wrong(&seen.page)
}

/// The fields of the festival's first type as its page shows them.
fn regular<'a>(category: &'a str, seen: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("name", "Regular"),
        ("price", "150000"),
        ("quota", "100000"),
        ("until", "2026-12-03T07:00"),
        ("least", "1"),
        ("most", "10"),
        ("category", category),
        ("seen", seen),
    ]
}

#[tokio::test]
async fn a_page_that_is_older_than_the_price_changes_nothing() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        let mut desk = shop.central.admin().await;
        let category = shop.event.types[0].category.to_string();
        let url = format!("{FESTIVAL}/setup/types/1");
        let old = hidden(&desk.get(&url).await.page, "seen");
        let mut dearer = regular(&category, &old);
        dearer[1].1 = "200000";
        assert_eq!(desk.post(&url, &dearer).await.status, 303);
        // Another page was opened before that, and knows the old price and quota.
        let stale = desk.post(&url, &regular(&category, &old)).await;
        assert_eq!(stale.status, 422);
        assert!(said(&stale).contains("look again"), "{}", said(&stale));
        let kinds = app.event(event).await.expect("an event").types;
        assert_eq!(kinds[0].price_minor, 200_000);
        for (form, fields) in [
            ("access", vec![("type", "1"), ("day_1", "1")]),
            (
                "charges",
                vec![("name_0", "Fee"), ("amount_0", "1"), ("how_0", "percent")],
            ),
            ("discounts", vec![]),
            ("event", ABOUT.to_vec()),
            (
                "rules",
                vec![
                    ("entry", "single"),
                    ("limit", "1"),
                    ("repeat", "1"),
                    ("lease", "1"),
                    ("most", "1"),
                ],
            ),
        ] {
            let mut fields = fields;
            fields.extend([("seen", old.as_str()), ("sure", "1")]);
            let stale = desk
                .post(&format!("{FESTIVAL}/setup/{form}"), &fields)
                .await;
            assert_eq!(stale.status, 422, "{form}");
            assert!(
                said(&stale).contains("look again"),
                "{form}: {}",
                said(&stale)
            );
        }
        let after = app.event(event).await.expect("an event");
        assert_eq!(
            (after.types, after.event.rules),
            (kinds, shop.event.event.rules)
        );
        // The page that was shown again is new, so what is sent from it is meant.
        let new = hidden(&desk.get(&url).await.page, "seen");
        assert_eq!(desk.post(&url, &regular(&category, &new)).await.status, 303);
        let raced = app
            .change_as_seen(event, Some(0), &Change::Charges(&[]), &Actor::System)
            .await;
        assert!(matches!(raced, Err(CatalogError::Raced)));
    }
}

#[tokio::test]
async fn a_refused_type_form_moves_nothing() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    let bought = shop.buy("an-order-before-the-form", &[(0, 2)]).await;
    shop.drive(&bought, "settlement").await;
    let category = shop.event.types[0].category.to_string();
    let gate = shop.event.gates[0].id.to_string();
    // To one gate, as an add-on, with fewer than are sold.
    let mut fields = regular(&category, "");
    fields[2].1 = "1";
    fields.extend([("gate", gate.as_str()), ("addon", "1")]);
    let seen = desk
        .post(&format!("{FESTIVAL}/setup/types/1"), &fields)
        .await;
    assert_eq!(seen.status, 422);
    let event = festival(&shop).await;
    assert_eq!(event.types[0].gates, shop.event.types[0].gates);
    assert!(!event.types[0].addon);
    // Nor is a day renamed whose new times are refused.
    let moved = [
        ("do", "change"),
        ("day", "1"),
        ("label", "Renamed"),
        ("opens", "2020-01-01T00:00"),
        ("closes", "2020-01-02T00:00"),
        ("sure", "1"),
    ];
    let seen = desk
        .post(&format!("{FESTIVAL}/setup/days/change"), &moved)
        .await;
    assert_eq!(seen.status, 422);
    let event = festival(&shop).await;
    assert_eq!(event.days, shop.event.days);
}

#[tokio::test]
async fn a_zone_stays_once_there_are_days() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    set_up(&mut desk, "days").await;
    let category = draft(&shop.central).await.types[0].category;
    let zone = |zone: &'static str| {
        let mut about = ABOUT.to_vec();
        about[10] = ("zone", zone);
        about
    };
    let seen = desk
        .post(&format!("{URL}/setup/event"), &zone("Asia/Jayapura"))
        .await;
    assert_eq!(seen.status, 422, "its type has a window of sale");
    post(&mut desk, "types/1/remove", &[]).await;
    post(
        &mut desk,
        "categories",
        &[("do", "remove"), ("id", &category.to_string())],
    )
    .await;
    post(&mut desk, "event", &zone("Asia/Jayapura")).await;
    assert_eq!(draft(&shop.central).await.event.time_zone, "Asia/Jayapura");
    post(
        &mut desk,
        "days",
        &[
            ("label", "One"),
            ("opens", "2026-12-20T16:00"),
            ("closes", "2026-12-21T02:00"),
        ],
    )
    .await;
    let seen = desk
        .post(&format!("{URL}/setup/event"), &zone("Asia/Jakarta"))
        .await;
    assert_eq!(seen.status, 422);
    assert!(said(&seen).contains("this zone"), "{}", said(&seen));
    // And its currency once there is any amount.
    let code = [
        ("code", "FIVE"),
        ("amount", "5000"),
        ("how", "fixed"),
        ("until", "2026-12-20T17:00"),
        ("quota", "5"),
        ("per_buyer", "1"),
    ];
    post(&mut desk, "promos", &code).await;
    let seen = desk
        .post(
            &format!("{URL}/setup/settings"),
            &[("currency", "KES"), ("hold", "15")],
        )
        .await;
    assert_eq!(seen.status, 422);
    assert!(said(&seen).contains("this currency"), "{}", said(&seen));
}

#[tokio::test]
async fn an_organiser_changes_no_fee() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut admin = shop.central.admin().await;
    let fee = [
        ("name_0", "Service"),
        ("kind_0", "fee"),
        ("amount_0", "5000"),
        ("how_0", "per_ticket"),
    ];
    admin.get(&format!("{FESTIVAL}/setup/settings")).await;
    assert_eq!(
        admin
            .post(&format!("{FESTIVAL}/setup/charges"), &fee)
            .await
            .status,
        303
    );
    let client = Some(shop.event.event.client);
    let mut desk = shop
        .central
        .person("client@example.id", "client", client, &[])
        .await;
    let page = desk.get(&format!("{FESTIVAL}/setup/settings")).await.page;
    assert!(page.contains("Service"));
    assert!(!page.contains("/setup/charges"));
    assert_eq!(
        desk.post(&format!("{FESTIVAL}/setup/charges"), &[])
            .await
            .status,
        403
    );
    let offer = shop
        .central
        .app
        .offer_of(shop.event.event.id)
        .await
        .expect("an offer");
    assert_eq!(offer.charges.len(), 1);
    // Nor do they have the buyers of an open event written to.
    let moved = [
        ("do", "change"),
        ("day", "2"),
        ("label", "Day 2"),
        ("opens", "2026-12-05T07:00"),
        ("closes", "2026-12-06T07:00"),
        ("sure", "1"),
    ];
    let seen = desk
        .post(&format!("{FESTIVAL}/setup/days/change"), &moved)
        .await;
    assert_eq!(seen.status, 422);
    assert!(
        said(&seen).contains("ask an administrator"),
        "{}",
        said(&seen)
    );
    for path in ["postpone", "cancel"] {
        assert_eq!(desk.get(&format!("{FESTIVAL}/{path}")).await.status, 403);
    }
    let after = festival(&shop).await;
    assert_eq!(after.days, shop.event.days);
}

/// Copies the festival by its form, promo codes included.
async fn copied(shop: &Shop) -> EventSetup {
    let mut desk = shop.central.admin().await;
    let fields = [
        ("name", "Again"),
        ("slug", "again"),
        ("first_day", "2027-12-01"),
        ("promos", "1"),
    ];
    let url = format!("{FESTIVAL}/copy");
    desk.get(&url).await;
    assert_eq!(desk.post(&url, &fields).await.status, 303);
    shop.central
        .app
        .event_by_slug("again")
        .await
        .expect("a copy")
}

#[tokio::test]
async fn a_code_that_was_off_stays_off_in_a_copy() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (app, event) = (&shop.central.app, shop.event.event.id);
    shop.central.promo(event, "WAS-OFF").await;
    shop.central.promo(event, "WAS-ON").await;
    app.disable_promo(event, "WAS-OFF", &Actor::System)
        .await
        .expect("off");
    let copy = copied(&shop).await;
    let codes = app.promos(copy.event.id).await.expect("codes");
    let codes: Vec<_> = codes
        .iter()
        .map(|promo| (promo.code.as_str(), promo.status.name()))
        .collect();
    assert_eq!(codes, [("WAS-OFF", "disabled"), ("WAS-ON", "active")]);
}

#[tokio::test]
async fn a_type_of_no_day_stays_so_in_a_copy() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (app, event) = (&shop.central.app, shop.event.event.id);
    let none = Change::Access(&[(2, 0)]);
    app.change_as_seen(event, None, &none, &Actor::System)
        .await
        .expect("nothing is sold of it");
    let copy = copied(&shop).await;
    let masks: Vec<_> = copy.types.iter().map(|kind| kind.day_mask).collect();
    assert_eq!(masks, [3, 0]);
}

#[tokio::test]
async fn what_a_cancellation_gives_back_is_what_is_left() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        for (n, count) in [(0, 2), (1, 1)] {
            let bought = shop
                .buy(&format!("an-order-of-a-cancelled-event-{n}"), &[(0, count)])
                .await;
            shop.drive(&bought, "settlement").await;
        }
        // As a refund of one ticket of two does before its money has gone.
        let claim = "UPDATE payments SET claimed_minor = 150000 WHERE amount_minor = 300000";
        shop.central.execute(claim).await;
        let page = desk.get(&format!("{FESTIVAL}/cancel")).await.page;
        assert!(page.contains("2 paid orders are refunded"), "{page}");
        assert!(page.contains("IDR\u{a0}300,000"), "150,000 of each: {page}");
    }
}
