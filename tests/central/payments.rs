//! Money: what a provider's notices may move, in whatever order and number they come.
use std::sync::Arc;

use central::app::events::load_config;
use midtrans_sim::Drive;
use serde_json::{Value, json};
use support::{
    central::Engine,
    shop::{Bought, Forged, Shop},
};

const VIP: usize = 1;

fn tickets(order: &Value) -> usize {
    order["tickets"].as_array().map_or(0, Vec::len)
}

async fn assert_sold(shop: &Shop, order: &Bought, count: usize) {
    let seen = shop.look(order).await;
    assert_eq!(
        (&seen["status"], tickets(&seen)),
        (&json!("paid"), count),
        "{seen}"
    );
}

async fn assert_untouched(shop: &Shop, order: &Bought) {
    let seen = shop.look(order).await;
    assert_eq!(
        (&seen["status"], tickets(&seen)),
        (&json!("pending"), 0),
        "{seen}"
    );
    let mails = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_mail'";
    assert_eq!(shop.number(mails).await, 0);
}

#[tokio::test]
async fn a_settled_payment_issues_tickets_that_replicas_can_prove() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("to-the-end", &[(0, 2), (VIP, 1)]).await;
        shop.drive(&order, "settlement").await;
        assert_sold(&shop, &order, 3).await;
        assert_eq!((shop.taken(0).await, shop.taken(VIP).await), (2, 1));
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_mail'")
                .await,
            1
        );
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM holds WHERE status = 'sold'")
                .await,
            2
        );

        let mut tx = shop.central.app.store.read().await.expect("reads");
        let event = shop.event.event.id;
        let revision = central::store::revision::read(&mut tx, event)
            .await
            .expect("a revision");
        assert_eq!(revision.manifest.counts, [3, 0, 0, 0, 0]);
        assert!(
            load_config(&mut tx, event, revision.config_revision)
                .await
                .is_ok()
        );
        let above = shop.number("SELECT MAX(revision) FROM tickets").await;
        assert_eq!(i64::try_from(revision.manifest.revision), Ok(above));
    }
}

#[tokio::test]
async fn repeated_and_reordered_notices_issue_tickets_once() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("many-notices", &[(0, 2)]).await;
        shop.drive(&order, "pending").await;
        shop.drive(&order, "settlement").await;
        for _ in 0..3 {
            shop.resend(&order).await;
        }
        // The pending notice comes once more, long after the money.
        let (status, outcome) = shop.hook(first_notice(&shop).await).await;
        assert_eq!((status, &outcome["outcome"]), (200, &json!("repeated")));
        assert_sold(&shop, &order, 2).await;
        assert_eq!(shop.taken(0).await, 2);
        let received = "SELECT CAST(SUM(times_received) AS SIGNED) FROM payment_notices";
        assert_eq!(shop.number(received).await, 6);
        assert_eq!(shop.number("SELECT COUNT(*) FROM payment_notices").await, 2);
        assert_eq!(
            shop.outcomes().await,
            [("paid".to_owned(), 1), ("pending".to_owned(), 1)].into()
        );
    }
}

async fn first_notice(shop: &Shop) -> Vec<u8> {
    use central::store::Store;
    let question = "SELECT body FROM payment_notices ORDER BY received_at, id LIMIT 1";
    match &shop.central.app.store {
        Store::Sqlite { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
        Store::MySql { reader, .. } => sqlx::query_scalar(question).fetch_one(reader).await,
    }
    .expect("a notice")
}

#[tokio::test]
async fn concurrent_notices_issue_tickets_once() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let order = shop.buy("all-at-once", &[(0, 4)]).await;
        let transaction = shop.drive_silently(&order, "settlement").await;
        let mut senders = tokio::task::JoinSet::new();
        for n in 0..24 {
            let status = if n % 2 == 0 { "settlement" } else { "pending" };
            let body = shop.forge(&Forged {
                order: &order.number,
                code: if n % 2 == 0 { "200" } else { "201" },
                amount: "600000.00",
                transaction: &transaction,
                status,
            });
            let shop = Arc::clone(&shop);
            senders.spawn(async move { shop.hook(body).await });
        }
        let answers = senders.join_all().await;
        assert!(
            answers.iter().all(|(status, _)| *status == 200),
            "{answers:?}"
        );
        let paid = answers
            .iter()
            .filter(|(_, a)| a["outcome"] == "paid")
            .count();
        assert_eq!(paid, 1, "{engine:?} {answers:?}");
        assert_sold(&shop, &order, 4).await;
        let revisions = "SELECT revision FROM event_revisions";
        // One for the event's set-up, one for the sale: a notice that moves nothing takes none.
        assert_eq!(shop.number(revisions).await, 2);
    }
}

#[tokio::test]
async fn a_fee_on_top_is_not_a_wrong_amount() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("with-a-fee", &[(0, 1)]).await;
    let drive = Drive {
        to: "settlement".to_owned(),
        customer_fee: 4_000,
        ..Drive::default()
    };
    shop.drive_by(&order, drive).await;
    assert_sold(&shop, &order, 1).await;
}

#[tokio::test]
async fn payments_that_end_give_the_capacity_back_once() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        for (row, status) in [
            ("expire", "expired"),
            ("cancel", "cancelled"),
            ("failure", "failed"),
        ] {
            let order = shop.buy(&format!("ends-as-{row}"), &[(VIP, 2)]).await;
            assert_eq!(shop.taken(VIP).await, 2);
            shop.drive(&order, row).await;
            shop.resend(&order).await;
            assert_eq!(shop.look(&order).await["status"], status);
            assert_eq!(shop.taken(VIP).await, 0, "{row}");
        }
        let denied = shop.buy("denied-once", &[(VIP, 2)]).await;
        shop.drive(&denied, "deny").await;
        assert_eq!(
            shop.look(&denied).await["status"],
            "pending",
            "the buyer may try again"
        );
        shop.drive(&denied, "settlement").await;
        assert_sold(&shop, &denied, 2).await;
    }
}

#[tokio::test]
async fn money_after_the_hold_finds_stock_again_or_goes_back() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let (lucky, unlucky) = (
            shop.buy("late-lucky", &[(VIP, 2)]).await,
            shop.buy("late-unlucky", &[(VIP, 3)]).await,
        );
        let lucky_transaction = shop.drive_silently(&lucky, "settlement").await;
        let unlucky_transaction = shop.drive_silently(&unlucky, "settlement").await;
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        assert_eq!(shop.central.app.expire_holds(10).await.expect("expires"), 2);
        let others = shop.buy("bought-meanwhile", &[(VIP, 7)]).await;

        let late = |order: &Bought, transaction: &str, amount: &str| {
            shop.forge(&Forged {
                order: &order.number,
                code: "200",
                amount,
                transaction,
                status: "settlement",
            })
        };
        let (_, answer) = shop
            .hook(late(&lucky, &lucky_transaction, "2000000.00"))
            .await;
        assert_eq!(answer["outcome"], "paid_after_release");
        assert_sold(&shop, &lucky, 2).await;
        let (status, answer) = shop
            .hook(late(&unlucky, &unlucky_transaction, "3000000.00"))
            .await;
        assert_eq!(
            (status, &answer["outcome"]),
            (200, &json!("paid_without_stock"))
        );
        let seen = shop.look(&unlucky).await;
        assert_eq!((&seen["status"], tickets(&seen)), (&json!("expired"), 0));
        assert_eq!(shop.taken(VIP).await, 9, "nothing was taken for it");
        for shown in [
            "SELECT COUNT(*) FROM orders WHERE attention = 'paid_after_release' AND status = 'paid'",
            "SELECT COUNT(*) FROM orders WHERE attention = 'paid_without_stock' AND status = 'expired'",
        ] {
            assert_eq!(shop.number(shown).await, 1, "{shown}");
        }

        // Stock comes back, and so does the notice: the money is on its way to its buyer.
        shop.post(&others.path("/cancel"), &[], "").await;
        let (_, answer) = shop
            .hook(late(&unlucky, &unlucky_transaction, "3000000.00"))
            .await;
        assert_eq!(answer["outcome"], "goes_back");
        assert_eq!(shop.look(&unlucky).await["status"], "expired");
        assert_eq!(shop.taken(VIP).await, 2);
        // A transfer has no way back through the provider.
        let waits = "SELECT COUNT(*) FROM refunds WHERE status = 'manual' AND reason = 'paid_without_stock' \
            AND amount_minor = 3000000";
        assert_eq!(shop.number(waits).await, 1);
    }
}

#[tokio::test]
async fn a_payment_whose_notice_never_comes_is_settled_all_the_same() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let app = &shop.central.app;
        let order = shop.buy("silent-money", &[(0, 1)]).await;
        let untouched = shop.buy("no-money-yet", &[(0, 1)]).await;
        shop.drive_silently(&order, "settlement").await;
        assert_eq!(app.settle_payments(50).await.expect("too early"), 0);
        shop.central.clock.advance_ms(61_000);
        assert_eq!(app.settle_payments(50).await.expect("settles"), 1);
        assert_sold(&shop, &order, 1).await;
        assert_eq!(shop.look(&untouched).await["status"], "pending");
        assert_eq!(app.settle_payments(50).await.expect("just looked"), 0);
    }
}

#[tokio::test]
async fn a_notice_that_cannot_be_checked_now_comes_again() {
    let shop = Shop::open(Engine::Sqlite).await;
    let order = shop.buy("cut-in-between", &[(0, 1)]).await;
    let transaction = shop.drive_silently(&order, "settlement").await;
    let body = shop.forge(&Forged {
        order: &order.number,
        code: "200",
        amount: "150000.00",
        transaction: &transaction,
        status: "settlement",
    });
    shop.cut_provider();
    let (status, answer) = shop.hook(body.clone()).await;
    assert_eq!(
        (status, &answer["outcome"]),
        (503, &json!("status_unreadable"))
    );
    assert_untouched(&shop, &order).await;
    assert_eq!(shop.outcomes().await, [("open".to_owned(), 1)].into());
    shop.mend_provider();
    assert_eq!(shop.hook(body).await.0, 200);
    assert_sold(&shop, &order, 1).await;
    assert_eq!(shop.outcomes().await, [("paid".to_owned(), 1)].into());
}

/// Money and the end of the hold at the same moment, many times: whoever comes first, each order ends paid with
/// its tickets, and the capacity is counted once.
#[tokio::test]
async fn a_hold_that_ends_while_the_money_comes_is_counted_once() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let mut orders = Vec::new();
        for n in 0..12 {
            let order = shop.buy(&format!("in-the-race-{n:02}"), &[(0, 2)]).await;
            let transaction = shop.drive_silently(&order, "settlement").await;
            orders.push((order, transaction));
        }
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        let mut racers = tokio::task::JoinSet::new();
        for (order, transaction) in orders.clone() {
            let shop = Arc::clone(&shop);
            racers.spawn(async move {
                let forged = Forged {
                    order: &order.number,
                    code: "200",
                    amount: "300000.00",
                    transaction: &transaction,
                    status: "settlement",
                };
                shop.hook(shop.forge(&forged)).await.0
            });
        }
        let expired = shop.central.app.expire_holds(100).await.expect("expires");
        let answers = racers.join_all().await;
        assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
        for (order, _) in &orders {
            assert_sold(&shop, order, 2).await;
        }
        assert_eq!(
            shop.taken(0).await,
            24,
            "{engine:?}, {expired} expired first"
        );
        assert_eq!(
            shop.number("SELECT COUNT(*) FROM holds WHERE status = 'sold'")
                .await,
            12
        );
    }
}
