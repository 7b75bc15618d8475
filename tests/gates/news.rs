//! A sale, a payment or a scan elsewhere reaches a gate that is connected without its interval having to pass.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ambient::SeededEntropy;
use edge_node::sync::{Driver, driver::Link as State};
use support::central::Engine;

use crate::{link::Link, venue::Venue};

/// Longer than any test: what comes sooner did not come by the interval.
const HOUR_MS: i64 = 3_600_000;

async fn connected(venue: &Venue) -> Driver {
    let link = Arc::new(Link::to(&venue.central.app));
    let node = Arc::clone(&venue.north.node);
    let entropy = Arc::new(SeededEntropy::new(3));
    let driver = Driver::start(node, link, entropy, HOUR_MS);
    assert!(
        driver
            .hand()
            .wait_for(|link| *link == State::Connected)
            .await
    );
    let waits = venue.central.app.waits.clone();
    reach("it waits", || waits.waiting() == 1).await;
    driver
}

/// Waits until it is so, and says how long that took.
async fn reach(what: &str, condition: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    reached.expect(what);
    begun.elapsed()
}

#[tokio::test]
async fn a_sale_admits_at_a_waiting_gate_without_its_interval() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let driver = connected(&venue).await;
        let late = venue.central.sell_to(&venue.event, 0, 1, &["Budi"]).await;
        let known = || venue.north.status().replica.total == 2;
        let took = reach("the ticket is there", known).await;
        assert!(took < Duration::from_secs(5), "{engine:?}: {took:?}");
        assert_eq!(venue.north.enter(&late[0].code), "admitted");
        driver.stop().await;
    }
}

#[tokio::test]
async fn a_scan_at_another_gate_is_known_here_without_an_interval() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let driver = connected(&venue).await;
        assert_eq!(venue.south.enter(venue.code(1)), "admitted");
        venue.south.sync(&venue.central).await;
        let before = venue.north.status().replica.revision;
        reach("news", || venue.north.status().replica.revision > before).await;
        assert_eq!(venue.north.enter(venue.code(1)), "already_used");
        driver.stop().await;
    }
}

#[tokio::test]
async fn a_gate_that_is_revoked_while_it_waits_is_erased_soon() {
    let venue = Venue::open(Engine::Sqlite, 2).await;
    let link = Arc::new(Link::to(&venue.central.app));
    let node = Arc::clone(&venue.north.node);
    let driver = Driver::start(node, link, Arc::new(SeededEntropy::new(3)), 1_000);
    assert!(
        driver
            .hand()
            .wait_for(|link| *link == State::Connected)
            .await
    );
    let revoked = venue.central.app.revoke_node(venue.north.id()).await;
    revoked.expect("it is known");
    reach("it is erased", || venue.north.status().replica.total == 0).await;
    assert_eq!(venue.north.enter(venue.code(0)), "node_locked");
    driver.stop().await;
}
