//! What is shown to an admin: the gravest reason stands, each is in the audit trail once.
use central::payments::Midtrans;
use serde_json::json;
use support::{
    central::Engine,
    shop::{Bought, Forged, Shop},
};

const VIP: usize = 1;

/// An order whose money came when nothing was left.
pub async fn without_stock(shop: &Shop) -> (Bought, String) {
    let order = shop.buy("late-and-sold-out", &[(VIP, 3)]).await;
    let transaction = shop.drive_silently(&order, "settlement").await;
    shop.central.clock.advance_ms(shop.event.event.hold_ms);
    assert_eq!(shop.central.app.expire_holds(10).await.expect("expires"), 1);
    shop.buy("all-the-others", &[(VIP, 10)]).await;
    (order, transaction)
}

pub fn settled(shop: &Shop, order: &Bought, transaction: &str) -> String {
    shop.forge(&Forged {
        order: &order.number,
        code: "200",
        amount: "3000000.00",
        transaction,
        status: "settlement",
    })
}

#[tokio::test]
async fn money_without_a_seat_that_is_taken_back_is_shown_as_that() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (order, transaction) = without_stock(&shop).await;
        let body = settled(&shop, &order, &transaction);
        for outcome in ["paid_without_stock", "goes_back"] {
            let (status, answer) = shop.hook(body.clone()).await;
            assert_eq!((status, &answer["outcome"]), (200, &json!(outcome)));
        }
        // Somebody gives it back at the provider: that is the refund that waited for a person.
        shop.drive(&order, "refund").await;
        let graver = "SELECT COUNT(*) FROM orders WHERE attention = 'paid_without_stock'";
        assert_eq!(shop.number(graver).await, 1, "{:?}", shop.outcomes().await);
        let done =
            "SELECT COUNT(*) FROM refunds WHERE status = 'done' AND refund_key NOT LIKE 'RF-%'";
        assert_eq!(shop.number(done).await, 1);
        let noted = "SELECT COUNT(*) FROM audit_log WHERE actor_kind = 'provider' \
            AND action = 'order.attention' AND subject_kind = 'order' AND subject_id = (SELECT id FROM orders \
            WHERE attention = 'paid_without_stock')";
        assert_eq!(shop.number(noted).await, 2, "one for each reason");
        let first = "SELECT COUNT(*) FROM audit_log WHERE action = 'order.attention' AND detail LIKE '%\"reason\":\"paid_without_stock\"%'";
        assert_eq!(
            shop.number(first).await,
            1,
            "noted once however often it is said"
        );
    }
}

#[tokio::test]
async fn what_the_worker_finds_is_noted_as_the_systems() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (_, _) = without_stock(&shop).await;
        shop.central.clock.advance_ms(61_000);
        shop.central.app.settle_payments(50).await.expect("settles");
        let noted = "SELECT COUNT(*) FROM audit_log WHERE actor_kind = 'system' AND action = 'order.attention'";
        assert_eq!(shop.number(noted).await, 2, "no stock, and no way back");
        let shown = "SELECT COUNT(*) FROM orders WHERE attention = 'paid_without_stock'";
        assert_eq!(shop.number(shown).await, 1);
    }
}

/// A provider client that knows another key.
pub fn stranger(shop: &Shop) -> std::sync::Arc<Midtrans> {
    let config = central::payments::MidtransConfig::at(
        &shop.midtrans.base_url,
        "SB-Mid-server-OLDKEY".to_owned().into(),
    );
    std::sync::Arc::new(Midtrans::new(config).expect("a client"))
}
