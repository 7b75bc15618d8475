//! When to sync next: a pure state machine over what happened, with the time and chance passed in.
//!
//! ```text
//!          scanned: soon; news: at once              scanned: no change
//!   ┌─ calm ──────────────────────┐    failed      ┌─ backing off ───────────┐
//!   │ a wait is held at central's; │ ────────────► │ 1 s, 2 s, 4 s … 60 s    │
//!   │ without one, every interval  │ ◄──────────── │ refused: 60 s … 5 min   │
//!   └──────────────────────────────┘   succeeded   └─────────────────────────┘
//! ```
//!
//! Chance spreads the nodes: when central comes back after an outage, a hundred gates must not ask in the same
//! second. Scans and news bring the next round forward while all is well, never while central is in trouble. Waits
//! grow longer while they end in peace, and one that fails is not held again for a while; rounds then come every
//! interval. It never gives up, and it never answers zero after a failure. Driven by `driver`.

/// After a scan, wait this long for the next guest's scan to travel along.
const SOON_MS: i64 = 300;
/// Between the end of a round and the next one that news brings: a busy event has news all the time.
const BREATH_MS: i64 = 300;
/// News reaches all gates in the same instant; their rounds are spread over this time.
const SPREAD_MS: i64 = 100;
/// First pause after a failure.
const FIRST_MS: i64 = 1_000;
/// Longest pause while trying again may help by itself.
const LONGEST_MS: i64 = 60_000;
/// Longest pause when somebody must do something first; still short enough to notice that they did.
const LONGEST_REFUSED_MS: i64 = 300_000;
/// First wait.
const SHORT_WAIT_MS: u32 = 5_000;
/// Longest wait; routers forget connections that are silent for longer.
const LONG_WAIT_MS: u32 = 20_000;
/// While a wait is held, nothing else is due.
const HELD_MS: i64 = 60_000;

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

impl Outcome {
    /// Stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// What a wait came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something changed.
    News,
    /// Nothing did.
    Nothing,
    /// It broke, or central knows no waits.
    Failure,
}

/// When to sync next. Times are milliseconds of one monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    interval_ms: i64,
    failures: u32,
    due_ms: i64,
    ended_ms: i64,
    wait: Wait,
}

/// The waits beside the rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wait {
    /// Since when one is held.
    since_ms: Option<i64>,
    /// None is held before.
    from_ms: i64,
    longest_ms: u32,
    failures: u32,
}

impl Schedule {
    /// Due at once, then every `interval_ms` (at least 100) while all is well and no wait is held.
    #[must_use]
    pub fn new(interval_ms: i64, now_ms: i64) -> Self {
        Self {
            interval_ms: interval_ms.max(100),
            failures: 0,
            due_ms: now_ms,
            ended_ms: now_ms,
            wait: Wait {
                since_ms: None,
                from_ms: now_ms,
                longest_ms: SHORT_WAIT_MS,
                failures: 0,
            },
        }
    }

    /// How long until the next round; zero when it is time.
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

    /// Whether to wait for news now, and how long at most. Then [`Schedule::heard`] or [`Schedule::ended`] follows.
    pub fn listen(&mut self, now_ms: i64) -> Option<u32> {
        let is_soon = self.wait_ms(now_ms) <= BREATH_MS + SPREAD_MS;
        if self.failures > 0 || now_ms < self.wait.from_ms || is_soon {
            return None;
        }
        self.wait.since_ms = Some(now_ms);
        self.due_ms = now_ms.saturating_add(HELD_MS);
        Some(self.wait.longest_ms)
    }

    /// A wait ended.
    pub fn heard(&mut self, heard: Heard, now_ms: i64, entropy: u64) {
        let since_ms = self.wait.since_ms.take().unwrap_or(now_ms);
        let plain_ms = self.ended_ms.saturating_add(self.interval_ms);
        let breath_ms = self.ended_ms.saturating_add(BREATH_MS);
        let next_ms = if heard == Heard::News {
            breath_ms.max(now_ms) + between(0, SPREAD_MS, entropy)
        } else {
            plain_ms.max(now_ms)
        };
        self.due_ms = self.due_ms.min(next_ms);
        match heard {
            Heard::Failure => {
                let (from, to) = back_off(self.wait.failures, FIRST_MS, LONGEST_REFUSED_MS);
                self.wait.failures = self.wait.failures.saturating_add(1);
                self.wait.longest_ms = (self.wait.longest_ms / 2).max(SHORT_WAIT_MS);
                self.wait.from_ms = now_ms.saturating_add(between(from, to, entropy));
            }
            Heard::News => self.wait.failures = 0,
            Heard::Nothing => {
                self.wait.failures = 0;
                let lasted_ms = now_ms.saturating_sub(since_ms);
                if lasted_ms < i64::from(self.wait.longest_ms) / 2 {
                    // Central stops, or another program of this node waits too: no use in asking again at once.
                    self.wait.from_ms = now_ms.saturating_add(self.interval_ms);
                } else {
                    self.wait.longest_ms = (self.wait.longest_ms * 2).min(LONG_WAIT_MS);
                }
            }
        }
    }

    /// A round ended.
    pub fn ended(&mut self, outcome: Outcome, now_ms: i64, entropy: u64) {
        self.wait.since_ms = None;
        self.ended_ms = now_ms;
        let (from, to) = match outcome {
            Outcome::Current => {
                self.failures = 0;
                (self.interval_ms * 4 / 5, self.interval_ms * 6 / 5)
            }
            Outcome::Failed => self.fail(FIRST_MS, LONGEST_MS),
            Outcome::Refused => self.fail(LONGEST_MS, LONGEST_REFUSED_MS),
        };
        self.due_ms = now_ms.saturating_add(between(from, to, entropy));
    }

    fn fail(&mut self, first_ms: i64, longest_ms: i64) -> (i64, i64) {
        let pause = back_off(self.failures, first_ms, longest_ms);
        self.failures = self.failures.saturating_add(1);
        pause
    }
}

/// Doubles with every failure in a row; the pause is drawn from the upper half.
fn back_off(failures: u32, first_ms: i64, longest_ms: i64) -> (i64, i64) {
    let doubled = first_ms << failures.min(16);
    let most = doubled.min(longest_ms);
    (most / 2, most)
}

fn between(from: i64, to: i64, entropy: u64) -> i64 {
    let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0) + 1;
    from.saturating_add(i64::try_from(entropy % span).unwrap_or(0))
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
