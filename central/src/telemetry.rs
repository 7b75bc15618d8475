//! What the program writes about itself, to standard error, because standard output is for answers; and the
//! recorder behind its counters.
//!
//! Never a secret, a ticket code, a name or an identity number: handlers log ids and stable codes.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::counter;

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
    let counters = PrometheusBuilder::new().install_recorder();
    let counters = counters.context("the counters cannot be started")?;
    counter::describe();
    Ok(counters)
}
