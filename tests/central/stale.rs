//! Readings of the provider's records that are older than what is stored, and payments that are watched long enough.
use std::sync::Arc;

use central::app::trail::Actor;
use midtrans_sim::Drive;
use support::{
    central::Engine,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

const VALID: &str = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";

fn settlement() -> Drive {
    Drive {
        to: "settlement".to_owned(),
        channel: Some("bank_transfer".to_owned()),
        ..Drive::default()
    }
}

/// Has central read that the order is paid, and keeps the answer on its way.
async fn read_slowly(shop: &Arc<Shop>, order: &Bought) -> tokio::task::JoinHandle<()> {
    shop.line.keep_answer();
    let (slow, number) = (Arc::clone(shop), order.number.clone());
    let reading = tokio::spawn(async move {
        let read = slow.central.app.check_payment(&number).await;
        read.expect("the provider answers");
    });
    shop.line.answer_kept().await;
    reading
}

#[tokio::test]
async fn a_reading_that_is_older_than_a_reversal_pays_nothing() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let order = shop.buy("slow-reading", &[(0, 1)]).await;
        shop.notify(false).await;
        shop.drive_by(&order, settlement()).await;
        let slow = read_slowly(&shop, &order).await;
        // Meanwhile it is paid, and the bank takes the money back.
        shop.notify(true).await;
        shop.resend(&order).await;
        assert_eq!(shop.number(VALID).await, 1);
        shop.drive(&order, "deny").await;
        assert_eq!(shop.number(VALID).await, 0);
        shop.line.let_go();
        slow.await.expect("it ends");
        assert_eq!(shop.number(VALID).await, 0, "{engine:?}");
        assert_eq!(shop.look(&order).await["status"], "failed");
        assert_eq!(shop.taken(0).await, 0);
    }
}

#[tokio::test]
async fn a_disputed_payment_is_not_thawed_by_a_reading() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "disputed-and-read", &[(0, 2)], "credit_card").await;
        shop.drive(&order, "chargeback").await;
        let back = Drive {
            to: "settlement".to_owned(),
            force: true,
            ..Drive::default()
        };
        shop.drive_by(&order, back).await;
        assert_eq!(shop.number(VALID).await, 0, "{engine:?}");
        let manager = Actor::Staff("Dewi".to_owned());
        let app = &shop.central.app;
        app.end_dispute(&order.number, true, &manager)
            .await
            .expect("won");
        assert_eq!(shop.number(VALID).await, 2);
        // The provider goes on saying so: a person has decided, and looks again.
        let still = Drive {
            to: "chargeback".to_owned(),
            force: true,
            ..Drive::default()
        };
        shop.drive_by(&order, still).await;
        assert_eq!(shop.number(VALID).await, 2, "{engine:?}");
        let shown = "SELECT COUNT(*) FROM orders WHERE attention = 'disputed'";
        assert_eq!(shop.number(shown).await, 1);
    }
}

/// An order that was paid after days is watched from then on, as the bank may still take the money back.
#[tokio::test]
async fn a_payment_is_watched_from_the_moment_the_money_came() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("pays-after-days", &[(0, 1)]).await;
        shop.notify(false).await;
        shop.drive_by(&order, settlement()).await;
        shop.central.clock.advance_ms(3 * 24 * 3_600_000);
        app.expire_holds(10).await.expect("expires");
        assert_eq!(
            app.settle_payments(10).await.expect("looks"),
            1,
            "paid late"
        );
        assert_eq!(shop.number(VALID).await, 1);
        shop.drive(&order, "deny").await;
        shop.central.clock.advance_ms(2 * 60_000);
        assert_eq!(
            app.settle_payments(10).await.expect("looks"),
            1,
            "{engine:?}"
        );
        assert_eq!(shop.number(VALID).await, 0);
    }
}
