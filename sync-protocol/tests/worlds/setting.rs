//! What does not change in a world: its rules, its clocks, and what its things are called.

use sync_protocol::{
    code::Payload,
    config::{EntryRule, EventConfig, EventDay, Policy, WristbandRules},
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    moment::Interval,
    number::TicketNumber,
    shown::Shown,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    wristband::WristbandKey,
};

pub const NODES: u8 = 3;
/// What does not change.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub entry: EntryRule,
    /// With wristbands: what gates answer where they have not heard of the exchange.
    pub unbound: Option<Policy>,
    /// How wrong the last node's clock is, and the error that it is known to have.
    pub skew: i64,
    pub error: i64,
}

/// What a guest holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Ticket(u8),
    Wristband(u8),
}

pub const fn skew(setting: &Setting, node: u8) -> i64 {
    if node == NODES - 1 { setting.skew } else { 0 }
}

pub fn interval(setting: &Setting, node: u8, truth: i64) -> Interval {
    let error = if node == NODES - 1 { setting.error } else { 0 };
    Interval::around(Timestamp(truth + skew(setting, node)), error)
}

pub fn config(setting: &Setting) -> EventConfig {
    let rules = |unbound| WristbandRules {
        key: WristbandKey([0; 32]),
        rolls: vec![],
        unbound,
    };
    EventConfig {
        event: EventId::from_u128(1),
        name: String::new(),
        time_zone: String::new(),
        revision: 1,
        days: vec![EventDay {
            number: 0,
            label: String::new(),
            opens_at: Timestamp(-1_000),
            closes_at: Timestamp(1_000_000),
        }],
        types: vec![],
        gates: vec![],
        keys: vec![],
        entry_rule: setting.entry,
        exchange_required: false,
        sold_after_sync: Policy::Refuse,
        repeat_ms: 0,
        check_outs: vec![],
        wristbands: setting.unbound.map(rules),
        search: None,
        operators: None,
    }
}

pub fn shown(thing: Thing) -> Shown {
    match thing {
        Thing::Ticket(id) => Shown::Ticket {
            payload: Payload {
                key_slot: 0,
                ticket: ticket_id(id),
                type_number: 1,
                day_mask: 1,
                issued_at: 0,
            },
            signature: [0; 64],
        },
        Thing::Wristband(id) => Shown::Wristband {
            id: wristband_id(id),
            void: false,
        },
    }
}

pub fn row(id: TicketId) -> Ticket {
    Ticket {
        id,
        number: TicketNumber::new(1),
        type_number: 1,
        day_mask: 1,
        status: TicketStatus::Valid,
        revision: 1,
        sealed: vec![],
        holder: None,
        search: vec![],
    }
}

pub fn node_id(node: u8) -> NodeId {
    NodeId::from_u128(u128::from(node))
}

pub fn gate_id(node: u8) -> GateId {
    GateId::from_u128(u128::from(node))
}

pub fn ticket_id(id: u8) -> TicketId {
    TicketId::from_u128(u128::from(id))
}

pub fn wristband_id(id: u8) -> WristbandId {
    WristbandId::from_u128(u128::from(id))
}
