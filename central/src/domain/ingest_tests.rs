//! Tests of the pure halves of an upload: plausible trips, moved times, changed rulings.

use super::*;
use sync_protocol::{
    config::Policy,
    id::{BootId, EventId},
    time::Timestamp,
};

const NODE: NodeId = NodeId::from_u128(1);
const BOOT: BootId = BootId::from_u128(9);

fn config() -> EventConfig {
    EventConfig {
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
        admitted: Some(TicketId::from_u128(7)),
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
    assert_eq!(touched(&times, &[]).len(), 1);
}

#[test]
fn only_changed_rulings_are_told() {
    let fact = |node: u128, at: i64| Fact {
        scan: scan(NodeId::from_u128(node), 1),
        ticket: TicketId::from_u128(7),
        gate: GateId::from_u128(1),
        action: Action::Entry,
        day: 0,
        time: Interval::around(Timestamp(at), 5),
    };
    let counted = Standing {
        fact: fact(1, 900),
        ruling: Some(Ruling::Counted),
    };
    assert_eq!(rule(EntryRule::Single, &[counted]), []);
    let late = Standing {
        fact: fact(2, 100),
        ruling: None,
    };
    let decided = rule(EntryRule::Single, &[counted, late]);
    let lost = Ruling::Double {
        winner: late.fact.scan,
        undecidable: false,
    };
    assert_eq!(decided.len(), 2);
    assert_eq!(
        (decided[0].old, decided[0].new),
        (Some(Ruling::Counted), lost)
    );
    assert_eq!((decided[1].old, decided[1].new), (None, Ruling::Counted));
    let mut moved = standings(NODE, vec![counted], &Times::default(), &[]);
    assert_eq!(moved.pop(), Some(counted));
}
