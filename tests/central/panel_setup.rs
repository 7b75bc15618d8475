//! An event is set up page by page, from nothing to the first order; what is refused on the way; and what people try who
//! set up events of their own.
use central::{
    app::{catalog::EventChange, trail::Actor},
    domain::{
        event::{EventSetup, EventStatus},
        event_copy::CopyWish,
    },
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    panel::Desk,
    shop::Shop,
};

/// The fields with which a new event begins.
const NEW: [(&str, &str); 9] = [
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

const ABOUT: [(&str, &str); 11] = [
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

const TYPE: [(&str, &str); 6] = [
    ("name", "Regular"),
    ("price", "150000"),
    ("quota", "100"),
    ("until", "2026-12-20T17:00"),
    ("least", "1"),
    ("most", "4"),
];

const URL: &str = "/panel/events/malam-jazz";

/// Sends a form of the set-up that must be taken.
async fn post(desk: &mut Desk, form: &str, fields: &[(&str, &str)]) {
    let seen = desk.post(&format!("{URL}/setup/{form}"), fields).await;
    assert_eq!(seen.status, 303, "{form}: {}", wrong(&seen.page));
}

/// What a page says was wrong.
fn wrong(page: &str) -> &str {
    let said = page.split_once("p-said-bad").map_or(page, |(_, rest)| rest);
    said.split("</div>").next().unwrap_or_default()
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
async fn set_up(desk: &mut Desk, skip: &str) {
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

async fn draft(central: &TestCentral) -> EventSetup {
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

#[tokio::test]
async fn mass_assignment_an_organiser_makes_events_for_nobody_else() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut other = festival();
    (other.slug, other.client.slug) = ("elsewhere".into(), "competitor".into());
    shop.central.publish(&other).await;
    shop.central.admin().await;
    let client = shop.event.event.client;
    let mut desk = shop
        .central
        .person("client@example.id", "client", Some(client), &[])
        .await;
    let page = desk.get("/panel/events/new").await.page;
    assert!(!page.contains("competitor"));
    let mut fields = NEW.to_vec();
    fields[0] = ("client", "competitor");
    fields.extend([
        ("client_id", "1"),
        ("status", "published"),
        ("taken", "5"),
        ("id", "1"),
    ]);
    assert_eq!(desk.post("/panel/events", &fields).await.status, 303);
    let made = draft(&shop.central).await.event;
    assert_eq!((made.client, made.status), (client, EventStatus::Draft));
    // Nor does the set-up of one's own event hand it over, open it or sell it.
    let mut about = ABOUT.to_vec();
    about.extend([
        ("client", "competitor"),
        ("status", "published"),
        ("currency", "KES"),
    ]);
    post(&mut desk, "event", &about).await;
    assert_eq!(desk.post(&format!("{URL}/publish"), &[]).await.status, 403);
    let made = draft(&shop.central).await.event;
    assert_eq!((made.client, made.status), (client, EventStatus::Draft));
    for path in [
        "/panel/events/elsewhere/setup/event",
        "/panel/events/elsewhere/copy",
        "/panel/events/elsewhere/preview",
    ] {
        assert_eq!(desk.get(path).await.status, 404, "{path}");
    }
    let seen = desk
        .post("/panel/events/elsewhere/setup/gates", &[("name", "Evil")])
        .await;
    assert_eq!(seen.status, 404);
}

#[tokio::test]
async fn foreign_gates_types_categories_quotas_and_days_are_not_there() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (central, foreign) = (&shop.central, &shop.event);
    let mut desk = central.admin().await;
    set_up(&mut desk, "").await;
    let by = Actor::System;
    let event = foreign.event.id;
    let quota = central
        .app
        .add_shared_quota(event, "Theirs", 5, &by)
        .await
        .expect("a quota")
        .to_string();
    let gate = foreign.gates[0].id.to_string();
    let category = foreign.types[0].category.to_string();
    let own = draft(central).await.types[0].category.to_string();
    let mut typed = TYPE.to_vec();
    typed[0] = ("name", "Other");
    let with = |more: &[(&'static str, &str)]| {
        let mut fields: Vec<(String, String)> = typed
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        fields.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        fields
    };
    let forms = [
        (
            "gates/rename",
            vec![
                ("gate".into(), gate.clone()),
                ("name".into(), "Evil".into()),
            ],
        ),
        (
            "categories",
            vec![
                ("do".into(), "rename".into()),
                ("id".into(), category.clone()),
                ("name".into(), "Evil".into()),
            ],
        ),
        (
            "categories",
            vec![
                ("do".into(), "remove".into()),
                ("id".into(), category.clone()),
            ],
        ),
        (
            "categories",
            vec![
                ("do".into(), "add".into()),
                ("parent".into(), category.clone()),
                ("name".into(), "Evil".into()),
            ],
        ),
        (
            "quotas",
            vec![
                ("do".into(), "resize".into()),
                ("id".into(), quota.clone()),
                ("quota".into(), "1".into()),
            ],
        ),
        (
            "quotas",
            vec![
                ("do".into(), "remove".into()),
                ("id".into(), quota.clone()),
                ("quota".into(), "1".into()),
            ],
        ),
        ("types", with(&[("category", &category)])),
        ("types", with(&[("category", &own), ("gate", &gate)])),
        ("types", with(&[("category", &own), ("shared", &quota)])),
        ("types/2", with(&[("category", &own)])),
        ("types/2/remove", vec![]),
        (
            "days/change",
            vec![("do".into(), "change".into()), ("day".into(), "2".into())],
        ),
        (
            "access",
            vec![("type".into(), "2".into()), ("day_2".into(), "1".into())],
        ),
        (
            "access",
            vec![("type".into(), "1".into()), ("day_1".into(), "2".into())],
        ),
        (
            "discounts",
            vec![
                ("name_0".into(), "Evil".into()),
                ("type_0".into(), "2".into()),
            ],
        ),
    ];
    for (form, fields) in forms {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let seen = desk.post(&format!("{URL}/setup/{form}"), &fields).await;
        assert_eq!(seen.status, 404, "{form} {fields:?}: {}", wrong(&seen.page));
    }
    let after = central.app.event(event).await.expect("it is there");
    assert_eq!(
        (&after.gates, &after.types),
        (&foreign.gates, &foreign.types)
    );
    assert_eq!(draft(central).await.types.len(), 1);
}

#[tokio::test]
async fn who_has_a_ticket_is_told_of_changes_and_keeps_what_was_sold() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let mut desk = shop.central.admin().await;
        let bought = shop.buy("an-order-before-the-change", &[(0, 2)]).await;
        shop.drive(&bought, "settlement").await;
        let url = "/panel/events/festival";
        // A day moves only after somebody was asked, and the page says how many hear of it.
        let moved = [
            ("do", "change"),
            ("day", "2"),
            ("label", "Day 2"),
            ("opens", "2026-12-05T07:00"),
            ("closes", "2026-12-06T07:00"),
        ];
        desk.get(&format!("{url}/setup/days")).await;
        let asked = desk.post(&format!("{url}/setup/days/change"), &moved).await;
        assert_eq!(asked.status, 200);
        assert!(
            asked.page.contains("send the letters (1)"),
            "{}",
            asked.page
        );
        let before = shop
            .central
            .app
            .event(shop.event.event.id)
            .await
            .expect("an event");
        assert_eq!(before.days, shop.event.days, "nothing was done yet");
        let mut sure = moved.to_vec();
        sure.push(("sure", "1"));
        let seen = desk.post(&format!("{url}/setup/days/change"), &sure).await;
        assert_eq!(seen.status, 303);
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM mailings WHERE kind = 'event_moved'")
                .await,
            1
        );
        // A type that is sold gets days and loses none.
        let loses = [("type", "1"), ("day_1", "1")];
        let seen = desk.post(&format!("{url}/setup/access"), &loses).await;
        assert_eq!(seen.status, 422, "{}", seen.page);
        let gets = [("type", "2"), ("day_2", "1"), ("day_2", "2")];
        let seen = desk.post(&format!("{url}/setup/access"), &gets).await;
        assert_eq!(seen.status, 303);
        // A price changes for who comes from now on.
        let kind = &shop.event.types[0];
        let category = kind.category.to_string();
        let dearer = [
            ("name", "Regular"),
            ("price", "200000"),
            ("quota", "90000"),
            ("until", "2026-12-03T07:00"),
            ("least", "1"),
            ("most", "10"),
            ("category", category.as_str()),
        ];
        let seen = desk.post(&format!("{url}/setup/types/1"), &dearer).await;
        assert_eq!(seen.status, 303, "{}", wrong(&seen.page));
        let versions = shop
            .central
            .app
            .type_versions(kind.id)
            .await
            .expect("versions");
        // As it was made, sold for longer as the event lasts longer, and dearer.
        assert_eq!(versions.len(), 3);
        let sold = format!(
            "SELECT total_minor FROM orders WHERE number = '{}'",
            bought.number
        );
        assert_eq!(shop.number(Box::leak(sold.into_boxed_str())).await, 300_000);
        let after = shop
            .central
            .app
            .event(shop.event.event.id)
            .await
            .expect("an event");
        assert_eq!(
            (after.types[0].price_minor, after.types[1].day_mask),
            (200_000, 3)
        );
        // What only a draft may become is refused now.
        let seen = desk.post(&format!("{url}/setup/types/1/remove"), &[]).await;
        assert_eq!(seen.status, 422);
    }
}

#[tokio::test]
async fn an_event_is_postponed_and_cancelled_only_on_purpose() {
    let shop = Shop::open(Engine::Sqlite).await;
    let mut desk = shop.central.admin().await;
    let bought = shop.buy("an-order-of-a-cancelled-event", &[(0, 2)]).await;
    shop.drive(&bought, "settlement").await;
    let url = "/panel/events/festival";
    let status = async || {
        shop.central
            .app
            .event(shop.event.event.id)
            .await
            .expect("an event")
            .event
            .status
    };
    desk.get(&format!("{url}/postpone")).await;
    for fields in [
        &[][..],
        &[("sure", "yes")],
        &[("sure", "1"), ("opens_1", "2027-01-01T10:00")],
    ] {
        assert_eq!(
            desk.post(&format!("{url}/postpone"), fields).await.status,
            422
        );
        assert_eq!(status().await, EventStatus::Published);
    }
    let seen = desk
        .post(&format!("{url}/postpone"), &[("sure", "1")])
        .await;
    assert_eq!(seen.to(), format!("{url}?done=postponed"));
    assert_eq!(status().await, EventStatus::Postponed);
    let page = desk.get(&format!("{url}/cancel")).await.page;
    assert!(page.contains("1 paid orders are refunded"), "{page}");
    assert_eq!(
        desk.post(&format!("{url}/cancel"), &[("name", "yes")])
            .await
            .status,
        422
    );
    let seen = desk
        .post(&format!("{url}/cancel"), &[("name", "festival")])
        .await;
    assert_eq!(seen.to(), format!("{url}/cancel?done=event_cancelled"));
    while shop
        .central
        .app
        .refund_cancelled(10)
        .await
        .expect("refunds")
        > 0
    {}
    let page = desk.get(&format!("{url}/cancel")).await.page;
    assert!(page.contains("Refunds of the cancelled event"), "{page}");
    let run = shop
        .central
        .app
        .refund_run(shop.event.event.id)
        .await
        .expect("a run");
    assert_eq!(run.map(|run| run.orders), Some(1));
}

#[tokio::test]
async fn a_copy_has_everything_but_what_was_sold() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, original) = (&shop.central.app, shop.event.event.id);
        shop.central.promo(original, "EARLY").await;
        let bought = shop.buy("an-order-of-the-original", &[(0, 2)]).await;
        shop.drive(&bought, "settlement").await;
        let hold = EventChange {
            hold_ms: Some(7 * 60_000),
            ..EventChange::default()
        };
        app.change_event(original, &hold, &Actor::System)
            .await
            .expect("changed");
        let mut desk = shop.central.admin().await;
        desk.get("/panel/events/festival/copy").await;
        let mut fields = vec![
            ("name", "Festival again"),
            ("slug", "again"),
            ("first_day", "2027-12-01"),
            ("promos", "1"),
        ];
        let seen = desk.post("/panel/events/festival/copy", &fields).await;
        assert_eq!(
            seen.to(),
            "/panel/events/again/setup/event?done=copied",
            "{}",
            wrong(&seen.page)
        );
        let (old, new) = (
            app.event(original).await.expect("old"),
            app.event_by_slug("again").await.expect("new"),
        );
        let year = 365 * 86_400_000;
        assert_eq!(new.event.status, EventStatus::Draft);
        assert_eq!(new.event.starts_at, old.event.starts_at.plus_ms(year));
        assert_eq!(
            (new.event.hold_ms, new.event.rules),
            (old.event.hold_ms, old.event.rules)
        );
        assert_eq!(new.days.len(), old.days.len());
        assert_eq!(new.types.iter().map(|kind| kind.taken).sum::<i64>(), 0);
        assert_eq!(new.types[1].day_mask, old.types[1].day_mask);
        let promos = app.promos(new.event.id).await.expect("codes");
        assert_eq!((promos.len(), promos[0].used), (1, 0));
        fields.pop();
        fields[1] = ("slug", "without");
        desk.post("/panel/events/festival/copy", &fields).await;
        let without = app.event_by_slug("without").await.expect("another");
        assert!(
            app.promos(without.event.id)
                .await
                .expect("codes")
                .is_empty()
        );
        fields[1] = ("slug", "again");
        assert_eq!(
            desk.post("/panel/events/festival/copy", &fields)
                .await
                .status,
            422
        );
        // The first day is where the copy begins, whatever was asked last.
        let wish = CopyWish {
            slug: "x".into(),
            name: "X".into(),
            first_day: "2027-12-01".parse().expect("a day"),
        };
        assert_eq!(wish.first_day.to_string(), new.days[0].local_date);
    }
}
