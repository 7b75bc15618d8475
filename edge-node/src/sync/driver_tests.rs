//! The driver while it waits for news: how soon a sale arrives, what an idle gate costs, and that nothing hangs.
//! Time is virtual, so seconds here are exact and cost nothing.

use std::sync::Arc;

use ambient::SeededEntropy;
use tokio::time::{Instant, timeout};

use super::*;
use crate::{
    sync::test_central::Central,
    testing::{Gate, code},
};

/// Far longer than any test: what happens sooner was brought forward.
const HOUR_MS: i64 = 3_600_000;
/// The node's clock goes with the virtual time.
const TICK: Duration = Duration::from_millis(5);

struct World {
    node: Arc<Node>,
    central: Arc<Central>,
    driver: Driver,
    _home: tempfile::TempDir,
}

impl World {
    /// In touch, and waiting for news where central knows waits.
    async fn start(central: Central, interval_ms: i64) -> Self {
        let Gate { node, clock, home } = Gate::new();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                clock.advance_ms(5);
            }
        });
        let (node, central) = (Arc::new(node), Arc::new(central));
        let entropy = Arc::new(SeededEntropy::new(1));
        let driver = Driver::start(Arc::clone(&node), central.clone(), entropy, interval_ms);
        let world = Self {
            node,
            central,
            driver,
            _home: home,
        };
        let mut hand = world.driver.hand();
        assert!(hand.wait_for(|link| *link == Link::Connected).await);
        world.until(|world| world.central.state().waits > 0).await;
        world
    }

    /// How long it took until this is so.
    async fn until(&self, is_so: impl Fn(&Self) -> bool) -> Duration {
        let begun = Instant::now();
        while !is_so(self) {
            assert!(begun.elapsed() < Duration::from_secs(600), "it never was");
            tokio::time::sleep(TICK).await;
        }
        begun.elapsed()
    }

    fn tickets(&self) -> u64 {
        self.node.status().expect("a status").replica.total
    }
}

#[tokio::test(start_paused = true)]
async fn a_sale_reaches_a_waiting_gate_without_its_interval() {
    let world = World::start(Central::selling(25, 4), HOUR_MS).await;
    assert_eq!(world.tickets(), 21);
    for sold in 1..=4 {
        tokio::time::sleep(Duration::from_secs(2)).await;
        world.central.sell();
        let took = world.until(|world| world.tickets() == 21 + sold).await;
        assert!(took < Duration::from_millis(500), "{took:?}");
    }
    let last = code(25).to_text();
    let scan = world
        .node
        .scan(&last, sync_protocol::scan::Action::Entry, None);
    assert_eq!(scan.verdict.reason.name(), "admitted");
}

#[tokio::test(start_paused = true)]
async fn a_scan_is_sent_soon_though_a_wait_is_held() {
    let world = World::start(Central::selling(25, 0), HOUR_MS).await;
    let first = code(1).to_text();
    let scan = world
        .node
        .scan(&first, sync_protocol::scan::Action::Entry, None);
    assert_eq!(scan.verdict.reason.name(), "admitted");
    assert_eq!(world.node.unsent().expect("a count"), 1);
    world.driver.hand().scanned();
    let took = world
        .until(|world| world.node.unsent().expect("a count") == 0)
        .await;
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_gate_asks_four_times_as_rarely_as_its_interval_says() {
    let world = World::start(Central::selling(5, 0), 5_000).await;
    tokio::time::sleep(Duration::from_secs(200)).await;
    let (rounds, waits) = {
        let state = world.central.state();
        (state.rounds, state.waits)
    };
    assert!((8..=14).contains(&rounds), "{rounds} rounds in 200 seconds");
    assert!((8..=14).contains(&waits), "{waits} waits in 200 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_central_without_waits_is_asked_every_interval() {
    let world = World::start(Central::new(5), 5_000).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    let (rounds, waits) = {
        let state = world.central.state();
        (state.rounds, state.waits)
    };
    assert!(
        (16..=28).contains(&rounds),
        "{rounds} rounds in 100 seconds"
    );
    assert!((3..=10).contains(&waits), "{waits} tries to wait");
    assert_eq!(world.driver.hand().link(), Link::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_cut_becomes_a_round_that_fails_and_the_gate_comes_back() {
    let world = World::start(Central::selling(25, 1), 5_000).await;
    world.central.state().is_cut = true;
    let mut hand = world.driver.hand();
    assert!(
        hand.wait_for(|link| matches!(link, Link::Away { .. }))
            .await
    );
    world.central.sell();
    let rounds = world.central.state().rounds;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(world.central.state().rounds, rounds);
    world.central.state().is_cut = false;
    world.until(|world| world.tickets() == 25).await;
    assert!(hand.wait_for(|link| *link == Link::Connected).await);
}

#[tokio::test(start_paused = true)]
async fn a_held_wait_does_not_keep_the_driver_from_stopping() {
    let World { driver, .. } = World::start(Central::selling(5, 0), HOUR_MS).await;
    let stopped = timeout(Duration::from_millis(100), driver.stop()).await;
    assert!(stopped.is_ok());
}
