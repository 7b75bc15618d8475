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
