//! What central counts for those who run it: the names of all counters, in one place.
//!
//! Invariant: labels are stable codes of ours, never anything that a stranger sends, so their number is bounded.
//! Counting costs an atomic addition, and nothing where no recorder was installed (`metrics_listen` is off). Called
//! by `http` and `app` after the fact that is counted is durable; read by `http::metrics`.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

const REFUSED: &str = "gerbang_node_messages_refused_total";
const PARKED: &str = "gerbang_records_parked_total";
const ROUNDS: &str = "gerbang_rounds_total";
const SCANS: &str = "gerbang_scans_taken_in_total";
const RULINGS: &str = "gerbang_rulings_changed_total";
const WAITS: &str = "gerbang_waits_total";
const LETTERS: &str = "gerbang_letters_total";
const WAITING: &str = "gerbang_nodes_waiting";
/// Buckets are made for this one where a recorder is installed.
pub const ANSWERS: &str = "gerbang_http_seconds";
const CONNECTIONS: &str = "gerbang_database_connections";
const STEP_AGE: &str = "gerbang_worker_step_age_seconds";
const STEP_FAILURES: &str = "gerbang_worker_step_failures";
const OUTBOX: &str = "gerbang_outbox_waiting";

/// All names; `docs/operations.md` says what each one means.
pub const NAMES: [&str; 13] = [
    REFUSED,
    PARKED,
    ROUNDS,
    SCANS,
    RULINGS,
    WAITS,
    LETTERS,
    WAITING,
    ANSWERS,
    CONNECTIONS,
    STEP_AGE,
    STEP_FAILURES,
    OUTBOX,
];

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
    describe_histogram!(
        ANSWERS,
        "Seconds until an answer began, by route, method and status class"
    );
    describe_gauge!(
        CONNECTIONS,
        "Connections to the database, by pool and state"
    );
    describe_gauge!(STEP_AGE, "Seconds since a step of the worker last ended");
    describe_gauge!(
        STEP_FAILURES,
        "How often a step of the worker failed since it last did not"
    );
    describe_gauge!(
        OUTBOX,
        "What is still to be done outside the database, by kind"
    );
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

/// An answer began.
pub fn answered(route: String, method: &'static str, status: u16, took: Duration) {
    let class = match status {
        ..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500.. => "5xx",
    };
    histogram!(ANSWERS, "route" => route, "method" => method, "class" => class).record(took);
}

/// So many connections of a pool are open, and so many of them idle.
pub fn connections(pool: &'static str, open: u32, idle: usize) {
    let idle = u32::try_from(idle).unwrap_or(u32::MAX);
    gauge!(CONNECTIONS, "pool" => pool, "state" => "idle").set(idle);
    gauge!(CONNECTIONS, "pool" => pool, "state" => "busy").set(open.saturating_sub(idle));
}

/// A step of the worker ended so long ago, and failed so often since it last did not.
pub fn step(step: &'static str, age_ms: i64, failures: u32) {
    let age = Duration::from_millis(age_ms.max(0).unsigned_abs());
    gauge!(STEP_AGE, "step" => step).set(age.as_secs_f64());
    gauge!(STEP_FAILURES, "step" => step).set(failures);
}

/// So much of a kind waits in the outbox.
pub fn outbox(kind: &'static str, waiting: i64) {
    gauge!(OUTBOX, "kind" => kind).set(u32::try_from(waiting).unwrap_or(u32::MAX));
}
