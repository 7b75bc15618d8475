//! What the program writes about itself: to standard error, because standard output is for answers.
//!
//! Never a code, a name or a number of a ticket: a log that lies about must open no gate and name nobody.

use tracing_subscriber::EnvFilter;

/// Begins. A filter that cannot be read counts as `warn`.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if subscriber.try_init().is_err() {
        tracing::debug!("somebody else is writing the log already");
    }
}
