//! Notices that come at once and are made together: one that fails, many servers, the same news many times over.
use std::sync::Arc;

use axum::http::HeaderMap;
use central::{
    app::{App, offers::Offers, together::Together},
    store::{self, Store},
};
use support::{
    central::Engine,
    shop::{Bought, Forged, Shop},
};
use tokio::task::JoinSet;

const ORDERS: usize = 40;
const TICKETS: &str = "SELECT COUNT(*) FROM tickets";
const PAID: &str = "SELECT COUNT(*) FROM orders WHERE status = 'paid'";
const MOVES: &str = "SELECT COUNT(*) FROM audit_log WHERE action = 'payment.paid'";
const MAILS: &str = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_mail'";

/// Orders that are paid at the provider, each with the notice of it, which nobody has heard yet.
async fn paid_unheard(shop: &Shop) -> Vec<(Bought, String)> {
    let mut all = Vec::new();
    for n in 0..ORDERS {
        let order = shop.buy(&format!("batch-{n:04}"), &[(0, 1)]).await;
        let transaction = shop.drive_silently(&order, "settlement").await;
        let notice = shop.forge(&Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: &transaction,
            status: "settlement",
        });
        all.push((order, notice));
    }
    all
}

/// All notices at once, while the event's lock is held for a moment: what comes meanwhile is made together.
async fn tell_at_once(shop: &Arc<Shop>, notices: &[(Bought, String)]) -> Vec<u16> {
    let mut lock = shop.central.app.store.begin().await.expect("begins");
    let locked = store::revision::lock(&mut lock, shop.event.event.id).await;
    locked.expect("the event's lock");
    let mut senders = JoinSet::new();
    for (n, (_, body)) in notices.iter().enumerate() {
        let (shop, body) = (Arc::clone(shop), body.clone());
        senders.spawn(async move { (n, shop.hook(body).await.0) });
    }
    lock.commit().await.expect("lets go");
    let mut told = senders.join_all().await;
    told.sort_unstable();
    told.into_iter().map(|(_, status)| status).collect()
}

async fn run(app: &App, sql: &'static str) {
    let done = match &app.store {
        Store::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(drop),
        Store::MySql { writer, .. } => sqlx::query(sql).execute(writer).await.map(drop),
    };
    done.expect(sql);
}

/// As many tickets, receipts in a row, mails and rows of the trail as there are paid orders; the manifest counts them.
async fn assert_sold_once(shop: &Shop, count: usize) {
    let count = i64::try_from(count).expect("few");
    for question in [PAID, TICKETS, MOVES, MAILS] {
        assert_eq!(shop.number(question).await, count, "{question}");
    }
    let held = "SELECT COUNT(*) FROM holds WHERE status = 'sold'";
    assert_eq!(shop.number(held).await, count);
    for question in [
        "SELECT COUNT(DISTINCT number) FROM receipts",
        "SELECT MAX(number) FROM receipts",
        "SELECT last_number FROM receipt_counters WHERE kind = 'sale'",
        "SELECT count_valid FROM event_revisions",
    ] {
        assert_eq!(shop.number(question).await, count, "{question}");
    }
    let verified = shop.central.app.verify_event(shop.event.event.id).await;
    let faults = verified.expect("verified").faults;
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_that_come_at_once_are_made_together_and_each_once() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let once = paid_unheard(&shop).await;
        // Each of them three times.
        let all = [once.clone(), once.clone(), once].concat();
        let told = tell_at_once(&shop, &all).await;
        assert!(told.iter().all(|status| *status == 200), "{told:?}");
        assert_sold_once(&shop, ORDERS).await;
        let revisions = shop
            .number("SELECT COUNT(DISTINCT revision) FROM tickets")
            .await;
        // The first one is the event's set-up.
        let before = 1;
        assert!(
            revisions < i64::try_from(ORDERS).expect("few"),
            "{engine:?}: {revisions}"
        );
        let taken = shop.number("SELECT revision FROM event_revisions").await;
        assert_eq!(taken, before + revisions, "{engine:?}: without gaps");
        let received = "SELECT CAST(SUM(times_received) AS SIGNED) FROM payment_notices";
        assert_eq!(shop.number(received).await, 3 * 40);
        assert_eq!(shop.outcomes().await, [("paid".to_owned(), 40)].into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_notice_that_fails_hurts_none_of_its_neighbours() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let all = paid_unheard(&shop).await;
        // What is stored of one payment makes no sense to this program.
        let broken = "UPDATE payments SET status = 'dented' WHERE reference = (SELECT number FROM orders \
                      ORDER BY created_at, id LIMIT 1)";
        run(&shop.central.app, broken).await;
        let told = tell_at_once(&shop, &all).await;
        let failed = told.iter().filter(|status| **status == 503).count();
        let made = told.iter().filter(|status| **status == 200).count();
        assert_eq!((made, failed), (ORDERS - 1, 1), "{engine:?}: {told:?}");
        assert_sold_once(&shop, ORDERS - 1).await;
        // It is kept, and made when what stood in its way is gone.
        run(
            &shop.central.app,
            "UPDATE payments SET status = 'pending' WHERE status = 'dented'",
        )
        .await;
        shop.central.clock.advance_ms(40_000);
        let followed = shop.central.app.follow_notices(10).await;
        assert_eq!(followed.expect("followed"), 1, "{engine:?}");
        assert_sold_once(&shop, ORDERS).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_hear_the_same_notices_issue_each_ticket_once() {
    let shop = Arc::new(Shop::open(Engine::MariaDb).await);
    let all = paid_unheard(&shop).await;
    let second = App {
        store: Store::open(&shop.central.database_url)
            .await
            .expect("a second server"),
        offers: Offers::default(),
        together: Together::default(),
        pulse: central::app::pulse::Pulse::default(),
        reports: central::app::reports::Reports::default(),
        ..shop.central.app.clone()
    };
    let mut senders = JoinSet::new();
    for (_, body) in &all {
        for app in [shop.central.app.clone(), second.clone()] {
            let body = body.clone();
            senders.spawn(async move { app.take_notice(&HeaderMap::new(), body.as_bytes()).await });
        }
    }
    let told = senders.join_all().await;
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    assert_sold_once(&shop, ORDERS).await;
    assert_eq!(
        shop.number("SELECT COUNT(*) FROM payment_notices").await,
        40
    );
}
