//! Identifiers shaped like Midtrans' own (UUIDs) from a seed and a counter.
//!
//! Invariant: never the same twice in one run. Not secret and not random on purpose: a simulator
//! that repeats itself makes failing tests repeat themselves.

use sha2::{Digest, Sha256};
use uuid::Builder;

#[derive(Debug)]
pub struct Ids {
    seed: String,
    made: u64,
}

impl Ids {
    #[must_use]
    pub fn new(seed: String) -> Ids {
        Ids { seed, made: 0 }
    }

    /// A fresh UUID in text form and the serial number it was made from.
    pub fn make(&mut self) -> (String, u64) {
        self.made += 1;
        let digest = Sha256::new()
            .chain_update(&self.seed)
            .chain_update(self.made.to_be_bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        (
            Builder::from_random_bytes(bytes).into_uuid().to_string(),
            self.made,
        )
    }
}
