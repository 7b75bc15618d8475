//! When to sync next: a pure state machine over what happened, with the time and chance passed in.
//!
//! ```text
//!            scanned: soon                    scanned: no change
//!   ┌─ calm ──────────────┐      failed      ┌─ backing off ───────────┐
//!   │ every interval ± 20 %│ ──────────────► │ 1 s, 2 s, 4 s … 60 s    │
//!   └──────────────────────┘ ◄────────────── │ refused: 60 s … 5 min   │
//!                              succeeded     └─────────────────────────┘
//! ```
//!
//! Chance spreads the nodes: when central comes back after an outage, a hundred gates must not ask in the same
//! second. A scan brings the next round forward while all is well, never while central is in trouble. It never
//! gives up, and it never answers zero after a failure. Driven by `driver`.

/// After a scan, wait this long for the next guest's scan to travel along.
const SOON_MS: i64 = 300;
/// First pause after a failure.
const FIRST_MS: i64 = 1_000;
/// Longest pause while trying again may help by itself.
const LONGEST_MS: i64 = 60_000;
/// Longest pause when somebody must do something first; still short enough to notice that they did.
const LONGEST_REFUSED_MS: i64 = 300_000;

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing unsent, nothing more to fetch.
    Current,
    /// It failed, or left a gap, and trying again may help by itself.
    Failed,
    /// It was refused, and somebody must do something about it.
    Refused,
}

/// When to sync next. Times are milliseconds of one monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    interval_ms: i64,
    failures: u32,
    due_ms: i64,
}

impl Schedule {
    /// Due at once, then every `interval_ms` (at least 100) while all is well.
    #[must_use]
    pub fn new(interval_ms: i64, now_ms: i64) -> Self {
        Self {
            interval_ms: interval_ms.max(100),
            failures: 0,
            due_ms: now_ms,
        }
    }

    /// How long to wait from now; zero when it is time.
    #[must_use]
    pub fn wait_ms(&self, now_ms: i64) -> i64 {
        self.due_ms.saturating_sub(now_ms).max(0)
    }

    /// Somebody was scanned.
    pub fn scanned(&mut self, now_ms: i64) {
        if self.failures == 0 {
            self.due_ms = self.due_ms.min(now_ms.saturating_add(SOON_MS));
        }
    }

    /// A round ended.
    pub fn ended(&mut self, outcome: Outcome, now_ms: i64, entropy: u64) {
        let (from, to) = match outcome {
            Outcome::Current => {
                self.failures = 0;
                (self.interval_ms * 4 / 5, self.interval_ms * 6 / 5)
            }
            Outcome::Failed => self.back_off(FIRST_MS, LONGEST_MS),
            Outcome::Refused => self.back_off(LONGEST_MS, LONGEST_REFUSED_MS),
        };
        self.due_ms = now_ms.saturating_add(between(from, to, entropy));
    }

    /// Doubles with every failure in a row; the pause is drawn from the upper half.
    fn back_off(&mut self, first_ms: i64, longest_ms: i64) -> (i64, i64) {
        let doubled = first_ms << self.failures.min(16);
        self.failures = self.failures.saturating_add(1);
        let most = doubled.min(longest_ms);
        (most / 2, most)
    }
}

fn between(from: i64, to: i64, entropy: u64) -> i64 {
    let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0) + 1;
    from.saturating_add(i64::try_from(entropy % span).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Ended(Outcome, u64),
        Scanned,
        Passed(i64),
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Current),
            Just(Outcome::Failed),
            Just(Outcome::Refused)
        ]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (outcome(), any::<u64>()).prop_map(|(outcome, entropy)| Step::Ended(outcome, entropy)),
            Just(Step::Scanned),
            (0..400_000_i64).prop_map(Step::Passed),
        ]
    }

    proptest! {
        #[test]
        fn it_never_gives_up_and_never_hammers(interval in 0..60_000_i64, steps in prop::collection::vec(step(), 1..80)) {
            let mut now = 1_000;
            let mut schedule = Schedule::new(interval, now);
            prop_assert_eq!(schedule.wait_ms(now), 0);
            for step in steps {
                match step {
                    Step::Passed(ms) => now += ms,
                    Step::Scanned => schedule.scanned(now),
                    Step::Ended(outcome, entropy) => {
                        schedule.ended(outcome, now, entropy);
                        let least = match outcome {
                            Outcome::Current => interval.max(100) * 4 / 5,
                            Outcome::Failed => FIRST_MS / 2,
                            Outcome::Refused => LONGEST_MS / 2,
                        };
                        prop_assert!(schedule.wait_ms(now) >= least);
                    }
                }
                prop_assert!(schedule.wait_ms(now) <= LONGEST_REFUSED_MS);
            }
        }

        #[test]
        fn a_scan_is_soon_when_calm_and_changes_nothing_when_backing_off(entropy: u64, failures in 0..5_u32) {
            let mut schedule = Schedule::new(5_000, 0);
            schedule.ended(Outcome::Current, 0, entropy);
            (0..failures).for_each(|_| schedule.ended(Outcome::Failed, 0, entropy));
            let before = schedule.wait_ms(10);
            schedule.scanned(10);
            let expected = if failures == 0 { SOON_MS } else { before };
            prop_assert_eq!(schedule.wait_ms(10), expected);
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_success_ends_them() {
        let mut schedule = Schedule::new(5_000, 0);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            schedule.ended(Outcome::Failed, 0, u64::MAX / 2);
            pauses.push(schedule.wait_ms(0));
        }
        assert!(pauses.windows(2).take(6).all(|p| p[1] > p[0]), "{pauses:?}");
        assert!(pauses[7] <= LONGEST_MS);
        schedule.ended(Outcome::Current, 0, 0);
        assert_eq!(schedule.wait_ms(0), 4_000);
    }

    #[test]
    fn chance_spreads_the_nodes() {
        let wait = |entropy| {
            let mut schedule = Schedule::new(5_000, 0);
            (0..6).for_each(|_| schedule.ended(Outcome::Failed, 0, entropy));
            schedule.wait_ms(0)
        };
        let mut waits: Vec<_> = (0..100).map(|n| wait(n * 0x9E37_79B9)).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 90);
    }
}
