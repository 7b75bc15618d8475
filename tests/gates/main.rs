//! Real nodes and the real central in one process: what must hold from the sale to the door and back.
//!
//! No test here has a network: gates are offline unless the test carries a round (`support::real_gate`).
mod venue;

mod passages;
mod reasons;
mod uploads;
