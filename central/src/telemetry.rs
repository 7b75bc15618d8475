//! What the program writes about itself, to standard error, because standard output is for answers; and the
//! recorder behind its counters.
//!
//! Never a secret, a ticket code, a name or an identity number: handlers log ids and stable codes.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::counter;

/// Bounds of the times that are told apart.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Begins. A filter that cannot be read counts as `info`; any format but `json` is text.
pub fn start(filter: &str, format: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = if format == "json" {
        subscriber.json().try_init()
    } else {
        subscriber.try_init()
    };
    if started.is_err() {
        tracing::debug!("somebody else is writing the log already");
    }
}

/// From now on what happens is counted; the handle tells how much.
///
/// # Errors
/// When this process counts already.
pub fn count() -> anyhow::Result<PrometheusHandle> {
    let buckets = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(counter::ANSWERS.to_owned()), &SECONDS);
    let counters = buckets
        .context("the buckets cannot be made")?
        .install_recorder();
    let counters = counters.context("the counters cannot be started")?;
    counter::describe();
    Ok(counters)
}
