//! Tests of true time: skew, drift, reboots and lying clocks.

use super::*;
use proptest::prelude::*;

const BOOT: BootId = BootId::from_u128(1);
const OTHER: BootId = BootId::from_u128(2);

fn entry(seq: u64, boot: BootId, mono_ms: i64, wall: i64) -> Entry {
    Entry {
        seq,
        reading: Reading {
            boot,
            mono_ms,
            wall: Timestamp(wall),
        },
    }
}

/// A round at central's `at`, on a link of 40 ms there and back, with the node's monotonic clock at `mono`.
fn mark(head: u64, at: i64, boot: BootId, mono: i64) -> Mark {
    Mark {
        head,
        received_at: Timestamp(at),
        answered_at: Timestamp(at + 2),
        trip: Some(Trip {
            boot,
            sent_ms: mono - 20,
            got_ms: mono + 22,
        }),
        carried: false,
    }
}

#[test]
fn case_20_a_clock_three_hours_wrong_is_corrected() {
    let marks = [mark(0, 1_000_000, BOOT, 5_000)];
    for wall in [0, 1_005_000 - 3 * 3_600_000, 1_005_000 + 3 * 3_600_000] {
        let time = correct(&[entry(1, BOOT, 10_000, wall)], &marks)[0];
        assert!((time.at.0 - 1_005_000).abs() <= time.error_ms(), "{time:?}");
        assert!(time.error_ms() < 30, "{time:?}");
    }
}

#[test]
fn a_round_that_hung_adds_nothing_until_the_quick_one_before_it_is_old() {
    let quick = mark(0, 1_000_000, BOOT, 5_000).sample().expect("sampled");
    let hung = |mono: i64, boot| Sample {
        boot,
        mono_ms: mono,
        central: Timestamp(mono),
        error_ms: 4_000,
    };
    assert!(!hung(9_000, BOOT).adds_to(&quick));
    assert!(hung(9_000, OTHER).adds_to(&quick));
    assert!(hung(5_002 + FRESH_MS, BOOT).adds_to(&quick));
    let drifted = Sample {
        error_ms: quick.error_ms + 1,
        ..hung(25_000, BOOT)
    };
    assert!(drifted.adds_to(&quick) && !hung(25_000, BOOT).adds_to(&quick));
}

#[test]
fn case_20_a_reboot_without_rtc_is_placed_between_two_syncs() {
    let marks = [
        mark(1, 1_000_000, BOOT, 5_000),
        mark(2, 9_000_000, OTHER, 700),
    ];
    let third_boot = BootId::from_u128(3);
    let time = correct(&[entry(2, third_boot, 100, -1_000_000_000)], &marks)[0];
    assert!(time.lo.0 >= 999_900 && time.hi.0 == 9_000_000, "{time:?}");
    assert_eq!(time.at, time.hi, "a disproved clock wins nothing");
}

#[test]
fn case_20_a_lying_clock_cannot_go_before_the_sync_that_did_not_have_it() {
    let marks = [mark(4, 1_000_000, BOOT, 5_000)];
    let lie = correct(&[entry(5, OTHER, 0, 500_000)], &marks)[0];
    assert!(lie.lo.0 >= 1_000_000 - 50, "{lie:?}");
    assert!(lie.at.0 >= 1_000_000 - 50, "{lie:?}");
}

#[test]
fn a_long_silence_uses_the_nearer_sample() {
    let eight_hours = 8 * 3_600_000;
    let marks = [mark(0, 0, BOOT, 0), mark(1, eight_hours, BOOT, eight_hours)];
    let time = correct(&[entry(1, BOOT, eight_hours - 60_000, 0)], &marks)[0];
    assert!(time.error_ms() < 100, "{time:?}");
}

#[test]
fn without_any_sample_the_wall_clock_is_an_estimate_and_bounds_nothing() {
    let time = correct(&[entry(1, BOOT, 5, 77_000_000_000)], &[])[0];
    assert_eq!(time.at.0, 77_000_000_000);
    assert_eq!((time.lo, time.hi), (EARLIEST, Timestamp(i64::MAX)));
}

#[test]
fn case_20_a_wall_clock_wrong_by_days_wins_nothing_after_a_long_silence() {
    const HOUR: i64 = 3_600_000;
    // Offline from 10:00 to 30:00, rebooted, scanned at 28:00 with a clock that shows 30 hours less, then 40 more.
    let marks = [
        mark(0, 10 * HOUR, BOOT, 5_000),
        mark(2, 30 * HOUR, OTHER, 2 * HOUR),
    ];
    let third_boot = BootId::from_u128(3);
    for wall in [28 - 30, 28 + 40, 28 - 13, 28 + 1].map(|hours| hours * HOUR) {
        let scans = [
            entry(1, third_boot, 100, wall),
            entry(2, third_boot, 200, 12 * HOUR),
        ];
        let time = correct(&scans, &marks)[0];
        let truth = Timestamp(28 * HOUR);
        assert!(time.lo <= truth && truth <= time.hi, "{wall}: {time:?}");
    }
}

#[test]
fn a_slow_and_lopsided_link_moves_no_sample_beyond_its_error() {
    // All of the half minute was on the way back, by a crystal that runs 100 ppm slow.
    let trip = Trip {
        boot: BOOT,
        sent_ms: 0,
        got_ms: 29_997,
    };
    let sample = Sample::of_trip(&trip, Timestamp(1_000_000), Timestamp(1_000_000));
    for (mono_ms, truth) in [(0, 1_000_000), (29_997, 1_030_000)] {
        let reading = Reading {
            boot: BOOT,
            mono_ms,
            wall: Timestamp(0),
        };
        let time = sample.time_of(&reading).expect("of this boot");
        let truth = Timestamp(truth);
        assert!(time.lo <= truth && truth <= time.hi, "{time:?}");
    }
}

#[test]
fn a_round_trip_that_ran_backwards_is_no_sample() {
    let mut bad = mark(0, 1_000, BOOT, 500);
    bad.trip = Some(Trip {
        boot: BOOT,
        sent_ms: 900,
        got_ms: 100,
    });
    assert_eq!(bad.sample(), None);
}

prop_compose! {
    /// A log of a node whose wall clock says anything, with rounds in between, some unreported.
    fn history()(steps in prop::collection::vec((0u8..4, 1i64..900_000, any::<i32>(), any::<bool>()), 1..40)) -> (Vec<Entry>, Vec<Mark>) {
        let (mut now, mut boot, mut booted, mut seq) = (10_000_000i64, 1u128, 9_000_000i64, 0u64);
        let (mut entries, mut marks) = (Vec::new(), Vec::new());
        for (kind, pause, wall, reported) in steps {
            now += pause;
            match kind {
                0 | 1 => { seq += 1; entries.push(entry(seq, BootId::from_u128(boot), now - booted, i64::from(wall))); }
                2 => {
                    let mut m = mark(seq, now, BootId::from_u128(boot), now - booted);
                    if !reported { m.trip = None; }
                    marks.push(m);
                }
                _ => { boot += 1; booted = now; }
            }
        }
        (entries, marks)
    }
}

proptest! {
    #[test]
    fn a_round_trip_loses_no_truth(
        legs in prop::array::uniform3(0i64..9_000_000),
        lopsided in 0u8..4,
        drift in -100i64..=100,
        scanned in prop_oneof![-900i64..900, -600_000_000i64..600_000_000],
        after: bool,
    ) {
        // Microseconds of true time, which clocks cut to milliseconds. The node's crystal began at zero.
        let [there, at_central, back] = match lopsided {
            0 => [0, legs[1] % 900, legs[2]],
            1 => [legs[0], legs[1] % 900, 0],
            _ => legs,
        };
        let sent = 700_000_000;
        let received = sent + there;
        let answered = received + at_central;
        let got = answered + back;
        let mono = |micros: i64| (micros + micros * drift / 1_000_000).div_euclid(1_000);
        let trip = Trip { boot: BOOT, sent_ms: mono(sent), got_ms: mono(got) };
        let central = |micros: i64| Timestamp(micros / 1_000);
        let sample = Sample::of_trip(&trip, central(received), central(answered));
        let scan = if after { got } else { sent } + scanned;
        let reading = entry(1, BOOT, mono(scan), 0).reading;
        let time = sample.time_of(&reading).expect("of this boot");
        prop_assert!(time.lo.0 * 1_000 <= scan && scan <= time.hi.0 * 1_000, "{scan} is not within {time:?}");
    }

    #[test]
    fn a_suffix_is_enough((entries, marks) in history()) {
        let whole = correct(&entries, &marks);
        for (cut, opening) in marks.iter().enumerate().filter(|(_, m)| m.trip.is_some()) {
            let from = entries.partition_point(|e| e.seq <= opening.head);
            let first = marks[..=cut].partition_point(|m| m.head < opening.head);
            prop_assert_eq!(&correct(&entries[from..], &marks[first..]), &whole[from..]);
        }
    }

    #[test]
    fn the_truth_lies_within_the_bounds((entries, marks) in history()) {
        for time in correct(&entries, &marks) {
            prop_assert!(time.lo <= time.at && time.at <= time.hi);
        }
    }

    #[test]
    fn a_log_never_runs_backwards_between_two_samples((entries, marks) in history()) {
        let times = correct(&entries, &marks);
        for (pair, times) in entries.windows(2).zip(times.windows(2)) {
            let parted = marks.iter().any(|m| m.trip.is_some() && m.head >= pair[0].seq && m.head < pair[1].seq);
            prop_assert!(parted || times[0].at <= times[1].at);
        }
    }
}

#[test]
fn a_log_that_came_on_a_stick_bounds_what_is_in_it_and_nothing_after() {
    let carried = Mark {
        trip: None,
        carried: true,
        ..mark(1, 9_000_000, BOOT, 0)
    };
    let entries = [entry(1, BOOT, 10, 2_000_000), entry(2, BOOT, 20, 2_000_100)];
    let times = correct(&entries, &[carried]);
    assert_eq!(times[0].hi, Timestamp(9_000_000));
    assert_eq!(times[1].lo, EARLIEST, "it may be as old as the first");
    assert_eq!(times[1].at, Timestamp(2_000_100));
}
