//! Having looked at an order that asks for it: it leaves the list, the trail keeps who and when, and it comes back for
//! what is new and for nothing else.
use central::app::trail::Actor;
use midtrans_sim::Drive;
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

/// How much the order's page shows as noted.
async fn shown(desk: &mut Desk, order: &Bought) -> String {
    let url = format!("/panel/orders/{}", order.number);
    let page = desk.get(&url).await.page;
    let notes = page.split("name=\"notes\" value=\"").nth(1);
    let notes = notes.and_then(|rest| rest.split('"').next());
    notes.unwrap_or_default().to_owned()
}

async fn press(desk: &mut Desk, order: &Bought, why: &str, notes: &str) -> u16 {
    let url = format!("/panel/orders/{}/looked", order.number);
    let fields = [("why", why), ("notes", notes)];
    desk.post(&url, &fields).await.status
}

async fn look(desk: &mut Desk, order: &Bought, why: &str) -> u16 {
    let notes = shown(desk, order).await;
    press(desk, order, why, &notes).await
}

/// The order is paid once more with another amount, as the provider tells.
async fn pay_wrong_again(shop: &Shop, order: &Bought) -> String {
    let second = Drive {
        to: "settlement".to_owned(),
        second: true,
        ..Drive::default()
    };
    let driven = shop.midtrans.drive(&order.number, &second).await;
    shop.forge(&Forged {
        order: &order.number,
        code: "200",
        amount: "1.00",
        transaction: &driven.expect("a documented way"),
        status: "settlement",
    })
}

/// The order is paid once more.
async fn pay_again(shop: &Shop, order: &Bought) {
    let second = Drive {
        to: "settlement".to_owned(),
        second: true,
        ..Drive::default()
    };
    shop.drive_by(order, second).await;
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
        // The money that goes back by hand was behind it.
        assert_eq!(look(&mut desk, &order, "paid_without_stock").await, 409);
        assert!(is_listed(&mut desk, &order).await);
        for _ in 0..2 {
            let status = look(&mut desk, &order, "refund_by_hand").await;
            assert_eq!(status, 303, "twice is once");
        }
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

#[tokio::test]
async fn another_wrong_amount_is_shown_though_somebody_looked_at_the_first() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("wrong-once-more", &[(0, 1)]).await;
        let first = crate::lies::wrong_amount(&shop, &order).await;
        shop.hook(first.clone()).await;
        let mut desk = shop.central.admin().await;
        assert_eq!(look(&mut desk, &order, "amount_differs").await, 303);
        assert!(!is_listed(&mut desk, &order).await);
        let second = pay_wrong_again(&shop, &order).await;
        shop.hook(second.clone()).await;
        assert!(is_listed(&mut desk, &order).await, "{engine:?}");
        let kept = "SELECT COUNT(*) FROM audit_log WHERE action = 'order.attention' AND detail LIKE '%\"transaction\":%'";
        assert_eq!(shop.number(kept).await, 2);
        assert_eq!(look(&mut desk, &order, "amount_differs").await, 303);
        shop.hook(second).await;
        shop.hook(first).await;
        assert!(!is_listed(&mut desk, &order).await, "both were looked at");
    }
}

#[tokio::test]
async fn what_comes_between_a_page_and_its_button_is_not_looked_at() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("wrong-meanwhile", &[(0, 1)]).await;
        let first = crate::lies::wrong_amount(&shop, &order).await;
        shop.hook(first).await;
        let mut desk = shop.central.admin().await;
        let before = shown(&mut desk, &order).await;
        let second = pay_wrong_again(&shop, &order).await;
        shop.hook(second).await;
        for old in [before.as_str(), "", "none"] {
            let status = press(&mut desk, &order, "amount_differs", old).await;
            assert_eq!(status, 409, "{engine:?}: {old}");
        }
        assert!(is_listed(&mut desk, &order).await);
        assert_eq!(look(&mut desk, &order, "amount_differs").await, 303);
        assert!(!is_listed(&mut desk, &order).await);
    }
}

#[tokio::test]
async fn a_dispute_after_one_that_was_won_is_shown() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = crate::refunds::paid(&shop, "disputed-twice", &[(0, 1)], "credit_card").await;
        shop.drive(&order, "chargeback").await;
        let mut desk = shop.central.admin().await;
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        let ended = shop
            .central
            .app
            .end_dispute(&order.number, true, &Actor::System);
        ended.await.expect("disputed");
        assert!(!is_listed(&mut desk, &order).await);
        shop.resend(&order).await;
        assert!(is_listed(&mut desk, &order).await, "{engine:?}");
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        shop.resend(&order).await;
        assert!(!is_listed(&mut desk, &order).await);
    }
}

/// The provider names neither the dispute nor its time, so another body is all that tells of another one.
#[tokio::test]
async fn another_chargeback_after_a_look_at_the_first_is_shown() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = crate::refunds::paid(&shop, "held-thrice", &[(0, 1)], "credit_card").await;
        shop.drive(&order, "chargeback").await;
        let mut desk = shop.central.admin().await;
        let app = &shop.central.app;
        let ended = app.end_dispute(&order.number, true, &Actor::System);
        ended.await.expect("disputed");
        shop.resend(&order).await;
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        // The same body again, and a question between two notices, are no news.
        shop.resend(&order).await;
        shop.central.clock.advance_ms(60_000);
        app.settle_payments(50).await.expect("the provider answers");
        assert!(!is_listed(&mut desk, &order).await, "{engine:?}");
        let transactions = shop.transactions(&order).await;
        let id = transactions[0]["transaction_id"].as_str();
        let body = shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: id.expect("an id"),
            status: "chargeback",
        });
        let (status, _) = shop.hook(body.clone()).await;
        assert_eq!(status, 200);
        assert!(
            is_listed(&mut desk, &order).await,
            "{engine:?}: another one"
        );
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        shop.hook(body).await;
        assert!(!is_listed(&mut desk, &order).await);
    }
}

#[tokio::test]
async fn a_lighter_reason_comes_back_when_the_graver_one_was_looked_at() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = crate::refunds::paid(&shop, "twice-and-held", &[(0, 1)], "credit_card").await;
        pay_again(&shop, &order).await;
        shop.drive(&order, "chargeback").await;
        let reason = async |why: &'static str| {
            let sql = match why {
                "disputed" => "SELECT COUNT(*) FROM orders WHERE attention = 'disputed'",
                _ => "SELECT COUNT(*) FROM orders WHERE attention = 'paid_twice'",
            };
            shop.number(sql).await
        };
        assert_eq!(reason("disputed").await, 1);
        let mut desk = shop.central.admin().await;
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        assert_eq!(reason("paid_twice").await, 1, "{engine:?}");
        assert!(is_listed(&mut desk, &order).await);
        assert_eq!(look(&mut desk, &order, "paid_twice").await, 303);
        assert_eq!(reason("paid_twice").await, 0);
    }
}

/// The trail told no notices once: who had looked at a dispute then has looked at the notice that had come.
#[tokio::test]
async fn a_look_of_before_notices_were_told_is_at_what_had_come() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = crate::refunds::paid(&shop, "held-before", &[(0, 1)], "credit_card").await;
        shop.central.clock.advance_ms(60_000);
        shop.drive(&order, "chargeback").await;
        let mut desk = shop.central.admin().await;
        let app = &shop.central.app;
        let ended = app.end_dispute(&order.number, true, &Actor::System);
        ended.await.expect("disputed");
        shop.resend(&order).await;
        assert_eq!(look(&mut desk, &order, "disputed").await, 303);
        let last = "SELECT id FROM payment_notices ORDER BY received_at DESC, id DESC LIMIT 1";
        let told = format!("\"notice\":\"{}\",", shop.central.id(last).await);
        let as_before = format!("UPDATE audit_log SET detail = REPLACE(detail, '{told}', '')");
        shop.central.execute(as_before.leak()).await;
        let bare = "SELECT COUNT(*) FROM audit_log WHERE action = 'order.looked_at' AND detail NOT LIKE '%notice%'";
        assert_eq!(shop.number(bare).await, 1);
        shop.central.clock.advance_ms(60_000);
        shop.resend(&order).await;
        app.settle_payments(50).await.expect("the provider answers");
        assert!(!is_listed(&mut desk, &order).await, "{engine:?}");
        let transactions = shop.transactions(&order).await;
        let id = transactions[0]["transaction_id"].as_str();
        let another = shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: id.expect("an id"),
            status: "chargeback",
        });
        assert_eq!(shop.hook(another).await.0, 200);
        assert!(is_listed(&mut desk, &order).await, "{engine:?}: another");
    }
}
