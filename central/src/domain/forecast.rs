//! When the most people will come at once, as well as the arrivals so far can tell.
//!
//! The premise is one sentence: people come in a curve that rises to its peak when half of them have come, and falls as
//! it rose. So the peak is ahead until half have come; how far ahead, and how high, follows from how many came in the
//! last ten minutes and how many more those were than in the ten before. It is a guess for whoever places staff at the
//! door, and it is told as one. Pure; called with what `store::live` counts.

use sync_protocol::time::Timestamp;

/// Arrivals are counted in bins of this length.
pub const BIN_MS: i64 = 5 * 60_000;
/// Nobody knows what comes later than this.
const FURTHEST_MIN: u64 = 12 * 60;
const MINUTE_MS: i64 = 60_000;
const MILLI: u64 = 1_000;

/// Arrivals from a moment on, for [`BIN_MS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    /// Its begin, a multiple of its length.
    pub from: Timestamp,
    /// How many came.
    pub count: u64,
}

/// The busiest time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// When.
    pub at: Timestamp,
    /// How many people a minute.
    pub per_minute: u64,
    /// It was already.
    pub is_past: bool,
}

/// The peak, out of the arrivals so far and how many are still to come; `None` where nothing can be told.
#[must_use]
pub fn peak(arrivals: &[Bin], left: u64, now: Timestamp) -> Option<Peak> {
    let arrived: u64 = arrivals.iter().map(|bin| bin.count).sum();
    let half = (arrived + left).div_ceil(2);
    if arrived == 0 {
        return None;
    }
    let best = arrivals.iter().max_by_key(|bin| (bin.count, -bin.from.0))?;
    if arrived >= half {
        return Some(Peak {
            at: best.from,
            per_minute: per_minute(best.count),
            is_past: true,
        });
    }
    // The bin that is under way says too little.
    let whole = now.0 - now.0.rem_euclid(BIN_MS);
    let between = |from: i64, until: i64| -> u64 {
        let within = arrivals
            .iter()
            .filter(|bin| (from..until).contains(&bin.from.0));
        within.map(|bin| bin.count).sum()
    };
    let last = between(whole - 2 * BIN_MS, whole);
    let before = between(whole - 4 * BIN_MS, whole - 2 * BIN_MS);
    // In thousandths of a person a minute: ten minutes have `last`, so a minute has a tenth of it.
    let rate = last * MILLI / 10;
    let growth = last.saturating_sub(before) * MILLI / 100;
    let need = (half - arrived) * MILLI;
    let minutes = minutes_until(need, rate, growth)?;
    let then = rate + growth * minutes;
    Some(Peak {
        at: now.plus_ms(i64::try_from(minutes).ok()? * MINUTE_MS),
        per_minute: then.div_ceil(MILLI).max(per_minute(best.count)),
        is_past: false,
    })
}

fn per_minute(count: u64) -> u64 {
    count.div_ceil(BIN_MS.unsigned_abs() / MINUTE_MS.unsigned_abs())
}

/// Minutes until `need` have come at a rate that grows: the positive solution of need = rate·t + growth·t²/2.
fn minutes_until(need: u64, rate: u64, growth: u64) -> Option<u64> {
    let minutes = match (rate, growth) {
        (0, _) => return None,
        (rate, 0) => need / rate,
        (rate, growth) => {
            let root = rate
                .checked_mul(rate)?
                .checked_add(growth.checked_mul(need)?.checked_mul(2)?)?;
            (root.isqrt() - rate) / growth
        }
    };
    (minutes <= FURTHEST_MIN).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(counts: &[u64]) -> Vec<Bin> {
        let bin = |(place, count): (i64, &u64)| Bin {
            from: Timestamp(place * BIN_MS),
            count: *count,
        };
        (0..).zip(counts).map(bin).collect()
    }

    fn check(counts: &[u64], left: u64, want: Option<(i64, u64, bool)>) {
        let now = Timestamp(i64::try_from(counts.len()).expect("few") * BIN_MS);
        let found = peak(&bins(counts), left, now);
        let found = found.map(|peak| (peak.at.0 / MINUTE_MS, peak.per_minute, peak.is_past));
        assert_eq!(found, want, "{counts:?}, {left} left");
    }

    #[test]
    fn the_peak_is_where_half_have_come() {
        // Nobody came, so nothing is known.
        check(&[], 500, None);
        check(&[0, 0], 500, None);
        // Nobody comes any more, though many are to come.
        check(&[50, 0, 0, 0, 0], 500, None);
        // A steady stream: 10 a minute, 200 have come, 600 are to come, half are 400: in 20 minutes.
        check(&[50, 50, 50, 50], 600, Some((40, 10, false)));
        // A growing one comes sooner and higher: 10 a minute, one more every minute.
        check(&[0, 0, 50, 50], 700, Some((20 + 16, 26, false)));
        // Half have come: the peak was the fullest five minutes.
        check(&[10, 60, 20], 30, Some((5, 12, true)));
        // All have come.
        check(&[10, 60, 20], 0, Some((5, 12, true)));
        // A trickle that would take days tells nothing.
        check(&[1, 0, 1, 0], 100_000, None);
    }

    #[test]
    fn what_is_under_way_does_not_look_like_a_fall() {
        let arrivals = bins(&[50, 50, 50, 50, 3]);
        let now = Timestamp(4 * BIN_MS + MINUTE_MS);
        let peak = peak(&arrivals, 597, now).expect("they come");
        assert_eq!(peak.per_minute, 10);
        assert!(!peak.is_past && peak.at > now);
    }
}
