//! Wrong secrets make the next try wait, longer each time, until one is right.
//!
//! Kept by the search by name, which forgets it with the program (who can restart that has the disk, where only the
//! price of each try stands in the way), and by the operators' sign-in, which also keeps the number of failures.

const FIRST_MS: i64 = 1_000;
const LONGEST_MS: i64 = 300_000;

/// The tries so far, on the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failures: u32,
    not_before_ms: i64,
}

impl Attempts {
    /// How long the next try has to wait yet; `None` = it may begin.
    pub(crate) fn wait_ms(&self, now_ms: i64) -> Option<i64> {
        Some(self.not_before_ms.saturating_sub(now_ms)).filter(|wait| *wait > 0)
    }

    /// A wrong one; tells how many there were.
    pub(crate) fn failed(&mut self, now_ms: i64) -> u32 {
        let wait = FIRST_MS.saturating_mul(1 << self.failures.min(20));
        self.failures = self.failures.saturating_add(1);
        self.not_before_ms = now_ms + wait.min(LONGEST_MS);
        self.failures
    }

    /// Failures that were kept: until when the next try waits, by this clock.
    pub(crate) const fn kept(failures: u32, not_before_ms: i64) -> Self {
        Self {
            failures,
            not_before_ms,
        }
    }

    /// Failures that were kept by another clock, of which nothing is known: the whole wait begins anew.
    pub(crate) fn begun_anew(failures: u32, now_ms: i64) -> Self {
        let mut attempts = Self {
            failures: failures.saturating_sub(1),
            not_before_ms: i64::MIN,
        };
        if failures > 0 {
            attempts.failed(now_ms);
        }
        attempts
    }

    /// How many there were, and until when the next try waits.
    pub(crate) const fn to_keep(&self) -> (u32, i64) {
        (self.failures, self.not_before_ms)
    }

    /// A right one.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_doubles_the_wait_up_to_five_minutes() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.wait_ms(0), None);
        let mut waits = Vec::new();
        let mut now = 7_000;
        for count in 1..=40 {
            assert_eq!(attempts.failed(now), count);
            let wait = attempts.wait_ms(now).expect("it waits");
            assert_eq!(attempts.wait_ms(now + wait - 1), Some(1));
            now += wait;
            assert_eq!(attempts.wait_ms(now), None, "then it may");
            waits.push(wait);
        }
        assert_eq!(waits[..4], [1_000, 2_000, 4_000, 8_000]);
        assert_eq!(waits[39], LONGEST_MS);
        let resumed = Attempts::begun_anew(4, 50);
        assert_eq!(resumed.wait_ms(50), Some(8_000), "as after the fourth");
        assert_eq!(Attempts::begun_anew(0, 50).wait_ms(50), None);
        let (failures, until) = resumed.to_keep();
        assert_eq!(Attempts::kept(failures, until).wait_ms(8_049), Some(1));
        attempts.failed(now);
        attempts.succeeded();
        assert_eq!(attempts.wait_ms(now), None);
    }
}
