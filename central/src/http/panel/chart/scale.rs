//! Round values for an axis, and how many names stand below it.

/// Lines at most, besides the ground.
const LINES: i64 = 5;
/// Names below an axis at most.
const NAMES: usize = 12;

/// The highest value of an axis that holds `most`: a round number.
pub(super) fn highest(most: i64) -> i64 {
    let step = step(most);
    most.max(1)
        .div_euclid(step)
        .saturating_add(i64::from(most.max(1) % step != 0))
        * step
}

/// The values at which lines are drawn, from nothing to the highest, which is round.
pub(super) fn ticks(highest: i64) -> Vec<i64> {
    let step = step(highest);
    let steps = (highest.max(1) / step).clamp(1, LINES * 2);
    (0..=steps).map(|n| n * step).collect()
}

/// 1, 2 or 5 times a power of ten, so that at most [`LINES`] steps reach `most`.
fn step(most: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if step.saturating_mul(LINES) >= most {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Every how many steps are named, where a name takes `room` and a step `slot`.
pub(super) fn every(steps: usize, room: f64, slot: f64) -> usize {
    let by_number = steps.div_ceil(NAMES).max(1);
    let fits = |every: &usize| super::ink::many(*every) * slot >= room;
    (by_number..=steps.max(by_number))
        .find(fits)
        .unwrap_or(by_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_values_with_few_lines() {
        for (most, end, lines) in [
            (0, 1, 2),
            (1, 1, 2),
            (4, 4, 5),
            (7, 8, 5),
            (99, 100, 6),
            (101, 150, 4),
            (1_300_000, 1_500_000, 4),
            (4_000_000_000, 4_000_000_000, 5),
        ] {
            assert_eq!(highest(most), end, "{most}");
            let ticks = ticks(end);
            assert_eq!(
                (ticks.len(), ticks.last()),
                (lines, Some(&end)),
                "{ticks:?}"
            );
        }
        assert!(highest(i64::MAX / 2) >= i64::MAX / 2);
    }

    #[test]
    fn names_do_not_run_into_each_other() {
        assert_eq!(every(10, 40.0, 60.0), 1);
        assert_eq!(every(10, 100.0, 60.0), 2);
        assert_eq!(every(100, 40.0, 6.0), 9);
        assert_eq!(every(0, 40.0, 600.0), 1);
    }
}
