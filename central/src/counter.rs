//! What central counts for those who run it: the names of all counters, in one place.
//!
//! Invariant: labels are stable codes of ours, never anything that a stranger sends, so their number is bounded.
//! Counting costs an atomic addition, and nothing where no recorder was installed (`metrics_listen` is off). Called
//! by `http` and `app` after the fact that is counted is durable; read by `http::metrics`.

use metrics::{counter, describe_counter, describe_gauge, gauge};

const REFUSED: &str = "gerbang_node_messages_refused_total";
const PARKED: &str = "gerbang_records_parked_total";
const ROUNDS: &str = "gerbang_rounds_total";
const SCANS: &str = "gerbang_scans_taken_in_total";
const RULINGS: &str = "gerbang_rulings_changed_total";
const WAITS: &str = "gerbang_waits_total";
const LETTERS: &str = "gerbang_letters_total";
const WAITING: &str = "gerbang_nodes_waiting";

/// Says what each one means; once, when a recorder was installed.
pub fn describe() {
    describe_counter!(
        REFUSED,
        "Messages of nodes, or parts of them, that were refused, by code"
    );
    describe_counter!(PARKED, "Scan records that were set aside, by code");
    describe_counter!(ROUNDS, "Sync rounds that were answered");
    describe_counter!(SCANS, "Scan records that were taken in");
    describe_counter!(RULINGS, "Rulings that a later log changed");
    describe_counter!(WAITS, "Waits of nodes for news, by how they ended");
    describe_counter!(LETTERS, "Tries to send a letter, by kind and outcome");
    describe_gauge!(WAITING, "Nodes that wait for news now");
}

/// A message of a node, or a part of it, was refused.
pub fn refused(code: &'static str) {
    counter!(REFUSED, "code" => code).increment(1);
}

/// Records were set aside.
pub fn parked(code: &'static str, records: usize) {
    if records > 0 {
        counter!(PARKED, "code" => code).increment(records as u64);
    }
}

/// A round was answered: this many records are new, and this many rulings changed.
pub fn round(scans: usize, rulings: usize) {
    counter!(ROUNDS).increment(1);
    counter!(SCANS).increment(scans as u64);
    counter!(RULINGS).increment(rulings as u64);
}

/// A wait ended.
pub fn waited(end: &'static str) {
    counter!(WAITS, "end" => end).increment(1);
}

/// A letter was tried.
pub fn letter(kind: &'static str, outcome: &'static str) {
    counter!(LETTERS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// So many nodes wait.
pub fn waiting(nodes: usize) {
    gauge!(WAITING).set(u32::try_from(nodes).unwrap_or(u32::MAX));
}
