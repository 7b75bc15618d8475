//! Refunds that are asked for by programs: the rules of the page, and the same request under the same key once.
use central::{app::trail::Actor, domain::event::EventStatus, store::refund_rule::RefundRule};
use serde_json::{Value, json};
use support::{
    central::Engine,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

/// A shop whose buyers may ask.
async fn open(engine: Engine) -> Shop {
    let shop = Shop::open(engine).await;
    let rule = RefundRule {
        gives_back: true,
        ask_until: Some(shop.central.now().plus_ms(60_000)),
    };
    let event = shop.event.event.id;
    let put = shop
        .central
        .app
        .set_refund_rule(event, rule, &Actor::System);
    put.await.expect("a rule");
    shop
}

async fn ask(shop: &Shop, order: &Bought, key: &str, wish: &Value) -> (u16, Value) {
    let headers = [("idempotency-key", key)];
    shop.post(&order.path("/refunds"), &headers, wish.to_string())
        .await
}

#[tokio::test]
async fn the_same_request_under_the_same_key_is_one_refund() {
    for engine in Engine::both() {
        let shop = open(engine).await;
        let order = paid(&shop, "refund-by-api", &[(0, 2)], "qris").await;
        let seen = shop.look(&order).await;
        let ticket = seen["tickets"][0]["number"].clone();
        let wish = json!({"tickets": [ticket], "note": "ill"});
        let (first, again) = tokio::join!(
            ask(&shop, &order, "refund-key-1", &wish),
            ask(&shop, &order, "refund-key-1", &wish),
        );
        let mut statuses = [first.0, again.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201], "{engine:?} {first:?} {again:?}");
        assert_eq!(first.1, again.1);
        assert_eq!(first.1["status"], "requested");
        assert_eq!(first.1["amount_minor"], 150_000);
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 1);

        let (status, body) = ask(&shop, &order, "refund-key-1", &json!({})).await;
        assert_eq!(
            (status, &body["code"]),
            (409, &json!("idempotency_key_reused"))
        );
        let (status, body) = ask(&shop, &order, "refund-key-2", &wish).await;
        assert_eq!((status, &body["code"]), (409, &json!("asked_before")));
        let (status, all) = shop.get_json(&order.path("/refunds")).await;
        assert_eq!(
            (status, all["refunds"].as_array().map(Vec::len)),
            (200, Some(1))
        );
        assert_eq!(all["may_ask"], false);
    }
}

#[tokio::test]
async fn programs_may_ask_for_what_a_buyer_may_and_nothing_else() {
    let shop = open(Engine::Sqlite).await;
    let order = paid(&shop, "refund-rules", &[(0, 2)], "qris").await;
    let other = paid(&shop, "of-somebody-else", &[(0, 1)], "qris").await;
    let foreign = shop.look(&other).await["tickets"][0]["number"].clone();
    let unpaid = shop.buy("not-paid-yet", &[(0, 1)]).await;
    let mine = |access: &str| Bought {
        number: order.number.clone(),
        access: access.to_owned(),
    };
    let whole = json!({});
    for (order, key, wish, want) in [
        (&order, "short", &whole, (400, "idempotency_key_form")),
        (
            &mine("WRONG"),
            "wrong-link-1",
            &whole,
            (404, "unknown_order"),
        ),
        (
            &mine(&other.access),
            "foreign-link",
            &whole,
            (404, "unknown_order"),
        ),
        (
            &order,
            "foreign-ticket",
            &json!({"tickets": [foreign]}),
            (409, "unknown_ticket"),
        ),
        (
            &order,
            "more-fields",
            &json!({"amount_minor": 1}),
            (422, "body_malformed"),
        ),
        (&unpaid, "not-paid-key", &whole, (409, "not_paid")),
    ] {
        let (status, body) = ask(&shop, order, key, wish).await;
        assert_eq!(
            (status, body["code"].as_str()),
            (want.0, Some(want.1)),
            "{key}: {body}"
        );
    }
    let bare = shop.post(&order.path("/refunds"), &[], "{}").await;
    assert_eq!(
        (bare.0, &bare.1["code"]),
        (400, &json!("idempotency_key_form"))
    );

    // All tickets by their numbers are the whole order.
    let seen = shop.look(&order).await;
    let numbers: Vec<_> = (0..2)
        .map(|n| seen["tickets"][n]["number"].clone())
        .collect();
    let (status, body) = ask(&shop, &order, "all-of-them", &json!({"tickets": numbers})).await;
    assert_eq!((status, &body["amount_minor"]), (201, &json!(300_000)));

    shop.central.clock.advance_ms(61_000);
    let (status, body) = ask(&shop, &other, "after-the-time", &whole).await;
    assert_eq!((status, &body["code"]), (409, &json!("too_late")));
    let (app, event) = (&shop.central.app, shop.event.event.id);
    let moved = app.move_event(event, EventStatus::Postponed, &Actor::System);
    moved.await.expect("postponed");
    let (status, _) = ask(&shop, &other, "it-is-postponed", &whole).await;
    assert_eq!(status, 201, "while it is postponed, always");
}
