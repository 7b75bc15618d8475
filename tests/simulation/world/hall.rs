//! Central in a world: the real `App` on SQLite behind its real routes, what it was asked, and what is in its tables.
//!
//! Its clock is the world's true time. Its machine may crash: then it goes on from what was on its disk.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use central::{
    app::gate_config::GateConfigs,
    domain::event::EventSetup,
    http::router,
    store::{self, Store},
};
use edge_node::sync::{Answered, Transport, TransportError};
use futures_util::{FutureExt as _, future::BoxFuture};
use support::central::{Engine, TestCentral};
use sync_protocol::{
    id::NodeId,
    ticket::Ticket,
    time::Timestamp,
    wire::{
        self,
        v1::{SyncAnswer, SyncRequest},
    },
};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::{disk::Image, entropy::Streams, plan::Plan, till::Till};

/// Central, its event, and its provider.
pub struct Hall {
    /// The real thing.
    pub central: TestCentral,
    /// The event.
    pub event: EventSetup,
    /// Who takes the money.
    pub till: Arc<Till>,
    /// Its database was put back to an older copy once.
    pub was_put_back: bool,
    /// Requests that it took in, in their order.
    pub heard: Vec<Heard>,
    router: Router,
    folder: TempDir,
    home: PathBuf,
    crashes: u32,
}

/// A sync request that central took in.
#[derive(Clone)]
pub struct Heard {
    /// Who sent it.
    pub node: NodeId,
    /// What it said.
    pub request: SyncRequest,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was answered.
    pub answered_at: Timestamp,
    /// The number of the round.
    pub round: u64,
}

impl Hall {
    /// Opens central and publishes the plan's event.
    pub async fn open(plan: &Plan) -> Self {
        let till = Arc::new(Till::default());
        let mut central = TestCentral::with_provider(Engine::Sqlite, till.clone()).await;
        central.app.entropy = Arc::new(Streams::central(plan.seed));
        let event = central.publish(&plan.wish()).await;
        let database = central.database_url.trim_start_matches("sqlite:");
        let home = PathBuf::from(database);
        Self {
            router: router::nodes(central.app.clone()),
            home: home.parent().expect("a folder").to_owned(),
            central,
            event,
            till,
            was_put_back: false,
            heard: Vec::new(),
            folder: tempfile::tempdir().expect("a folder"),
            crashes: 0,
        }
    }

    /// True time.
    pub fn now(&self) -> Timestamp {
        self.central.now()
    }

    /// Where its database lies now.
    pub fn home(&self) -> PathBuf {
        self.home.clone()
    }

    /// Its tables, to be looked into.
    pub fn reader(&self) -> &sqlx::SqlitePool {
        match &self.central.app.store {
            Store::Sqlite { reader, .. } => reader,
            Store::MySql { .. } => unreachable!("it was opened on SQLite"),
        }
    }

    /// What is on its disk now.
    pub fn image(&self) -> Image {
        Image::take(&self.home)
    }

    /// The machine crashes and comes back with `image` on its disk.
    pub async fn crash(&mut self, image: &Image) {
        self.crashes += 1;
        self.home = self.folder.path().join(self.crashes.to_string());
        image.lay(&self.home);
        self.open_again().await;
        let event = self.event.event.id;
        let mut tx = self.central.app.store.read().await.expect("a snapshot");
        let nodes = store::node::of_event(&mut tx, event).await.expect("nodes");
        let kept = |heard: &Heard| {
            let node = nodes.iter().find(|node| node.id == heard.node);
            node.is_some_and(|node| node.round >= heard.round)
        };
        self.heard.retain(kept);
    }

    async fn open_again(&mut self) {
        let url = format!("sqlite:{}", self.home.join("central.db").display());
        let app = &mut self.central.app;
        let old = std::mem::replace(&mut app.store, Store::open(&url).await.expect("it opens"));
        app.gates = GateConfigs::default();
        self.router = router::nodes(app.clone());
        self.central.database_url = url;
        old.close().await;
    }

    /// A request arrives and is answered.
    pub async fn post(&mut self, path: &str, body: Vec<u8>, bearer: Option<&str>) -> Answered {
        let received_at = self.now();
        let answered = self.answer(path, body.clone(), bearer).await;
        if path.ends_with("/sync") && answered.status == 200 {
            let request: SyncRequest = wire::decode(&body).expect("it was read");
            let answer: SyncAnswer = wire::decode(&answered.body).expect("our own answer");
            let heard = Heard {
                node: request.log.head.node,
                request,
                received_at,
                answered_at: answer.answered_at,
                round: answer.round,
            };
            self.hear(heard).await;
        }
        answered
    }

    /// The log of a revoked node may be answered and yet refused: such a round is not the node's last one here.
    async fn hear(&mut self, heard: Heard) {
        let event = self.event.event.id;
        let mut tx = self.central.app.store.read().await.expect("a snapshot");
        let nodes = store::node::of_event(&mut tx, event).await.expect("nodes");
        let is_kept =
            |node: &central::domain::node::Node| node.id == heard.node && node.round == heard.round;
        if nodes.iter().any(is_kept) {
            self.heard.push(heard);
        }
    }

    async fn answer(&self, path: &str, body: Vec<u8>, bearer: Option<&str>) -> Answered {
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, wire::CONTENT_TYPE)
            .header(wire::VERSION_HEADER, wire::NEWEST_VERSION);
        if let Some(token) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await;
        let response = response.expect("a router always answers");
        let version = response.headers().get(wire::VERSION_HEADER);
        Answered {
            status: response.status().as_u16(),
            version: version.and_then(|version| version.to_str().ok()?.parse().ok()),
            body: to_bytes(response.into_body(), usize::MAX)
                .await
                .expect("a body")
                .to_vec(),
        }
    }

    /// The event's tickets as they stand, and its revision.
    pub async fn tickets(&self) -> (u64, Vec<Ticket>) {
        let event = self.event.event.id;
        let mut tx = self.central.app.store.read().await.expect("a snapshot");
        let revision = store::revision::read(&mut tx, event).await;
        let start = central::domain::position::TicketPlace::default();
        let all = store::change::tickets(&mut tx, event, &start, 1_000_000).await;
        let mut all = all.expect("tickets");
        all.sort_by_key(|ticket| ticket.id);
        (revision.expect("a revision").manifest.revision, all)
    }
}

/// A good wire to central, for enrolling.
pub struct GoodWire<'a>(pub &'a Hall);

impl Transport for GoodWire<'_> {
    fn call<'a>(
        &'a self,
        path: &'a str,
        body: Vec<u8>,
        bearer: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answered, TransportError>> {
        async move { Ok(self.0.answer(path, body, bearer).await) }.boxed()
    }
}
