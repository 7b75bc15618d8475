//! Rounds with a small central that counts what it is asked: pages, sessions, acknowledgements, cuts.

use ambient::SeededEntropy;

use super::*;
use crate::{
    sync::{
        driver::{Driver, Link},
        test_central::Central,
    },
    testing::Gate,
};

fn gate() -> (Arc<Node>, tempfile::TempDir) {
    let Gate { node, home, .. } = Gate::new();
    (Arc::new(node), home)
}

fn enter(node: &Node, n: u128) -> &'static str {
    let code = crate::testing::code(n).to_text();
    let scan = node.scan(&code, sync_protocol::scan::Action::Entry, None);
    scan.verdict.reason.name()
}

#[tokio::test]
async fn a_first_sync_fetches_every_page_and_is_proven() {
    let (node, _home) = gate();
    let central = Central::new(95);
    let summary = until_current(&node, &central).await.expect("current");
    let expected = Summary {
        rounds: 10,
        tickets: 95,
        ..Summary::default()
    };
    assert_eq!(summary, expected);
    assert!(node.status().expect("a status").replica.complete);
    let state = central.state();
    assert_eq!(
        (state.rounds, state.sessions),
        (10, 1),
        "no page is asked for twice"
    );
    let trips: Vec<_> = (2..=10).map(|round| (round, round - 1)).collect();
    assert_eq!(state.trips, trips, "every round reports the one before");
}

#[tokio::test]
async fn scans_go_up_once_and_are_acknowledged() {
    let (node, _home) = gate();
    let central = Central::new(25);
    until_current(&node, &central).await.expect("current");
    assert_eq!(
        [1, 2, 1].map(|n| enter(&node, n)),
        ["admitted", "admitted", "already_used"]
    );
    let summary = until_current(&node, &central).await.expect("current");
    assert_eq!(
        (summary.sent, summary.acknowledged, summary.tickets),
        (3, 3, 0)
    );
    assert_eq!(node.status().expect("a status").unsent, 0);
    let summary = until_current(&node, &central).await.expect("current");
    assert_eq!((summary.sent, summary.acknowledged), (0, 3));
}

#[tokio::test]
async fn a_forgotten_session_is_renewed_in_the_middle() {
    let (node, _home) = gate();
    let central = Central::new(40);
    central.state().token_ends_after = Some(2);
    let summary = until_current(&node, &central).await.expect("current");
    assert_eq!((summary.rounds, summary.tickets), (4, 40));
    assert_eq!(central.state().sessions, 2);
}

#[tokio::test]
async fn a_cut_loses_nothing() {
    let (node, _home) = gate();
    let central = Central::new(25);
    until_current(&node, &central).await.expect("current");
    central.state().is_cut = true;
    assert_eq!(enter(&node, 5), "admitted");
    let error = until_current(&node, &central).await.expect_err("cut");
    assert_eq!(
        (error.code(), error.can_retry()),
        ("central_unreachable", true)
    );
    assert_eq!(node.status().expect("a status").unsent, 1);
    central.state().is_cut = false;
    let summary = until_current(&node, &central).await.expect("current");
    assert_eq!((summary.sent, summary.acknowledged), (1, 1));
}

#[tokio::test]
async fn a_page_that_leads_nowhere_ends_the_rounds() {
    let (node, _home) = gate();
    let central = Central::new(25);
    central.state().leads_nowhere = true;
    // The position of the first page is new; the second one stands still.
    let error = until_current(&node, &central)
        .await
        .expect_err("no headway");
    assert_eq!(error.code(), "answer_senseless");
    assert!(central.state().rounds <= 3);
}

#[tokio::test(start_paused = true)]
async fn the_driver_says_how_the_link_is_and_comes_back_by_itself() {
    let (node, _home) = gate();
    let central = Arc::new(Central::new(25));
    central.state().is_cut = true;
    let entropy = Arc::new(SeededEntropy::new(1));
    let driver = Driver::start(Arc::clone(&node), central.clone(), entropy, 5_000);
    let mut hand = driver.hand();
    assert!(
        hand.wait_for(
            |link| matches!(link, Link::Away { code, .. } if code == "central_unreachable")
        )
        .await
    );
    central.state().is_cut = false;
    assert!(hand.wait_for(|link| *link == Link::Connected).await);
    assert!(node.status().expect("a status").replica.complete);
    driver.stop().await;
    assert!(
        !hand.wait_for(|link| *link == Link::Starting).await,
        "it is gone"
    );
}

#[tokio::test]
async fn case_24_a_node_that_central_quarantined_decides_no_more() {
    for code in ["log_forked", "node_quarantined"] {
        let (node, home) = gate();
        let central = Central::new(5);
        until_current(&node, &central).await.expect("current");
        central.state().refuses = Some("overtaken");
        until_current(&node, &central).await.expect_err("refused");
        assert_eq!(enter(&node, 1), "admitted");
        central.state().refuses = Some(code);
        let error = until_current(&node, &central).await.expect_err("refused");
        assert_eq!(error.code(), code);
        let clock = Arc::clone(&node.clock);
        drop(node);
        let node = Node::open(home.path(), clock).expect("it opens");
        assert_eq!(enter(&node, 2), "node_locked", "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_fetched_again_with_growing_pauses() {
    let (node, _home) = gate();
    let central = Arc::new(Central::new(5));
    central.state().has_gap = true;
    let entropy = Arc::new(SeededEntropy::new(1));
    let driver = Driver::start(node, central.clone(), entropy, 1_000);
    tokio::time::sleep(std::time::Duration::from_secs(100)).await;
    let rounds = central.state().rounds;
    driver.stop().await;
    assert!((3..=15).contains(&rounds), "{rounds} rounds in 100 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_died_is_told() {
    let (node, _home) = gate();
    let central = Arc::new(Central::new(5));
    let entropy = Arc::new(SeededEntropy::new(1));
    let driver = Driver::start(Arc::clone(&node), central.clone(), entropy, 5_000);
    let mut hand = driver.hand();
    assert!(hand.wait_for(|link| *link == Link::Connected).await);
    central.state().panics = true;
    hand.scanned();
    assert!(!hand.wait_for(|link| *link == Link::Starting).await);
    let Link::Away { code, .. } = hand.link() else {
        panic!("{:?}", hand.link());
    };
    assert_eq!(code, "sync_stopped");
}

#[tokio::test]
async fn a_central_that_was_restored_gets_again_what_it_had_acknowledged() {
    for (kept, then) in [(2, Some(9)), (2, None), (0, Some(9)), (0, None)] {
        let (node, _home) = gate();
        let central = Central::new(25);
        until_current(&node, &central).await.expect("current");
        (1..=5).for_each(|n| assert_eq!(enter(&node, n), "admitted"));
        let summary = until_current(&node, &central).await.expect("current");
        assert_eq!((summary.sent, summary.acknowledged), (5, 5));
        central.restore(kept);
        // With a scan since, central refuses it as a gap; without one, its answer acknowledges less.
        let scans = 5 + u64::from(then.is_some());
        then.into_iter()
            .for_each(|n| assert_eq!(enter(&node, n), "admitted"));
        let summary = until_current(&node, &central).await.expect("current");
        assert_eq!(summary.acknowledged, scans, "{kept} kept");
        let status = node.status().expect("a status");
        assert_eq!((status.unsent, status.acknowledged), (0, scans));
    }
}
