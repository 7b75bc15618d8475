//! The rules that central and every gate share, as plain functions on plain values.
//!
//! Nothing here waits, stores, logs, asks for the time or for randomness: `now` and entropy are
//! parameters, collections are ordered, and a function that is given the same facts gives the same
//! answer on every machine. `central` and `edge-node` call this crate; it calls nobody.
//!
//! | noun | file | what it settles |
//! | --- | --- | --- |
//! | ticket code | [`code`] | the 143 characters in the QR: sign, parse, verify |
//! | ticket number | [`number`] | the twelve characters typed by hand, with a check character |
//! | ticket | [`ticket`] | all that a gate knows of a ticket |
//! | attendee line | [`seal`] | the name, readable only by who holds the ticket itself |
//! | search by name | [`search`] | the same by passphrase, where the event wants it |
//! | manifest | [`manifest`] | the proof that a replica equals central's at a revision |
//! | event config | [`config`] | days, types, gates, keys and the rules of admission |
//! | keyring | [`keyring`] | the public keys that a gate checks with |
//! | scan record | [`scan`] | one attempt at a gate, chained to the one before |
//! | true time | [`moment`] | when a scan happened, with an error, whatever its clock said |
//! | verdict | [`verdict`], [`decide`] | admit, ask or refuse, and why |
//! | wristband | [`wristband`] | short codes that say "genuine", and rolls from elsewhere |
//! | rights | [`rights`] | what a node may do |
//! | operator | [`operator`] | who may work a gate, and the secret that proves it without a network |
//! | decision | [`decision`] | what a supervisor may decide about, or take back |
//! | rehearsal ticket | [`rehearsal`] | works like a ticket and never counts |
//! | ruling | [`merge`], [`flag`] | what all logs together say of a scan: first scan wins |
//! | occupancy | [`occupancy`] | how many are inside, with a bound that is true |
//! | receipt | [`receipt`] | central's signed word for what it has |
//! | bundle | [`bundle`] | the log on a USB stick, and central's answer on the way back |
//! | enrolment code | [`enrol_code`] | what the panel prints and a new node types |
//! | messages | [`wire`] | what node and central send each other |
//!
//! Two gates that could not know of each other, and the ruling that both are told:
//!
//! ```
//! use sync_protocol::{
//!     id::{GateId, NodeId, TicketId},
//!     config::EntryRule,
//!     merge::{rule, Fact, Rules, Ruling},
//!     moment::Interval,
//!     scan::{Action, ScanId},
//!     time::Timestamp,
//! };
//! let fact = |node: u128, at: i64| Fact {
//!     scan: ScanId { node: NodeId::from_u128(node), seq: 1 },
//!     ticket: Some(TicketId::from_u128(7)),
//!     wristband: None,
//!     gate: GateId::from_u128(node),
//!     action: Action::Entry,
//!     undoes: None,
//!     day: 0,
//!     time: Interval::around(Timestamp(at), 50),
//! };
//! let (first, second) = (fact(2, 1_000), fact(1, 9_000));
//! let rulings = rule(&Rules::new(EntryRule::Single), &[second, first]);
//! assert_eq!(rulings[&first.scan].ruling, Ruling::Counted);
//! let double = Ruling::Double { winner: first.scan, undecidable: false };
//! assert_eq!(rulings[&second.scan].ruling, double);
//! ```

pub mod bundle;
mod cbor;
pub mod code;
pub mod config;
pub mod decide;
pub mod decision;
pub mod digest;
pub mod enrol_code;
pub mod flag;
pub mod id;
pub mod keyring;
pub mod manifest;
pub mod merge;
pub mod moment;
pub mod number;
pub mod occupancy;
pub mod operator;
pub mod receipt;
pub mod rehearsal;
pub mod rights;
pub mod scan;
pub mod scanner_text;
pub mod seal;
pub mod search;
pub mod shown;
pub mod ticket;
pub mod time;
mod usage;
pub mod validity;
pub mod verdict;
pub mod wire;
pub mod wristband;
