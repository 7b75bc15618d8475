//! Each way in which a provider may tell, and the law: exactly what it says is booked, once.

use super::*;
use RefundStatus::{Approved, Declined, Done, Failed, Manual, Requested, Sent};
use proptest::prelude::*;

fn id(number: u128) -> RefundId {
    RefundId(uuid::Uuid::from_u128(number))
}

fn ours(number: u128, status: RefundStatus, amount_minor: i64) -> Ours {
    Ours {
        id: id(number),
        key: format!("RF-{number}"),
        status,
        amount_minor,
    }
}

fn told(key: &str, amount_minor: i64) -> Told {
    let key = (!key.is_empty()).then(|| key.to_owned());
    Told { key, amount_minor }
}

fn made(number: u128, key: Option<&str>) -> Booking {
    Booking::Made {
        refund: id(number),
        key: key.map(str::to_owned),
    }
}

fn part(number: u128, key: Option<&str>, amount_minor: i64) -> Booking {
    Booking::Part {
        refund: id(number),
        key: key.map(str::to_owned),
        amount_minor,
    }
}

fn news(key: Option<&str>, amount_minor: i64) -> Booking {
    Booking::News {
        key: key.map(str::to_owned),
        amount_minor,
    }
}

#[test]
fn every_way_of_telling_is_booked_once() {
    let one = |status, amount| vec![ours(1, status, amount)];
    let two = || vec![ours(1, Failed, 30), ours(2, Approved, 50)];
    let cases = [
        (
            "our key",
            one(Sent, 50),
            vec![told("RF-1", 50)],
            50,
            vec![made(1, None)],
        ),
        (
            "our key again",
            one(Done, 50),
            vec![told("RF-1", 50)],
            50,
            vec![],
        ),
        ("no list", one(Sent, 50), vec![], 50, vec![made(1, None)]),
        (
            "no list, two of ours",
            two(),
            vec![],
            80,
            vec![made(1, None), made(2, None)],
        ),
        (
            "another key, our amount",
            one(Manual, 50),
            vec![told("x", 50)],
            50,
            vec![made(1, Some("x"))],
        ),
        (
            "the exact one before the oldest",
            two(),
            vec![told("x", 50)],
            50,
            vec![made(2, Some("x"))],
        ),
        (
            "one piece for two",
            two(),
            vec![told("x", 80)],
            80,
            vec![made(1, Some("x")), made(2, None)],
        ),
        (
            "two pieces for one",
            one(Approved, 50),
            vec![told("x", 20), told("y", 30)],
            50,
            vec![part(1, Some("y"), 30), made(1, Some("x"))],
        ),
        (
            "less than is owed",
            one(Failed, 50),
            vec![told("x", 20)],
            20,
            vec![part(1, Some("x"), 20)],
        ),
        (
            "more than is owed",
            one(Failed, 50),
            vec![told("x", 70)],
            70,
            vec![made(1, Some("x")), news(None, 20)],
        ),
        (
            "nobody asked",
            vec![],
            vec![told("x", 20)],
            20,
            vec![news(Some("x"), 20)],
        ),
        (
            "no key",
            vec![],
            vec![told("", 20)],
            20,
            vec![news(None, 20)],
        ),
        (
            "no key again, and another",
            one(Done, 20),
            vec![told("", 20), told("", 30)],
            50,
            vec![news(None, 30)],
        ),
        (
            "by hand before",
            one(Done, 20),
            vec![told("x", 20), told("y", 20)],
            40,
            vec![news(Some("y"), 20)],
        ),
        (
            "approved and forgotten",
            one(Requested, 20),
            vec![told("RF-1", 20)],
            20,
            vec![news(None, 20)],
        ),
        (
            "declined",
            one(Declined, 20),
            vec![told("x", 20)],
            20,
            vec![news(Some("x"), 20)],
        ),
        (
            "a fee went back too",
            one(Sent, 50),
            vec![told("RF-1", 50), told("x", 7)],
            50,
            vec![made(1, None)],
        ),
    ];
    for (name, ours, told, returned, want) in cases {
        assert_eq!(bookings(&ours, &told, returned), want, "{name}");
    }
}

/// What `app` makes of bookings.
fn book(ours: &mut Vec<Ours>, all: &[Booking]) {
    for booking in all {
        let done = |key: &Option<String>, amount_minor, number: usize| Ours {
            id: id(1_000 + number as u128),
            key: key.clone().unwrap_or_else(|| format!("own-{number}")),
            status: Done,
            amount_minor,
        };
        let number = ours.len();
        let at = |ours: &Vec<Ours>, refund: &RefundId| ours.iter().position(|o| o.id == *refund);
        match booking {
            Booking::Made { refund, key } => {
                let at = at(ours, refund).expect("one of ours");
                assert!(ours[at].status.is_open(), "made once");
                ours[at].status = Done;
                ours[at].key = key.clone().unwrap_or_else(|| ours[at].key.clone());
            }
            Booking::Part {
                refund,
                key,
                amount_minor,
            } => {
                let at = at(ours, refund).expect("one of ours");
                ours[at].amount_minor -= amount_minor;
                ours.push(done(key, *amount_minor, number));
            }
            Booking::News { key, amount_minor } => ours.push(done(key, *amount_minor, number)),
        }
    }
}

proptest! {
    /// Whatever was asked for here and in whatever pieces the provider tells: what is booked is what it says, telling it
    /// again books nothing, no key stands twice, and nothing that is owed grows.
    #[test]
    fn exactly_what_went_back_is_booked(
        known in prop::collection::vec((0usize..9, 1i64..40), 0..5),
        pieces in prop::collection::vec((0usize..8, 1i64..40), 0..5),
        untold in 0i64..30,
    ) {
        let mut all: Vec<Ours> = (1..).zip(known)
            .map(|(number, (at, amount))| ours(number, RefundStatus::ALL[at], amount))
            .collect();
        let mut told_all = Vec::new();
        for (number, (at, amount)) in pieces.into_iter().enumerate() {
            let piece = match (at, all.get(at)) {
                // A key of ours is of our amount, and told once.
                (_, Some(one)) if !told_all.iter().any(|t: &Told| t.key.as_ref() == Some(&one.key)) =>
                    told(&one.key, one.amount_minor),
                (7, _) => told("", amount),
                _ => told(&format!("x{number}"), amount),
            };
            told_all.push(piece);
        }
        let sum: i64 = told_all.iter().map(|piece| piece.amount_minor).sum();
        let booked = |all: &[Ours]| -> i64 {
            all.iter().filter(|one| one.status == Done).map(|one| one.amount_minor).sum()
        };
        let owed = |all: &[Ours]| -> i64 {
            all.iter().filter(|one| one.status.is_open()).map(|one| one.amount_minor).sum()
        };
        // What stands booked here went back, and what bears a key of ours besides.
        let is_named = |one: &&Ours| told_all.iter().any(|piece| piece.key.as_ref() == Some(&one.key));
        let named: i64 = all.iter().filter(|one| one.status.is_open()).filter(is_named)
            .map(|one| one.amount_minor).sum();
        let returned = (sum + untold).max(booked(&all) + named);
        let before = (booked(&all), owed(&all));
        let first = bookings(&all, &told_all, returned);
        book(&mut all, &first);
        prop_assert_eq!(booked(&all), returned);
        prop_assert!(owed(&all) <= before.1 && all.iter().all(|one| one.amount_minor > 0));
        let keys: std::collections::BTreeSet<_> = all.iter().map(|one| &one.key).collect();
        prop_assert_eq!(keys.len(), all.len());
        prop_assert_eq!(bookings(&all, &told_all, returned), vec![]);
    }
}
