//! Randomness of the programs in a world: one stream per program, so that one more draw here shifts nothing there.

use ambient::{Entropy, SeededEntropy};
use sync_protocol::id::BootId;

/// One program's stream.
pub struct Streams(SeededEntropy);

impl Streams {
    /// Central's.
    pub const fn central(seed: u64) -> Self {
        Self(SeededEntropy::new(seed ^ 0xC0_FFEE_0000_0000))
    }

    /// A device's.
    pub const fn device(seed: u64, number: u64) -> Self {
        Self(SeededEntropy::new(
            seed ^ 0xDE_0000_0000_0000 ^ (number << 32),
        ))
    }

    /// A fresh boot.
    pub fn boot(&self) -> BootId {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        BootId::from_bytes(bytes)
    }
}

impl Entropy for Streams {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}
