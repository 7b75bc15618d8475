//! Events that will not take place: every order is refunded once, in pieces, whatever happens in between.
use central::{app::trail::Actor, domain::event::EventStatus};
use midtrans_sim::Drive;
use support::{central::Engine, shop::Shop};

use crate::refunds::paid;

fn organiser() -> Actor {
    Actor::Staff("the organiser".to_owned())
}

#[tokio::test]
async fn a_cancelled_event_refunds_every_order_once_in_pieces() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        let mut orders = Vec::new();
        for n in 0..7 {
            let channel = ["qris", "bank_transfer"][n % 2];
            orders.push(paid(&shop, &format!("wants-to-come-{n}"), &[(0, 2)], channel).await);
        }
        let open = shop.buy("not-paid-yet", &[(0, 1)]).await;
        app.cancel_event(event, &organiser())
            .await
            .expect("cancelled");
        assert!(app.cancel_event(event, &organiser()).await.is_err(), "once");
        let (status, _) = shop.place("too-late-to-buy", &shop.wish(&[(0, 1)])).await;
        assert_eq!(status, 409, "nothing is sold any more");
        assert_eq!(app.refund_cancelled(3).await.expect("a piece"), 3);
        // Another server takes the rest, at the same moment as this one.
        let (a, b) = tokio::join!(app.refund_cancelled(100), app.refund_cancelled(100));
        assert!(a.expect("pieces") + b.expect("pieces") >= 5);
        assert_eq!(app.refund_cancelled(100).await.expect("nothing"), 0);
        let run = app.refund_run(event).await.expect("a run").expect("begun");
        assert_eq!((run.orders, run.failed), (8, 0), "{engine:?}");
        assert!(run.done_at.is_some());
        let refunds = "SELECT COUNT(*) FROM refunds WHERE reason = 'event_cancelled'";
        assert_eq!(shop.number(refunds).await, 7, "one for each paid order");
        for order in &orders {
            assert_eq!(shop.look(order).await["status"], "refunded");
        }
        assert_eq!(shop.look(&open).await["status"], "cancelled");
        assert_eq!(shop.taken(0).await, 0);
        assert_eq!(app.send_refunds(50).await.expect("sends"), 4);
        let by_hand = "SELECT COUNT(*) FROM refunds WHERE status = 'manual'";
        assert_eq!(shop.number(by_hand).await, 3);
        let check = app.verify_event(event).await.expect("a check");
        assert_eq!(check.faults, []);
    }
}

#[tokio::test]
async fn money_that_comes_after_the_cancellation_goes_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        let order = shop.buy("pays-too-late", &[(0, 1)]).await;
        app.cancel_event(event, &organiser())
            .await
            .expect("cancelled");
        let (status, refused) = shop.post(&order.path("/payment"), &[], "").await;
        assert_eq!(
            (status, refused["code"].as_str()),
            (409, Some("not_on_sale"))
        );
        let drive = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            ..Drive::default()
        };
        shop.drive_by(&order, drive).await;
        assert_eq!(shop.look(&order).await["status"], "cancelled");
        assert_eq!(shop.number("SELECT COUNT(*) FROM tickets").await, 0);
        shop.resend(&order).await;
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 1);
        assert_eq!(app.send_refunds(50).await.expect("sends"), 1);
        assert_eq!(shop.refunded_at_provider(&order).await, 150_000);
        let status = app.event(event).await.expect("an event").event.status;
        assert_eq!(status, EventStatus::Cancelled);
    }
}

#[tokio::test]
async fn a_dispute_that_is_won_after_the_cancellation_gives_the_money_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (app, event) = (&shop.central.app, shop.event.event.id);
        let order = paid(&shop, "disputed-and-off", &[(0, 2)], "credit_card").await;
        shop.drive(&order, "chargeback").await;
        app.cancel_event(event, &organiser())
            .await
            .expect("cancelled");
        while app.refund_cancelled(10).await.expect("a piece") > 0 {}
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 0);
        app.end_dispute(&order.number, true, &organiser())
            .await
            .expect("won");
        let claimed = "SELECT COUNT(*) FROM payments WHERE claimed_minor = amount_minor";
        assert_eq!(shop.number(claimed).await, 1, "{engine:?}");
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        assert_eq!(shop.number(good).await, 0);
        let check = app.verify_event(event).await.expect("a check");
        assert_eq!(check.faults, []);
    }
}

/// Late money that is being booked at this moment: either the run of refunds sees it, or it sees the cancellation.
#[tokio::test]
async fn late_money_does_not_slip_past_a_cancellation() {
    for engine in Engine::both() {
        let shop = std::sync::Arc::new(Shop::open(engine).await);
        let (app, event) = (shop.central.app.clone(), shop.event.event.id);
        let mut orders = Vec::new();
        for n in 0..12 {
            let order = shop.buy(&format!("late-and-off-{n}"), &[(0, 1)]).await;
            shop.drive_silently(&order, "settlement").await;
            orders.push(order);
        }
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        app.expire_holds(50).await.expect("expires");
        let mut all = tokio::task::JoinSet::new();
        for order in &orders {
            let (shop, order) = (std::sync::Arc::clone(&shop), order.clone());
            all.spawn(async move { shop.resend(&order).await });
        }
        let closing = app.clone();
        all.spawn(async move {
            closing
                .cancel_event(event, &organiser())
                .await
                .expect("cancelled");
            while closing.refund_cancelled(3).await.expect("a piece") > 0 {}
        });
        all.join_all().await;
        while app.refund_cancelled(3).await.expect("a piece") > 0 {}
        let kept = "SELECT COUNT(*) FROM payments WHERE status <> 'success' OR claimed_minor < amount_minor";
        assert_eq!(shop.number(kept).await, 0, "{engine:?}");
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        assert_eq!(shop.number(good).await, 0);
    }
}

#[tokio::test]
async fn a_free_order_that_meets_a_cancellation_gets_no_tickets() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| wish.types[0].price_minor = 0).await;
        let app = &shop.central.app;
        // Stored, and not yet settled when the event is cancelled.
        let order = shop.buy("free-and-off", &[(0, 1)]).await;
        shop.central
            .execute("UPDATE orders SET status = 'pending', paid_at = NULL")
            .await;
        shop.central
            .execute("UPDATE holds SET status = 'held'")
            .await;
        app.cancel_event(shop.event.event.id, &organiser())
            .await
            .expect("cancelled");
        let settled = app.start_payment(&order.number, &order.access).await;
        assert_eq!(settled.expect("an answer").order.status.name(), "cancelled");
        assert_eq!(shop.taken(0).await, 0, "{engine:?}");
    }
}
