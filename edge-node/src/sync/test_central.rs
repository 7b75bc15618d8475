//! A small central for the tests of rounds and of the driver: it counts what it is asked, sells, forgets and is cut.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use sync_protocol::{
    scan::Head,
    ticket::{Revision, Ticket},
    wire::{
        self,
        v1::{
            Challenge, Refusal, Session as Granted, SessionRequest, SyncAnswer, SyncRequest,
            WaitAnswer, WaitRequest,
        },
    },
};
use tokio::sync::watch;

use super::transport::{Answered, Transport, TransportError};
use crate::testing::{START, answer, config, manifest, valid};

/// Rows of a page, however many are asked for.
const PAGE: usize = 10;

/// Central as far as rounds see it. Its tickets are sold from the first on.
pub(super) struct Central {
    tickets: Vec<Ticket>,
    /// The event's revision, one more with every ticket that is sold later.
    revision: watch::Sender<Revision>,
    state: Mutex<State>,
}

/// What it was asked, and how it is to answer.
#[derive(Default)]
pub(super) struct State {
    log: Vec<Head>,
    unsold: usize,
    pub(super) rounds: u64,
    pub(super) sessions: u32,
    pub(super) waits: u32,
    pub(super) token_ends_after: Option<u64>,
    pub(super) is_cut: bool,
    pub(super) leads_nowhere: bool,
    pub(super) refuses: Option<&'static str>,
    pub(super) knows_waits: bool,
    pub(super) has_gap: bool,
    pub(super) panics: bool,
    pub(super) trips: Vec<(u64, u64)>,
}

impl Central {
    pub(super) fn new(tickets: u128) -> Self {
        Self {
            tickets: (1..=tickets).map(valid).collect(),
            revision: watch::Sender::new(1),
            state: Mutex::default(),
        }
    }

    /// The last `unsold` of `tickets` are not sold yet, and gates may wait for news.
    pub(super) fn selling(tickets: u128, unsold: usize) -> Self {
        let central = Self::new(tickets);
        central.state().unsold = unsold;
        central.state().knows_waits = true;
        central
    }

    /// Sells the next ticket.
    pub(super) fn sell(&self) {
        self.state().unsold -= 1;
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Its database is replaced by a copy that has this many records of the log.
    pub(super) fn restore(&self, records: usize) {
        self.state().log.truncate(records);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, path: &str, body: &[u8], bearer: Option<&str>) -> (u16, Vec<u8>) {
        match path {
            "/node/v1/challenge" => (200, wire::encode(&Challenge { nonce: [5; 32] })),
            "/node/v1/session" => self.session(&wire::decode(body).expect("a session request")),
            "/node/v1/sync" => self.sync(&wire::decode(body).expect("a sync request"), bearer),
            "/node/v1/wait" => {
                self.wait(&wire::decode(body).expect("a wait request"))
                    .await
            }
            _ => (404, Vec::new()),
        }
    }

    fn session(&self, request: &SessionRequest) -> (u16, Vec<u8>) {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
        assert!(request.is_signed_by(&key));
        let mut state = self.state();
        state.sessions += 1;
        let token = format!("token {}", state.sessions);
        let lasts_ms = 600_000;
        (200, wire::encode(&Granted { token, lasts_ms }))
    }

    async fn wait(&self, request: &WaitRequest) -> (u16, Vec<u8>) {
        self.state().waits += 1;
        if !self.state().knows_waits {
            return (404, refusal("unknown_call", None));
        }
        let mut revision = self.revision.subscribe();
        let news = revision.wait_for(|revision| *revision > request.revision);
        let longest = Duration::from_millis(request.longest_ms.into());
        // Over or not, the answer says how far the event is.
        let _ = tokio::time::timeout(longest, news).await;
        let revision = *self.revision.borrow();
        (200, wire::encode(&WaitAnswer { revision }))
    }

    fn sync(&self, request: &SyncRequest, bearer: Option<&str>) -> (u16, Vec<u8>) {
        let mut state = self.state();
        let current = format!("token {}", state.sessions);
        if bearer != Some(&current) || state.token_ends_after == Some(state.rounds) {
            state.token_ends_after = None;
            return (401, refusal("session_unknown", None));
        }
        if let Some(code) = state.refuses {
            return (409, refusal(code, None));
        }
        let has = state.log.len() as u64;
        let before = request.upto.head.seq - request.records.len() as u64;
        if before > has && !request.records.is_empty() {
            return (422, refusal("log_gap", Some(has)));
        }
        state.rounds += 1;
        take_records(&mut state, request);
        if let Some(previous) = request.previous {
            let round = state.rounds;
            state.trips.push((round, previous.round));
        }
        (200, wire::encode(&self.page(request, &state)))
    }

    fn page(&self, request: &SyncRequest, state: &State) -> SyncAnswer {
        let from = request
            .position
            .as_ref()
            .map_or(0, |position| usize::from(position[0]));
        let sold = self.tickets.len() - state.unsold;
        let to = (from + PAGE).min(sold);
        let position = if state.leads_nowhere { from } else { to };
        let mut answer = answer(u8::try_from(position).expect("few"), START);
        answer.round = state.rounds;
        answer.acknowledged = state.log.len() as u64;
        answer.page.config = (request.config_revision == 0).then(config);
        answer.page.tickets = self.tickets[from..to].to_vec();
        let is_last = to == sold && !state.leads_nowhere;
        let held = &self.tickets[..sold - usize::from(state.has_gap)];
        answer.page.manifest = is_last.then(|| manifest(*self.revision.borrow(), held));
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
            let (status, body) = self.answer(path, &body, bearer).await;
            Ok(Answered {
                status,
                version: Some(1),
                body,
            })
        }
        .boxed()
    }
}

/// Whatever the records are, they follow each other, and the node signed where they lead.
fn take_records(state: &mut State, request: &SyncRequest) {
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
    let upto = request.upto.verify(&key).expect("signed");
    let mut head = match state.log.last() {
        Some(head) => *head,
        None => Head::empty(request.log.head.node),
    };
    let before = upto.seq - request.records.len() as u64;
    let repeated = usize::try_from(head.seq.saturating_sub(before)).expect("few");
    for record in request.records.iter().skip(repeated) {
        head = head.follow(record).expect("the chain holds").0;
        state.log.push(head);
    }
    assert!(upto.seq != head.seq || upto == head);
}

fn refusal(code: &str, acknowledged: Option<u64>) -> Vec<u8> {
    wire::encode(&Refusal {
        code: code.to_owned(),
        message: "No.".to_owned(),
        acknowledged,
    })
}
