//! Orders that are given up: their payment moves with them, and their session is closed at the provider in the end.
use std::sync::Arc;

use serde_json::{Value, json};
use support::{
    central::Engine,
    http::client,
    shop::{Bought, Shop},
};

const OPEN: &str = "SELECT COUNT(*) FROM outbox WHERE kind = 'payment_cancel' AND done_at IS NULL";

/// Whether the provider would still take money for it.
async fn can_be_paid(pay_url: &Value) -> bool {
    let url = pay_url.as_str().expect("where to pay");
    let page = client().get(url).send().await.expect("the simulator");
    page.status().is_success()
}

async fn placed(shop: &Shop, key: &str) -> (Bought, Value) {
    let order = shop.buy(key, &[(0, 1)]).await;
    let url = shop.look(&order).await["pay_url"].clone();
    (order, url)
}

#[tokio::test]
async fn the_session_of_an_order_given_up_is_closed_when_the_provider_is_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let (order, url) = placed(&shop, "changes-mind").await;
        assert!(can_be_paid(&url).await);
        shop.cut_provider();
        let (status, body) = shop.post(&order.path("/cancel"), &[], "").await;
        assert_eq!((status, &body["status"]), (200, &json!("cancelled")));
        let moved = "SELECT COUNT(*) FROM payments WHERE status = 'failed'";
        assert_eq!(shop.number(moved).await, 1, "moved with the order");

        assert_eq!(app.close_sessions(10).await.expect("tries"), 0);
        let tried = "SELECT COUNT(*) FROM outbox WHERE attempts = 1 AND last_error = 'provider_unreachable'";
        assert_eq!(shop.number(tried).await, 1);
        assert!(can_be_paid(&url).await);

        shop.mend_provider();
        assert_eq!(app.close_sessions(10).await.expect("rests"), 0);
        assert_eq!(shop.number(OPEN).await, 1, "its pause is not over");
        shop.central.clock.advance_ms(30_000);
        assert_eq!(app.close_sessions(10).await.expect("closes"), 1);
        assert_eq!(shop.number(OPEN).await, 0);
        assert!(!can_be_paid(&url).await);
        assert_eq!(app.close_sessions(10).await.expect("done"), 0);
    }
}

#[tokio::test]
async fn a_payment_begun_on_an_order_that_expired_is_ended() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let (begun, _) = placed(&shop, "begun-and-left").await;
        shop.drive(&begun, "pending").await;
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        assert_eq!(app.expire_holds(10).await.expect("expires"), 1);
        assert_eq!(shop.number(OPEN).await, 1);
        assert_eq!(app.close_sessions(10).await.expect("closes"), 1);
        assert_eq!(shop.number(OPEN).await, 0);
        assert_eq!(shop.look(&begun).await["status"], "expired");
    }
}

#[tokio::test]
async fn money_that_came_before_the_session_was_closed_is_kept() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (order, _) = placed(&shop, "paid-all-the-same").await;
    shop.drive_silently(&order, "settlement").await;
    shop.post(&order.path("/cancel"), &[], "").await;
    assert_eq!(
        shop.central.app.close_sessions(10).await.expect("closes"),
        1
    );
    shop.resend(&order).await;
    assert_eq!(shop.look(&order).await["status"], "paid");
}

#[tokio::test]
async fn an_order_that_was_never_to_be_paid_leaves_nothing_to_close() {
    let shop = Shop::open(Engine::Sqlite).await;
    shop.cut_provider();
    let order = shop.buy("never-opened", &[(0, 1)]).await;
    shop.post(&order.path("/cancel"), &[], "").await;
    assert_eq!(shop.central.app.close_sessions(10).await.expect("looks"), 1);
    assert_eq!(shop.number(OPEN).await, 0);
}

/// Two clicks on one free form, at the same moment: both get the order and its tickets.
#[tokio::test]
async fn a_free_order_asked_for_twice_at_once_is_one_paid_order() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| wish.types[0].price_minor = 0).await;
        let shop = Arc::new(shop);
        for n in 0..10 {
            let mut clicks = tokio::task::JoinSet::new();
            for _ in 0..4 {
                let (shop, wish) = (Arc::clone(&shop), shop.wish(&[(0, 1)]));
                clicks.spawn(async move { shop.place(&format!("free-clicks-{n}"), &wish).await });
            }
            for (status, body) in clicks.join_all().await {
                assert!(matches!(status, 200 | 201), "{engine:?} {status} {body}");
                assert_eq!(body["status"], "paid", "{engine:?}");
            }
        }
        assert_eq!(shop.number("SELECT COUNT(*) FROM tickets").await, 10);
        // One for the event's set-up: a repeat takes none.
        let revisions = "SELECT revision FROM event_revisions";
        assert_eq!(shop.number(revisions).await, 11);
    }
}
