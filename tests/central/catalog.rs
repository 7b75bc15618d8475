//! The catalogue as it is changed while it is sold: versions, quotas, hidden types, moves of the event.
use central::{
    app::{
        App,
        catalog::{CatalogError, EventChange, TypeChange},
        events::EventError,
        offers::Offers,
        trail::Actor,
    },
    domain::event::{EventStatus, Visibility},
    store::{self, Store},
};
use support::{
    buyers::{form, form_with, name},
    central::{Engine, TestCentral},
    festival::festival,
};

fn rina() -> Actor {
    Actor::Staff("rina".into())
}

#[tokio::test]
async fn a_price_that_has_sold_is_versioned_and_orders_keep_theirs() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let (slug, kind) = (&event.event.slug, event.types[0].id);
        let other = App {
            store: Store::open(&central.database_url)
                .await
                .expect("a second server"),
            offers: Offers::default(),
            ..central.app.clone()
        };
        let before = other
            .place_order(slug, "before-the-change", &form(1, kind, 2))
            .await;
        let before = before.expect("placed");
        let change = TypeChange {
            price_minor: Some(175_000),
            name: Some("Regular, late".into()),
            ..TypeChange::default()
        };
        let version = central
            .app
            .change_type(kind, &change, &rina())
            .await
            .expect("changed");
        assert_eq!(version, 2);
        // The other server has the old offer at hand, and does not sell by it.
        let after = other
            .place_order(slug, "after-the-change", &form(2, kind, 2))
            .await;
        assert_eq!(
            after.expect("placed").order.total.minor,
            350_000,
            "{engine:?}"
        );
        let view = central
            .app
            .find_order(&before.order.number, &before.access)
            .await;
        let view = view.expect("found");
        assert_eq!(view.order.total.minor, 300_000);
        assert_eq!(
            (view.items[0].name.as_str(), view.items[0].type_version),
            ("Regular", 1)
        );
        let versions = central.app.type_versions(kind).await.expect("versions");
        let prices: Vec<_> = versions
            .iter()
            .map(|v| (v.version, v.price_minor))
            .collect();
        assert_eq!(prices, [(1, 150_000), (2, 175_000)]);
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let trail = store::audit::of_subject(&mut tx, "ticket_type", kind.0)
            .await
            .expect("a trail");
        assert_eq!(trail.len(), 1);
        for told in [r#""from":150000,"to":175000"#, r#""by":"rina""#] {
            assert!(trail[0].detail.contains(told), "{trail:?}");
        }
    }
}

#[tokio::test]
async fn a_quota_never_falls_below_what_is_taken() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let (slug, kind) = (&event.event.slug, event.types[1].id);
        let placed = central
            .app
            .place_order(slug, "takes-seven", &form(1, kind, 7))
            .await;
        placed.expect("placed");
        let resize = async |quota| {
            let change = TypeChange {
                quota: Some(quota),
                ..TypeChange::default()
            };
            central.app.change_type(kind, &change, &rina()).await
        };
        let refused = resize(6).await.expect_err("too small");
        assert!(matches!(refused, CatalogError::QuotaTooSmall), "{refused}");
        resize(7).await.expect("exactly what is taken");
        let sold_out = central
            .app
            .place_order(slug, "wants-one-more", &form(2, kind, 1))
            .await;
        assert_eq!(name(sold_out.expect_err("none is left")), "sold_out");
    }
}

#[tokio::test]
async fn a_hidden_type_is_neither_seen_nor_sold_without_its_code() {
    let central = TestCentral::new(Engine::Sqlite).await;
    let mut wish = festival();
    wish.types[1].visibility = Visibility::Hidden;
    wish.types[1].access_code = Some("backstage".into());
    let event = central.publish(&wish).await;
    let (app, slug, kind) = (&central.app, &event.event.slug, event.types[1].id);
    let refused = app
        .place_order(slug, "knows-only-the-id", &form(1, kind, 1))
        .await;
    assert_eq!(name(refused.expect_err("hidden")), "ticket_type_unknown");
    let placed = app
        .place_order(slug, "knows-the-code", &form_with(1, kind, 1, "Backstage"))
        .await;
    assert_eq!(placed.expect("open to her").order.total.minor, 1_000_000);
}

#[tokio::test]
async fn an_event_moves_only_where_it_may_and_sells_only_while_it_is_published() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let (app, id, slug) = (&central.app, event.event.id, &event.event.slug);
        let order = async |key: &str| {
            let placed = app
                .place_order(slug, key, &form(1, event.types[0].id, 1))
                .await;
            placed.map(|placed| placed.is_new).map_err(name)
        };
        assert_eq!(order("while-published").await, Ok(true));
        app.move_event(id, EventStatus::Closed, &rina())
            .await
            .expect("closed");
        assert_eq!(order("while-closed").await, Err("not_on_sale"));
        assert_eq!(
            order("while-published").await,
            Ok(false),
            "the order stands"
        );
        app.move_event(id, EventStatus::Published, &rina())
            .await
            .expect("open again");
        assert_eq!(order("open-again").await, Ok(true), "{engine:?}");
        app.move_event(id, EventStatus::Cancelled, &rina())
            .await
            .expect("cancelled");
        let back = app.move_event(id, EventStatus::Published, &rina()).await;
        assert!(matches!(back, Err(EventError::IllegalMove(_))), "{back:?}");
        let mut tx = app.store.read().await.expect("a snapshot");
        let trail = store::audit::of_subject(&mut tx, "event", id.0)
            .await
            .expect("a trail");
        assert_eq!(trail.len(), 5, "made, published, and moved three times");
    }
}

#[tokio::test]
async fn a_changed_event_is_sold_and_noted_as_it_is_now() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let (app, id, slug) = (&central.app, event.event.id, &event.event.slug);
        let kind = event.types[0].id;
        let order = async |n: usize| {
            let key = format!("holds-for-{n:04}");
            let placed = app.place_order(slug, &key, &form(n, kind, 1)).await;
            let order = placed.expect("placed").order;
            order.hold_until.ms_since(order.created_at)
        };
        assert_eq!(order(1).await, event.event.hold_ms);
        let change = EventChange {
            name: Some("Festival of Lights".into()),
            hold_ms: Some(60_000),
            ..EventChange::default()
        };
        app.change_event(id, &change, &rina())
            .await
            .expect("changed");
        assert_eq!(order(2).await, 60_000, "{engine:?}");
        let nameless = EventChange {
            name: Some(" ".into()),
            ..EventChange::default()
        };
        let refused = app
            .change_event(id, &nameless, &rina())
            .await
            .expect_err("no name");
        assert!(matches!(refused, CatalogError::Invalid(_)), "{refused}");
        let after = app.event(id).await.expect("the event").event;
        assert_eq!(after.name, "Festival of Lights");
        let mut tx = app.store.read().await.expect("a snapshot");
        let trail = store::audit::of_subject(&mut tx, "event", id.0)
            .await
            .expect("a trail");
        let told = r#""changed":["name","hold_ms"]"#;
        let is_told = trail.iter().any(|row| row.detail.contains(told));
        assert!(is_told, "{trail:?}");
    }
}
