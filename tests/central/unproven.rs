//! Notices without a valid proof: a bounded number is kept, and one that is proven later counts as proven.
use axum::http::HeaderMap;
use central::app::notices::NoticeOutcome;
use support::{
    central::Engine,
    shop::{Forged, Shop},
};

use crate::attention::stranger;

#[tokio::test]
async fn a_flood_of_rubbish_is_kept_up_to_a_thousand() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        for n in 0..1_003 {
            let (status, answer) = shop.hook(format!("rubbish {n}")).await;
            assert_eq!(
                (status, answer["outcome"].as_str()),
                (400, Some("malformed"))
            );
        }
        let kept = "SELECT COUNT(*) FROM payment_notices";
        assert_eq!(shop.number(kept).await, 1_000);
        // What is kept already is counted; what can be proven is kept.
        shop.hook("rubbish 0").await;
        let repeated = "SELECT COUNT(*) FROM payment_notices WHERE times_received = 2";
        assert_eq!(shop.number(repeated).await, 1);
        let order = shop.buy("in-the-flood", &[(0, 1)]).await;
        shop.drive(&order, "settlement").await;
        assert_eq!(shop.look(&order).await["status"], "paid");
        let proven = "SELECT COUNT(*) FROM payment_notices WHERE authentic";
        assert_eq!(shop.number(proven).await, 2);
    }
}

#[tokio::test]
async fn a_notice_that_is_proven_later_is_stored_as_proven() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("while-keys-change", &[(0, 1)]).await;
        let transaction = shop.drive_silently(&order, "settlement").await;
        let body = shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: &transaction,
            status: "settlement",
        });
        let mut app = shop.central.app.clone();
        app.provider = stranger(&shop);
        let refused = app.take_notice(&HeaderMap::new(), body.as_bytes()).await;
        assert_eq!(refused.expect("an outcome"), NoticeOutcome::BadSignature);
        assert_eq!(shop.hook(body.clone()).await.0, 200);
        let proven = "SELECT COUNT(*) FROM payment_notices WHERE authentic AND times_received = 2 \
            AND outcome = 'paid' AND reference = (SELECT number FROM orders)";
        assert_eq!(shop.number(proven).await, 1, "{:?}", shop.outcomes().await);

        // And it stays so, whatever is said of it afterwards.
        let again = app.take_notice(&HeaderMap::new(), body.as_bytes()).await;
        assert_eq!(again.expect("an outcome"), NoticeOutcome::BadSignature);
        assert_eq!(shop.outcomes().await, [("paid".to_owned(), 1)].into());
        let still = "SELECT COUNT(*) FROM payment_notices WHERE authentic";
        assert_eq!(shop.number(still).await, 1);
    }
}
