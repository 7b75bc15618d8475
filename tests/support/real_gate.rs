//! A gate in a test: the real `Node` in a folder of its own, enrolled at the real `App`, and no network between them.
//!
//! What travels is what a round would carry; the test decides whether an answer arrives. Each gate has a clock of its
//! own, which starts right: move it with [`RealGate::clock`] as time passes at central.
use std::{path::Path, sync::Arc};

use ambient::{Clock, ManualClock, SeededEntropy};
use central::{
    app::sync::SyncError,
    domain::{event::EventSetup, ticket},
    store,
};
use edge_node::{Identity, Node, round::Applied, scan::Scan, status::Status};
use sync_protocol::{
    id::{NodeId, TicketId},
    moment::Trip,
    rights::Rights,
    scan::Action,
    wire::v1::{SyncAnswer, SyncRequest},
};
use tempfile::TempDir;

use crate::central::TestCentral;

/// A ticket as its buyer holds it.
#[derive(Clone, Debug)]
pub struct Sold {
    /// The ticket.
    pub id: TicketId,
    /// The text of its QR.
    pub code: String,
    /// The number below it.
    pub number: String,
}

/// The gate.
pub struct RealGate {
    /// The real thing.
    pub node: Arc<Node>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its folder.
    pub home: TempDir,
}

impl TestCentral {
    /// Enrols a real node by a code from the panel.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn open_gate(&self, event: &EventSetup, gate: &str, name: &str) -> RealGate {
        self.open_gate_that_may(event, gate, name, Rights::ALL)
            .await
    }

    /// The same, of a node that may not do everything.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn open_gate_that_may(
        &self,
        event: &EventSetup,
        gate: &str,
        name: &str,
        rights: Rights,
    ) -> RealGate {
        let (answer, key) = self.take_in(event, gate, name, rights).await;
        let seed = key.to_bytes();
        let boot = SeededEntropy::new(u64::from_le_bytes(seed[..8].try_into().expect("eight")));
        let identity = Identity {
            answer,
            key,
            central: "https://central.test".into(),
        };
        RealGate::create(identity, Arc::new(ManualClock::new(self.now(), &boot)))
    }

    /// Sells tickets of the event's type at this place to people of these names; in the order of their ids.
    ///
    /// # Panics
    /// When central refuses.
    pub async fn sell_to(
        &self,
        event: &EventSetup,
        kind: usize,
        count: u32,
        names: &[&str],
    ) -> Vec<Sold> {
        let (id, kind) = (event.event.id, event.types[kind].id);
        let orders = self.app.issue_tickets_in_bulk(id, kind, count, names).await;
        let mut sold = Vec::new();
        for number in orders.expect("there is stock") {
            sold.extend(self.tickets_of(event, &number).await);
        }
        sold.sort_by_key(|one| one.id);
        sold
    }

    /// The tickets of a paid order.
    ///
    /// # Panics
    /// When there is no such order.
    pub async fn tickets_of(&self, event: &EventSetup, order: &str) -> Vec<Sold> {
        let mut tx = self.app.store.read().await.expect("a snapshot");
        let key = self.app.signing_key(&mut tx, event.event.id).await;
        let (_, key) = key.expect("a key");
        let order = store::order::by_number(&mut tx, order).await;
        let order = order.expect("reads").expect("an order");
        let tickets = store::ticket::of_order(&mut tx, order.id).await;
        let sold = |one: &ticket::SoldTicket| Sold {
            id: one.gate.id,
            code: ticket::code(one, &key).to_text(),
            number: one.gate.number.to_string(),
        };
        tickets.expect("reads").iter().map(sold).collect()
    }
}

impl RealGate {
    fn create(identity: Identity, clock: Arc<ManualClock>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Node::create(home.path(), identity).expect("a new folder");
        Self {
            node: open(home.path(), &clock),
            clock,
            home,
        }
    }

    /// A second machine that was started from a copy of this one's disk.
    ///
    /// # Panics
    /// When the disk cannot be copied.
    #[must_use]
    pub fn copied(&self) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        for entry in std::fs::read_dir(self.home.path()).expect("a folder") {
            let entry = entry.expect("an entry");
            std::fs::copy(entry.path(), home.path().join(entry.file_name())).expect("copied");
        }
        let clock = Arc::new(ManualClock::new(self.clock.now(), &SeededEntropy::new(99)));
        Self {
            node: open(home.path(), &clock),
            clock,
            home,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.node.id()
    }

    /// Starts the program again, on the same boot of the machine.
    pub fn restart(&mut self) {
        self.node = open(self.home.path(), &self.clock);
    }

    /// Shows a text.
    #[must_use]
    pub fn show(&self, text: &str, action: Action) -> Scan {
        self.node.scan(text, action, None)
    }

    /// Shows a text at the way in; the reason's name.
    #[must_use]
    pub fn enter(&self, text: &str) -> &'static str {
        self.show(text, Action::Entry).verdict.reason.name()
    }

    /// Shows a text at the way out; the reason's name.
    #[must_use]
    pub fn leave(&self, text: &str) -> &'static str {
        self.show(text, Action::Exit).verdict.reason.name()
    }

    /// What the operator may know.
    ///
    /// # Panics
    /// When the databases fail.
    #[must_use]
    pub fn status(&self) -> Status {
        self.node.status().expect("a status")
    }

    /// What the node would send now.
    ///
    /// # Panics
    /// When the databases fail.
    #[must_use]
    pub fn request(&self) -> SyncRequest {
        self.node.next_request(1_000, 2_000).expect("a request")
    }

    /// Sends one request; the answer is not taken in yet.
    ///
    /// # Errors
    /// What central says.
    pub async fn send(
        &self,
        central: &TestCentral,
    ) -> Result<(SyncRequest, SyncAnswer), SyncError> {
        let request = self.request();
        let answer = central.app.sync(self.id(), &request, central.now()).await?;
        Ok((request, answer))
    }

    /// Takes in an answer.
    ///
    /// # Errors
    /// What the node says.
    pub fn take_in(
        &self,
        request: &SyncRequest,
        answer: &SyncAnswer,
    ) -> Result<Applied, edge_node::NodeError> {
        let reading = self.clock.reading();
        let trip = Trip {
            boot: reading.boot,
            sent_ms: reading.mono_ms,
            got_ms: reading.mono_ms,
        };
        self.node.apply(request, answer, trip)
    }

    /// Rounds until nothing is left to send or to fetch; the last one's result.
    ///
    /// # Panics
    /// When central or the node refuses, or they do not come to an end.
    pub async fn sync(&self, central: &TestCentral) -> Applied {
        for _ in 0..1_000 {
            let (request, answer) = self.send(central).await.expect("central takes it");
            let applied = self.take_in(&request, &answer).expect("it is taken in");
            if !applied.more {
                assert_eq!(applied.gap, None);
                return applied;
            }
        }
        panic!("a thousand rounds and no end");
    }
}

fn open(home: &Path, clock: &Arc<ManualClock>) -> Arc<Node> {
    let node = Node::open(home, Arc::clone(clock) as Arc<dyn Clock>);
    Arc::new(node.expect("the node opens"))
}
