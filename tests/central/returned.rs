//! Money that went back at the provider and our own refunds of it: matched, so that it goes once, whatever the provider
//! tells and whatever this server forgot.
use central::{
    app::{refunds::RefundAsk, trail::Actor},
    domain::refund::{Refund, RefundReason, Scope},
};
use midtrans_sim::Drive;
use serde_json::json;
use support::{
    central::Engine,
    shop::{Bought, Shop},
};

use crate::refunds::paid;

const OPEN: &str =
    "SELECT COUNT(*) FROM refunds WHERE status IN ('approved', 'sent', 'failed', 'manual')";
const BACK: &str =
    "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS SIGNED) FROM refunds WHERE status = 'done'";
const CLAIMED: &str = "SELECT CAST(SUM(claimed_minor) AS SIGNED) FROM payments";

async fn refund(shop: &Shop, order: &Bought, scope: Scope) -> Refund {
    let ask = RefundAsk {
        scope,
        reason: RefundReason::Staff,
        note: String::new(),
    };
    let desk = Actor::Staff("Rini".to_owned());
    let made = shop
        .central
        .app
        .refund_order(&order.number, &ask, &desk)
        .await;
    made.expect("paid")
}

async fn send(shop: &Shop) -> usize {
    let sent = shop.central.app.send_refunds(50).await;
    sent.expect("the database answers")
}

/// Somebody gives money back on the provider's own pages.
async fn at_dashboard(shop: &Shop, order: &Bought, amount: Option<i64>) {
    let drive = Drive {
        to: match amount {
            Some(_) => "partial_refund".to_owned(),
            None => "refund".to_owned(),
        },
        amount,
        ..Drive::default()
    };
    shop.drive_by(order, drive).await;
}

async fn attention(shop: &Shop, order: &Bought) -> Option<&'static str> {
    let view = shop.central.app.find_order(&order.number, &order.access);
    let order = view.await.expect("placed").order;
    order.attention.map(|why| why.name())
}

async fn assert_provable(shop: &Shop) {
    let check = shop.central.app.verify_event(shop.event.event.id).await;
    assert_eq!(check.expect("a check").faults, []);
}

#[tokio::test]
async fn money_given_back_on_the_providers_pages_pays_off_what_we_owe() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        // No way back through the provider's API, so a person does it there.
        let order = paid(&shop, "person-at-dashboard", &[(0, 2)], "bank_transfer").await;
        refund(&shop, &order, Scope::Whole).await;
        at_dashboard(&shop, &order, None).await;
        shop.resend(&order).await;
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (0, 300_000)
        );
        assert_eq!(shop.number("SELECT COUNT(*) FROM refunds").await, 1);
        assert_eq!(
            attention(&shop, &order).await,
            None,
            "nothing is left to do"
        );
        assert_provable(&shop).await;
    }
}

/// The order is refunded already when the provider tells of pieces that nobody here knows: an illegal move for ever, once.
#[tokio::test]
async fn pieces_of_an_open_refund_are_booked_and_only_the_rest_is_sent() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "in-two-hands", &[(0, 2)], "qris").await;
        refund(&shop, &order, Scope::Whole).await;
        at_dashboard(&shop, &order, Some(120_000)).await;
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (1, 120_000)
        );
        assert_eq!(attention(&shop, &order).await, Some("refunded_elsewhere"));
        shop.resend(&order).await;
        assert_eq!(send(&shop).await, 1);
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (0, 300_000)
        );
        assert_eq!(shop.number(CLAIMED).await, 300_000);
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            300_000,
            "{engine:?}: once"
        );
        assert_eq!(shop.look(&order).await["status"], "refunded");
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn a_refund_that_waits_is_not_sent_when_it_was_made_elsewhere_unheard() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "made-unheard", &[(0, 3)], "qris").await;
        let (one, two) = (150_000, 100_000);
        refund(&shop, &order, Scope::Amount(one)).await;
        refund(&shop, &order, Scope::Amount(two)).await;
        shop.notify(false).await;
        at_dashboard(&shop, &order, Some(two)).await;
        shop.notify(true).await;
        assert_eq!(send(&shop).await, 1, "one is made, and the other was");
        assert_eq!(shop.number(BACK).await, one + two);
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            one + two,
            "{engine:?}"
        );
    }
}

/// Central was restored from a copy that is older than a partial refund, and somebody wants it again.
#[tokio::test]
async fn a_partial_refund_that_central_forgot_is_not_made_twice() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "forgotten-part", &[(0, 3)], "qris").await;
        let call = json!({"refund_key": "RF-forgotten", "amount": 150_000, "reason": "staff"});
        shop.notify(false).await;
        shop.at_provider(&format!("/v2/{}/refund/online/direct", order.number), &call)
            .await;
        shop.notify(true).await;
        refund(&shop, &order, Scope::Amount(150_000)).await;
        assert_eq!(send(&shop).await, 1, "found");
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            150_000,
            "{engine:?}: once"
        );
        assert_eq!(shop.number(BACK).await, 150_000);
        refund(&shop, &order, Scope::Whole).await;
        assert_eq!(send(&shop).await, 1);
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            450_000,
            "{engine:?}: all of it"
        );
        assert_provable(&shop).await;
    }
}

/// Central was restored from a copy in which the order is not paid; the buyer has some of the money back.
#[tokio::test]
async fn money_of_which_a_part_went_back_still_brings_tickets_and_books_the_part() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("paid-and-forgotten", &[(0, 2)]).await;
        shop.notify(false).await;
        let drive = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            ..Drive::default()
        };
        shop.drive_by(&order, drive).await;
        at_dashboard(&shop, &order, Some(50_000)).await;
        shop.notify(true).await;
        shop.resend(&order).await;
        let seen = shop.look(&order).await;
        assert_eq!(seen["status"], "partly_refunded", "{engine:?}");
        assert_eq!(seen["tickets"].as_array().map(Vec::len), Some(2));
        assert_eq!(
            (shop.number(BACK).await, shop.number(CLAIMED).await),
            (50_000, 50_000)
        );
        assert_eq!(attention(&shop, &order).await, Some("refunded_elsewhere"));
    }
}

/// The bank's transfer is under way in a person's hands when the provider's records show that it went back there.
#[tokio::test]
async fn nobody_gives_by_hand_what_the_provider_gave_back_unheard() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "about-to-pay", &[(0, 1)], "bank_transfer").await;
        let waits = refund(&shop, &order, Scope::Whole).await;
        shop.notify(false).await;
        at_dashboard(&shop, &order, None).await;
        let desk = Actor::Staff("Rini".to_owned());
        let app = &shop.central.app;
        let given = app.finish_refund(waits.id, "BCA 1", &desk).await;
        assert_eq!(given.expect_err("it went back").code(), "illegal_move");
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (0, 150_000)
        );
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM refunds").await,
            1,
            "{engine:?}"
        );
    }
}

/// Somebody gives a part of a second payment back before central hears of it.
#[tokio::test]
async fn a_second_payment_of_which_a_part_went_back_unheard_goes_back_to_its_end() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "second-in-part", &[(0, 1)], "qris").await;
        shop.notify(false).await;
        let second = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            second: true,
            ..Drive::default()
        };
        shop.drive_by(&order, second).await;
        at_dashboard(&shop, &order, Some(40_000)).await;
        shop.notify(true).await;
        shop.resend(&order).await;
        assert_eq!(send(&shop).await, 1);
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            150_000,
            "{engine:?}"
        );
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (0, 150_000)
        );
        assert_eq!(shop.look(&order).await["status"], "paid");
    }
}

#[tokio::test]
async fn a_second_payment_that_was_given_back_elsewhere_takes_no_tickets() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "second-elsewhere", &[(0, 1)], "qris").await;
        let second = Drive {
            to: "settlement".to_owned(),
            channel: Some("qris".to_owned()),
            second: true,
            ..Drive::default()
        };
        shop.drive_by(&order, second).await;
        shop.notify(false).await;
        at_dashboard(&shop, &order, None).await;
        shop.notify(true).await;
        assert_eq!(send(&shop).await, 1, "found");
        assert_eq!(
            shop.refunded_at_provider(&order).await,
            150_000,
            "{engine:?}: once"
        );
        assert_eq!(
            (shop.number(OPEN).await, shop.number(BACK).await),
            (0, 150_000)
        );
        assert_eq!(shop.look(&order).await["status"], "paid");
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        assert_eq!(shop.number(good).await, 1);
    }
}

/// Late money finds no place and is to go back by hand; minutes later the bank says that it never came.
#[tokio::test]
async fn money_that_never_came_is_not_given_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("late-and-denied", &[(1, 4)]).await;
        shop.drive_silently(&order, "settlement").await;
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        app.expire_holds(10).await.expect("expires");
        shop.buy("bought-the-rest", &[(1, 7)]).await;
        shop.resend(&order).await;
        let manual = "SELECT COUNT(*) FROM refunds WHERE status = 'manual'";
        assert_eq!(shop.number(manual).await, 1);
        shop.drive(&order, "deny").await;
        assert_eq!((shop.number(manual).await, shop.number(OPEN).await), (0, 0));
        assert_eq!(shop.number(CLAIMED).await, 0, "{engine:?}: nothing is owed");
        assert_eq!(shop.look(&order).await["status"], "expired");
    }
}

/// The same of a refunded order, whose bank then takes the money back: and it is paid once more.
#[tokio::test]
async fn an_order_whose_refund_became_void_can_be_paid_again_for_all_its_places() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "refunded-and-denied", &[(1, 2)], "bank_transfer").await;
        refund(&shop, &order, Scope::Whole).await;
        assert_eq!(shop.taken(1).await, 0);
        shop.drive(&order, "deny").await;
        assert_eq!(
            (shop.number(OPEN).await, shop.number(CLAIMED).await),
            (0, 0)
        );
        assert_eq!(shop.look(&order).await["status"], "failed");
        assert_provable(&shop).await;
        shop.drive(&order, "settlement").await;
        assert_eq!(shop.look(&order).await["status"], "paid");
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        assert_eq!(
            (shop.number(good).await, shop.taken(1).await),
            (2, 2),
            "{engine:?}"
        );
        assert_provable(&shop).await;
    }
}

#[tokio::test]
async fn a_second_payment_that_the_bank_takes_back_takes_no_tickets() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = paid(&shop, "second-denied", &[(0, 1)], "qris").await;
        let second = Drive {
            to: "settlement".to_owned(),
            channel: Some("bank_transfer".to_owned()),
            second: true,
            ..Drive::default()
        };
        shop.drive_by(&order, second).await;
        assert_eq!(shop.number(OPEN).await, 1);
        shop.drive(&order, "deny").await;
        assert_eq!(shop.number(OPEN).await, 0, "{engine:?}: void");
        assert_eq!(shop.look(&order).await["status"], "paid");
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        assert_eq!(shop.number(good).await, 1);
    }
}

/// The buyer disputes one of two payments, and it is not the one that the tickets stand for.
#[tokio::test]
async fn a_disputed_second_payment_waits_for_its_bank_and_freezes_no_ticket() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let desk = Actor::Staff("Rini".to_owned());
        let good = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        for (key, won) in [("second-held-won", true), ("second-held-lost", false)] {
            let order = paid(&shop, key, &[(0, 1)], "credit_card").await;
            let second = Drive {
                to: "settlement".to_owned(),
                channel: Some("credit_card".to_owned()),
                second: true,
                ..Drive::default()
            };
            shop.drive_by(&order, second).await;
            let before = shop.number(good).await;
            shop.drive(&order, "chargeback").await;
            assert_eq!(shop.number(good).await, before, "{engine:?}");
            assert_eq!(send(&shop).await, 0, "the bank has it");
            app.end_dispute(&order.number, won, &desk)
                .await
                .expect("it is held");
            assert_eq!(shop.number(good).await, before);
            assert_eq!(shop.number(OPEN).await, i64::from(won));
            let over = Drive {
                to: "settlement".to_owned(),
                force: true,
                ..Drive::default()
            };
            if won {
                shop.drive_by(&order, over).await;
                shop.central.clock.advance_ms(60_000);
                assert_eq!(send(&shop).await, 1, "{engine:?}: now it goes back");
            }
        }
    }
}
