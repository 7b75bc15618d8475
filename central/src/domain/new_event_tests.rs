//! Tests of the wish for a new event: one line per thing that can be wrong.

use super::*;
use sync_protocol::config::{EntryRule, Policy};

fn wish() -> NewEvent {
    NewEvent {
        check_outs: vec![],
        wristbands: None,
        prices: NewPrices::default(),
        client: NewClient {
            slug: "org".into(),
            name: "Organiser".into(),
            email: "org@example.org".into(),
        },
        slug: "fest-2026".into(),
        name: "Fest".into(),
        summary: String::new(),
        description: String::new(),
        terms: String::new(),
        venue: "Hall".into(),
        address: String::new(),
        city: "Jakarta".into(),
        time_zone: "Asia/Jakarta".into(),
        currency: Currency::Idr,
        starts_at: Timestamp(1_000),
        ends_at: Timestamp(2_000),
        hold_ms: 900_000,
        rules: GateRules {
            entry_rule: EntryRule::Single,
            exchange_required: false,
            sold_after_sync: Policy::Ask,
            repeat_ms: 30_000,
            lease_ms: 86_400_000,
            most_per_minute: 60,
        },
        days: vec![day(0, 500), day(1_000, 1_500)],
        gates: vec!["A".into(), "B".into()],
        types: vec![NewType {
            addon: false,
            subcategory: None,
            shared_quota: None,
            access_code: None,
            name: "Regular".into(),
            description: String::new(),
            category: "Tickets".into(),
            price_minor: 1,
            quota: 10,
            sale_from: Timestamp(0),
            sale_until: Timestamp(10),
            min_per_order: 1,
            max_per_order: 4,
            visibility: Visibility::Public,
            days: vec![],
            gates: vec![],
        }],
    }
}

fn day(opens_at: i64, closes_at: i64) -> NewDay {
    NewDay {
        label: format!("Day {opens_at}"),
        local_date: "2026-12-05".into(),
        opens_at: Timestamp(opens_at),
        closes_at: Timestamp(closes_at),
    }
}

#[test]
fn a_good_wish_passes_and_each_fault_is_named() {
    assert_eq!(wish().check(), Ok(()));
    type Spoil = fn(&mut NewEvent);
    let cases: [(&str, Spoil); 13] = [
        ("slug", |e| e.slug = "Fest 2026".into()),
        ("name", |e| e.name = " ".into()),
        ("time_zone", |e| e.time_zone = "Mars/Base".into()),
        ("ends_at", |e| e.ends_at = e.starts_at),
        ("days", |e| e.days.clear()),
        ("day Day 1000", |e| e.days[1].closes_at = Timestamp(1)),
        ("day Day 0", |e| e.days.reverse()),
        ("gates", |e| e.gates[1] = "A".into()),
        ("types", |e| e.types.clear()),
        ("type Regular", |e| e.types[0].quota = -1),
        ("type Regular", |e| e.types[0].max_per_order = 0),
        ("type Regular", |e| e.types[0].days = vec![2]),
        ("type Regular", |e| e.types[0].gates = vec!["C".into()]),
    ];
    for (field, spoil) in cases {
        let mut event = wish();
        spoil(&mut event);
        assert_eq!(event.check().expect_err(field).field, field);
    }
}

#[test]
fn no_days_means_all_days() {
    let event = wish();
    let mut kind = event.types[0].clone();
    assert_eq!(event.day_mask(&kind), 0b11);
    kind.days = vec![1];
    assert_eq!(event.day_mask(&kind), 0b10);
}
