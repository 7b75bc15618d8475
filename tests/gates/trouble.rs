//! A central in trouble is asked again, ever more slowly, and gets everything in the end.
use std::{sync::Arc, time::Duration};

use ambient::SeededEntropy;
use edge_node::sync::{Driver, until_current};
use support::central::Engine;

use crate::{link::Link, venue::Venue};

const INTERVAL_MS: i64 = 1_000;

fn driver(venue: &Venue, link: &Arc<Link>) -> Driver {
    let entropy = Arc::new(SeededEntropy::new(3));
    let node = Arc::clone(&venue.north.node);
    Driver::start(node, link.clone(), entropy, INTERVAL_MS)
}

/// Time is the test's, so that the pauses are exact and nobody waits for them.
#[tokio::test]
async fn case_15_a_server_that_fails_is_asked_ever_more_slowly_and_loses_nothing() {
    let kinds = [
        (503, Some("busy"), 16),
        (500, Some("internal"), 16),
        (502, None, 16),
        (400, Some("bad_request"), 120),
    ];
    for (status, code, at_least) in kinds {
        let venue = Venue::open(Engine::Sqlite, 2).await;
        let link = Arc::new(Link::to(&venue.central.app));
        link.trouble(status, code);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        tokio::time::pause();
        let driver = driver(&venue, &link);
        while link.asked().len() < 7 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(
            venue.north.enter(venue.code(1)),
            "admitted",
            "it never waits"
        );
        driver.stop().await;
        tokio::time::resume();
        let asked = link.asked();
        let pauses: Vec<_> = asked.windows(2).map(|two| two[1] - two[0]).collect();
        let last = pauses.last().expect("six pauses");
        assert!(
            pauses.windows(2).all(|two| two[0] <= two[1] * 2),
            "{pauses:?}"
        );
        assert!(
            *last >= Duration::from_secs(at_least),
            "{status}: {pauses:?}"
        );
        assert_eq!(venue.north.status().unsent, 2, "{status}");
        link.mend();
        let summary = until_current(&venue.north.node, &*link)
            .await
            .expect("current");
        assert_eq!((summary.sent, summary.acknowledged), (2, 2));
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 2);
    }
}

#[tokio::test]
async fn case_15_the_gate_comes_back_by_itself_when_the_server_does() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let link = Arc::new(Link::to(&venue.central.app));
        link.trouble(503, Some("busy"));
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        let driver = driver(&venue, &link);
        reach("asked again", || link.asked().len() >= 2).await;
        link.mend();
        let is_sent = || venue.north.status().unsent == 0;
        reach("sent without anybody's help", is_sent).await;
        driver.stop().await;
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 1);
    }
}

/// Waits until it is so.
async fn reach(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    reached.expect(what);
}
