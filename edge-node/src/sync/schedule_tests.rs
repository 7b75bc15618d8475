//! Tests of the schedule: it never hammers, never gives up, and hears of news at once.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Ended(Outcome, u64),
    Heard(Heard, u64),
    Listens,
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

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        Just(Heard::News),
        Just(Heard::Nothing),
        Just(Heard::Failure)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (outcome(), any::<u64>()).prop_map(|(outcome, entropy)| Step::Ended(outcome, entropy)),
        (heard(), any::<u64>()).prop_map(|(heard, entropy)| Step::Heard(heard, entropy)),
        Just(Step::Listens),
        Just(Step::Scanned),
        (0..400_000_i64).prop_map(Step::Passed),
    ]
}

proptest! {
    #[test]
    fn it_never_gives_up_and_never_hammers(interval in 0..60_000_i64, steps in prop::collection::vec(step(), 1..80)) {
        let mut now = 1_000;
        let mut schedule = Schedule::new(interval, now);
        let (mut held, mut failed) = (false, false);
        prop_assert_eq!(schedule.wait_ms(now), 0);
        for step in steps {
            match step {
                Step::Passed(ms) => now += ms,
                Step::Scanned => schedule.scanned(now),
                Step::Listens => {
                    held = schedule.listen(now).is_some();
                    prop_assert!(!(held && failed), "no wait while central is in trouble");
                }
                Step::Heard(heard, entropy) if held => {
                    schedule.heard(heard, now, entropy);
                    held = false;
                }
                Step::Heard(..) => {}
                Step::Ended(outcome, entropy) => {
                    schedule.ended(outcome, now, entropy);
                    (held, failed) = (false, outcome != Outcome::Current);
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

/// A schedule that is calm since 0 and holds a wait.
fn held(interval_ms: i64) -> Schedule {
    let mut schedule = Schedule::new(interval_ms, 0);
    schedule.ended(Outcome::Current, 0, 0);
    assert_eq!(schedule.listen(0), Some(SHORT_WAIT_MS));
    schedule
}

#[test]
fn news_brings_the_next_round_at_once_but_leaves_a_breath_between_two() {
    let mut schedule = held(5_000);
    assert!(
        schedule.wait_ms(4_900) > 5_000,
        "the wait stands for the interval"
    );
    schedule.heard(Heard::News, 4_900, 0);
    assert_eq!(schedule.wait_ms(4_900), 0);
    let mut schedule = held(5_000);
    schedule.heard(Heard::News, 10, u64::MAX);
    assert!((BREATH_MS - 10..BREATH_MS + SPREAD_MS).contains(&schedule.wait_ms(10)));
    assert_eq!(schedule.listen(10), None, "the round comes first");
}

#[test]
fn waits_grow_while_nothing_happens_and_a_round_follows_each() {
    let (mut schedule, mut now) = (held(5_000), 0);
    let mut waits = vec![SHORT_WAIT_MS];
    for _ in 0..4 {
        now += i64::from(*waits.last().expect("one"));
        schedule.heard(Heard::Nothing, now, 0);
        assert_eq!(schedule.wait_ms(now), 0);
        schedule.ended(Outcome::Current, now, 0);
        waits.push(schedule.listen(now).expect("calm"));
    }
    assert_eq!(waits, [5_000, 10_000, 20_000, 20_000, 20_000]);
    schedule.heard(Heard::Failure, now + 10, 0);
    let plain = schedule.wait_ms(now + 10);
    assert_eq!(plain, 5_000 - 10, "the interval has to do");
    assert_eq!(schedule.listen(now + 10), None);
    schedule.ended(Outcome::Current, now + 5_000, 0);
    assert_eq!(schedule.listen(now + 5_000), Some(10_000));
}

#[test]
fn waits_that_end_at_once_are_not_held_again_before_the_interval_is_over() {
    let mut schedule = held(5_000);
    schedule.heard(Heard::Nothing, 3, 0);
    assert_eq!((schedule.wait_ms(3), schedule.listen(3)), (4_997, None));
    schedule.ended(Outcome::Current, 5_000, 0);
    assert_eq!(schedule.listen(5_000), None);
    assert_eq!(schedule.listen(5_003), Some(SHORT_WAIT_MS));
}

#[test]
fn a_central_that_knows_no_waits_is_asked_for_one_ever_more_rarely() {
    let mut schedule = Schedule::new(5_000, 0);
    let mut asked = 0;
    for round in 0..720 {
        let now = round * 5_000;
        schedule.ended(Outcome::Current, now, 0);
        if schedule.listen(now).is_some() {
            asked += 1;
            schedule.heard(Heard::Failure, now, 0);
        }
        assert!((1..=5_000).contains(&schedule.wait_ms(now)));
    }
    assert!((10..40).contains(&asked), "{asked} times in an hour");
}

#[test]
fn a_scan_during_a_wait_is_sent_soon() {
    let mut schedule = held(5_000);
    schedule.scanned(2_000);
    assert_eq!(schedule.wait_ms(2_000), SOON_MS);
    schedule.heard(Heard::Nothing, 2_100, 0);
    assert_eq!(
        schedule.wait_ms(2_100),
        SOON_MS - 100,
        "and nothing puts it off"
    );
}
