//! Receipt numbers: without gaps and never twice, however many pay at once and whatever fails in between.
use std::{collections::BTreeSet, sync::Arc};

use central::{
    app::trail::Actor,
    domain::{
        id::OrderId,
        receipt::{Pattern, ReceiptKind},
    },
    store::{self, Store, StoreError, Transient},
};
use support::{
    central::Engine,
    shop::{Bought, Forged, Shop},
};
use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

const BUYERS: i64 = 40;
/// 2026-12-31 17:00:01 UTC.
const NEW_YEAR: Timestamp = Timestamp(1_798_736_401_000);

/// All receipts of a kind as people see them, by number.
async fn shown(shop: &Shop, kind: ReceiptKind) -> Vec<(i64, String)> {
    let sql = "SELECT number, shown FROM receipts WHERE kind = ? ORDER BY number";
    match &shop.central.app.store {
        Store::Sqlite { reader, .. } => {
            sqlx::query_as(sql)
                .bind(kind.name())
                .fetch_all(reader)
                .await
        }
        Store::MySql { reader, .. } => {
            sqlx::query_as(sql)
                .bind(kind.name())
                .fetch_all(reader)
                .await
        }
    }
    .expect("receipts")
}

async fn id_of(shop: &Shop, order: &Bought) -> OrderId {
    let found = shop.central.app.find_order(&order.number, &order.access);
    found.await.expect("found").order.id
}

fn assert_gapless(receipts: &[(i64, String)], most: i64) {
    let numbers: Vec<_> = receipts.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=most).collect::<Vec<_>>());
    let texts: BTreeSet<_> = receipts.iter().map(|(_, shown)| shown).collect();
    assert_eq!(texts.len(), receipts.len(), "{receipts:?}");
}

#[tokio::test]
async fn concurrent_payments_get_receipt_numbers_without_gaps() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let mut payers = tokio::task::JoinSet::new();
        for n in 0..BUYERS {
            let order = shop.buy(&format!("receipt-{n:04}"), &[(0, 1)]).await;
            let transaction = shop.drive_silently(&order, "settlement").await;
            let shop = Arc::clone(&shop);
            payers.spawn(async move {
                let body = shop.forge(&Forged {
                    order: &order.number,
                    code: "200",
                    amount: "150000.00",
                    transaction: &transaction,
                    status: "settlement",
                });
                // Twice at once: the second moves nothing and takes no number.
                let (first, second) = tokio::join!(shop.hook(body.clone()), shop.hook(body));
                (first.0, second.0)
            });
        }
        let answers = payers.join_all().await;
        assert!(
            answers.iter().all(|codes| *codes == (200, 200)),
            "{engine:?} {answers:?}"
        );
        let receipts = shown(&shop, ReceiptKind::Sale).await;
        assert_gapless(&receipts, BUYERS);
        assert_eq!(receipts[0].1, "INV/FESTIVAL/2026/00001");
    }
}

/// Refunds do not wait for each other at the event's revision, so the numbering's own row must do it.
#[tokio::test]
async fn concurrent_refunds_get_numbers_without_gaps_and_a_rollback_gives_its_number_back() {
    for engine in Engine::both() {
        let shop = Arc::new(Shop::open(engine).await);
        let order = shop.buy("to-be-refunded", &[(0, 1)]).await;
        let order = id_of(&shop, &order).await;
        let mut clerks = tokio::task::JoinSet::new();
        for n in 0..BUYERS {
            let shop = Arc::clone(&shop);
            // Every fourth changes its mind at the last moment.
            clerks.spawn(async move { refund(&shop, order, n % 4 != 3).await });
        }
        let kept = clerks
            .join_all()
            .await
            .into_iter()
            .filter(|kept| *kept)
            .count();
        assert_eq!(kept, 30);
        assert_gapless(&shown(&shop, ReceiptKind::Refund).await, 30);
    }
}

async fn refund(shop: &Shop, order: OrderId, keep: bool) -> bool {
    let app = &shop.central.app;
    let (event, now) = (shop.event.event.id, shop.central.now());
    let refund: Uuid = app.new_id(now);
    loop {
        match try_refund(shop, (event, order, refund), keep).await {
            Err(error) if error.is_transient() => {}
            outcome => return outcome.expect("numbered"),
        }
    }
}

async fn try_refund(
    shop: &Shop,
    (event, order, refund): (EventId, OrderId, Uuid),
    keep: bool,
) -> Result<bool, StoreError> {
    let app = &shop.central.app;
    let mut tx = app.store.begin().await?;
    let now = shop.central.now();
    app.number_refund(&mut tx, event, order, refund, now)
        .await?;
    if keep {
        tx.commit().await?;
    }
    Ok(keep)
}

#[tokio::test]
async fn an_events_own_pattern_writes_from_its_next_receipt_on() {
    let shop = Shop::open(Engine::Sqlite).await;
    let event = shop.event.event.id;
    let app = &shop.central.app;
    let pay = async |key: &str| {
        let order = shop.buy(key, &[(0, 1)]).await;
        shop.drive(&order, "settlement").await;
        let id = id_of(&shop, &order).await;
        let mut tx = app.store.read().await.expect("reads");
        let receipt = store::receipt::of_subject(&mut tx, id.0)
            .await
            .expect("reads");
        receipt.expect("a receipt").0
    };
    assert_eq!(pay("by-the-usual").await, "INV/FESTIVAL/2026/00001");
    let own = Pattern::parse("K-{year}.{number:03}").expect("a pattern");
    let put = app
        .put_receipt_pattern(event, ReceiptKind::Sale, &own, &Actor::Staff("rina".into()))
        .await;
    put.expect("stored");
    assert_eq!(pay("by-their-own").await, "K-2026.002");
    let mut tx = app.store.read().await.expect("reads");
    let trail = store::audit::of_subject(&mut tx, "event", event.0).await;
    drop(tx);
    let trail = trail.expect("a trail");
    let row = trail
        .iter()
        .find(|row| row.action == "event.receipt_pattern");
    let detail = &row.expect("a row").detail;
    for told in [
        r#""by":"rina""#,
        r#""to":"K-{year}.{number:03}""#,
        "INV/{event}",
    ] {
        assert!(detail.contains(told), "{told} in {detail}");
    }
    let known = app.receipt_numberings(event).await.expect("reads");
    assert_eq!(known[0], (ReceiptKind::Sale, own.as_str().to_owned(), 2));
    assert_eq!(known[1].2, 0, "no refund yet");

    // In Jakarta 2027 begins while Greenwich still writes 2026.
    let order = shop.buy("in-the-new-year", &[(0, 1)]).await;
    let order = id_of(&shop, &order).await;
    shop.central.clock.set(NEW_YEAR);
    assert!(refund(&shop, order, true).await);
    let refunds = shown(&shop, ReceiptKind::Refund).await;
    assert_eq!(refunds, [(1, "CN/FESTIVAL/2027/00001".to_owned())]);
}
