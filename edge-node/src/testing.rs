//! What the tests of this crate build on: an event with its key, tickets that central might have sold, answers
//! that it might give, and a gate on a folder of its own.
//!
//! Only for tests. The real central meets the real node in the package `tests`.

use std::{path::Path, sync::Arc};

use ambient::{ManualClock, SeededEntropy};
use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;
use sync_protocol::{
    code::{Payload, TicketCode},
    config::{EntryRule, EventConfig, EventDay, GateEntry, KeyEntry, Policy, TypeEntry},
    id::{EventId, GateId, NodeId, OperatorId, TicketId},
    manifest::Manifest,
    merge::Ruling,
    moment::{Interval, Trip},
    number::TicketNumber,
    operator::{GateSecret, Operator, OperatorRules, Role},
    scan::{Action, ScanId},
    seal,
    search::Cost,
    ticket::{Revision, Ticket, TicketStatus},
    time::Timestamp,
    wire::v1::{EnrolAnswer, Page, PassageChange, SyncAnswer, SyncRequest},
};

use crate::{identity::Identity, node::Node, round::Applied};

pub(crate) const EVENT: EventId = EventId::from_u128(1);
pub(crate) const GATE_A: GateId = GateId::from_u128(0xA);
pub(crate) const GATE_B: GateId = GateId::from_u128(0xB);
pub(crate) const NODE_A: NodeId = NodeId::from_u128(0xA0);
pub(crate) const NODE_B: NodeId = NodeId::from_u128(0xB0);
/// Doors open at noon.
pub(crate) const OPENS: Timestamp = Timestamp(1_786_968_000_000);
/// One hour later; the tests begin here.
pub(crate) const START: Timestamp = OPENS.plus_ms(3_600_000);
const HOUR: i64 = 3_600_000;

/// The event's key.
pub(crate) fn event_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// One day, two gates, one type, single entry.
pub(crate) fn config() -> EventConfig {
    let gate = |id, name: &str| GateEntry {
        id,
        name: name.to_owned(),
    };
    EventConfig {
        event: EVENT,
        name: "Festival".to_owned(),
        time_zone: "Asia/Jakarta".to_owned(),
        revision: 1,
        days: vec![EventDay {
            number: 0,
            label: "Saturday".to_owned(),
            opens_at: OPENS,
            closes_at: OPENS.plus_ms(12 * HOUR),
        }],
        types: vec![TypeEntry {
            number: 1,
            name: "VIP".to_owned(),
            gates: Vec::new(),
            addon: false,
        }],
        gates: vec![gate(GATE_A, "Gate A"), gate(GATE_B, "Gate B")],
        keys: vec![KeyEntry {
            event: EVENT,
            slot: 0,
            key: event_key().verifying_key().to_bytes(),
        }],
        entry_rule: EntryRule::Single,
        exchange_required: false,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
        check_outs: Vec::new(),
        wristbands: None,
        search: None,
        operators: None,
    }
}

/// The same event with operators at its gates; the secret of each is `SECRET`, and they lock after ten minutes.
pub(crate) fn config_with(operators: Vec<Operator>) -> EventConfig {
    EventConfig {
        operators: Some(OperatorRules {
            operators,
            idle_ms: 600_000,
        }),
        ..config()
    }
}

/// What every operator of these tests signs in with.
pub(crate) const SECRET: &str = "7K3M0-9QFX2";

/// An operator who may sign in, named by a number.
pub(crate) fn operator(n: u128, role: Role) -> Operator {
    let id = OperatorId::from_u128(n);
    let secret = GateSecret::typed(SECRET);
    Operator {
        id,
        login: format!("op{n}"),
        name: format!("Operator {n}"),
        role,
        secret: secret.hash(id, [5; 16], Cost::LEAST).expect("a hash"),
        is_active: true,
    }
}

/// The code that was sold as ticket `n`, issued a day before the doors open.
pub(crate) fn code(n: u128) -> TicketCode {
    code_issued_at(n, OPENS.plus_ms(-24 * HOUR))
}

pub(crate) fn code_issued_at(n: u128, at: Timestamp) -> TicketCode {
    let payload = Payload {
        key_slot: 0,
        ticket: TicketId::from_u128(n),
        type_number: 1,
        day_mask: 1,
        issued_at: u32::try_from(at.0 / 1_000).expect("before 2106"),
    };
    TicketCode::sign(payload, EVENT, &event_key())
}

/// Ticket `n` as central sends it.
pub(crate) fn ticket(n: u128, status: TicketStatus, revision: Revision) -> Ticket {
    let id = TicketId::from_u128(n);
    Ticket {
        id,
        number: TicketNumber::new(u64::try_from(n).expect("small") * 1_000_003),
        type_number: 1,
        day_mask: 1,
        status,
        revision,
        sealed: seal::seal(id, code(n).signature(), &format!("Guest {n}")),
        holder: None,
        search: Vec::new(),
    }
}

pub(crate) fn valid(n: u128) -> Ticket {
    ticket(n, TicketStatus::Valid, 1)
}

pub(crate) fn manifest(revision: Revision, tickets: &[Ticket]) -> Manifest {
    let mut manifest = Manifest {
        revision,
        ..Manifest::default()
    };
    tickets.iter().for_each(|ticket| manifest.add(ticket));
    manifest
}

/// An admitted scan at gate B, as central rules it.
pub(crate) fn passage_at_b(n: u128, seq: u64, at: Timestamp, ruling: Ruling) -> PassageChange {
    PassageChange {
        scan: ScanId { node: NODE_B, seq },
        ticket: Some(TicketId::from_u128(n)),
        wristband: None,
        flag: None,
        action: Action::Entry,
        gate: GATE_B,
        time: Interval::around(at, 50),
        day: 0,
        ruling,
        revision: 2,
    }
}

/// An answer that a test fills in.
pub(crate) fn answer(position: u8, now: Timestamp) -> SyncAnswer {
    SyncAnswer {
        round: 1,
        received_at: now,
        answered_at: now,
        acknowledged: 0,
        parked: Vec::new(),
        page: Page {
            config: None,
            tickets: Vec::new(),
            passages: Vec::new(),
            position: ByteVec::from(vec![position]),
            manifest: None,
            wristbands: Vec::new(),
            overrides: None,
        },
        receipt: None,
        rights: None,
        lease_until: now.plus_ms(72 * HOUR),
        order: None,
        assignment: None,
    }
}

/// A gate on a folder of its own.
pub(crate) struct Gate {
    pub(crate) node: Node,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) home: tempfile::TempDir,
}

/// Enrols gate A in `home`.
pub(crate) fn enrol(home: &Path) {
    let answer = EnrolAnswer {
        node: NODE_A,
        name: "Gate A left".to_owned(),
        event: EVENT,
        gate: GATE_A,
        authority: None,
        now: START,
    };
    let identity = Identity {
        answer,
        key: SigningKey::from_bytes(&[1; 32]),
        central: "https://central.test".to_owned(),
    };
    Node::create(home, identity).expect("a new folder");
}

impl Gate {
    /// Enrolled, never synced.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        enrol(home.path());
        let clock = Arc::new(ManualClock::new(START, &SeededEntropy::new(1)));
        let node = Node::open(home.path(), clock.clone()).expect("the node opens");
        Self { node, clock, home }
    }

    /// Synced with these tickets, and proven.
    pub(crate) fn with(tickets: &[Ticket]) -> Self {
        let gate = Self::new();
        let mut first = answer(1, START);
        first.page.config = Some(config());
        first.page.tickets = tickets.to_vec();
        first.page.manifest = Some(manifest(1, tickets));
        let applied = gate.round(&first);
        assert_eq!(applied.gap, None);
        gate
    }

    /// Its event's config becomes this one.
    pub(crate) fn hears(&self, config: EventConfig) {
        let request = self.node.next_request(1_000, 2_000).expect("a request");
        let mut news = answer(9, START);
        news.page.config = Some(config);
        let position = request.position.clone();
        news.page.position = position.unwrap_or_else(|| news.page.position.clone());
        self.answered(&request, &news);
    }

    /// One round with this answer, in no time at all.
    pub(crate) fn round(&self, answer: &SyncAnswer) -> Applied {
        let request = self.node.next_request(1_000, 2_000).expect("a request");
        self.answered(&request, answer)
    }

    pub(crate) fn answered(&self, request: &SyncRequest, answer: &SyncAnswer) -> Applied {
        let reading = ambient::Clock::reading(&*self.clock);
        let trip = Trip {
            boot: reading.boot,
            sent_ms: reading.mono_ms,
            got_ms: reading.mono_ms,
        };
        self.node
            .apply(request, answer, trip)
            .expect("it is taken in")
    }

    /// The gate after its program was started again.
    pub(crate) fn reopened(self) -> Self {
        let Self { node, clock, home } = self;
        drop(node);
        let node = Node::open(home.path(), clock.clone()).expect("the node opens again");
        Self { node, clock, home }
    }

    /// Shows ticket `n` and asks to enter; `admitted`, or whatever else the reason is.
    pub(crate) fn enter(&self, n: u128) -> &'static str {
        self.show(&code(n).to_text()).verdict.reason.name()
    }

    pub(crate) fn show(&self, text: &str) -> crate::scan::Scan {
        self.node.scan(text, Action::Entry, None)
    }
}
