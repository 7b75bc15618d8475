//! The gate: a replica of the event's tickets, a log of every scan, and a verdict without a network.
//!
//! | noun | module | what it keeps true |
//! | --- | --- | --- |
//! | node | [`node`] | one folder, one identity, one log, one replica |
//! | scan | [`scan`] | code → look up → decide → durable → light, in that order |
//! | pairing | [`pairing`] | a ticket waits for its wristband, briefly |
//! | door | [`door`] | every means shows its texts there, and every page hears of them |
//! | round | [`round`] | what goes to central and what comes back, without the network |
//! | log | [`log`] | append-only, chained, outlives everything |
//! | replica | [`replica`] | equal to central's when it says so |
//! | operator | [`operator`] | who works the gate, proven without a network; a supervisor's decisions |
//! | search by name | [`search`] | names in memory alone, and only while it is open |
//! | tally | [`tally`] | what this gate let through, out of its log |
//! | glance | [`glance`] | the last scans, out of its log |
//! | status | [`status`] | what the operator may know at any time |
//! | bundle | [`bundle`] | log and answer on a USB stick |
//! | doctor | [`doctor`] | go or no-go before doors |
//!
//! `camera` and `screen` call the door; `door`, `sync` and `command` call [`node::Node`]; it calls the log, the replica
//! and the rules in `sync_protocol`. No rule stands here: the verdict is [`sync_protocol::decide`].

mod attempts;
pub mod bundle;
pub mod camera;
pub mod command;
pub mod config;
mod counter;
mod database;
pub mod doctor;
pub mod door;
pub mod error;
pub mod glance;
pub mod home;
pub mod identity;
pub mod inside;
mod known;
pub mod log;
pub mod moment_text;
pub mod node;
pub mod operator;
pub mod pairing;
pub mod pin;
pub mod reason_text;
mod receipt;
pub mod replica;
pub mod round;
pub mod scan;
mod scan_text;
pub mod scanner;
pub mod screen;
pub mod search;
pub mod status;
pub mod sync;
pub mod tally;
pub mod telemetry;
pub mod test_code;
#[cfg(test)]
mod testing;

pub use error::NodeError;
pub use identity::Identity;
pub use node::Node;
