//! How guests came: the curve of arrivals, and how quickly gates worked.
//!
//! A curve has a point for every quarter of an hour from the first entry to the last, so that a pause is seen as one. A
//! gate's pace is of the minutes in which it scanned at all: nobody came in the others.

use std::collections::BTreeMap;

use sync_protocol::{id::GateId, time::Timestamp};

/// One quarter of an hour.
pub const QUARTER_MS: i64 = 15 * 60_000;
/// Points of a curve at most: beyond about ten days its quiet quarters are left out.
const MOST_POINTS: i64 = 1_000;

/// What a gate did in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// The gate.
    pub gate: GateId,
    /// When the minute began.
    pub at: Timestamp,
    /// How often something was shown.
    pub scans: i64,
    /// How many were let in.
    pub entries: i64,
}

/// Entries by quarters of an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Curve {
    /// When each quarter began.
    pub quarters: Vec<Timestamp>,
    /// Entries of each gate, one for each quarter.
    pub gates: BTreeMap<GateId, Vec<i64>>,
}

impl Curve {
    /// Entries at all gates.
    #[must_use]
    pub fn all(&self) -> Vec<i64> {
        let at = |place: usize| self.gates.values().map(|entries| entries[place]).sum();
        (0..self.quarters.len()).map(at).collect()
    }
}

/// How quickly a gate worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often something was shown.
    pub scans: i64,
    /// How many were let in.
    pub entries: i64,
    /// Half of its minutes had at most so many scans, in tenths.
    pub median_tenths: i64,
    /// The most in one minute.
    pub peak: i64,
    /// When that was.
    pub peak_at: Timestamp,
}

/// The curve of arrivals.
#[must_use]
pub fn curve(minutes: &[Minute]) -> Curve {
    let quarter = |at: Timestamp| at.0.div_euclid(QUARTER_MS);
    let came = || minutes.iter().filter(|minute| minute.entries > 0);
    let first = came().map(|minute| quarter(minute.at)).min();
    let last = came().map(|minute| quarter(minute.at)).max();
    let (Some(first), Some(last)) = (first, last) else {
        return Curve::default();
    };
    let mut quarters: Vec<i64> = if last - first < MOST_POINTS {
        (first..=last).collect()
    } else {
        came().map(|minute| quarter(minute.at)).collect()
    };
    quarters.sort_unstable();
    quarters.dedup();
    let mut gates: BTreeMap<GateId, Vec<i64>> = BTreeMap::new();
    for minute in came() {
        let of_gate = gates.entry(minute.gate);
        let entries = of_gate.or_insert_with(|| vec![0; quarters.len()]);
        if let Ok(place) = quarters.binary_search(&quarter(minute.at)) {
            entries[place] += minute.entries;
        }
    }
    let begin = |quarter: &i64| Timestamp(quarter * QUARTER_MS);
    Curve {
        quarters: quarters.iter().map(begin).collect(),
        gates,
    }
}

/// The pace of every gate that scanned.
#[must_use]
pub fn paces(minutes: &[Minute]) -> BTreeMap<GateId, Pace> {
    let mut by_gate: BTreeMap<GateId, Vec<&Minute>> = BTreeMap::new();
    for minute in minutes.iter().filter(|minute| minute.scans > 0) {
        by_gate.entry(minute.gate).or_default().push(minute);
    }
    let paced = by_gate.into_iter().filter_map(|(gate, minutes)| {
        let mut scans: Vec<i64> = minutes.iter().map(|minute| minute.scans).collect();
        scans.sort_unstable();
        // The earliest of those that were as busy.
        let key = |minute: &&&Minute| (minute.scans, std::cmp::Reverse(minute.at));
        let peak = minutes.iter().max_by_key(key)?;
        let pace = Pace {
            scans: scans.iter().sum(),
            entries: minutes.iter().map(|minute| minute.entries).sum(),
            median_tenths: (scans[(scans.len() - 1) / 2] + scans[scans.len() / 2]) * 5,
            peak: peak.scans,
            peak_at: peak.at,
        };
        Some((gate, pace))
    });
    paced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn minute(gate: u128, at: i64, scans: i64, entries: i64) -> Minute {
        Minute {
            gate: GateId::from_u128(gate),
            at: Timestamp(at * MINUTE),
            scans,
            entries,
        }
    }

    #[test]
    fn a_pause_is_part_of_the_curve_and_refusals_are_not() {
        let curve = curve(&[
            minute(1, 0, 9, 0),
            minute(1, 16, 3, 2),
            minute(2, 29, 1, 1),
            minute(1, 61, 4, 4),
        ]);
        let starts: Vec<i64> = curve.quarters.iter().map(|at| at.0 / MINUTE).collect();
        assert_eq!(starts, [15, 30, 45, 60]);
        assert_eq!(curve.gates[&GateId::from_u128(1)], [2, 0, 0, 4]);
        assert_eq!(curve.all(), [3, 0, 0, 4]);
        assert_eq!(super::curve(&[]), Curve::default());
    }

    #[test]
    fn a_curve_of_months_leaves_quiet_quarters_out() {
        let long = curve(&[minute(1, 0, 1, 1), minute(1, 90 * 1_440, 1, 1)]);
        assert_eq!(long.all(), [1, 1]);
    }

    #[test]
    fn the_pace_is_of_busy_minutes_alone() {
        let paces = paces(&[
            minute(1, 0, 4, 1),
            minute(1, 1, 9, 9),
            minute(1, 2, 0, 0),
            minute(1, 5, 9, 7),
            minute(2, 5, 3, 0),
            minute(2, 6, 4, 1),
        ]);
        let one = paces[&GateId::from_u128(1)];
        assert_eq!((one.scans, one.entries, one.median_tenths), (22, 17, 90));
        assert_eq!(
            (one.peak, one.peak_at.0 / MINUTE),
            (9, 1),
            "the first of two"
        );
        assert_eq!(paces[&GateId::from_u128(2)].median_tenths, 35);
    }
}
