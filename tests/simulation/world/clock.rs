//! A device's clock: it drifts, may be set wrong, jumps, and starts anew with every boot, while true time goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambient::{Clock, ManualClock};
use sync_protocol::{
    id::BootId,
    time::{Reading, Timestamp},
};

/// One device's clock over the world's true time.
pub struct DeviceClock {
    truth: Arc<ManualClock>,
    state: Mutex<State>,
}

struct State {
    boot: BootId,
    booted_at: Timestamp,
    /// What the wall clock showed at the boot.
    wall_at_boot: Timestamp,
    drift_ppm: i64,
}

impl DeviceClock {
    /// A device that boots now, with a wall clock that is wrong by `skew_ms`.
    pub fn new(truth: Arc<ManualClock>, boot: BootId, skew_ms: i64, drift_ppm: i64) -> Self {
        let booted_at = truth.now();
        let state = State {
            boot,
            booted_at,
            wall_at_boot: booted_at.plus_ms(skew_ms),
            drift_ppm,
        };
        Self {
            truth,
            state: Mutex::new(state),
        }
    }

    /// The same crystal in another device.
    pub fn cloned(&self, boot: BootId) -> Self {
        let skew = self.now().ms_since(self.truth.now());
        Self::new(Arc::clone(&self.truth), boot, skew, self.state().drift_ppm)
    }

    /// Boots again; `wall` is what the wall clock wakes up with, or it went on.
    pub fn reboot(&self, boot: BootId, wall: Option<Timestamp>) {
        let wall_at_boot = wall.unwrap_or_else(|| self.now());
        let booted_at = self.truth.now();
        let mut state = self.state();
        (state.boot, state.booted_at, state.wall_at_boot) = (boot, booted_at, wall_at_boot);
    }

    /// Sets the wall clock forward or back.
    pub fn jump(&self, ms: i64) {
        let mut state = self.state();
        state.wall_at_boot = state.wall_at_boot.plus_ms(ms);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for DeviceClock {
    fn now(&self) -> Timestamp {
        self.reading().wall
    }

    fn reading(&self) -> Reading {
        let state = self.state();
        let passed = self.truth.now().ms_since(state.booted_at);
        let mono_ms = passed + passed * state.drift_ppm / 1_000_000;
        Reading {
            boot: state.boot,
            mono_ms,
            wall: Timestamp((state.wall_at_boot.0 + mono_ms).max(0)),
        }
    }
}
