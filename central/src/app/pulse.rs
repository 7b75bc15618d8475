//! The worker's pulse: when each of its steps last did a piece of its work. Load balancers and counters ask it whether the worker
//! lives.
//!
//! Invariant: a step is known from its first beat on, so a server without a worker has no pulse and none is missed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sync_protocol::time::Timestamp;

/// A step that did no piece for so long hangs: the slowest waits for a provider a hundred times.
const HANGS_MS: i64 = 10 * 60_000;

/// A step's last piece, or its last failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// When.
    pub at: Timestamp,
    /// How often it failed since it last did not.
    pub failures: u32,
}

/// The pulse of this server's worker; cloned cheaply.
#[derive(Clone, Default)]
pub struct Pulse(Arc<Mutex<BTreeMap<&'static str, Beat>>>);

impl Pulse {
    /// A step did a piece, or failed.
    pub fn beat(&self, step: &'static str, at: Timestamp, failures: u32) {
        self.steps_now().insert(step, Beat { at, failures });
    }

    /// All steps.
    #[must_use]
    pub fn steps(&self) -> BTreeMap<&'static str, Beat> {
        self.steps_now().clone()
    }

    /// A step that hangs.
    #[must_use]
    pub fn hanging(&self, now: Timestamp) -> Option<&'static str> {
        let steps = self.steps_now();
        let mut hanging = steps
            .iter()
            .filter(|(_, beat)| now.0 - beat.at.0 > HANGS_MS);
        hanging.next().map(|(step, _)| *step)
    }

    fn steps_now(&self) -> MutexGuard<'_, BTreeMap<&'static str, Beat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_lives_and_one_that_does_not_end_hangs() {
        let pulse = Pulse::default();
        assert_eq!(
            pulse.hanging(Timestamp(i64::MAX)),
            None,
            "no worker, no pulse"
        );
        pulse.beat("quick", Timestamp(0), 0);
        pulse.beat("slow", Timestamp(0), 0);
        pulse.beat("quick", Timestamp(HANGS_MS), 7);
        assert_eq!(pulse.hanging(Timestamp(HANGS_MS)), None);
        assert_eq!(pulse.hanging(Timestamp(HANGS_MS + 1)), Some("slow"));
        assert_eq!(pulse.steps()["quick"].failures, 7);
    }
}
