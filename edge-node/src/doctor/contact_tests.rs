//! One table per check.

use sync_protocol::{
    digest::Digest,
    id::{BootId, NodeId},
    moment::Sample,
    rights::Rights,
};

use super::*;
use crate::doctor::Level::{self, NoGo, Ok, Warning};

const NOW: Timestamp = Timestamp(1_786_968_000_000);
const BOOT: BootId = BootId::from_u128(1);

fn reading(wall: Timestamp) -> Reading {
    Reading {
        boot: BOOT,
        mono_ms: 5_000,
        wall,
    }
}

fn sampled() -> Contact {
    Contact {
        sample: Some(Sample {
            boot: BOOT,
            mono_ms: 5_000,
            central: NOW,
            error_ms: 20,
        }),
        central_seen: Some(NOW),
        ..Contact::default()
    }
}

fn is(check: &Check, level: Level, says: &str) {
    assert_eq!(check.level, level, "{check:?}");
    assert!(check.found.to_string().contains(says), "{check:?}");
    assert_eq!(check.advice.is_none(), level == Ok, "{check:?}");
}

#[test]
fn case_24_a_copy_and_case_16_a_revoked_node_do_not_open() {
    let copy = Contact {
        is_copy: true,
        ..Contact::default()
    };
    let erased = Contact {
        is_erased: true,
        ..Contact::default()
    };
    is(&standing(&Contact::default()), Ok, "works with");
    is(&standing(&copy), NoGo, "copy");
    is(&standing(&erased), NoGo, "revoked");
}

#[test]
fn a_lease_that_ends_in_the_shift_is_said_and_one_that_ended_stops_the_gate() {
    for (until, level, says) in [
        (None, NoGo, "never"),
        (Some(-1), NoGo, "ended"),
        (Some(0), NoGo, "ended"),
        (Some(HOUR + 5 * MINUTE), Warning, "1 h 5 min left"),
        (Some(48 * HOUR), Ok, "48 h 0 min left"),
    ] {
        let contact = Contact {
            lease_until: until.map(|ms| NOW.plus_ms(ms)),
            ..Contact::default()
        };
        is(&lease(&contact, NOW), level, says);
    }
}

#[test]
fn case_20_a_wrong_clock_is_said_and_stops_nothing() {
    let unsampled = Contact {
        central_seen: Some(NOW),
        ..Contact::default()
    };
    for (contact, wall, level, says) in [
        (sampled(), NOW, Ok, "+0 ms"),
        (sampled(), NOW.plus_ms(-90_000), Ok, "-90000 ms"),
        (sampled(), NOW.plus_ms(3 * HOUR), Warning, "+10800000 ms"),
        (unsampled.clone(), Timestamp(0), Warning, "it says 1970"),
        (unsampled, NOW.plus_ms(1), Warning, "not compared"),
        (Contact::default(), NOW, Warning, "not compared"),
    ] {
        is(&clock(&contact, &reading(wall)), level, says);
    }
}

#[test]
fn what_central_has_not_heard_is_said() {
    let head = |seq| Head {
        node: NodeId::from_u128(1),
        seq,
        hash: Digest([0; 32]),
    };
    let acknowledged = Contact {
        acknowledged: 7,
        ..Contact::default()
    };
    is(&unsent(&acknowledged, &head(7)), Ok, "none of 7");
    is(&unsent(&acknowledged, &head(9)), Warning, "2 of 9");
    is(&set_aside(0), Ok, "no record");
    is(&set_aside(2), Warning, "2 records");
    is(&last_sync(&sampled(), NOW), Ok, "0 min ago");
    is(
        &last_sync(&sampled(), NOW.plus_ms(HOUR)),
        Warning,
        "60 min ago",
    );
    is(&last_sync(&Contact::default(), NOW), Warning, "never");
}

#[test]
fn case_17_a_node_without_rights_does_not_open() {
    let of = |rights| Contact {
        rights,
        ..Contact::default()
    };
    is(&rights(&of(Rights::from_bits(0))), NoGo, "nothing");
    let entry = Rights::parse("entry").expect("a right");
    is(&rights(&of(entry)), Ok, "entry");
}
