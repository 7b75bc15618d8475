//! Chance: all choices of a world, from its seed alone.

use ambient::{Entropy, SeededEntropy};

/// A stream of choices.
pub struct Chance(SeededEntropy);

impl Chance {
    /// The stream of a seed; `purpose` keeps streams of one seed apart.
    pub fn new(seed: u64, purpose: u64) -> Self {
        Self(SeededEntropy::new(
            seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ purpose.rotate_left(40),
        ))
    }

    /// A number below `end`.
    pub fn below(&self, end: usize) -> usize {
        assert!(end > 0, "nothing to choose from");
        usize::try_from(self.0.next_u64() % end as u64).expect("below a usize")
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        let width = usize::try_from(to - from + 1).expect("a range");
        from + i64::try_from(self.below(width)).expect("within the range")
    }

    /// True in so many of a hundred cases.
    pub fn percent(&self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of several.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// One of several by weight.
    pub fn weighted<'a, T>(&self, from: &'a [(usize, T)]) -> &'a T {
        let mut left = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, choice) in from {
            if left < *weight {
                return choice;
            }
            left -= weight;
        }
        unreachable!("the weights were added up")
    }

    /// Puts them into any order.
    pub fn shuffle<T>(&self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            all.swap(end, self.below(end + 1));
        }
    }
}
