//! Money taken by hand: recorded with who, how and how much, and safe against a second payment.
use central::{
    app::{
        desk::{DeskError, Means, Taken},
        refunds::RefundAsk,
        trail::Actor,
    },
    domain::refund::{RefundReason, RefundStatus},
};
use midtrans_sim::Drive;
use support::{central::Engine, shop::Shop};

fn cash(amount_minor: i64) -> Taken {
    Taken {
        means: Means::Cash,
        amount_minor,
        reference: "R-17".to_owned(),
    }
}

fn rini() -> Actor {
    Actor::Staff("Rini".to_owned())
}

#[tokio::test]
async fn money_by_hand_issues_tickets_and_says_who_took_it() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("at-the-desk", &[(0, 2)]).await;
        let short = app
            .record_payment(&order.number, &cash(299_999), &rini())
            .await;
        assert!(matches!(short, Err(DeskError::Amount(_))), "{short:?}");
        app.record_payment(&order.number, &cash(300_000), &rini())
            .await
            .expect("taken");
        let seen = shop.look(&order).await;
        assert_eq!(seen["status"], "paid");
        assert_eq!(seen["tickets"].as_array().map(Vec::len), Some(2));
        let twice = app
            .record_payment(&order.number, &cash(300_000), &rini())
            .await;
        assert!(matches!(twice, Err(DeskError::Illegal(_))), "{twice:?}");
        let trail = "SELECT COUNT(*) FROM audit_log WHERE actor_kind = 'staff' AND action = 'payment.by_hand' \
            AND detail LIKE '%Rini%' AND detail LIKE '%R-17%' AND detail LIKE '%cash%'";
        assert_eq!(shop.number(trail).await, 1);
        let ask = RefundAsk::whole(RefundReason::Staff);
        let back = app
            .refund_order(&order.number, &ask, &rini())
            .await
            .expect("paid");
        assert_eq!(back.status, RefundStatus::Manual, "by hand likewise");
    }
}

#[tokio::test]
async fn money_that_comes_beside_a_payment_by_hand_goes_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("pays-both-ways", &[(0, 1)]).await;
        app.record_payment(&order.number, &cash(150_000), &rini())
            .await
            .expect("taken");
        let drive = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            ..Drive::default()
        };
        shop.drive_by(&order, drive).await;
        shop.resend(&order).await;
        assert_eq!(shop.number("SELECT COUNT(*) FROM tickets").await, 1);
        let twice =
            "SELECT COUNT(*) FROM refunds WHERE reason = 'paid_twice' AND amount_minor = 150000";
        assert_eq!(shop.number(twice).await, 1);
        assert_eq!(app.send_refunds(10).await.expect("sends"), 1);
        assert_eq!(shop.refunded_at_provider(&order).await, 150_000);
        assert_eq!(
            shop.look(&order).await["status"],
            "paid",
            "the desk's money stays"
        );
    }
}

#[tokio::test]
async fn the_session_of_an_order_paid_by_hand_is_closed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let app = &shop.central.app;
    let order = shop.buy("closes-the-page", &[(0, 1)]).await;
    app.record_payment(&order.number, &cash(150_000), &rini())
        .await
        .expect("taken");
    assert_eq!(app.close_sessions(10).await.expect("closes"), 1);
    let drive = Drive {
        to: "settlement".to_owned(),
        ..Drive::default()
    };
    let refused = shop.midtrans.drive(&order.number, &drive).await;
    assert!(refused.is_err(), "the page is gone");
}
