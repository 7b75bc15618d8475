//! What buyers asked for and what happened meanwhile: a request is for what is still theirs.
use central::{
    app::{
        refunds::{RefundAsk, RefundError},
        trail::Actor,
    },
    domain::refund::{Refund, RefundReason, RefundStatus, Scope},
    store::refund_rule::RefundRule,
};
use support::{
    central::Engine,
    letter::{connected, parsed, text},
    post_box::PostBox,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

fn desk() -> Actor {
    Actor::Staff("Rini".to_owned())
}

/// A paid order whose buyer asks for all of it.
async fn asked(shop: &Shop, key: &str, count: u32) -> (Bought, Refund) {
    let app = &shop.central.app;
    let rule = RefundRule {
        gives_back: true,
        ask_until: Some(shop.central.now().plus_ms(60_000)),
    };
    app.set_refund_rule(shop.event.event.id, rule, &desk())
        .await
        .expect("a rule");
    let order = paid(shop, key, &[(0, count)], "qris").await;
    let asked = app
        .request_refund(&order.number, &order.access, &[], "ill")
        .await;
    (order, asked.expect("may ask"))
}

async fn refund(shop: &Shop, order: &Bought, scope: Scope) {
    let ask = RefundAsk {
        scope,
        reason: RefundReason::Staff,
        note: String::new(),
    };
    let app = &shop.central.app;
    let made = app.refund_order(&order.number, &ask, &desk()).await;
    made.expect("paid");
}

async fn status(shop: &Shop, order: &Bought, refund: &Refund) -> RefundStatus {
    let all = shop.central.app.refunds_of(&order.number).await;
    let all = all.expect("placed");
    let found = all.iter().find(|one| one.id == refund.id);
    found.expect("it was asked for").status
}

#[tokio::test]
async fn a_request_is_over_when_the_order_went_back_another_way() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let (order, request) = asked(&shop, "admin-was-first", 2).await;
        refund(&shop, &order, Scope::Whole).await;
        assert_eq!(
            status(&shop, &order, &request).await,
            RefundStatus::Overtaken
        );
        let declined = app.decline_refund(request.id, &desk()).await;
        assert!(
            matches!(declined, Err(RefundError::Illegal(_))),
            "{declined:?}"
        );

        let (off, request) = asked(&shop, "event-is-off", 1).await;
        let (dashboard, elsewhere) = asked(&shop, "at-the-dashboard", 1).await;
        shop.drive(&dashboard, "refund").await;
        assert_eq!(
            status(&shop, &dashboard, &elsewhere).await,
            RefundStatus::Overtaken
        );
        app.cancel_event(shop.event.event.id, &desk())
            .await
            .expect("cancelled");
        while app.refund_cancelled(10).await.expect("a piece") > 0 {}
        assert_eq!(status(&shop, &off, &request).await, RefundStatus::Overtaken);
        let waits = "SELECT COUNT(*) FROM refunds WHERE status = 'requested'";
        assert_eq!(shop.number(waits).await, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn a_request_keeps_to_the_tickets_that_are_left() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let (order, request) = asked(&shop, "one-went-before", 3).await;
        let view = app.find_order(&order.number, &order.access).await;
        let first = view.expect("placed").tickets[0].gate.id;
        refund(&shop, &order, Scope::Tickets(vec![first])).await;
        let approved = app.approve_refund(request.id, &desk()).await;
        assert_eq!(approved.expect("two are left").amount.minor, 300_000);
        let claimed = "SELECT claimed_minor FROM payments";
        assert_eq!(shop.number(claimed).await, 450_000, "{engine:?}");
    }
}

#[tokio::test]
async fn a_declined_buyer_is_told_of_valid_tickets_only_where_there_are() {
    let (shop, post) = (Shop::open(Engine::Sqlite).await, PostBox::open().await);
    let app = connected(&shop, &post);
    for (key, is_disputed) in [("declined-valid", false), ("declined-frozen", true)] {
        let (order, request) = asked(&shop, key, 1).await;
        if is_disputed {
            shop.drive_by(
                &order,
                midtrans_sim::Drive {
                    to: "chargeback".to_owned(),
                    force: true,
                    ..midtrans_sim::Drive::default()
                },
            )
            .await;
        }
        while app.send_letters(20).await.expect("sends") > 0 {}
        let before = post.letters().len();
        app.decline_refund(request.id, &desk())
            .await
            .expect("it waits");
        while app.send_letters(20).await.expect("sends") > 0 {}
        let letter = parsed(&post.letters()[before]);
        let said = text(&letter);
        assert!(said.contains("did not agree"), "{said}");
        assert_eq!(said.contains("stay valid"), !is_disputed, "{said}");
    }
}
