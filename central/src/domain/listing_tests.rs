//! What is found by which filter, and how a calendar lies.

use sync_protocol::{
    config::{EntryRule, Policy},
    id::EventId,
};

use super::*;
use crate::domain::{event::GateRules, id::ClientId, money::Currency};

const HOUR: i64 = 3_600_000;
/// Tue 1 Dec 2026, 00:00 UTC: seven in the morning in Jakarta.
const START: Timestamp = Timestamp(1_796_083_200_000);

fn listed() -> Listed {
    let offer = |category: &str, price_minor| Offer {
        category: category.into(),
        price_minor,
        is_on_sale: true,
        is_to_come: false,
    };
    Listed {
        event: Event {
            id: EventId::from_u128(1),
            client: ClientId::from_u128(1),
            slug: "fest".into(),
            name: "Festival Laut".into(),
            summary: "Music by the sea".into(),
            description: String::new(),
            terms: String::new(),
            venue: "Pantai".into(),
            address: String::new(),
            city: "Jakarta".into(),
            time_zone: "Asia/Jakarta".into(),
            currency: Currency::Idr,
            status: EventStatus::Published,
            starts_at: START,
            ends_at: START.plus_ms(44 * HOUR),
            hold_ms: 1,
            rules: GateRules {
                entry_rule: EntryRule::Single,
                exchange_required: false,
                sold_after_sync: Policy::Ask,
                repeat_ms: 1,
                lease_ms: 1,
                most_per_minute: 1,
            },
            calendar_sequence: 0,
            status_sequence: 0,
            days_sequence: 0,
        },
        offers: vec![offer("Regular", 100_000), offer("VIP", 900_000)],
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

#[test]
fn filters_find_what_they_say() {
    let filter = Filter::default();
    let of = |words: &str| Filter {
        words: words.into(),
        ..filter.clone()
    };
    for (asked, want) in [
        (filter.clone(), true),
        (of("laut FESTIVAL"), true),
        (of("jakarta sea"), true),
        (of("laut bandung"), false),
        (
            Filter {
                city: "Jakarta".into(),
                ..filter.clone()
            },
            true,
        ),
        (
            Filter {
                city: "Bandung".into(),
                ..filter.clone()
            },
            false,
        ),
        (
            Filter {
                month: month("2026-12"),
                ..filter.clone()
            },
            true,
        ),
        (
            Filter {
                month: month("2026-11"),
                ..filter.clone()
            },
            false,
        ),
        (
            Filter {
                category: "VIP".into(),
                ..filter.clone()
            },
            true,
        ),
        (
            Filter {
                most_minor: Some(100_000),
                ..filter.clone()
            },
            true,
        ),
        (
            Filter {
                most_minor: Some(99_999),
                ..filter.clone()
            },
            false,
        ),
        // Price and category are of the same ticket.
        (
            Filter {
                category: "VIP".into(),
                most_minor: Some(100_000),
                ..filter.clone()
            },
            false,
        ),
    ] {
        assert_eq!(asked.fits(&listed()), want, "{asked:?}");
    }
}

#[test]
fn a_night_ends_on_its_own_day_and_a_month_lies_in_whole_weeks() {
    assert_eq!(listed().days(), [day("2026-12-01"), day("2026-12-02")]);
    let mut short = listed();
    short.event.ends_at = START;
    assert_eq!(short.days(), [day("2026-12-01")]);
    let weeks = weeks(day("2026-12-01"));
    assert_eq!(
        (weeks.len(), weeks[0][0], weeks[4][6]),
        (5, day("2026-11-30"), day("2027-01-03"))
    );
    assert_eq!(super::weeks(day("2027-02-01")).len(), 4);
    for wrong in ["2026-13", "", "2026", "9999-01", "2026-1-1"] {
        assert_eq!(month(wrong), None, "{wrong}");
    }
}

#[test]
fn the_sale_is_told_in_one_word() {
    let mut event = listed();
    assert_eq!(
        (event.sale(), event.from_minor()),
        (Sale::Open, Some(100_000))
    );
    for offer in &mut event.offers {
        (offer.is_on_sale, offer.is_to_come) = (false, true);
    }
    assert_eq!(event.sale(), Sale::ToCome);
    event.offers.clear();
    assert_eq!((event.sale(), event.from_minor()), (Sale::Over, None));
    for (status, want) in [
        (EventStatus::Cancelled, Sale::Cancelled),
        (EventStatus::Postponed, Sale::Postponed),
        (EventStatus::Closed, Sale::Closed),
    ] {
        event.event.status = status;
        assert_eq!(event.sale(), want);
    }
}
