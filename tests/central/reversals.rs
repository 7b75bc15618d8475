//! Money that is taken away again, and the other traps of the provider: reversals, disputes, challenges, second
//! payments, refunds that nobody here made, notices that lie.
use central::{
    app::{notices::NoticeOutcome, refunds::RefundAsk, trail::Actor},
    domain::refund::RefundReason,
};
use midtrans_sim::Drive;
use serde_json::{Value, json};
use support::{
    central::Engine,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

fn manager() -> Actor {
    Actor::Staff("Dewi".to_owned())
}

fn drive_to(to: &str, channel: &str) -> Drive {
    Drive {
        to: to.to_owned(),
        channel: Some(channel.to_owned()),
        ..Drive::default()
    }
}

async fn count(shop: &Shop, status: &'static str) -> i64 {
    shop.number(match status {
        "valid" => "SELECT COUNT(*) FROM tickets WHERE status = 'valid'",
        "revoked" => "SELECT COUNT(*) FROM tickets WHERE status = 'revoked'",
        _ => "SELECT COUNT(*) FROM tickets WHERE status = 'refunded'",
    })
    .await
}

async fn assert_provable(shop: &Shop) {
    let check = shop.central.app.verify_event(shop.event.event.id).await;
    assert_eq!(check.expect("a check").faults, []);
}

async fn attention(shop: &Shop, order: &Bought) -> Option<&'static str> {
    let view = shop.central.app.find_order(&order.number, &order.access);
    view.await
        .expect("placed")
        .order
        .attention
        .map(|why| why.name())
}

#[tokio::test]
async fn a_settlement_that_is_denied_minutes_later_takes_the_tickets_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "flips-to-deny", &[(0, 2)], "bank_transfer").await;
        let before = shop.number("SELECT revision FROM event_revisions").await;
        shop.central.clock.advance_ms(3 * 60_000);
        shop.drive(&order, "deny").await;
        shop.resend(&order).await;
        assert_eq!(
            (count(&shop, "revoked").await, count(&shop, "valid").await),
            (2, 0)
        );
        assert_eq!(shop.look(&order).await["status"], "failed");
        assert_eq!(shop.taken(0).await, 0, "sold again, once");
        assert_eq!(attention(&shop, &order).await, Some("reversed"));
        let after = shop.number("SELECT revision FROM event_revisions").await;
        assert_eq!(after, before + 1, "gates hear of it, once");
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn a_reversal_whose_notice_is_lost_is_found_by_looking_again() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = paid(&shop, "silent-reversal", &[(0, 1)], "bank_transfer").await;
    shop.drive_silently(&order, "deny").await;
    shop.central.clock.advance_ms(3 * 60_000);
    let app = &shop.central.app;
    assert_eq!(app.settle_payments(50).await.expect("looks"), 1);
    assert_eq!(count(&shop, "revoked").await, 1);
}

#[tokio::test]
async fn a_dispute_freezes_the_tickets_until_somebody_won() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        for (key, won) in [("dispute-won", true), ("dispute-lost", false)] {
            let order = paid(&shop, key, &[(0, 2)], "credit_card").await;
            shop.drive(&order, "chargeback").await;
            shop.resend(&order).await;
            assert_eq!(
                (count(&shop, "revoked").await, count(&shop, "valid").await),
                (2, 0)
            );
            assert_eq!(attention(&shop, &order).await, Some("disputed"));
            let ask = central::app::refunds::RefundAsk::whole(
                central::domain::refund::RefundReason::Staff,
            );
            let twice = app.refund_order(&order.number, &ask, &manager()).await;
            assert!(twice.is_err(), "the bank has the money: {twice:?}");
            app.end_dispute(&order.number, won, &manager())
                .await
                .expect("ended");
            assert!(
                app.end_dispute(&order.number, won, &manager())
                    .await
                    .is_err()
            );
            assert_eq!(attention(&shop, &order).await, None);
            if won {
                assert_eq!(count(&shop, "valid").await, 2);
                assert_eq!(shop.look(&order).await["status"], "paid");
                // Out of the way of the next.
                app.refund_order(&order.number, &ask, &manager())
                    .await
                    .expect("paid");
            } else {
                assert_eq!(count(&shop, "refunded").await, 4);
                assert_eq!(shop.look(&order).await["status"], "refunded");
                assert_eq!(shop.taken(0).await, 0);
            }
            assert_provable(&shop).await;
        }
    }
}

#[tokio::test]
async fn money_that_the_bank_has_taken_does_not_go_back_a_second_time() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = paid(&shop, "refund-meets-dispute", &[(0, 2)], "credit_card").await;
        let whole =
            central::app::refunds::RefundAsk::whole(central::domain::refund::RefundReason::Staff);
        let refund = app.refund_order(&order.number, &whole, &manager()).await;
        let refund = refund.expect("paid");
        shop.drive(&order, "chargeback").await;
        shop.central.clock.advance_ms(60_000);
        assert_eq!(app.send_refunds(50).await.expect("looks"), 0);
        let open = "SELECT COUNT(*) FROM refunds WHERE status = 'approved'";
        assert_eq!(shop.number(open).await, 1, "the provider was not asked");
        let taken = app.take_refund_over(refund.id, &manager()).await;
        taken.expect("on its way");
        let by_hand = app.finish_refund(refund.id, "BCA 1", &manager()).await;
        assert_eq!(by_hand.expect_err("disputed").code(), "disputed");
        app.end_dispute(&order.number, false, &manager())
            .await
            .expect("lost, though the order was refunded before");
        let done = "SELECT COUNT(*) FROM refunds WHERE status = 'done'";
        assert_eq!(shop.number(done).await, 1);
        let gone = "SELECT COUNT(*) FROM payments WHERE claimed_minor = amount_minor";
        assert_eq!(shop.number(gone).await, 1, "once");
        assert_eq!(shop.taken(0).await, 0);
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn a_second_payment_of_one_order_goes_back_and_the_first_stays() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("two-phones", &[(0, 1)]).await;
        shop.drive_by(&order, drive_to("settlement", "qris")).await;
        let second = Drive {
            second: true,
            ..drive_to("settlement", "qris")
        };
        shop.drive_by(&order, second).await;
        shop.resend(&order).await;
        assert_eq!(count(&shop, "valid").await, 1);
        assert_eq!(attention(&shop, &order).await, Some("paid_twice"));
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM payments WHERE status = 'success'")
                .await,
            2
        );
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 1);
        assert_eq!(shop.central.app.send_refunds(10).await.expect("sends"), 1);
        let went = shop.transactions(&order).await;
        let refunded: Vec<_> = went.iter().map(|t| t["refunded"].as_i64()).collect();
        assert_eq!(
            refunded,
            [Some(0), Some(150_000)],
            "{engine:?}: of the second"
        );
        assert_eq!(shop.look(&order).await["status"], "paid");
    }
}

#[tokio::test]
async fn an_expiry_of_the_first_attempt_does_not_undo_the_second() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("second-attempt", &[(0, 1)]).await;
    let first = shop.drive_silently(&order, "pending").await;
    let second = Drive {
        second: true,
        ..drive_to("settlement", "qris")
    };
    shop.drive_by(&order, second).await;
    let body = shop.forge(&support::shop::Forged {
        order: &order.number,
        code: "202",
        amount: "150000.00",
        transaction: &first,
        status: "expire",
    });
    shop.central.clock.advance_ms(20 * 60_000);
    let (status, _) = shop.hook(body).await;
    assert_eq!(status, 200);
    assert_eq!(count(&shop, "valid").await, 1);
    assert_eq!(shop.look(&order).await["status"], "paid");
}

#[tokio::test]
async fn a_challenge_issues_nothing_until_it_is_answered() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        for (key, approve, status) in [
            ("is-let-through", true, "paid"),
            ("is-refused", false, "pending"),
        ] {
            let order = shop.buy(key, &[(0, 1)]).await;
            shop.drive(&order, "challenge").await;
            assert_eq!(
                shop.look(&order).await["status"],
                "pending",
                "nothing is issued"
            );
            assert_eq!(attention(&shop, &order).await, Some("challenged"));
            shop.notify(false).await;
            let outcome = app
                .answer_challenge(&order.number, approve, &manager())
                .await;
            let outcome = outcome.expect("the provider waits");
            shop.notify(true).await;
            assert_eq!(
                outcome.name(),
                if approve { "paid" } else { "attempt_failed" }
            );
            assert_eq!(shop.look(&order).await["status"], status);
            assert_eq!(attention(&shop, &order).await, None);
            let twice = app
                .answer_challenge(&order.number, approve, &manager())
                .await;
            assert!(twice.is_err(), "it is answered: {twice:?}");
        }
        assert_eq!(count(&shop, "valid").await, 1);
    }
}

#[tokio::test]
async fn refunds_made_at_the_provider_are_booked_and_the_tickets_follow() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "dashboard", &[(0, 2)], "qris").await;
        let part = Drive {
            amount: Some(50_000),
            ..drive_to("partial_refund", "qris")
        };
        shop.drive_by(&order, part).await;
        shop.resend(&order).await;
        assert_eq!(shop.look(&order).await["status"], "partly_refunded");
        assert_eq!(count(&shop, "valid").await, 2, "an amount takes no tickets");
        shop.drive(&order, "refund").await;
        shop.resend(&order).await;
        assert_eq!(shop.look(&order).await["status"], "refunded");
        assert_eq!(
            (count(&shop, "refunded").await, shop.taken(0).await),
            (2, 0)
        );
        assert_eq!(attention(&shop, &order).await, Some("refunded_elsewhere"));
        let booked = "SELECT CAST(SUM(amount_minor) AS SIGNED) FROM refunds WHERE status = 'done'";
        assert_eq!(shop.number(booked).await, 300_000);
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM refunds").await,
            2,
            "each once"
        );
        assert_provable(&shop).await;
    }
}

/// Central was restored from a copy that is older than the refund, and somebody wants it once more.
#[tokio::test]
async fn a_refund_that_central_forgot_is_found_at_the_provider_and_not_made_by_hand() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "forgotten", &[(0, 1)], "qris").await;
        // Its notice came before, and went with what central forgot. A notice that came now would be the other story: by it
        // alone the refund is booked, and then there is nothing left to be wanted.
        shop.notify(false).await;
        let call = json!({"refund_key": "RF-forgotten", "amount": 150_000, "reason": "staff"});
        shop.at_provider(&format!("/v2/{}/refund/online/direct", order.number), &call)
            .await;
        shop.notify(true).await;
        let app = &shop.central.app;
        let ask = RefundAsk::whole(RefundReason::Staff);
        let wanted = app.refund_order(&order.number, &ask, &manager()).await;
        wanted.expect("paid");
        app.send_refunds(50).await.expect("the database answers");
        let found =
            "SELECT COUNT(*) FROM refunds WHERE status = 'done' AND refund_key = 'RF-forgotten'";
        assert_eq!(shop.number(found).await, 1, "{engine:?}");
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 1);
        assert_eq!(
            attention(&shop, &order).await,
            None,
            "nothing is left to give back"
        );
        assert_eq!(shop.refunded_at_provider(&order).await, 150_000, "once");
    }
}

#[tokio::test]
async fn an_altered_status_under_a_valid_signature_moves_nothing() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("altered-status", &[(0, 1)]).await;
    let spoil = json!({"spoil": {"status": "settlement"}});
    shop.control("/sim/faults", &spoil).await;
    shop.drive(&order, "pending").await;
    assert_eq!(
        shop.outcomes().await,
        [("status_differs".to_owned(), 1)].into()
    );
    assert_eq!(shop.look(&order).await["status"], "pending");
    assert_eq!(count(&shop, "valid").await, 0);
}

#[tokio::test]
async fn notices_that_are_spoiled_repeated_reordered_or_together_pay_once() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("stormy-line", &[(0, 2)]).await;
        shop.drive_by(&order, drive_to("pending", "qris")).await;
        for spoil in [json!("signature"), json!({"order_id": "GRB-OTHER"})] {
            shop.control("/sim/faults", &json!({"spoil": spoil})).await;
            shop.resend(&order).await;
        }
        assert_eq!(shop.look(&order).await["status"], "pending");
        shop.control("/sim/faults", &json!({"hold": true, "repeat": 3}))
            .await;
        shop.drive(&order, "settlement").await;
        assert_eq!(shop.look(&order).await["status"], "pending", "held back");
        shop.control("/sim/release", &json!({"order": "reversed"}))
            .await;
        shop.control("/sim/faults", &json!({"repeat": 9, "together": true}))
            .await;
        shop.resend(&order).await;
        shop.control("/sim/faults", &json!({})).await;
        assert_eq!(shop.look(&order).await["status"], "paid");
        assert_eq!((count(&shop, "valid").await, shop.taken(0).await), (2, 2));
    }
}

#[tokio::test]
async fn a_notice_that_could_not_be_followed_is_followed_later() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = paid(&shop, "line-is-cut", &[(0, 1)], "credit_card").await;
        shop.cut_provider();
        shop.drive(&order, "chargeback").await;
        assert_eq!(count(&shop, "valid").await, 1, "we cannot know yet");
        shop.mend_provider();
        assert_eq!(app.follow_notices(10).await.expect("too early"), 0);
        shop.central.clock.advance_ms(31_000);
        assert_eq!(app.follow_notices(10).await.expect("follows"), 1);
        assert_eq!(count(&shop, "revoked").await, 1);
        assert_eq!(app.follow_notices(10).await.expect("nothing left"), 0);
    }
}

#[tokio::test]
async fn a_payment_can_be_read_again_by_hand() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("looked-up", &[(0, 1)]).await;
    let app = &shop.central.app;
    let none = app.check_payment(&order.number).await.expect("asked");
    assert_eq!(none, NoticeOutcome::UnknownPayment);
    shop.drive_silently(&order, "settlement").await;
    let found: Value = json!(
        app.check_payment(&order.number)
            .await
            .expect("asked")
            .name()
    );
    assert_eq!(found, "paid");
}
