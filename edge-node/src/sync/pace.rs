//! How much to send and to ask for at once: as much as the link carries in a second or so.
//!
//! Large pages make a first sync short on a good link; small ones make headway on a thin one, because a page that
//! is cut off is lost whole. The same holds for the records of an upload, which shrink and grow apart from the
//! pages. Pure: told how long a round took, it answers the next sizes. Used by `round`.

use sync_protocol::wire::MAX_BATCH;

const FIRST: u32 = 5_000;
const LEAST: u32 = 200;
const MOST: u32 = 40_000;
const LEAST_RECORDS: usize = 20;
/// A full page or upload that took less may be larger.
const QUICK_MS: i64 = 700;
/// What took longer is too large.
const SLOW_MS: i64 = 4_000;

/// The size of the next page and of the next upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    rows: u32,
    records: usize,
}

/// How a round went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// From the request to the whole answer.
    pub ms: i64,
    /// There is more to fetch, so the page was full.
    pub has_more: bool,
    /// How many records went up.
    pub sent: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            rows: FIRST,
            records: MAX_BATCH,
        }
    }
}

impl Pace {
    /// Rows to ask for.
    #[must_use]
    pub const fn rows(self) -> u32 {
        self.rows
    }

    /// Records to send at most.
    #[must_use]
    pub const fn records(self) -> usize {
        self.records
    }

    /// A round succeeded.
    #[must_use]
    pub fn took(self, took: Took) -> Self {
        if took.ms >= SLOW_MS {
            return self.failed();
        }
        let mut next = self;
        if took.ms < QUICK_MS && took.has_more {
            next.rows = (self.rows * 2).min(MOST);
        }
        // Not by QUICK_MS: after an outage even a slow link must leave the smallest upload behind.
        if took.sent >= self.records {
            next.records = (self.records * 2).min(MAX_BATCH);
        }
        next
    }

    /// A round was cut off.
    #[must_use]
    pub fn failed(self) -> Self {
        Self {
            rows: (self.rows / 2).max(LEAST),
            records: (self.records / 2).max(LEAST_RECORDS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(ms: i64, has_more: bool, sent: usize) -> Took {
        Took { ms, has_more, sent }
    }

    #[test]
    fn it_grows_on_a_good_link_and_shrinks_on_a_thin_one() {
        let mut pace = Pace::default();
        (0..10).for_each(|_| pace = pace.took(took(50, true, 0)));
        assert_eq!(pace.rows(), MOST);
        assert_eq!(pace.took(took(50, false, 0)), pace);
        assert_eq!(pace.took(took(2_000, true, 0)), pace);
        (0..20).for_each(|_| pace = pace.took(took(30_000, true, 0)));
        assert_eq!((pace.rows(), pace.records()), (LEAST, LEAST_RECORDS));
        assert_eq!(Pace::default().failed().rows(), FIRST / 2);
    }

    #[test]
    fn uploads_are_halved_when_cut_off_and_grow_again_when_they_get_through() {
        let mut pace = Pace::default();
        assert_eq!(pace.failed().records(), MAX_BATCH / 2);
        (0..20).for_each(|_| pace = pace.failed());
        assert_eq!(pace.records(), LEAST_RECORDS);
        let idle = pace.took(took(50, false, LEAST_RECORDS - 1));
        assert_eq!(idle, pace, "a smaller upload proves nothing");
        let full = pace.took(took(2_000, false, LEAST_RECORDS));
        assert_eq!(full.records(), LEAST_RECORDS * 2);
        (0..10).for_each(|_| pace = pace.took(took(50, false, pace.records())));
        assert_eq!(pace.records(), MAX_BATCH);
    }
}
