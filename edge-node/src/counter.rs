//! What the gate counts for those who look after many: the names of all counters, in one place.
//!
//! Invariant: labels are stable names of ours, never anything that was scanned. Counting costs an atomic addition,
//! and nothing in a command that installed no recorder. Read at `/metrics` of the screen, on this machine alone.

use metrics::{counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sync_protocol::verdict::Verdict;

const SCANS: &str = "gerbang_gate_scans_total";
const ROUNDS: &str = "gerbang_gate_rounds_total";
const UNSENT: &str = "gerbang_gate_unsent_records";

/// From now on what happens is counted; the handle tells how much. A gate opens without counters too.
pub fn count() -> Option<PrometheusHandle> {
    let counters = PrometheusBuilder::new().install_recorder();
    if let Err(error) = &counters {
        tracing::warn!(%error, "nothing is counted");
    }
    describe_counter!(SCANS, "Scans that were decided, by decision and reason");
    describe_counter!(ROUNDS, "Rounds with central, by outcome");
    describe_gauge!(UNSENT, "Records that central has not acknowledged");
    counters.ok()
}

/// A scan was decided.
pub fn scanned(verdict: &Verdict) {
    let (decision, reason) = (verdict.decision.name(), verdict.reason.name());
    counter!(SCANS, "decision" => decision, "reason" => reason).increment(1);
}

/// A round ended.
pub fn round(outcome: &'static str) {
    counter!(ROUNDS, "outcome" => outcome).increment(1);
}

/// So many records wait to be sent.
pub fn unsent(records: u64) {
    gauge!(UNSENT).set(u32::try_from(records).unwrap_or(u32::MAX));
}
