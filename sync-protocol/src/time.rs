//! Moments and readings as values. Nothing here asks the system: see the crate `ambient`.

use crate::id::BootId;

/// A moment in UTC, in milliseconds since 1970; stored as BIGINT.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    minicbor::Encode,
    minicbor::Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// The moment `ms` milliseconds later (earlier when negative); stays at the ends of the range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// What a device's clocks said at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Reading {
    /// The boot in which the monotonic clock counts.
    #[n(0)]
    pub boot: BootId,
    /// Milliseconds since that boot, sleep included; never goes back within a boot.
    #[n(1)]
    pub mono_ms: i64,
    /// The wall clock, which may be wrong by years.
    #[n(2)]
    pub wall: Timestamp,
}
