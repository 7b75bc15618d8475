//! Days that move: what else of an event moves along, and what is refused.

use super::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 2026-12-01T00:00 in UTC, seven o'clock in Jakarta.
const START: Timestamp = Timestamp(1_796_083_200_000);
const ZONE: &str = "Asia/Jakarta";
const STANDS: (EventStatus, &str) = (EventStatus::Published, ZONE);

fn schedule() -> Schedule {
    let day = |number: u8| Day {
        number,
        label: format!("Night {}", number + 1),
        local_date: format!("2026-12-0{}", number + 1),
        opens_at: START.plus_ms(i64::from(number) * DAY),
        closes_at: START.plus_ms(i64::from(number) * DAY + 12 * HOUR),
    };
    Schedule {
        starts_at: START.plus_ms(2 * HOUR),
        ends_at: START.plus_ms(DAY + 11 * HOUR),
        days: vec![day(0), day(1)],
        check_outs: vec![START.plus_ms(13 * HOUR), START.plus_ms(DAY + 13 * HOUR)],
    }
}

fn to(number: u8, opens_ms: i64) -> DayMove {
    DayMove {
        number,
        opens_at: START.plus_ms(opens_ms),
        closes_at: START.plus_ms(opens_ms + 12 * HOUR),
    }
}

#[test]
fn a_first_day_closes_when_its_event_does_and_never_lasts_a_day_more() {
    let proposed = |ends_ms| {
        let (opens, closes) = first_day(START, START.plus_ms(ends_ms), Tz::Asia__Jakarta);
        (opens.ms_since(START), closes.ms_since(START))
    };
    assert_eq!(proposed(9 * HOUR), (0, 9 * HOUR), "an evening");
    assert_eq!(
        proposed(2 * DAY + 9 * HOUR),
        (0, 9 * HOUR),
        "three evenings"
    );
    assert_eq!(proposed(DAY), (0, DAY), "it says so itself");
}

#[test]
fn a_day_that_moves_takes_the_events_times_and_its_check_out_along() {
    let old = schedule();
    let before = START.plus_ms(-DAY);
    let new = old
        .moved(&[to(1, 30 * DAY)], STANDS, before)
        .expect("moved");
    assert_eq!(new.days[0], old.days[0]);
    assert_eq!(
        (new.days[1].label.as_str(), new.days[1].local_date.as_str()),
        ("Night 2", "2026-12-31")
    );
    assert_eq!(new.starts_at, old.starts_at);
    assert_eq!(new.ends_at, old.ends_at.plus_ms(29 * DAY));
    assert_eq!(
        new.check_outs,
        [old.check_outs[0], old.check_outs[1].plus_ms(29 * DAY)]
    );
    assert_eq!(new.moved_mask(&old), 0b10);
    // The first night after the second: the event begins with the second now.
    let swapped = old.moved(&[to(0, 3 * DAY)], STANDS, before).expect("moved");
    assert_eq!(swapped.starts_at, START.plus_ms(DAY + 2 * HOUR));
    assert_eq!(swapped.ends_at, START.plus_ms(3 * DAY + 11 * HOUR));
    assert_eq!(
        swapped.check_outs,
        [old.check_outs[1], old.check_outs[0].plus_ms(3 * DAY)]
    );
}

#[test]
fn the_calendar_day_is_the_one_at_the_venue() {
    let late = DayMove {
        number: 0,
        opens_at: START.plus_ms(9 * DAY + 20 * HOUR),
        closes_at: START.plus_ms(10 * DAY + HOUR),
    };
    let new = schedule().moved(&[late], STANDS, START.plus_ms(-DAY));
    assert_eq!(new.expect("moved").days[0].local_date, "2026-12-11");
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let old = schedule();
    let before = START.plus_ms(-DAY);
    let refusal = |moves: &[DayMove], status, now| {
        let moved = old.moved(moves, (status, ZONE), now);
        moved.map_err(|error| error.code()).map(|_| ())
    };
    let published = EventStatus::Published;
    let mut backwards = to(0, 5 * DAY);
    backwards.closes_at = backwards.opens_at;
    let later = START.plus_ms(HOUR);
    for (moves, status, now, want) in [
        (vec![], published, before, "no_day"),
        (vec![to(2, 5 * DAY)], published, before, "unknown_day"),
        (
            vec![to(0, 5 * DAY), to(0, 6 * DAY)],
            published,
            before,
            "unknown_day",
        ),
        (vec![backwards], published, before, "day_backwards"),
        (vec![to(0, DAY)], published, before, "same_opening"),
        (vec![to(0, 5 * DAY)], published, later, "day_begun"),
        (vec![to(1, -5 * DAY)], published, later, "day_past"),
        (
            vec![to(0, 5 * DAY)],
            EventStatus::Cancelled,
            before,
            "event_over",
        ),
        (
            vec![to(0, 5 * DAY)],
            EventStatus::Completed,
            before,
            "event_over",
        ),
    ] {
        assert_eq!(refusal(&moves, status, now), Err(want), "{moves:?}");
    }
    // The storm came when the doors were open; somebody postponed the event.
    assert_eq!(
        refusal(&[to(0, 5 * DAY)], EventStatus::Postponed, later),
        Ok(())
    );
}
