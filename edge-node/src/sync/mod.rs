//! Sync: scans up to central, changes down to the replica, over whatever way there is.
//!
//! | noun | file | what it settles |
//! | --- | --- | --- |
//! | transport | [`transport`], [`http`] | one request, one answer; TLS, zstd, limits |
//! | trust | [`trust`], `first_contact` | whom the node takes for central, and by which time |
//! | enrolment | [`enrol`] | a code becomes a node |
//! | session | [`session`] | the short right to sync |
//! | round | [`mod@round`] | ask, take in, ask again until current |
//! | schedule | [`schedule`], `pace` | when, and how much at once, up and down: pure |
//! | wait | `wait` | hear of a change at once |
//! | driver | [`driver`] | all of it in the background of a running gate |
//!
//! It calls [`crate::node::Node`] and is called by `command` and by `run`. Verdicts never wait for it.

mod call;
pub mod command;
pub mod compress;
pub mod driver;
pub mod enrol;
pub mod error;
mod first_contact;
pub mod http;
pub mod pace;
pub mod round;
pub mod schedule;
pub mod session;
#[cfg(test)]
mod test_central;
#[cfg(test)]
mod test_server;
pub mod transport;
pub mod trust;
mod wait;

pub use driver::{Driver, Hand, Link};
pub use error::SyncError;
pub use round::{Summary, round, until_current};
pub use session::Session;
pub use transport::{Answered, Transport, TransportError};
