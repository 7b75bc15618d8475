//! An event is set up page by page, from nothing to the first order, and what is refused on the way.
use central::domain::event::{EventSetup, EventStatus};
use support::{
    central::{Engine, TestCentral},
    panel::Desk,
    shop::Shop,
};

/// The fields with which a new event begins.
pub const NEW: [(&str, &str); 9] = [
    ("client", "organiser"),
    ("name", "Malam Jazz"),
    ("slug", "malam-jazz"),
    ("venue", "Gedung Kesenian"),
    ("city", "Jakarta"),
    ("starts", "2026-12-20T17:00"),
    ("ends", "2026-12-21T01:00"),
    ("zone", "Asia/Jakarta"),
    ("currency", "IDR"),
];

/// What is said of it.
pub const ABOUT: [(&str, &str); 11] = [
    ("name", "Malam Jazz"),
    ("slug", "malam-jazz"),
    ("summary", "One night of jazz"),
    ("description", "From bebop to today"),
    ("terms", "No glass"),
    ("venue", "Gedung Kesenian"),
    ("address", "Jalan Pasar Baru 1"),
    ("city", "Jakarta"),
    ("starts", "2026-12-20T17:00"),
    ("ends", "2026-12-21T01:00"),
    ("zone", "Asia/Jakarta"),
];

const DAY: [(&str, &str); 3] = [
    ("label", "Night 1"),
    ("opens", "2026-12-20T16:00"),
    ("closes", "2026-12-21T02:00"),
];

/// A ticket type of it.
pub const TYPE: [(&str, &str); 6] = [
    ("name", "Regular"),
    ("price", "150000"),
    ("quota", "100"),
    ("until", "2026-12-20T17:00"),
    ("least", "1"),
    ("most", "4"),
];

/// The event that these tests set up.
pub const URL: &str = "/panel/events/malam-jazz";

/// Sends a form of the set-up that must be taken.
pub async fn post(desk: &mut Desk, form: &str, fields: &[(&str, &str)]) {
    let seen = desk.post(&format!("{URL}/setup/{form}"), fields).await;
    assert_eq!(seen.status, 303, "{form}: {}", wrong(&seen.page));
}

/// What a page says was wrong.
pub fn wrong(page: &str) -> &str {
    let said = page.split_once("p-said-bad").map_or(page, |(_, rest)| rest);
    said.split("</div>").next().unwrap_or_default()
}

/// What a hidden field of a page holds.
pub fn hidden(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("name=\"{name}\" value=\""));
    let value = rest.and_then(|(_, rest)| rest.split('"').next());
    value.expect(name).to_owned()
}

/// The event that the shop sells.
pub async fn festival(shop: &Shop) -> EventSetup {
    let event = shop.central.app.event(shop.event.event.id).await;
    event.expect("an event")
}

/// The value of the first option of a select that has one.
fn option(page: &str, select: &str) -> String {
    let rest = page
        .split_once(&format!("name=\"{select}\""))
        .expect(select);
    let value = rest.1.split_once("<option value=\"").expect("an option");
    value.1.split('"').next().expect("a value").to_owned()
}

/// A draft with everything but what `skip` names.
pub async fn set_up(desk: &mut Desk, skip: &str) {
    let seen = desk.post("/panel/events", &NEW).await;
    assert_eq!(seen.to(), format!("{URL}/setup/event?done=drafted"));
    if skip != "about" {
        post(desk, "event", &ABOUT).await;
    }
    if skip != "days" {
        post(desk, "days", &DAY).await;
    }
    if skip != "types" {
        post(desk, "categories", &[("do", "add"), ("name", "Festival")]).await;
        let page = desk.get(&format!("{URL}/setup/types")).await.page;
        let category = option(&page, "category");
        let mut fields = TYPE.to_vec();
        fields.push(("category", &category));
        post(desk, "types", &fields).await;
    }
    if skip != "gates" {
        post(desk, "gates", &[("name", "North")]).await;
    }
}

pub async fn draft(central: &TestCentral) -> EventSetup {
    central
        .app
        .event_by_slug("malam-jazz")
        .await
        .expect("it is there")
}

#[tokio::test]
async fn an_event_is_set_up_from_nothing_published_and_sold() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    set_up(&mut desk, "").await;
    post(
        &mut desk,
        "settings",
        &[("currency", "IDR"), ("hold", "30")],
    )
    .await;
    let charge = [
        ("name_0", "PBJT 10%"),
        ("kind_0", "tax"),
        ("amount_0", "10"),
        ("how_0", "percent"),
        ("base_0", "tickets"),
    ];
    post(&mut desk, "charges", &charge).await;
    let group = [
        ("name_0", "Four"),
        ("type_0", "1"),
        ("from_0", "4"),
        ("amount_0", "5"),
        ("how_0", "percent"),
    ];
    post(&mut desk, "discounts", &group).await;
    post(
        &mut desk,
        "quotas",
        &[("do", "add"), ("name", "House"), ("quota", "80")],
    )
    .await;
    post(&mut desk, "refunds", &[("until", "2026-12-18T12:00")]).await;
    post(
        &mut desk,
        "receipts",
        &[
            ("sale", "MJ/{year}/{number:04}"),
            ("refund", "MJR/{number}"),
        ],
    )
    .await;
    let rules = [
        ("entry", "re_entry"),
        ("limit", "1"),
        ("sold_after", "ask"),
        ("wristbands", "ask"),
        ("exchange", "1"),
        ("repeat", "20"),
        ("lease", "48"),
        ("most", "40"),
        ("check_outs", "2026-12-21T02:00"),
    ];
    post(&mut desk, "rules", &rules).await;
    post(
        &mut desk,
        "search",
        &[("do", "on"), ("passphrase", "kopi tubruk pagi hari")],
    )
    .await;
    let code = [
        ("code", "jazz10"),
        ("amount", "10"),
        ("how", "percent"),
        ("until", "2026-12-20T17:00"),
        ("quota", "50"),
        ("per_buyer", "1"),
    ];
    post(&mut desk, "promos", &code).await;
    // Nobody sees it yet; whoever sets it up sees what buyers will see.
    let mut visit = support::visit::Visit::new(&shop);
    assert_eq!(visit.get("/events/malam-jazz").await.status, 404);
    let preview = desk.get(&format!("{URL}/preview")).await;
    assert!(preview.page.contains("Regular") && preview.page.contains("Preview"));
    assert!(
        preview
            .page
            .contains("<fieldset class=\"preview-off\" disabled>")
    );
    assert!(
        !preview.page.contains("<script"),
        "it stands in a frame of our pages"
    );
    let page = desk.get(&format!("{URL}/setup/publish")).await.page;
    assert!(page.contains("Nothing is missing"), "{page}");
    let seen = desk.post(&format!("{URL}/publish"), &[]).await;
    assert_eq!(seen.to(), format!("{URL}?done=published"));
    let setup = draft(&shop.central).await;
    assert_eq!(setup.event.status, EventStatus::Published);
    assert_eq!(setup.event.hold_ms, 30 * 60_000);
    assert_eq!(setup.types[0].day_mask, 1);
    assert_eq!((setup.gates.len(), setup.check_outs.len()), (1, 1));
    let mut wish = shop.wish(&[(0, 4)]);
    wish["event"] = "malam-jazz".into();
    wish["items"][0]["ticket_type_id"] = setup.types[0].id.to_string().into();
    wish["promo_codes"] = serde_json::json!(["JAZZ10"]);
    let (status, order) = shop.place("the-first-order-of-all", &wish).await;
    assert_eq!(status, 201, "{order}");
    // 600,000 less five percent for four, less ten percent for the code, with ten percent of tax.
    assert_eq!(
        order["total_minor"],
        600_000 * 95 / 100 * 90 / 100 * 110 / 100,
        "{order}"
    );
    // Every act left its row, with the account that did it.
    let rows = "SELECT COUNT(*) FROM audit_log WHERE actor_kind = 'staff' AND actor_id IS NOT NULL AND action IN \
        ('event.create', 'event.change', 'event.day_added', 'category.create', 'type.create', 'event.gate_added', \
        'event.charges', 'event.group_discounts', 'quota.create', 'event.refund_rule', 'event.receipt_pattern', \
        'event.rules', 'event.search_on', 'promo.create', 'event.status')";
    assert!(shop.number(rows).await >= 15);
}

#[tokio::test]
async fn a_finished_draft_waits_on_the_overview_of_whoever_may_open_it() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    set_up(&mut desk, "gates").await;
    let waits = "Finished drafts that wait to be opened";
    let page = desk.get("/panel").await.page;
    assert!(!page.contains(waits), "{page}");
    post(&mut desk, "gates", &[("name", "North")]).await;
    let page = desk.get("/panel").await.page;
    assert!(
        page.contains(waits) && page.contains(&format!("{URL}/setup/publish")),
        "{page}"
    );
    let client = Some(draft(&shop.central).await.event.client);
    let person = shop.central.person("oki@example.id", "client", client, &[]);
    let page = person.await.get("/panel").await.page;
    assert!(!page.contains(waits), "{page}");
}

#[tokio::test]
async fn what_stays_once_an_event_is_open_is_shown_as_fixed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut admin = shop.central.admin().await;
    let event = &shop.event.event;
    let mut organiser = shop
        .central
        .person("oki@example.id", "client", Some(event.client), &[])
        .await;
    let path = format!("/panel/events/{}/setup/event", event.slug);
    let is_fixed = |page: &str, name: &str| {
        let rest = page
            .split_once(&format!("name=\"{name}\""))
            .expect("a field");
        rest.1
            .split('>')
            .next()
            .expect("its end")
            .contains("readonly")
    };
    let page = admin.get(&path).await.page;
    assert!(
        is_fixed(&page, "slug") && !is_fixed(&page, "venue"),
        "{page}"
    );
    let page = organiser.get(&path).await.page;
    for name in ["slug", "venue", "city", "address", "starts", "ends", "zone"] {
        assert!(is_fixed(&page, name), "{name}: {page}");
    }
    assert!(!is_fixed(&page, "name") && page.contains("ask an administrator to change it"));
}

#[tokio::test]
async fn publishing_is_refused_with_a_link_to_the_step_that_mends_it() {
    for (skip, words, step) in [
        ("about", "A summary for lists", "event"),
        ("about", "Terms that buyers agree to", "event"),
        ("days", "At least one event day", "days"),
        ("types", "At least one ticket type", "types"),
        ("days", "Event days for every ticket type", "access"),
        ("gates", "At least one gate", "gates"),
    ] {
        let shop = Shop::open(Engine::Sqlite).await;
        let mut desk = shop.central.admin().await;
        set_up(&mut desk, skip).await;
        let begun = desk.get(&format!("{URL}/setup")).await;
        if step != "access" {
            assert_eq!(begun.to(), format!("{URL}/setup/{step}"));
        }
        let link = format!("<a href=\"{URL}/setup/{step}\">{words}</a>");
        let page = desk.get(&format!("{URL}/setup/{step}")).await.page;
        assert!(
            page.contains("Still missing at this step") && page.contains(&format!("<li>{words}")),
            "{page}"
        );
        let page = desk.get(&format!("{URL}/setup/publish")).await.page;
        assert!(page.contains(&link), "{link}");
        let seen = desk.post(&format!("{URL}/publish"), &[]).await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains(&link), "{link}");
        assert_eq!(draft(&shop.central).await.event.status, EventStatus::Draft);
    }
}

#[tokio::test]
async fn a_refused_form_says_why_and_keeps_what_was_typed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    set_up(&mut desk, "types").await;
    post(
        &mut desk,
        "categories",
        &[("do", "add"), ("name", "Festival")],
    )
    .await;
    let page = desk.get(&format!("{URL}/setup/types")).await.page;
    let category = option(&page, "category");
    for (field, bad, says) in [
        ("price", "a lot", "plain number"),
        ("quota", "many", "whole numbers"),
        ("name", "", "needs a name"),
        ("most", "0", "needs 0"),
        ("until", "tomorrow", "a day and a time"),
    ] {
        let mut fields: Vec<_> = TYPE
            .iter()
            .copied()
            .filter(|(name, _)| *name != field)
            .collect();
        fields.extend([
            ("category", category.as_str()),
            ("form", "type-new"),
            ("description", "typed before"),
            (field, bad),
        ]);
        let seen = desk.post(&format!("{URL}/setup/types"), &fields).await;
        assert_eq!(seen.status, 422, "{field}");
        assert!(
            wrong(&seen.page).contains(says),
            "{field}: {}",
            wrong(&seen.page)
        );
        assert!(seen.page.contains("typed before"), "{field}");
    }
    let taken = desk.post("/panel/events", &NEW).await;
    assert_eq!(taken.status, 422);
    assert!(
        taken.page.contains("slug already"),
        "{}",
        wrong(&taken.page)
    );
    let mut shadow = NEW.to_vec();
    shadow[2] = ("slug", "new");
    assert_eq!(desk.post("/panel/events", &shadow).await.status, 422);
}
