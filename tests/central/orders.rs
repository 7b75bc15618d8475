//! Placing orders: capacity, repeated requests, ends of holds, and what must not be seen.
use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use support::{
    central::Engine,
    shop::{Bought, IDENTITY, Shop},
};

const VIP: usize = 1;

#[tokio::test]
async fn a_placed_order_holds_capacity_until_its_end_and_gives_it_back_once() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("first-order", &[(0, 2), (VIP, 3)]).await;
        assert_eq!((shop.taken(0).await, shop.taken(VIP).await), (2, 3));
        assert_eq!(shop.look(&order).await["status"], "pending");

        let end = shop.event.event.hold_ms;
        shop.central.clock.advance_ms(end - 1);
        assert_eq!(app.expire_holds(100).await.expect("looks"), 0);
        shop.central.clock.advance_ms(1);
        let (one, two) = tokio::join!(app.expire_holds(100), app.expire_holds(100));
        assert_eq!(one.expect("one") + two.expect("two"), 1, "{engine:?}");
        assert_eq!(app.expire_holds(100).await.expect("again"), 0);
        assert_eq!((shop.taken(0).await, shop.taken(VIP).await), (0, 0));
        assert_eq!(shop.look(&order).await["status"], "expired");
    }
}

#[tokio::test]
async fn two_hundred_buyers_at_once_buy_exactly_what_there_is() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let mut buyers = tokio::task::JoinSet::new();
        for buyer in 0..200 {
            let shop = Arc::clone(&shop);
            buyers.spawn(async move {
                let wish = shop.wish(&[(VIP, 1)]);
                shop.place(&format!("buyer-{buyer:03}"), &wish).await
            });
        }
        let answers = buyers.join_all().await;
        let placed = answers.iter().filter(|(status, _)| *status == 201).count();
        let sold_out =
            |(status, body): &&(u16, Value)| *status == 409 && body["code"] == "sold_out";
        assert_eq!(placed, 10, "{engine:?}");
        assert_eq!(answers.iter().filter(sold_out).count(), 190, "{engine:?}");
        assert_eq!(shop.taken(VIP).await, 10);
    }
}

#[tokio::test]
async fn the_same_request_is_the_same_order_and_another_is_refused() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let wish = shop.wish(&[(0, 1)]);
        let mut repeats = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (shop, wish) = (Arc::clone(&shop), wish.clone());
            repeats.spawn(async move { shop.place("double-click", &wish).await });
        }
        let answers = repeats.join_all().await;
        let numbers: BTreeSet<_> = answers
            .iter()
            .map(|(_, o)| o["number"].to_string())
            .collect();
        let links: BTreeSet<_> = answers
            .iter()
            .map(|(_, o)| o["access"].to_string())
            .collect();
        assert_eq!((numbers.len(), links.len()), (1, 1), "{answers:?}");
        let new = answers.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(new, 1, "{answers:?}");
        assert_eq!(shop.taken(0).await, 1);

        let (status, refusal) = shop.place("double-click", &shop.wish(&[(0, 2)])).await;
        assert_eq!(
            (status, &refusal["code"]),
            (409, &json!("idempotency_key_reused"))
        );
        let (status, refusal) = shop.place("short", &wish).await;
        assert_eq!(
            (status, &refusal["code"]),
            (400, &json!("idempotency_key_form"))
        );
        assert_eq!(shop.taken(0).await, 1);
    }
}

#[tokio::test]
async fn an_order_given_up_is_free_at_once_and_cannot_be_paid() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("changes-mind", &[(VIP, 4)]).await;
        let (status, body) = shop.post(&order.path("/cancel"), &[], "").await;
        assert_eq!(
            (status, &body["status"]),
            (200, &json!("cancelled")),
            "{body}"
        );
        assert_eq!(shop.taken(VIP).await, 0);
        for path in ["/cancel", "/payment"] {
            let (status, body) = shop.post(&order.path(path), &[], "").await;
            assert_eq!((status, &body["code"]), (409, &json!("illegal_move")));
        }
        assert_eq!(shop.taken(VIP).await, 0);
    }
}

#[tokio::test]
async fn a_provider_that_is_down_leaves_an_order_whose_payment_starts_later() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        shop.cut_provider();
        let order = shop.buy("provider-down", &[(0, 1)]).await;
        assert_eq!(shop.look(&order).await["pay_url"], Value::Null);
        let (status, body) = shop.post(&order.path("/payment"), &[], "").await;
        assert_eq!(
            (status, &body["code"]),
            (503, &json!("payment_not_started"))
        );

        shop.mend_provider();
        let (status, body) = shop.post(&order.path("/payment"), &[], "").await;
        assert_eq!(status, 200, "{body}");
        let url = body["pay_url"].as_str().expect("where to pay");
        let (_, again) = shop.post(&order.path("/payment"), &[], "").await;
        assert_eq!(again["pay_url"], url, "an open payment is given again");
        shop.drive(&order, "settlement").await;
        assert_eq!(shop.look(&order).await["status"], "paid");
    }
}

#[tokio::test]
async fn an_order_is_seen_with_its_own_secret_only() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (one, two) = (
        shop.buy("order-one", &[(0, 1)]).await,
        shop.buy("order-two", &[(0, 1)]).await,
    );
    let crossed = Bought {
        number: one.number.clone(),
        access: two.access,
    };
    let guessed = Bought {
        number: "GRB-0000000000".to_owned(),
        access: one.access.clone(),
    };
    let empty = Bought {
        number: one.number.clone(),
        access: String::new(),
    };
    for wrong in [crossed, guessed, empty] {
        for below in ["", "/invoice.pdf"] {
            let (status, body) = shop.get_json(&wrong.path(below)).await;
            assert_eq!(
                (status, &body["code"]),
                (404, &json!("unknown_order")),
                "{wrong:?}"
            );
        }
    }
    let body = shop.look(&one).await.to_string();
    for personal in ["Siti", "siti@", "81234567890", IDENTITY] {
        assert!(!body.contains(personal), "{personal} in {body}");
    }
}

#[tokio::test]
async fn identity_numbers_are_nowhere_in_clear() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("secret-number", &[(0, 2)]).await;
    shop.drive(&order, "settlement").await;
    let path = shop
        .central
        .database_url
        .trim_start_matches("sqlite:")
        .to_owned();
    let mut found = 0;
    for file in [path.clone(), format!("{path}-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!contains(&bytes, IDENTITY.as_bytes()), "in {file}");
        assert!(
            !contains(&bytes, order.access.as_bytes()),
            "the link's secret in {file}"
        );
        found += usize::from(contains(&bytes, b"siti@example.id"));
    }
    assert!(found > 0, "the files that were searched hold the order");
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_free_order_has_its_tickets_at_once() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| wish.types[0].price_minor = 0).await;
        let order = shop.buy("free-order", &[(0, 3)]).await;
        let seen = shop.look(&order).await;
        assert_eq!(
            (&seen["status"], seen["tickets"].as_array().map(Vec::len)),
            (&json!("paid"), Some(3))
        );
        assert_eq!(shop.taken(0).await, 3);
    }
}
