//! How many rows to ask for: as many as the link carries in a second or so.
//!
//! Large pages make a first sync short on a good link; small ones make headway on a thin one, because a page that
//! is cut off is lost whole. Pure: told how long a round took, it answers the next size. Used by `round`.

const FIRST: u32 = 5_000;
const LEAST: u32 = 200;
const MOST: u32 = 40_000;
/// A full page that took less may be larger.
const QUICK_MS: i64 = 700;
/// A page that took longer is too large.
const SLOW_MS: i64 = 4_000;

/// The size of the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(u32);

impl Default for Pace {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pace {
    /// Rows to ask for.
    #[must_use]
    pub const fn rows(self) -> u32 {
        self.0
    }

    /// A round that asked for a page took so long; `full` when there is more to fetch.
    #[must_use]
    pub fn took(self, ms: i64, full: bool) -> Self {
        match ms {
            ..QUICK_MS if full => Self((self.0 * 2).min(MOST)),
            SLOW_MS.. => self.failed(),
            _ => self,
        }
    }

    /// A round was cut off.
    #[must_use]
    pub fn failed(self) -> Self {
        Self((self.0 / 2).max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_on_a_good_link_and_shrinks_on_a_thin_one() {
        let mut pace = Pace::default();
        (0..10).for_each(|_| pace = pace.took(50, true));
        assert_eq!(pace.rows(), MOST);
        assert_eq!(pace.took(50, false), pace);
        assert_eq!(pace.took(2_000, true), pace);
        (0..20).for_each(|_| pace = pace.took(30_000, true));
        assert_eq!(pace.rows(), LEAST);
        assert_eq!(Pace::default().failed().rows(), FIRST / 2);
    }
}
