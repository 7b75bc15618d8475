//! The copy is the original, shifted: whatever the event was, and however far.

use super::*;
use crate::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate},
    event::{Event, EventStatus, Gate, GateRules, Visibility},
    id::{ClientId, PromoId},
    money::Currency,
    offer::SharedQuota,
    promo::{PromoStatus, UNLIMITED},
};
use proptest::prelude::*;
use sync_protocol::id::EventId;

const DAY: i64 = 86_400_000;
const START: Timestamp = Timestamp(1_796_083_200_000);

fn event() -> Event {
    Event {
        id: EventId::from_u128(1),
        client: ClientId::from_u128(1),
        slug: "gema-2026".into(),
        name: "Gema".into(),
        summary: "Music".into(),
        description: "Two nights".into(),
        terms: "No glass".into(),
        venue: "Hall".into(),
        address: "Jalan 1".into(),
        city: "Jakarta".into(),
        time_zone: "Asia/Jakarta".into(),
        currency: Currency::Idr,
        status: EventStatus::Published,
        starts_at: START,
        ends_at: START.plus_ms(20 * DAY),
        hold_ms: 900_000,
        rules: GateRules::USUAL,
        calendar_sequence: 3,
        status_sequence: 2,
        days_sequence: 1,
    }
}

fn category(id: u128, parent: Option<u128>, name: &str) -> Category {
    Category {
        id: CategoryId::from_u128(id),
        parent: parent.map(CategoryId::from_u128),
        name: name.into(),
        place: 1,
    }
}

fn kind(number: u16, mask: u16, days: usize) -> TicketType {
    TicketType {
        id: TicketTypeId::from_u128(number.into()),
        event: EventId::from_u128(1),
        category: CategoryId::from_u128(u128::from(number % 2) + 1),
        number,
        name: format!("Type {number}"),
        description: "It includes".into(),
        price_minor: 100_000 * i64::from(number),
        quota: 100,
        taken: 50,
        sale_from: Timestamp(if number.is_multiple_of(2) {
            0
        } else {
            START.0 - 30 * DAY
        }),
        sale_until: START,
        min_per_order: 1,
        max_per_order: 4,
        visibility: Visibility::Hidden,
        day_mask: (mask & ((1 << days) - 1)) | 1,
        place: number.into(),
        gates: vec![GateId::from_u128(2)],
        addon: number == 2,
        shared_quota: Some(SharedQuotaId::from_u128(1)),
        access_code: Some("OPEN-IT".into()),
        version: 7,
    }
}

fn original(days: usize, masks: &[u16]) -> Original {
    let day = |number: usize| {
        let number = u8::try_from(number).expect("few");
        let opens_at = START.plus_ms(i64::from(number) * DAY);
        Day {
            number,
            label: format!("Night {number}"),
            local_date: wall_clock::date(opens_at, Tz::Asia__Jakarta).to_string(),
            opens_at,
            closes_at: opens_at.plus_ms(DAY / 2),
        }
    };
    let types = (1u16..)
        .zip(masks)
        .map(|(number, mask)| kind(number, *mask, days));
    let cut = Cut::Percent(1_000);
    Original {
        client: NewClient {
            slug: "org".into(),
            name: "Organiser".into(),
            email: "org@example.id".into(),
        },
        offer: Offer {
            revision: 9,
            setup: EventSetup {
                event: event(),
                days: (0..days).map(day).collect(),
                gates: vec![
                    Gate {
                        id: GateId::from_u128(1),
                        name: "A".into(),
                    },
                    Gate {
                        id: GateId::from_u128(2),
                        name: "B".into(),
                    },
                ],
                types: types.collect(),
                check_outs: vec![START.plus_ms(DAY)],
            },
            categories: vec![category(1, None, "Tickets"), category(2, Some(1), "Early")],
            charges: vec![Charge {
                kind: ChargeKind::Tax,
                name: "PBJT".into(),
                rate: Rate::Percent(1_000),
                base: ChargeBase::Tickets,
                is_included: true,
            }],
            group_discounts: vec![GroupDiscount {
                name: "Four".into(),
                ticket_type: Some(TicketTypeId::from_u128(1)),
                min_quantity: 4,
                cut,
            }],
            shared_quotas: vec![SharedQuota {
                id: SharedQuotaId::from_u128(1),
                event: EventId::from_u128(1),
                name: "House".into(),
                quota: 150,
                taken: 70,
            }],
        },
        promos: vec![Promo {
            id: PromoId::from_u128(1),
            code: "EARLY".into(),
            ticket_type: Some(TicketTypeId::from_u128(1)),
            cut,
            valid_from: Timestamp(0),
            valid_until: START,
            quota: UNLIMITED,
            used: 12,
            per_buyer: 1,
            min_spend_minor: 5,
            is_stackable: true,
            status: PromoStatus::Disabled,
        }],
        wristbands: Some(Policy::Ask),
    }
}

/// Every moment of a wish, in one order.
fn moments(wish: &NewEvent) -> Vec<Timestamp> {
    let days = wish
        .days
        .iter()
        .flat_map(|day| [day.opens_at, day.closes_at]);
    let sales = wish
        .types
        .iter()
        .flat_map(|kind| [kind.sale_from, kind.sale_until]);
    let promos = wish.prices.promos.iter();
    let promos = promos.flat_map(|promo| [promo.valid_from, promo.valid_until]);
    let own = [wish.starts_at, wish.ends_at].into_iter();
    own.chain(days)
        .chain(sales)
        .chain(promos)
        .chain(wish.check_outs.iter().copied())
        .collect()
}

/// A wish with all its moments moved back, and without its own name.
fn as_text(wish: &NewEvent, by_ms: i64) -> String {
    let mut wish = wish.clone();
    let back = |at: &mut Timestamp| {
        if at.0 > 0 {
            *at = at.plus_ms(-by_ms);
        }
    };
    back(&mut wish.starts_at);
    back(&mut wish.ends_at);
    wish.check_outs.iter_mut().for_each(back);
    for day in &mut wish.days {
        back(&mut day.opens_at);
        back(&mut day.closes_at);
        day.local_date.clear();
    }
    for kind in &mut wish.types {
        back(&mut kind.sale_from);
        back(&mut kind.sale_until);
    }
    for promo in &mut wish.prices.promos {
        back(&mut promo.valid_from);
        back(&mut promo.valid_until);
    }
    wish.slug.clear();
    wish.name.clear();
    format!("{wish:?}")
}

proptest! {
    #[test]
    fn a_copy_is_the_original_shifted(
        days in 1usize..16,
        masks in proptest::collection::vec(any::<u16>(), 1..6),
        by in -400i64..4_000,
    ) {
        let original = original(days, &masks);
        let first = first_day(&original.offer.setup);
        let to = |days: i64| CopyWish {
            slug: "gema-again".into(),
            name: "Gema again".into(),
            first_day: first + chrono::TimeDelta::days(days),
        };
        let (same, copy) = (copied(&original, &to(0)), copied(&original, &to(by)));
        prop_assert!(same.check().is_ok() && copy.check().is_ok());
        prop_assert_eq!(as_text(&copy, by * DAY), as_text(&same, 0));
        for (old, new) in moments(&same).into_iter().zip(moments(&copy)) {
            let expected = if old.0 > 0 { old.0 + by * DAY } else { old.0 };
            prop_assert_eq!(new.0, expected);
        }
        let setup = &original.offer.setup;
        for (kind, new) in setup.types.iter().zip(&copy.types) {
            prop_assert_eq!(copy.day_mask(new), kind.day_mask);
            prop_assert_eq!(new.quota, kind.quota);
            prop_assert_eq!(&new.gates, &["B".to_owned()]);
        }
        for (day, was) in copy.days.iter().zip(&setup.days) {
            prop_assert_eq!(
                day.local_date.parse::<NaiveDate>().expect("a date"),
                was.local_date.parse::<NaiveDate>().expect("a date") + chrono::TimeDelta::days(by)
            );
        }
    }
}

#[test]
fn days_whose_order_changed_are_numbered_by_time_and_types_follow_them() {
    let mut original = original(2, &[0b01, 0b10]);
    original.offer.setup.types[1].day_mask = 0b10;
    // The first night was moved behind the second.
    original.offer.setup.days[0].opens_at = START.plus_ms(5 * DAY);
    original.offer.setup.days[0].closes_at = START.plus_ms(6 * DAY);
    let first = first_day(&original.offer.setup);
    let copy = copied(
        &original,
        &CopyWish {
            slug: "later".into(),
            name: "Later".into(),
            first_day: first,
        },
    );
    assert_eq!(copy.days[0].label, "Night 1");
    assert_eq!(copy.days[1].label, "Night 0");
    assert_eq!(
        (copy.types[0].days.clone(), copy.types[1].days.clone()),
        (vec![1], vec![0])
    );
    assert_eq!(copy.types[0].category, "Tickets");
    assert_eq!(copy.types[0].subcategory.as_deref(), Some("Early"));
    assert_eq!(copy.types[1].subcategory, None);
}
