//! Where to strike: draws from one seed, which is printed.
use std::time::Duration;

use ambient::{Entropy, SeededEntropy};

/// Seeded draws.
pub struct Dice(SeededEntropy);

impl Dice {
    /// Dice that fall as this seed says.
    pub fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `end`.
    pub fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).expect("small");
        usize::try_from(self.0.next_u64() % end).expect("small")
    }

    /// A moment before `end`, in microseconds.
    pub fn before(&self, end: Duration) -> Duration {
        let micros = usize::try_from(end.as_micros()).expect("a short time");
        Duration::from_micros(self.below(micros + 1) as u64)
    }

    /// Any one of them.
    pub fn one<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Puts them into another order.
    pub fn shuffle<T>(&self, all: &mut [T]) {
        (1..all.len()).rev().for_each(|last| {
            let other = self.below(last + 1);
            all.swap(last, other);
        });
    }
}
