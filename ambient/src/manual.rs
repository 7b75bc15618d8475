//! A clock that tests move by hand, with a wall clock that may be wrong.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sync_protocol::{
    id::BootId,
    time::{Reading, Timestamp},
};

use crate::{Clock, Entropy, clock::boot_id};

/// True time moved by hand; the wall clock shows it plus a skew, the monotonic clock counts from the last boot.
#[derive(Debug)]
pub struct ManualClock(Mutex<State>);

#[derive(Debug)]
struct State {
    truth: Timestamp,
    skew_ms: i64,
    boot: BootId,
    booted_at: Timestamp,
}

impl ManualClock {
    /// A device that boots at `truth` with a right clock.
    #[must_use]
    pub fn new(truth: Timestamp, entropy: &dyn Entropy) -> Self {
        Self(Mutex::new(State {
            truth,
            skew_ms: 0,
            boot: boot_id(entropy),
            booted_at: truth,
        }))
    }

    /// Lets time pass.
    pub fn advance_ms(&self, ms: i64) {
        let mut state = self.state();
        state.truth = state.truth.plus_ms(ms);
    }

    /// Moves to a moment of true time.
    pub fn set(&self, truth: Timestamp) {
        self.state().truth = truth;
    }

    /// Sets the wall clock wrong by this much.
    pub fn set_skew_ms(&self, skew_ms: i64) {
        self.state().skew_ms = skew_ms;
    }

    /// Boots the device again: another boot id, and monotonic time from zero.
    pub fn reboot(&self, entropy: &dyn Entropy) {
        let mut state = self.state();
        state.boot = boot_id(entropy);
        state.booted_at = state.truth;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let state = self.state();
        state.truth.plus_ms(state.skew_ms)
    }

    fn reading(&self) -> Reading {
        let state = self.state();
        Reading {
            boot: state.boot,
            mono_ms: state.truth.ms_since(state.booted_at),
            wall: state.truth.plus_ms(state.skew_ms),
        }
    }
}
