//! Refunds at night, when one acquirer takes none: they wait for the morning instead of a person.
use central::{
    app::{refunds::RefundAsk, trail::Actor},
    domain::refund::RefundReason,
};
use support::{central::Engine, shop::Shop};

use crate::refunds::paid;

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_refund_that_is_decided_at_night_is_sent_in_the_morning() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let desk = Actor::Staff("Rini".to_owned());
        // The clock shows seven in the morning there.
        shop.central.clock.advance_ms(16 * HOUR + 55 * 60_000);
        let mut orders = Vec::new();
        for (key, channel) in [("night-by-code", "qris"), ("night-by-card", "credit_card")] {
            let order = paid(&shop, key, &[(0, 1)], channel).await;
            let ask = RefundAsk::whole(RefundReason::Staff);
            app.refund_order(&order.number, &ask, &desk)
                .await
                .expect("paid");
            orders.push(order);
        }
        assert_eq!(app.send_refunds(10).await.expect("sends"), 1, "the card's");
        for hours in [1, 5] {
            assert_eq!(shop.refunded_at_provider(&orders[0]).await, 0);
            let waits = "SELECT COUNT(*) FROM refunds WHERE status = 'approved'";
            assert_eq!(shop.number(waits).await, 1, "no person is bothered");
            assert_eq!(app.send_refunds(10).await.expect("looks"), 0);
            shop.central.clock.advance_ms(hours * HOUR);
        }
        shop.central.clock.advance_ms(5 * 60_000);
        assert_eq!(app.send_refunds(10).await.expect("sends"), 1);
        assert_eq!(
            shop.refunded_at_provider(&orders[0]).await,
            150_000,
            "{engine:?}"
        );
    }
}
