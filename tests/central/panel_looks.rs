//! Having looked at an order that asks for it: it leaves the list, the trail keeps who and when, and it comes back for
//! what is new and for nothing else.
use serde_json::json;
use support::{
    central::Engine,
    panel::Desk,
    shop::{Bought, Forged, Shop},
};

use crate::attention::{settled, without_stock};

/// Whether the list of orders to look at shows it.
async fn is_listed(desk: &mut Desk, order: &Bought) -> bool {
    let page = desk.get("/panel/orders?look=reason").await.page;
    page.contains(&format!("/panel/orders/{}\"", order.number))
}

async fn look(desk: &mut Desk, order: &Bought, why: &str) -> u16 {
    let page = format!("/panel/orders/{}", order.number);
    desk.get(&page).await;
    let seen = desk.post(&format!("{page}/looked"), &[("why", why)]).await;
    seen.status
}

#[tokio::test]
async fn an_order_leaves_the_list_once_somebody_looked_and_stays_off_it() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (order, transaction) = without_stock(&shop).await;
        let body = settled(&shop, &order, &transaction);
        for outcome in ["paid_without_stock", "goes_back"] {
            let (_, answer) = shop.hook(body.clone()).await;
            assert_eq!(answer["outcome"], json!(outcome));
        }
        let mut desk = shop.central.admin().await;
        assert!(is_listed(&mut desk, &order).await);
        let page = desk.get(&format!("/panel/orders/{}", order.number)).await;
        assert!(page.page.contains("Looked at"), "{}", page.page);
        // What the page did not show is not looked at.
        assert_eq!(look(&mut desk, &order, "disputed").await, 409);
        assert_eq!(look(&mut desk, &order, "no reason").await, 409);
        assert!(is_listed(&mut desk, &order).await);
        assert_eq!(look(&mut desk, &order, "paid_without_stock").await, 303);
        assert_eq!(
            look(&mut desk, &order, "paid_without_stock").await,
            303,
            "twice is once"
        );
        assert!(!is_listed(&mut desk, &order).await);
        let kept = "SELECT COUNT(*) FROM audit_log WHERE action = 'order.looked_at' AND actor_id IS NOT NULL \
            AND detail LIKE '%\"reason\":\"paid_without_stock\"%'";
        assert_eq!(shop.number(kept).await, 1, "who, when and at what");
        // Told again, it is no news.
        shop.hook(body).await;
        shop.central.clock.advance_ms(61_000);
        shop.central.app.settle_payments(50).await.expect("settles");
        assert!(!is_listed(&mut desk, &order).await);
    }
}

#[tokio::test]
async fn what_is_new_brings_an_order_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("paid-too-late", &[(0, 1)]).await;
        let transaction = shop.drive_silently(&order, "settlement").await;
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        assert_eq!(shop.central.app.expire_holds(10).await.expect("expires"), 1);
        let notice = shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: &transaction,
            status: "settlement",
        });
        assert_eq!(shop.hook(notice).await.0, 200);
        let mut desk = shop.central.admin().await;
        assert!(is_listed(&mut desk, &order).await);
        assert_eq!(look(&mut desk, &order, "paid_after_release").await, 303);
        assert!(!is_listed(&mut desk, &order).await);
        shop.drive(&order, "chargeback").await;
        assert!(is_listed(&mut desk, &order).await);
        // And a page from before says nothing about it.
        assert_eq!(look(&mut desk, &order, "paid_after_release").await, 409);
        assert!(is_listed(&mut desk, &order).await);
    }
}

#[tokio::test]
async fn a_doubt_that_is_told_again_does_not_bring_an_order_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("another-amount", &[(0, 1)]).await;
        let notice = crate::lies::wrong_amount(&shop, &order).await;
        shop.hook(notice.clone()).await;
        let mut desk = shop.central.admin().await;
        assert!(is_listed(&mut desk, &order).await);
        assert_eq!(look(&mut desk, &order, "amount_differs").await, 303);
        for _ in 0..3 {
            let (_, answer) = shop.hook(notice.clone()).await;
            assert_eq!(answer["outcome"], json!("amount_differs"));
            shop.central.clock.advance_ms(61_000);
        }
        assert!(!is_listed(&mut desk, &order).await);
    }
}

#[tokio::test]
async fn what_waits_for_an_answer_is_not_done_by_looking() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("suspicious", &[(0, 1)]).await;
    shop.drive(&order, "challenge").await;
    let mut desk = shop.central.admin().await;
    assert_eq!(look(&mut desk, &order, "challenged").await, 409);
    assert!(is_listed(&mut desk, &order).await);
}
