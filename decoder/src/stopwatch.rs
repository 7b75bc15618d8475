//! How long a step took.
//!
//! The only reading of the monotonic clock in this crate. The result is reported, never decided on:
//! which codes a frame holds does not depend on it.

use std::time::{Duration, Instant};

/// Runs from its creation.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
