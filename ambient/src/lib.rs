//! The only crate that asks the system what time it is, and for randomness.
//!
//! Everything else takes a [`Clock`] or an [`Entropy`], reads it once at the outermost function and hands
//! the value down. That makes rules testable in a loop and whole systems repeatable from one seed. The lints
//! (`clippy.toml`) refuse the system's own calls everywhere else.

mod clock;
mod entropy;
mod manual;
mod seeded;

pub use clock::{Clock, SystemClock};
pub use entropy::{Entropy, SystemEntropy, uuid_v7};
pub use manual::ManualClock;
pub use seeded::SeededEntropy;
