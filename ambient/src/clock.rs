//! Clock: now, and what a device's clocks say together.
//!
//! `SystemClock` is the only place that asks the system. The monotonic clock counts sleep too (a laptop's lid
//! closes between two guests), and the boot id tells whether two of its readings may be compared.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use sync_protocol::{
    id::BootId,
    time::{Reading, Timestamp},
};

use crate::{Entropy, SystemEntropy, uuid_v7};

/// A source of time.
pub trait Clock: Send + Sync {
    /// Wall time in UTC.
    fn now(&self) -> Timestamp;
    /// Boot, monotonic and wall time at one instant.
    fn reading(&self) -> Reading;
}

/// The machine's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    boot: BootId,
}

impl SystemClock {
    /// Reads the boot id once. Where the system has none, every start of the program counts as a boot,
    /// which is always safe: it only makes monotonic times comparable for a shorter while.
    #[must_use]
    pub fn new() -> Self {
        let from_kernel = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
        let boot = from_kernel.ok().and_then(|text| text.trim().parse().ok());
        Self {
            boot: boot.unwrap_or_else(|| BootId(uuid_v7(wall(), &SystemEntropy))),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        wall()
    }

    fn reading(&self) -> Reading {
        Reading {
            boot: self.boot,
            mono_ms: since_boot_ms(),
            wall: wall(),
        }
    }
}

/// Wall time; a clock before 1970 counts as 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for the time"
)]
fn wall() -> Timestamp {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

fn since_boot_ms() -> i64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = ClockId::Monotonic;
    let time = clock_gettime(clock);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

/// A fresh random id for a boot; for clocks that are not the system's.
#[must_use]
pub(crate) fn boot_id(entropy: &dyn Entropy) -> BootId {
    BootId(uuid_v7(Timestamp(0), entropy))
}
