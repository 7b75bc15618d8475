//! Tests of a log's times: plausible trips, moved records, and that going on equals starting over.

use super::*;
use proptest::prelude::*;
use sync_protocol::{
    config::{EntryRule, Policy},
    id::{BootId, EventId, TicketId},
    time::Timestamp,
};

const BOOT: BootId = BootId::from_u128(9);

fn config() -> EventConfig {
    EventConfig {
        check_outs: vec![],
        wristbands: None,
        search: None,
        operators: None,
        event: EventId::from_u128(1),
        name: "Fest".into(),
        time_zone: "UTC".into(),
        revision: 1,
        days: vec![],
        types: vec![],
        gates: vec![],
        keys: vec![],
        entry_rule: EntryRule::Single,
        exchange_required: false,
        sold_after_sync: Policy::Ask,
        repeat_ms: 0,
    }
}

fn mark(trip: Option<Trip>) -> Mark {
    Mark {
        head: 1,
        received_at: Timestamp(1_000_000),
        answered_at: Timestamp(1_000_010),
        trip,
        carried: false,
    }
}

fn trip(sent_ms: i64, got_ms: i64) -> Trip {
    Trip {
        boot: BOOT,
        sent_ms,
        got_ms,
    }
}

#[test]
fn a_round_trip_must_be_possible() {
    for (name, sent, got, good) in [
        ("40 ms on the way", 0, 50, true),
        ("as fast as nothing", 0, 10, true),
        ("rounded down", 0, 8, true),
        ("faster than central answered", 0, 5, false),
        ("backwards", 50, 0, false),
        ("ten minutes", 0, 600_010, false),
        ("before the boot", -5, 50, false),
        ("no time at all", 0, i64::MAX, false),
    ] {
        assert_eq!(is_plausible(&trip(sent, got), &mark(None)), good, "{name}");
    }
}

fn open(wall: i64, time: Interval) -> OpenRecord {
    OpenRecord {
        seq: 1,
        reading: Reading {
            boot: BOOT,
            mono_ms: 5_000,
            wall: Timestamp(wall),
        },
        gate: GateId::from_u128(1),
        action: Action::Entry,
        admitted: Some(Subjects {
            ticket: Some(TicketId::from_u128(7)),
            wristband: None,
        }),
        when: When { time, day: 0 },
    }
}

#[test]
fn a_reported_trip_moves_the_record_before_it() {
    let wide = correct_log(&config(), vec![], &[], &[]);
    assert_eq!(wide, Times::default());
    let guess = Interval::around(Timestamp(1), 2);
    let marks = [mark(Some(trip(6_000, 6_050)))];
    let times = correct_log(&config(), vec![open(1, guess)], &[], &marks);
    let (record, when) = &times.moved[0];
    assert_eq!(
        (record.seq, when.time.at),
        (1, Timestamp(1_000_005 - 1_025))
    );
    let settled = OpenRecord {
        when: *when,
        ..record.clone()
    };
    let again = correct_log(&config(), vec![settled], &[], &marks);
    assert_eq!(again.moved, [], "correcting twice changes nothing");
}

prop_compose! {
    /// A log of a node whose wall clock says anything, with rounds in between, some unreported; and where it is cut
    /// into two batches.
    fn history()(
        steps in prop::collection::vec((0u8..5, 1i64..900_000, any::<i32>(), any::<bool>()), 1..30),
        backlog in 0u64..4,
    ) -> (Vec<Entry>, Vec<Mark>) {
        let (mut now, mut boot, mut booted, mut seq) = (10_000_000i64, 1u128, 9_000_000i64, 0u64);
        let (mut entries, mut marks): (Vec<Entry>, Vec<Mark>) = (Vec::new(), Vec::new());
        for (kind, pause, wall, reported) in steps {
            now += pause;
            match kind {
                0..=2 => {
                    seq += 1;
                    let reading = Reading {
                        boot: BootId::from_u128(boot),
                        mono_ms: now - booted,
                        wall: Timestamp(i64::from(wall)),
                    };
                    entries.push(Entry { seq, reading });
                }
                3 => {
                    let sent_ms = now - booted - 20;
                    let trip = Trip { boot: BootId::from_u128(boot), sent_ms, got_ms: sent_ms + 42 };
                    marks.push(Mark {
                        head: seq.saturating_add(backlog * u64::from(reported)).max(marks.last().map_or(0, |m| m.head)),
                        received_at: Timestamp(now),
                        answered_at: Timestamp(now + 2),
                        trip: reported.then_some(trip),
                        carried: false,
                    });
                }
                _ => { boot += 1; booted = now; }
            }
        }
        (entries, marks)
    }
}

proptest! {
    /// The stored half is what was known when it was stored; with the same rounds, going on from its last record is
    /// the same as correcting all, or says that it is not.
    #[test]
    fn going_on_is_starting_over((entries, marks) in history(), cut in 0usize..30) {
        let cut = cut.min(entries.len());
        let (stored, fresh) = entries.split_at(cut);
        let all = correct(&entries, &marks);
        let known = correct(stored, &marks);
        let settled = |seq: u64| marks.iter().any(|m| m.trip.is_some() && m.head == seq);
        let open = stored.last().filter(|last| !settled(last.seq)).and(known.last().copied());
        match continue_times(open, fresh, &marks) {
            Some(times) => {
                prop_assert_eq!(&times[..], &all[cut..]);
                prop_assert_eq!(&known[..], &all[..cut]);
            }
            None => prop_assert!(open.is_some()),
        }
    }
}
