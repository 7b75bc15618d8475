//! A node whose replica holds any number of tickets, without a central: pages are made here and applied.

use std::{path::Path, sync::Arc};

use ambient::{Clock, Entropy, SeededEntropy, SystemClock, uuid_v7};
use anyhow::Result;
use ed25519_dalek::SigningKey;
use edge_node::{Identity, Node};
use sync_protocol::{
    code::{Payload, TicketCode},
    config::{EntryRule, EventConfig, EventDay, GateEntry, KeyEntry, Policy, TypeEntry},
    id::{EventId, GateId, NodeId, TicketId},
    manifest::Manifest,
    moment::Trip,
    number::TicketNumber,
    seal,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    wire::v1::{EnrolAnswer, Page, SyncAnswer},
};

const EVENT: EventId = EventId::from_u128(1);
const GATE: GateId = GateId::from_u128(2);
const PAGE: usize = 10_000;

/// A node and the codes of some of its tickets, spread over all of them.
pub struct Filled {
    /// The node.
    pub node: Node,
    /// Codes to show.
    pub codes: Vec<String>,
}

/// Makes a node in `home` that knows `tickets` tickets, and signs `codes` of them.
pub fn filled(home: &Path, tickets: usize, codes: usize) -> Result<Filled> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    Node::create(home, identity(clock.now()))?;
    let node = Node::open(home, clock)?;
    let seller = Seller::new(node.now_estimate()?);
    let mut manifest = Manifest {
        revision: 1,
        ..Manifest::default()
    };
    let mut shown = Vec::with_capacity(codes);
    let every = tickets.div_ceil(codes).max(1);
    for start in (0..tickets).step_by(PAGE) {
        let end = (start + PAGE).min(tickets);
        let mut rows = Vec::with_capacity(end - start);
        for place in start..end {
            let (ticket, code) = seller.ticket(place % every == 0);
            manifest.add(&ticket);
            rows.push(ticket);
            shown.extend(code);
        }
        let last = (end == tickets).then(|| manifest.clone());
        seller.deliver(&node, rows, last)?;
    }
    Ok(Filled { node, codes: shown })
}

struct Seller {
    key: SigningKey,
    entropy: SeededEntropy,
    now: Timestamp,
}

impl Seller {
    fn new(now: Timestamp) -> Self {
        Self {
            key: SigningKey::from_bytes(&[3; 32]),
            entropy: SeededEntropy::new(7),
            now,
        }
    }

    /// A ticket, and its code when it is to be shown; other rows carry a sealed line of the same length.
    fn ticket(&self, signed: bool) -> (Ticket, Option<String>) {
        let id = TicketId(uuid_v7(self.now, &self.entropy));
        let payload = Payload {
            key_slot: 0,
            ticket: id,
            type_number: 1,
            day_mask: 1,
            issued_at: 0,
        };
        let code = signed.then(|| TicketCode::sign(payload, EVENT, &self.key));
        let sealed = code.as_ref().map_or_else(
            || {
                let mut line = vec![0; 34];
                self.entropy.fill(&mut line);
                line
            },
            |code| seal::seal(id, code.signature(), "Ani Wijaya Kusuma "),
        );
        let ticket = Ticket {
            id,
            number: TicketNumber::new(self.entropy.next_u64()),
            type_number: 1,
            day_mask: 1,
            status: TicketStatus::Valid,
            revision: 1,
            sealed,
            holder: None,
            search: Vec::new(),
        };
        (ticket, code.map(|code| code.to_text()))
    }

    fn deliver(&self, node: &Node, tickets: Vec<Ticket>, manifest: Option<Manifest>) -> Result<()> {
        let request = node.next_request(1, 2_000)?;
        let page = Page {
            config: Some(self.config()),
            tickets,
            passages: Vec::new(),
            wristbands: Vec::new(),
            overrides: None,
            position: vec![1].into(),
            manifest,
        };
        let answer = SyncAnswer {
            round: 1,
            received_at: self.now,
            answered_at: self.now,
            acknowledged: 0,
            parked: Vec::new(),
            page,
            lease_until: self.now.plus_ms(86_400_000),
            order: None,
            receipt: None,
            rights: None,
            assignment: None,
        };
        let reading = node.clock().reading();
        let trip = Trip {
            boot: reading.boot,
            sent_ms: reading.mono_ms,
            got_ms: reading.mono_ms,
        };
        node.apply(&request, &answer, trip)?;
        Ok(())
    }

    fn config(&self) -> EventConfig {
        EventConfig {
            event: EVENT,
            name: "Bench".into(),
            time_zone: "Asia/Jakarta".into(),
            revision: 1,
            days: vec![EventDay {
                number: 0,
                label: "Day".into(),
                opens_at: self.now.plus_ms(-3_600_000),
                closes_at: self.now.plus_ms(86_400_000),
            }],
            types: vec![TypeEntry {
                number: 1,
                name: "Regular".into(),
                gates: Vec::new(),
                addon: false,
            }],
            gates: vec![GateEntry {
                id: GATE,
                name: "North".into(),
            }],
            keys: vec![KeyEntry {
                event: EVENT,
                slot: 0,
                key: self.key.verifying_key().to_bytes(),
            }],
            entry_rule: EntryRule::Single,
            exchange_required: false,
            sold_after_sync: Policy::Ask,
            repeat_ms: 30_000,
            check_outs: Vec::new(),
            search: None,
            operators: None,
            wristbands: None,
        }
    }
}

fn identity(now: Timestamp) -> Identity {
    Identity {
        answer: EnrolAnswer {
            node: NodeId::from_u128(9),
            name: "bench".into(),
            event: EVENT,
            gate: GATE,
            authority: None,
            now,
        },
        key: SigningKey::from_bytes(&[4; 32]),
        central: "http://127.0.0.1:9".into(),
    }
}
