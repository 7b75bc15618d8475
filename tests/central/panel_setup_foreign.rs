//! What organisers try who set up events of their own: events of others, and parts of them.
use central::{app::trail::Actor, domain::event::EventStatus};
use support::{central::Engine, festival::festival, shop::Shop};

use crate::panel_setup::{ABOUT, NEW, TYPE, URL, draft, post, set_up, wrong};

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
        ("gates/remove", vec![("gate".into(), gate.clone())]),
        ("types/2/move", vec![("step".into(), "up".into())]),
        (
            "categories",
            vec![
                ("do".into(), "order".into()),
                ("id".into(), category.clone()),
                ("step".into(), "up".into()),
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
