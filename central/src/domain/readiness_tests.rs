//! What is missing and where it is mended, one line per thing.

use super::*;
use crate::domain::{
    event::{Day, Event, Gate, GateRules, TicketType},
    id::{CategoryId, ClientId, TicketTypeId},
    money::Currency,
};
use sync_protocol::id::{EventId, GateId};

const NOW: Timestamp = Timestamp(1_000);

fn kind(mask: u16) -> TicketType {
    TicketType {
        id: TicketTypeId::from_u128(1),
        event: EventId::from_u128(1),
        category: CategoryId::from_u128(1),
        number: 1,
        name: "Regular".into(),
        description: String::new(),
        price_minor: 0,
        quota: 1,
        taken: 0,
        sale_from: Timestamp(0),
        sale_until: Timestamp(2_000),
        min_per_order: 1,
        max_per_order: 1,
        visibility: Visibility::Public,
        day_mask: mask,
        place: 1,
        gates: vec![],
        addon: false,
        shared_quota: None,
        access_code: None,
        version: 1,
    }
}

fn ready() -> EventSetup {
    let text = || "said".to_owned();
    EventSetup {
        event: Event {
            id: EventId::from_u128(1),
            client: ClientId::from_u128(1),
            slug: text(),
            name: text(),
            summary: text(),
            description: text(),
            terms: text(),
            venue: text(),
            address: text(),
            city: text(),
            time_zone: "Asia/Jakarta".into(),
            currency: Currency::Idr,
            status: EventStatus::Draft,
            starts_at: Timestamp(2_000),
            ends_at: Timestamp(3_000),
            hold_ms: 1,
            rules: GateRules::USUAL,
            calendar_sequence: 0,
            status_sequence: 0,
            days_sequence: 0,
        },
        days: vec![Day {
            number: 0,
            label: text(),
            local_date: text(),
            opens_at: Timestamp(2_000),
            closes_at: Timestamp(3_000),
        }],
        gates: vec![Gate {
            id: GateId::from_u128(1),
            name: text(),
        }],
        types: vec![kind(1)],
        check_outs: vec![],
    }
}

#[test]
fn everything_that_can_be_missing_is_found_and_has_its_step() {
    type Spoil = fn(&mut EventSetup);
    let table: [(Missing, Step, Spoil); 11] = [
        (Missing::Summary, Step::Event, |s| s.event.summary.clear()),
        (Missing::Description, Step::Event, |s| {
            s.event.description = " ".into();
        }),
        (Missing::Terms, Step::Event, |s| s.event.terms.clear()),
        (Missing::Place, Step::Event, |s| s.event.city.clear()),
        (Missing::Days, Step::Days, |s| s.days.clear()),
        (Missing::Types, Step::Types, |s| s.types.clear()),
        (Missing::VisibleTypes, Step::Types, |s| {
            s.types[0].visibility = Visibility::Hidden;
        }),
        (Missing::TypeDays, Step::Access, |s| s.types[0].day_mask = 2),
        (Missing::OpenSale, Step::Types, |s| {
            s.types[0].sale_until = NOW;
        }),
        (Missing::Gates, Step::Gates, |s| s.gates.clear()),
        (Missing::Future, Step::Days, |s| s.event.ends_at = NOW),
    ];
    assert_eq!(missing(&ready(), NOW), []);
    assert_eq!(table.len(), Missing::ALL.len());
    for (what, step, spoil) in table {
        let mut setup = ready();
        spoil(&mut setup);
        assert!(missing(&setup, NOW).contains(&what), "{what:?}");
        assert_eq!(what.step(), step, "{what:?}");
        let progress = progress(&setup, (false, false), NOW);
        assert!(progress.contains(&(step, Progress::Missing)), "{what:?}");
        assert!(progress.contains(&(Step::Publish, Progress::Missing)));
    }
}

#[test]
fn what_no_event_must_have_is_optional_until_it_is_there() {
    let stands = |prices, promos| progress(&ready(), (prices, promos), NOW);
    let of = |all: Vec<(Step, Progress)>, step| {
        let found = all.into_iter().find(|(one, _)| *one == step);
        found.map(|(_, progress)| progress)
    };
    for (step, progress) in [
        (Step::Settings, Progress::Optional),
        (Step::Promos, Progress::Optional),
        (Step::Types, Progress::Done),
        (Step::Publish, Progress::Ready),
    ] {
        assert_eq!(of(stands(false, false), step), Some(progress), "{step:?}");
    }
    assert_eq!(
        of(stands(true, false), Step::Settings),
        Some(Progress::Done)
    );
    assert_eq!(of(stands(false, true), Step::Promos), Some(Progress::Done));
}

#[test]
fn next_and_back_walk_the_whole_way() {
    let mut walked = vec![Step::Event];
    while let Some(next) = walked.last().and_then(|step| step.next()) {
        assert_eq!(next.back(), walked.last().copied());
        walked.push(next);
    }
    assert_eq!(walked, Step::ALL);
    assert_eq!(Step::Event.back(), None);
}
