//! Rounds with a small central that counts what it is asked: pages, sessions, acknowledgements, cuts.

use std::sync::{Mutex, PoisonError};

use ambient::SeededEntropy;
use futures_util::{FutureExt as _, future::BoxFuture};
use sync_protocol::{
    scan::Head,
    ticket::Ticket,
    wire::{
        self,
        v1::{Challenge, Refusal, Session as Granted, SessionRequest},
    },
};

use super::*;
use crate::{
    sync::{
        driver::{Driver, Link},
        transport::{Answered, TransportError},
    },
    testing::{Gate, START, answer, config, manifest, valid},
};

/// Rows of a page, however many are asked for.
const PAGE: usize = 10;

/// Central as far as rounds see it.
struct Central {
    tickets: Vec<Ticket>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    log: Option<Head>,
    rounds: u64,
    sessions: u32,
    token_ends_after: Option<u64>,
    is_cut: bool,
    leads_nowhere: bool,
    refuses: Option<&'static str>,
    has_gap: bool,
    panics: bool,
    trips: Vec<(u64, u64)>,
}

impl Central {
    fn new(tickets: u128) -> Self {
        Self {
            tickets: (1..=tickets).map(valid).collect(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, path: &str, body: &[u8], bearer: Option<&str>) -> (u16, Vec<u8>) {
        match path {
            "/node/v1/challenge" => (200, wire::encode(&Challenge { nonce: [5; 32] })),
            "/node/v1/session" => self.session(&wire::decode(body).expect("a session request")),
            "/node/v1/sync" => self.sync(&wire::decode(body).expect("a sync request"), bearer),
            _ => (404, Vec::new()),
        }
    }

    fn session(&self, request: &SessionRequest) -> (u16, Vec<u8>) {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
        assert!(request.is_signed_by(&key));
        let mut state = self.state();
        state.sessions += 1;
        let token = format!("token {}", state.sessions);
        (
            200,
            wire::encode(&Granted {
                token,
                lasts_ms: 600_000,
            }),
        )
    }

    fn sync(&self, request: &SyncRequest, bearer: Option<&str>) -> (u16, Vec<u8>) {
        let mut state = self.state();
        let current = format!("token {}", state.sessions);
        if bearer != Some(&current) || state.token_ends_after == Some(state.rounds) {
            state.token_ends_after = None;
            return (401, refusal("session_unknown"));
        }
        if let Some(code) = state.refuses {
            return (409, refusal(code));
        }
        state.rounds += 1;
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
        let mut head = state.log.unwrap_or(Head::empty(request.log.head.node));
        for record in &request.records {
            head = head.follow(record).expect("the chain holds").0;
        }
        assert_eq!(request.upto.verify(&key), Ok(head));
        state.log = Some(head);
        if let Some(previous) = request.previous {
            let round = state.rounds;
            state.trips.push((round, previous.round));
        }
        (200, wire::encode(&self.page(request, &state, head.seq)))
    }

    fn page(&self, request: &SyncRequest, state: &State, acknowledged: u64) -> SyncAnswer {
        let from = request
            .position
            .as_ref()
            .map_or(0, |position| usize::from(position[0]));
        let to = (from + PAGE).min(self.tickets.len());
        let position = if state.leads_nowhere { from } else { to };
        let mut answer = answer(u8::try_from(position).expect("few"), START);
        answer.round = state.rounds;
        answer.acknowledged = acknowledged;
        answer.page.config = (request.config_revision == 0).then(config);
        answer.page.tickets = self.tickets[from..to].to_vec();
        let is_last = to == self.tickets.len() && !state.leads_nowhere;
        let held = self.tickets.len() - usize::from(state.has_gap);
        answer.page.manifest = is_last.then(|| manifest(1, &self.tickets[..held]));
        answer
    }
}

impl Transport for Central {
    fn call<'a>(
        &'a self,
        path: &'a str,
        body: Vec<u8>,
        bearer: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answered, TransportError>> {
        async move {
            assert!(!self.state().panics, "a fault of the program");
            if self.state().is_cut {
                return Err(TransportError::Unreachable("no route".to_owned()));
            }
            let (status, body) = self.answer(path, &body, bearer);
            Ok(Answered {
                status,
                version: Some(1),
                body,
            })
        }
        .boxed()
    }
}

fn refusal(code: &str) -> Vec<u8> {
    wire::encode(&Refusal {
        code: code.to_owned(),
        message: "No.".to_owned(),
        acknowledged: None,
    })
}

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
