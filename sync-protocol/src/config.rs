//! What a gate must know of its event beside the tickets: days, types, gates, keys and rules.
//!
//! Central computes every window in absolute time (local midnight, a day that ends at 04:00, summer time),
//! so a gate compares numbers and needs no time-zone table to decide.

use crate::{
    cbor::closed_enum,
    code::EventKeys,
    id::{EventId, GateId},
    operator::OperatorRules,
    ticket::Revision,
    time::Timestamp,
    wristband::{Roll, WristbandKey},
};

closed_enum! {
    /// What to answer where the gate cannot know: the event's policy.
    pub enum Policy {
        /// Let in and mark for the venue manager.
        Admit = 1 => "admit",
        /// Let a supervisor decide.
        Ask = 2 => "ask",
        /// Keep out.
        Refuse = 3 => "refuse",
    }
}

/// How often a ticket lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum EntryRule {
    /// Once in all.
    #[n(0)]
    Single,
    /// Once on each event day.
    #[n(1)]
    OncePerDay,
    /// This many times in all.
    #[n(2)]
    Times(#[n(0)] u16),
    /// Again after each exit.
    #[n(3)]
    ReEntry,
    /// This many times at each gate.
    #[n(4)]
    TimesPerGate(#[n(0)] u16),
}

/// One day of the event.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct EventDay {
    /// Bit number in day masks, 0–15.
    #[n(0)]
    pub number: u8,
    /// What people call it.
    #[n(1)]
    pub label: String,
    /// First moment at which a ticket of this day is good, tolerance included.
    #[n(2)]
    pub opens_at: Timestamp,
    /// First moment at which it is no longer good.
    #[n(3)]
    pub closes_at: Timestamp,
}

/// One ticket type, for the screen and for gates that take only some types.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct TypeEntry {
    /// The event's number for the type.
    #[n(0)]
    pub number: u16,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// Gates at which it is taken; empty = all.
    #[n(2)]
    pub gates: Vec<GateId>,
    /// It goes with another ticket of the same person: at its gates that ticket may be shown for it.
    #[n(3)]
    #[cbor(default)]
    pub addon: bool,
}

/// How an event's wristbands are checked.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct WristbandRules {
    /// The key of their codes.
    #[n(0)]
    pub key: WristbandKey,
    /// The serials that were printed.
    #[n(1)]
    pub rolls: Vec<Roll>,
    /// What to answer to a genuine wristband whose exchange this gate has not heard of.
    #[n(2)]
    pub unbound: Policy,
}

/// The lock of the search by name: who knows the passphrase can make the key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SearchLock {
    /// Salt of the passphrase's hash.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// Memory of the passphrase's hash, KiB.
    #[n(1)]
    pub memory_kib: u32,
    /// Rounds of the passphrase's hash.
    #[n(2)]
    pub rounds: u32,
    /// The index key under the key that the passphrase makes.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed_key: Vec<u8>,
}

/// One gate, for the screen.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct GateEntry {
    /// The gate.
    #[n(0)]
    pub id: GateId,
    /// What people call it.
    #[n(1)]
    pub name: String,
}

/// A public key of an event.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct KeyEntry {
    /// The event whose tickets it signs.
    #[n(0)]
    pub event: EventId,
    /// Its slot, 0–15.
    #[n(1)]
    pub slot: u8,
    /// The Ed25519 public key.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
}

/// Everything about an event that its gates need, tickets excepted.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct EventConfig {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// What people call it.
    #[n(1)]
    pub name: String,
    /// IANA name of the venue's time zone; for display only.
    #[n(2)]
    pub time_zone: String,
    /// Revision at which any of this last changed.
    #[n(3)]
    pub revision: Revision,
    /// The days, ascending by `opens_at`.
    #[n(4)]
    pub days: Vec<EventDay>,
    /// The ticket types.
    #[n(5)]
    pub types: Vec<TypeEntry>,
    /// The gates.
    #[n(6)]
    pub gates: Vec<GateEntry>,
    /// This event's keys, and those of the organiser's other events so that a gate can say "wrong event".
    #[n(7)]
    pub keys: Vec<KeyEntry>,
    /// How often a ticket lets in.
    #[n(8)]
    pub entry_rule: EntryRule,
    /// Whether a ticket must be exchanged for a wristband before entry.
    #[n(9)]
    pub exchange_required: bool,
    /// What to answer to a genuine ticket that was sold after the replica's revision.
    #[n(10)]
    pub sold_after_sync: Policy,
    /// The same ticket at the same gate within this time is a repeat, not a second use.
    #[n(11)]
    pub repeat_ms: i64,
    /// At these moments everybody counts as outside again, ascending.
    #[n(12)]
    #[cbor(default)]
    pub check_outs: Vec<Timestamp>,
    /// How wristbands are checked; `None` = an exchange binds none.
    #[n(13)]
    pub wristbands: Option<WristbandRules>,
    /// The lock of the search by name; `None` = the event has none.
    #[n(14)]
    pub search: Option<SearchLock>,
    /// Who may work the gates; `None` = whoever stands there, as events without operators have it.
    #[n(15)]
    pub operators: Option<OperatorRules>,
}

impl EventConfig {
    /// The keys with which tickets of `event` are checked.
    #[must_use]
    pub fn keys_of(&self, event: EventId) -> EventKeys {
        let mut keys = EventKeys::default();
        self.keys
            .iter()
            .filter(|k| k.event == event)
            .for_each(|k| keys.insert(k.slot, &k.key));
        keys
    }

    /// The organiser's other events whose keys are known here.
    pub fn other_events(&self) -> impl Iterator<Item = EventId> + '_ {
        let mut seen = std::collections::BTreeSet::new();
        self.keys
            .iter()
            .map(|k| k.event)
            .filter(move |e| *e != self.event && seen.insert(*e))
    }

    /// The event day to which a moment belongs: the last one that has opened, else the first.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> u8 {
        let opened = self.days.iter().rev().find(|day| day.opens_at <= at);
        opened.or(self.days.first()).map_or(0, |day| day.number)
    }

    /// The name of a gate, or its id when central has not named it here.
    #[must_use]
    pub fn gate_name(&self, gate: GateId) -> String {
        let entry = self.gates.iter().find(|entry| entry.id == gate);
        entry.map_or_else(|| gate.to_string(), |entry| entry.name.clone())
    }

    /// The name of a ticket type, or its number when central has not named it here.
    #[must_use]
    pub fn type_name(&self, number: u16) -> String {
        let entry = self.types.iter().find(|entry| entry.number == number);
        entry.map_or_else(|| number.to_string(), |entry| entry.name.clone())
    }
}
