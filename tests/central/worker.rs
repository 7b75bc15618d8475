//! The worker: no step waits for another, and no payment for another.
use std::time::Duration;

use central::worker;
use support::{central::Engine, shop::Shop};
use tokio_util::sync::CancellationToken;

async fn until(shop: &Shop, condition: impl AsyncFn(&Shop) -> bool) {
    while !condition(shop).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn holds_end_while_the_provider_does_not_answer() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        for n in 0..3 {
            shop.buy(&format!("left-alone-{n}"), &[(0, 1)]).await;
        }
        shop.central.clock.advance_ms(61_000);
        shop.line.stall();
        let running = tokio::spawn(worker::run(
            shop.central.app.clone(),
            CancellationToken::new(),
        ));
        until(&shop, async |shop| shop.line.stalled() > 0).await;
        // A call to the provider may take ten seconds, and three are due.
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        let ended = until(&shop, async |shop| shop.taken(0).await == 0);
        let in_time = tokio::time::timeout(Duration::from_secs(7), ended).await;
        assert!(in_time.is_ok(), "{engine:?}: holds wait for the provider");
        running.abort();
    }
}

#[tokio::test]
async fn one_payment_that_cannot_be_read_keeps_no_other_waiting() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let mut orders = Vec::new();
        for n in 0..4 {
            let order = shop.buy(&format!("silent-money-{n}"), &[(0, 1)]).await;
            shop.drive_silently(&order, "settlement").await;
            shop.central.clock.advance_ms(1_000);
            orders.push(order);
        }
        shop.central.clock.advance_ms(61_000);
        shop.line.lose(1);
        assert_eq!(
            app.settle_payments(50).await.expect("goes on"),
            3,
            "{engine:?}"
        );
        assert_eq!(shop.look(&orders[0]).await["status"], "pending");
        shop.central.clock.advance_ms(130_000);
        assert_eq!(app.settle_payments(50).await.expect("its turn again"), 1);
        assert_eq!(shop.look(&orders[0]).await["status"], "paid");
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_is_asked_three_times_and_others_get_their_turn() {
    let shop = Shop::open(Engine::Sqlite).await;
    let app = &shop.central.app;
    for n in 0..5 {
        shop.buy(&format!("in-the-outage-{n}"), &[(0, 1)]).await;
    }
    shop.central.clock.advance_ms(61_000);
    shop.cut_provider();
    assert!(app.settle_payments(50).await.is_err());
    let looked = "SELECT COUNT(*) FROM payments WHERE updated_at > created_at";
    assert_eq!(shop.number(looked).await, 3);
    assert_eq!(app.settle_payments(50).await.expect("two are left"), 0);
    assert_eq!(shop.number(looked).await, 5);
}
