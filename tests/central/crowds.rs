//! A thousand buyers at once: what there is, is sold once, whatever it is that is scarce, on one server and on two.
use std::time::{Duration, Instant};

use central::{
    app::{App, offers::Offers, together::Together},
    domain::{charge::Cut, new_event::NewEvent, new_price::NewPromo, new_price::NewSharedQuota},
    store::{self, Store},
};
use support::{
    buyers::{form, form_with, order_at_once},
    central::{Engine, START, TestCentral},
    festival::festival,
    shop::Shop,
};

const CROWD: usize = 1_000;
type Told = Vec<Result<i64, &'static str>>;

fn count(told: &Told, what: Result<i64, &str>) -> usize {
    told.iter().filter(|one| **one == what).count()
}

/// Quotas of 300 for VIP, and 250 for both types together where it is shared.
fn scarce(is_shared: bool) -> NewEvent {
    let mut wish = festival();
    wish.types[1].quota = 300;
    if is_shared {
        share(&mut wish, 250);
    }
    wish
}

/// Has all types share a quota.
fn share(wish: &mut NewEvent, quota: i64) {
    wish.prices.shared_quotas = vec![NewSharedQuota {
        name: "Hall".into(),
        quota,
    }];
    for kind in &mut wish.types {
        kind.shared_quota = Some("Hall".into());
    }
}

/// Another server on the same database.
async fn another(central: &TestCentral) -> App {
    App {
        store: Store::open(&central.database_url)
            .await
            .expect("a second server"),
        offers: Offers::default(),
        together: Together::default(),
        pulse: central::app::pulse::Pulse::default(),
        reports: central::app::reports::Reports::default(),
        ..central.app.clone()
    }
}

#[tokio::test]
async fn no_oversell_under_a_thousand_concurrent_buyers() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&scarce(false)).await;
        let vip = event.types[1].id;
        let forms = (0..CROWD).map(|n| form(n, vip, 1)).collect();
        let servers = [central.app.clone(), another(&central).await];
        let told = order_at_once(&servers, &event.event.slug, forms).await;
        assert_eq!(count(&told, Ok(1_000_000)), 300, "{engine:?}");
        assert_eq!(count(&told, Err("sold_out")), 700, "{engine:?}");
        let after = central.app.event(event.event.id).await.expect("the event");
        assert_eq!(after.types[1].taken, 300);
    }
}

/// Money that came late takes its places again; a buyer of one of its types has that type, and goes on to what all types
/// share.
#[tokio::test]
async fn late_money_and_a_buyer_do_not_wait_in_a_circle() {
    let shop = Shop::open_with(Engine::MariaDb, |wish| share(wish, 50)).await;
    let app = &shop.central.app;
    let order = shop.buy("late-for-both", &[(0, 1), (1, 1)]).await;
    shop.drive_silently(&order, "settlement").await;
    shop.central.clock.advance_ms(shop.event.event.hold_ms);
    app.expire_holds(10).await.expect("expires");
    let types = shop.event.types.iter();
    let last = types.max_by_key(|kind| kind.id).expect("two types");
    let mut buyer = app.store.begin().await.expect("a transaction");
    let mine = store::pool::lock_types(&mut buyer, &[last.id].into()).await;
    let shared = mine.expect("free").shared[&last.id];
    let waits = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
                 AND info LIKE 'UPDATE ticket_types SET taken = taken + %'";
    let end = Instant::now() + Duration::from_secs(20);
    let goes_on = async {
        while shop.number(waits).await == 0 {
            assert!(
                Instant::now() < end,
                "nobody waits: {:?}",
                shop.outcomes().await
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let locked = store::pool::lock_shared(&mut buyer, &[shared].into()).await;
        locked.expect("whoever waits for the buyer does not have it");
        buyer.commit().await.expect("it is over");
    };
    tokio::join!(shop.resend(&order), goes_on);
    assert_eq!(shop.look(&order).await["status"], "paid");
}

#[tokio::test]
async fn a_shared_quota_is_not_oversold_by_a_thousand_concurrent_buyers() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&scarce(true)).await;
        let forms = (0..CROWD).map(|n| form(n, event.types[n % 2].id, 1));
        let servers = [central.app.clone(), another(&central).await];
        let told = order_at_once(&servers, &event.event.slug, forms.collect()).await;
        assert_eq!(told.iter().flatten().count(), 250, "{engine:?}");
        assert_eq!(count(&told, Err("sold_out")), 750, "{engine:?}");
        let offer = central
            .app
            .offer(&event.event.slug)
            .await
            .expect("an offer");
        assert_eq!(offer.shared_quotas.len(), 1);
        let after = central.app.event(event.event.id).await.expect("the event");
        assert_eq!(after.types[0].taken + after.types[1].taken, 250);
    }
}

#[tokio::test]
async fn a_code_is_not_redeemed_too_often_by_a_thousand_concurrent_buyers() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.prices.promos = vec![NewPromo {
            code: "FIRST-100".into(),
            ticket_type: None,
            cut: Cut::Fixed(50_000),
            valid_from: START,
            valid_until: START.plus_ms(3_600_000),
            quota: 100,
            per_buyer: 1,
            min_spend_minor: 0,
            is_stackable: false,
        }];
        let event = central.publish(&wish).await;
        let regular = event.types[0].id;
        // Every buyer comes twice: also the second order of one person is one too many.
        let form = |n: usize| form_with(n / 2, regular, 1, "first-100");
        let servers = [central.app.clone(), another(&central).await];
        let forms = (0..CROWD).map(form).collect();
        let told = order_at_once(&servers, &event.event.slug, forms).await;
        assert_eq!(count(&told, Ok(100_000)), 100, "{engine:?}");
        let refused = count(&told, Err("promo_used_up")) + count(&told, Err("promo_used_by_buyer"));
        assert_eq!(refused, CROWD - 100, "{engine:?}");
        let promos = central.app.promos(event.event.id).await.expect("codes");
        assert_eq!((promos[0].used, promos[0].status.name()), (100, "used_up"));
        let uses = central.app.promo_usages(promos[0].id).await.expect("uses");
        assert_eq!(uses.len(), 100);
    }
}

#[tokio::test]
async fn one_failing_request_never_fails_its_neighbours() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let event = central.publish(&festival()).await;
        let (slug, types) = (&event.event.slug, &event.types);
        let app = &central.app;
        let other = form(900, types[0].id, 2);
        let taken = app.place_order(slug, "crowd-buyer-000003", &other).await;
        taken.expect("placed");
        let forms: Vec<_> = (0..60)
            .map(|n| match n % 4 {
                0 => form(n, types[1].id, 3),
                1 => form(n, types[0].id, 99),
                _ => form(n, types[0].id, 1),
            })
            .collect();
        let told = order_at_once(std::slice::from_ref(app), slug, forms).await;
        for (n, told) in told.iter().enumerate() {
            let expected = match n % 4 {
                0 => continue,
                1 => Err("quantity_out_of_range"),
                _ if n == 3 => Err("idempotency_key_reused"),
                _ => Ok(150_000),
            };
            assert_eq!(*told, expected, "{engine:?} {n}");
        }
        // Ten VIP tickets are three orders of three.
        assert_eq!(count(&told, Ok(3_000_000)), 3);
        assert_eq!(count(&told, Err("sold_out")), 12);
    }
}
