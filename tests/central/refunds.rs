//! Refunds: what goes back, which tickets go with it, and how the money is followed to its end.
use central::{
    app::{
        refunds::{RefundAsk, RefundError},
        trail::Actor,
    },
    domain::refund::{PlanError, Refund, RefundReason, RefundStatus, Scope},
    store::refund_rule::RefundRule,
};
use midtrans_sim::Drive;
use serde_json::json;
use support::{
    central::Engine,
    shop::{Bought, Shop},
    visit::Visit,
};

const VIP: usize = 1;
const DONE: &str = "SELECT COUNT(*) FROM refunds WHERE status = 'done'";

fn desk() -> Actor {
    Actor::Staff("Rini".to_owned())
}

/// An order paid by a means that the provider can give money back to.
pub async fn paid(shop: &Shop, key: &str, lines: &[(usize, u32)], channel: &str) -> Bought {
    let order = shop.buy(key, lines).await;
    pay(shop, &order, channel).await;
    order
}

async fn pay(shop: &Shop, order: &Bought, channel: &str) {
    let drive = Drive {
        to: "settlement".to_owned(),
        channel: Some(channel.to_owned()),
        ..Drive::default()
    };
    shop.drive_by(order, drive).await;
}

async fn refund(shop: &Shop, order: &Bought, scope: Scope) -> Result<Refund, RefundError> {
    let ask = RefundAsk {
        scope,
        reason: RefundReason::Staff,
        note: "asked for on the phone".to_owned(),
    };
    let app = &shop.central.app;
    app.refund_order(&order.number, &ask, &desk()).await
}

async fn send(shop: &Shop) -> usize {
    shop.central
        .app
        .send_refunds(50)
        .await
        .expect("the database answers")
}

/// Statuses of an order's tickets.
async fn tickets(shop: &Shop, order: &Bought) -> Vec<String> {
    let view = shop.central.app.find_order(&order.number, &order.access);
    let view = view.await.expect("it was placed");
    let status = |t: &central::domain::ticket::SoldTicket| t.gate.status.name().to_owned();
    view.tickets.iter().map(status).collect()
}

/// Whether gates can still prove what they hold.
async fn assert_provable(shop: &Shop) {
    let check = shop.central.app.verify_event(shop.event.event.id).await;
    assert_eq!(check.expect("a check").faults, []);
}

#[tokio::test]
async fn a_full_refund_takes_tickets_and_gives_money_and_places_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "all-of-it", &[(0, 2), (VIP, 1)], "qris").await;
        let made = refund(&shop, &order, Scope::Whole).await.expect("paid");
        assert_eq!(
            (made.status, made.amount.minor),
            (RefundStatus::Approved, 1_300_000)
        );
        assert_eq!(tickets(&shop, &order).await, ["refunded"; 3], "at once");
        assert_eq!((shop.taken(0).await, shop.taken(VIP).await), (0, 0));
        assert_eq!(shop.look(&order).await["status"], "refunded");
        assert_provable(&shop).await;
        assert_eq!(send(&shop).await, 1);
        assert_eq!(shop.number(DONE).await, 1);
        let back = "SELECT COUNT(*) FROM payments WHERE status = 'refunded' AND claimed_minor = amount_minor";
        assert_eq!(shop.number(back).await, 1);
        let mails = "SELECT COUNT(*) FROM outbox WHERE kind = 'refund_mail' AND done_at IS NULL";
        assert_eq!(shop.number(mails).await, 1);
        let trail = "SELECT COUNT(*) FROM audit_log WHERE action IN ('payment.paid', 'refund.approved', 'refund.done')";
        assert_eq!(shop.number(trail).await, 3, "a row for every move of money");
        let again = refund(&shop, &order, Scope::Whole).await;
        assert!(
            matches!(again, Err(RefundError::Plan(PlanError::NothingLeft))),
            "{again:?}"
        );
    }
}

#[tokio::test]
async fn parts_add_up_and_never_exceed_what_was_paid() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "in-pieces", &[(0, 3)], "credit_card").await;
        let view = shop.central.app.find_order(&order.number, &order.access);
        let ids: Vec<_> = view
            .await
            .expect("placed")
            .tickets
            .iter()
            .map(|t| t.gate.id)
            .collect();
        let one = refund(&shop, &order, Scope::Tickets(vec![ids[0]]))
            .await
            .expect("one");
        assert_eq!(one.amount.minor, 150_000);
        assert_eq!(shop.look(&order).await["status"], "partly_refunded");
        assert_eq!(shop.taken(0).await, 2);
        let twice = refund(&shop, &order, Scope::Tickets(vec![ids[0]])).await;
        assert!(
            matches!(twice, Err(RefundError::Plan(PlanError::TicketGone))),
            "{twice:?}"
        );
        refund(&shop, &order, Scope::Amount(50_000))
            .await
            .expect("an amount");
        let much = refund(&shop, &order, Scope::Amount(250_001)).await;
        assert!(
            matches!(much, Err(RefundError::Plan(PlanError::Amount))),
            "{much:?}"
        );
        let rest = refund(&shop, &order, Scope::Whole).await.expect("the rest");
        assert_eq!(rest.amount.minor, 250_000);
        assert_eq!(send(&shop).await, 3);
        let all = "SELECT CAST(SUM(amount_minor) AS SIGNED) FROM refunds WHERE status = 'done'";
        assert_eq!(shop.number(all).await, 450_000);
        assert_eq!(shop.look(&order).await["status"], "refunded");
        assert_provable(&shop).await;
        // The provider's notices of our own refunds change nothing.
        shop.resend(&order).await;
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 3);
    }
}

#[tokio::test]
async fn refunds_at_once_never_give_more_back_than_came() {
    for engine in Engine::both() {
        let shop = std::sync::Arc::new(Shop::open(engine).await);
        let order = paid(&shop, "many-hands", &[(0, 2)], "qris").await;
        let mut hands = tokio::task::JoinSet::new();
        for n in 0..12 {
            let (shop, order) = (std::sync::Arc::clone(&shop), order.clone());
            hands.spawn(async move {
                let scope = match n % 3 {
                    0 => Scope::Whole,
                    _ => Scope::Amount(70_000),
                };
                refund(&shop, &order, scope)
                    .await
                    .map_or(0, |refund| refund.amount.minor)
            });
        }
        let given: i64 = hands.join_all().await.into_iter().sum();
        let claimed = shop.number("SELECT claimed_minor FROM payments").await;
        assert_eq!(given, claimed, "{engine:?}");
        assert!(claimed <= 300_000, "{claimed}");
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_made_once() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "lost-answer", &[(0, 1)], "qris").await;
        let wished = refund(&shop, &order, Scope::Whole).await.expect("paid");
        // The provider makes it under our key, and we never hear so, not by its notice either.
        shop.notify(false).await;
        let call = json!({"refund_key": wished.key, "amount": 150_000, "reason": "staff"});
        shop.at_provider(&format!("/v2/{}/refund/online/direct", order.number), &call)
            .await;
        shop.notify(true).await;
        shop.cut_provider();
        assert_eq!(send(&shop).await, 0);
        let waits = "SELECT COUNT(*) FROM refunds WHERE status = 'sent' AND last_error = 'provider_unreachable'";
        assert_eq!(shop.number(waits).await, 1, "shown while it waits");
        shop.mend_provider();
        assert_eq!(send(&shop).await, 0, "its pause is not over");
        shop.central.clock.advance_ms(30_000);
        assert_eq!(send(&shop).await, 1);
        assert_eq!(shop.number(DONE).await, 1);
        assert_eq!(shop.refunded_at_provider(&order).await, 150_000, "once");
    }
}

#[tokio::test]
async fn money_without_a_way_back_waits_for_a_person() {
    let shop = Shop::open(Engine::Sqlite).await;
    let app = &shop.central.app;
    let order = paid(&shop, "by-transfer", &[(0, 1)], "bank_transfer").await;
    let waits = refund(&shop, &order, Scope::Whole).await.expect("paid");
    assert_eq!(waits.status, RefundStatus::Manual);
    let shown = "SELECT COUNT(*) FROM orders WHERE attention = 'refund_by_hand'";
    assert_eq!(shop.number(shown).await, 1);
    assert_eq!(send(&shop).await, 0);
    let done = app
        .finish_refund(waits.id, "TRF-881", &desk())
        .await
        .expect("by hand");
    assert_eq!(done.status, RefundStatus::Done);
    assert_eq!(shop.number(shown).await, 0, "nobody must look any more");
    let again = app.finish_refund(waits.id, "TRF-882", &desk()).await;
    assert!(matches!(again, Err(RefundError::Illegal(_))), "{again:?}");
    let trail = r#"SELECT COUNT(*) FROM audit_log WHERE actor_kind = 'staff' AND action = 'refund.done' AND detail LIKE '%TRF-881%' AND detail LIKE '%Rini%'"#;
    assert_eq!(shop.number(trail).await, 1);
}

#[tokio::test]
async fn a_refund_that_the_provider_cannot_pay_is_shown_and_made_later() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = paid(&shop, "poor-shop", &[(0, 1)], "qris").await;
    refund(&shop, &order, Scope::Whole).await.expect("paid");
    shop.control("/sim/balance", &json!({"amount": 1_000}))
        .await;
    assert_eq!(send(&shop).await, 0);
    let why = "SELECT COUNT(*) FROM refunds WHERE status = 'sent' AND last_error = 'provider_balance_too_low'";
    assert_eq!(shop.number(why).await, 1);
    shop.control("/sim/balance", &json!({"amount": null})).await;
    shop.central.clock.advance_ms(30_000);
    assert_eq!(send(&shop).await, 1);
    assert_eq!(shop.number(DONE).await, 1);
}

#[tokio::test]
async fn a_card_that_has_not_settled_is_cancelled_as_a_whole_and_waits_in_part() {
    let shop = Shop::open(Engine::Sqlite).await;
    for (key, scope) in [
        ("card-whole", Scope::Whole),
        ("card-part", Scope::Amount(10_000)),
    ] {
        let order = shop.buy(key, &[(0, 1)]).await;
        shop.drive(&order, "capture").await;
        refund(&shop, &order, scope).await.expect("paid");
    }
    assert_eq!(send(&shop).await, 1);
    let not_yet = "SELECT COUNT(*) FROM refunds WHERE status = 'sent' AND last_error = 'provider_not_settled'";
    assert_eq!(
        (shop.number(DONE).await, shop.number(not_yet).await),
        (1, 1)
    );
}

#[tokio::test]
async fn a_buyer_asks_and_somebody_agrees_or_does_not() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let rule = RefundRule {
            gives_back: true,
            ask_until: Some(shop.central.now().plus_ms(1)),
        };
        let event = shop.event.event.id;
        app.set_refund_rule(event, rule, &desk())
            .await
            .expect("a rule");
        let order = paid(&shop, "asks-nicely", &[(0, 2)], "qris").await;
        let stranger = app.request_refund(&order.number, "WRONG", &[], "").await;
        assert!(
            matches!(stranger, Err(RefundError::UnknownOrder)),
            "{stranger:?}"
        );
        let asked = app
            .request_refund(&order.number, &order.access, &[], "ill")
            .await;
        let asked = asked.expect("may ask");
        assert_eq!(asked.status, RefundStatus::Requested);
        assert_eq!(
            tickets(&shop, &order).await,
            ["valid"; 2],
            "nothing moves yet"
        );
        assert_eq!(shop.number("SELECT claimed_minor FROM payments").await, 0);
        let twice = app
            .request_refund(&order.number, &order.access, &[], "")
            .await;
        assert!(matches!(twice, Err(RefundError::AskedBefore)), "{twice:?}");
        app.decline_refund(asked.id, &desk())
            .await
            .expect("declined");
        let asked = app
            .request_refund(&order.number, &order.access, &[], "please")
            .await;
        let made = app
            .approve_refund(asked.expect("again").id, &desk())
            .await
            .expect("agreed");
        assert_eq!(
            (made.status, made.amount.minor),
            (RefundStatus::Approved, 300_000)
        );
        assert_eq!(tickets(&shop, &order).await, ["refunded"; 2]);
        let twice = app.approve_refund(made.id, &desk()).await;
        assert!(matches!(twice, Err(RefundError::Illegal(_))), "{twice:?}");
        assert_eq!(send(&shop).await, 1);
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn buyers_ask_in_time_or_while_the_event_is_postponed() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (app, event) = (&shop.central.app, shop.event.event.id);
    let order = paid(&shop, "too-late", &[(0, 1)], "qris").await;
    let ask = || app.request_refund(&order.number, &order.access, &[], "");
    let rule = RefundRule {
        gives_back: false,
        ask_until: Some(shop.central.now()),
    };
    app.set_refund_rule(event, rule, &desk())
        .await
        .expect("a rule");
    let late = ask().await;
    assert!(matches!(late, Err(RefundError::TooLate)), "{late:?}");
    app.postpone_event(event, &desk()).await.expect("postponed");
    let asked = ask().await.expect("postponed");
    app.approve_refund(asked.id, &desk()).await.expect("agreed");
    assert_eq!(shop.taken(0).await, 1, "the event keeps its places");
}

#[tokio::test]
async fn what_was_not_paid_is_not_refunded() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("no-money-yet", &[(0, 1)]).await;
    let refused = refund(&shop, &order, Scope::Whole).await;
    assert!(matches!(refused, Err(RefundError::NotPaid)), "{refused:?}");
    let unknown = Bought {
        number: "GRB-0000000000".to_owned(),
        ..order
    };
    let refused = refund(&shop, &unknown, Scope::Whole).await;
    assert!(
        matches!(refused, Err(RefundError::UnknownOrder)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_buyer_asks_on_the_page_and_sees_the_answer() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (app, event) = (&shop.central.app, shop.event.event.id);
    let rule = RefundRule {
        gives_back: true,
        ask_until: Some(shop.central.now().plus_ms(60_000)),
    };
    app.set_refund_rule(event, rule, &desk())
        .await
        .expect("a rule");
    let order = paid(&shop, "on-the-page", &[(0, 2)], "qris").await;
    let path = format!("/orders/{}?access={}", order.number, order.access);
    let ask = format!("/orders/{}/refunds?access={}", order.number, order.access);
    let mut visit = Visit::new(&shop);
    let page = visit.get(&path).await.page;
    assert!(page.contains("Ask for your money back"), "{page}");
    let view = app.find_order(&order.number, &order.access).await;
    let number = view.expect("placed").tickets[0].gate.number.to_string();
    let none = visit.post(&ask, &[]).await;
    assert!(none.status == 409 && none.page.contains("Choose the tickets"));
    visit.get(&path).await;
    let sent = visit
        .post(&ask, &[("ticket", &number), ("note", "<b>ill</b>")])
        .await;
    assert_eq!((sent.status, sent.to()), (303, path.as_str()));
    let page = visit.get(&path).await.page;
    assert!(page.contains("waits for the organiser") && page.contains("150,000"));
    assert!(!page.contains("Ask for your money back"), "one at a time");
    assert_eq!(tickets(&shop, &order).await, ["valid"; 2]);
    let asked = shop
        .number("SELECT COUNT(*) FROM refunds WHERE status = 'requested' AND note = '<b>ill</b>'")
        .await;
    assert_eq!(asked, 1);
    let stranger = visit
        .get(&format!("/orders/{}?access=WRONG", order.number))
        .await;
    assert_eq!(stranger.status, 404);
}
