//! Gates that wait for news: what they hear, when, and what waiting costs central.
use std::{future::Future, time::Duration};

use central::{
    app::{App, wait::Waits},
    domain::{event::EventSetup, node::Node},
    store::Store,
};
use support::central::{Engine, TestCentral};
use sync_protocol::{
    id::{EventId, NodeId},
    wire::v1::{WaitAnswer, WaitRequest},
};
use tokio::{task::JoinHandle, time::Instant};

const LONG_MS: u32 = 20_000;

/// Central with an event and a node that is current.
struct Place {
    central: TestCentral,
    event: EventSetup,
    node: Node,
    revision: u64,
}

impl Place {
    async fn open(engine: Engine) -> Self {
        let central = TestCentral::new(engine).await;
        let event = central.festival().await;
        let mut gate = central.enrol(&event, "Gate A", "north").await;
        gate.sync(&central).await;
        let mut tx = central.app.store.read().await.expect("a snapshot");
        let read = central::store::revision::read(&mut tx, event.event.id).await;
        let revision = read.expect("it has one").manifest.revision;
        drop(tx);
        let node = node(&central.app, gate.id).await;
        Self {
            central,
            event,
            node,
            revision,
        }
    }

    fn wait(&self, longest_ms: u32) -> JoinHandle<WaitAnswer> {
        self.wait_as(self.node.clone(), longest_ms)
    }

    fn wait_as(&self, node: Node, longest_ms: u32) -> JoinHandle<WaitAnswer> {
        let app = self.central.app.clone();
        let request = WaitRequest {
            event: node.event,
            revision: self.revision,
            longest_ms,
        };
        tokio::spawn(async move { app.wait(&node, &request).await.expect("its own event") })
    }

    /// Until so many nodes wait.
    async fn waiting(&self, nodes: usize) {
        let waits = &self.central.app.waits;
        soon("nodes wait", || waits.waiting() == nodes).await;
    }
}

async fn node(app: &App, id: NodeId) -> Node {
    let nodes = app.nodes(None).await.expect("nodes");
    nodes.into_iter().find(|one| one.id == id).expect("known")
}

async fn soon(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    within(what, 5_000, waiting).await;
}

async fn within<T>(what: &str, ms: u64, doing: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_millis(ms), doing).await;
    done.unwrap_or_else(|_| panic!("not within {ms} ms: {what}"))
}

#[tokio::test]
async fn a_sale_is_heard_at_once_whichever_server_made_it() {
    for engine in Engine::both() {
        let mut place = Place::open(engine).await;
        let other = App {
            store: Store::open(&place.central.database_url)
                .await
                .expect("a second server"),
            waits: Waits::default(),
            ..place.central.app.clone()
        };
        for (seller, at_most) in [(&place.central.app, 1_000), (&other, 1_500)] {
            let waiting = place.wait(LONG_MS);
            place.waiting(1).await;
            let (event, kind) = (place.event.event.id, place.event.types[0].id);
            let sold = seller.issue_tickets_in_bulk(event, kind, 1, &["Ayu"]).await;
            sold.expect("there is stock");
            let answer = within("news", at_most, waiting).await.expect("no panic");
            assert!(answer.revision > place.revision, "{engine:?}");
            place.revision = answer.revision;
        }
        soon("nobody is watched for", || {
            place.central.app.waits.watched() == 0
        })
        .await;
        assert_eq!(place.central.app.waits.waiting(), 0);
    }
}

#[tokio::test]
async fn what_happened_before_is_heard_at_once_and_silence_has_an_end() {
    for engine in Engine::both() {
        let place = Place::open(engine).await;
        let begun = Instant::now();
        let answer = within("the end", 5_000, place.wait(150)).await;
        assert_eq!(answer.expect("no panic").revision, place.revision);
        assert!(begun.elapsed() >= Duration::from_millis(150));
        place.central.sell(&place.event, 1).await;
        let answer = within("old news", 2_000, place.wait(LONG_MS)).await;
        assert!(answer.expect("no panic").revision > place.revision);
    }
}

#[tokio::test]
async fn a_node_has_one_wait_however_often_it_asks_and_events_are_watched_once() {
    for engine in Engine::both() {
        let place = Place::open(engine).await;
        let gate = place.central.enrol(&place.event, "Gate B", "south").await;
        let south = node(&place.central.app, gate.id).await;
        let waits = &place.central.app.waits;
        let mut north = Vec::new();
        for _ in 0..50 {
            north.push(place.wait(LONG_MS));
        }
        let beside = place.wait_as(south, LONG_MS);
        soon("all but one of them are over", || {
            north.iter().filter(|wait| !wait.is_finished()).count() == 1
        })
        .await;
        place.waiting(2).await;
        assert_eq!(waits.watched(), 1, "one watcher for both nodes");
        // A client that went away gives its place back.
        north.iter().for_each(JoinHandle::abort);
        place.waiting(1).await;
        beside.abort();
        soon("nobody is watched for", || waits.watched() == 0).await;
    }
}

#[tokio::test]
async fn stopping_ends_all_waits_and_begins_none() {
    let place = Place::open(Engine::Sqlite).await;
    let waiting = place.wait(LONG_MS);
    place.waiting(1).await;
    place.central.app.waits.stop();
    let answer = within("the end", 500, waiting).await.expect("no panic");
    assert_eq!(answer.revision, place.revision);
    within("no new one", 500, place.wait(LONG_MS))
        .await
        .expect("no panic");
}

#[tokio::test]
async fn a_node_that_is_revoked_meanwhile_hears_of_it() {
    for engine in Engine::both() {
        let place = Place::open(engine).await;
        let waiting = place.wait(LONG_MS);
        place.waiting(1).await;
        let revoked = place.central.app.revoke_node(place.node.id).await;
        revoked.expect("it is known");
        within("the end", 2_000, waiting).await.expect("no panic");
    }
}

#[tokio::test]
async fn a_node_waits_for_its_own_event_only() {
    let place = Place::open(Engine::Sqlite).await;
    let request = WaitRequest {
        event: EventId::from_u128(1),
        revision: 0,
        longest_ms: LONG_MS,
    };
    let refused = place.central.app.wait(&place.node, &request).await;
    assert_eq!(refused.expect_err("refused").code(), "other_event");
}
