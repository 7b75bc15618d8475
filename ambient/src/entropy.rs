//! Entropy: random bytes, from the system or from a seed.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

/// A source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number over the whole range.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// When the operating system has no randomness to give: going on would make guessable keys.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks for randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// A UUID of version 7: ids sort by the time they were made.
#[must_use]
pub fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.0).unwrap_or_default(), &random)
        .into_uuid()
}
