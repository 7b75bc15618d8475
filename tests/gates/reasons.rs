//! What is said and why: the same with and without network, and of everything that is no good ticket.
use central::domain::new_event::{NewEvent, NewType};
use ed25519_dalek::SigningKey;
use support::{
    central::{Engine, TestCentral},
    festival::{festival, new_type},
};
use sync_protocol::{
    code::{Payload, TicketCode},
    id::{EventId, TicketId},
    scan::ScanRecord,
    ticket::TicketStatus,
    verdict::Decision,
};

use crate::venue::{HOUR, Venue};

/// Doors open two hours later on both days, a type for the second day alone, and a lease of three days.
fn late_doors(wish: &mut NewEvent) {
    for day in &mut wish.days {
        day.opens_at = day.opens_at.plus_ms(2 * HOUR);
    }
    wish.rules.lease_ms = 72 * HOUR;
    wish.types.push(NewType {
        days: vec![1],
        ..new_type("Sunday", 90_000, 10)
    });
}

/// What each ticket meets at gate A and at gate B; `GOOD` is not shown, so that it stays unused.
type Meets = [[&'static str; 2]; 7];
const GOOD: [&str; 2] = [""; 2];
const NEVER: [[&str; 2]; 4] = [
    ["not_paid"; 2],
    ["revoked"; 2],
    ["revoked"; 2],
    ["refunded"; 2],
];

/// After so many hours: the four that are never good, then one for both days, one for the first day at gate A, and
/// one for the second day.
fn meets() -> [(i64, Meets); 3] {
    let [a, b, c, d] = NEVER;
    let too_early = ["not_yet_valid"; 2];
    let vip_too_early = ["not_yet_valid", "wrong_gate"];
    let vip_today = ["", "wrong_gate"];
    let vip_is_over = ["no_longer_valid", "wrong_gate"];
    [
        (1, [a, b, c, d, too_early, vip_too_early, too_early]),
        (3, [a, b, c, d, GOOD, vip_today, ["wrong_day"; 2]]),
        (27, [a, b, c, d, GOOD, vip_is_over, GOOD]),
    ]
}

/// Four gates, two at each place: of each pair one syncs before every guest, and one never again, and is started anew
/// each time.
#[tokio::test]
async fn case_6_every_reason_is_the_same_with_and_without_network() {
    for engine in Engine::both() {
        let venue = Venue::open_with(engine, 5, late_doors).await;
        let (central, event) = (&venue.central, &venue.event);
        let statuses = [
            TicketStatus::Unpaid,
            TicketStatus::Revoked,
            TicketStatus::Transferred,
            TicketStatus::Refunded,
        ];
        for (sold, status) in venue.sold.iter().zip(statuses) {
            central.set_status(event, sold.id, status).await;
        }
        let mut tickets = venue.sold.clone();
        for kind in [1, 2] {
            tickets.extend(central.sell_to(event, kind, 1, &["Citra"]).await);
        }
        let mut offline = Vec::new();
        for gate in ["Gate A", "Gate B"] {
            let name = format!("{gate} offline");
            offline.push(central.open_gate(event, gate, &name).await);
        }
        for gate in &offline {
            gate.sync(central).await;
        }
        let mut hour = 0;
        for (until, meets) in meets() {
            let ms = (until - hour) * HOUR;
            hour = until;
            venue.pass(ms);
            for gate in &mut offline {
                gate.clock.advance_ms(ms);
                gate.restart();
            }
            for (ticket, expected) in tickets.iter().zip(meets) {
                venue.sync().await;
                let online = [&venue.north, &venue.south].into_iter().zip(expected);
                let gates = online.chain(offline.iter().zip(expected));
                for (gate, reason) in gates.filter(|(_, reason)| !reason.is_empty()) {
                    assert_eq!(gate.enter(&ticket.code), reason, "hour {hour}, {ticket:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn case_13_what_nobody_signed_for_this_event_is_refused_by_name_and_recorded_small() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let mut second = festival();
        second.slug = "second".into();
        let second = venue.central.publish(&second).await;
        let other = venue.central.sell_to(&second, 0, 1, &["Dewi"]).await;
        venue.sync().await;
        let good = TicketCode::parse(venue.code(0)).expect("ours");
        let (payload, event) = (*good.claimed(), venue.event.event.id);
        let key = key_of(&venue.central, event).await;
        let signed =
            |payload, event, key: &SigningKey| TicketCode::sign(payload, event, key).to_text();
        let retired = Payload {
            key_slot: 9,
            ..payload
        };
        let nobody = Payload {
            ticket: TicketId::from_u128(5),
            issued_at: 1,
            ..payload
        };
        let stranger = SigningKey::from_bytes(&[9; 32]);
        let newer = format!("E{}", &venue.code(0)[1..]);
        let cases = [
            (
                "another event's ticket",
                other[0].code.clone(),
                "wrong_event",
            ),
            (
                "our key, another event",
                signed(payload, EventId::from_u128(8), &key),
                "bad_signature",
            ),
            (
                "a stranger's key",
                signed(payload, event, &stranger),
                "bad_signature",
            ),
            (
                "a retired slot",
                signed(retired, event, &key),
                "bad_signature",
            ),
            (
                "no ticket of ours",
                signed(nobody, event, &key),
                "unknown_ticket",
            ),
            ("a version of the future", newer, "unreadable"),
            ("too long", "A".repeat(1_000_000), "unreadable"),
            (
                "a good code and a novel",
                format!("{}{}", venue.code(0), "x".repeat(2_000)),
                "unreadable",
            ),
        ];
        for (name, text, reason) in &cases {
            assert_eq!(venue.north.enter(text), *reason, "{name}");
        }
        let request = venue.north.request();
        assert_eq!(request.records.len(), cases.len());
        assert!(request.records.iter().all(|record| record.len() < 500));
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    }
}

async fn key_of(central: &TestCentral, event: EventId) -> SigningKey {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    central
        .app
        .signing_key(&mut tx, event)
        .await
        .expect("a key")
        .1
}

/// Right after a sync and twenty hours after it; what comes behind the unknown ones goes up with them.
#[tokio::test]
async fn case_5_an_unknown_code_is_recorded_as_refused_and_holds_nothing_up() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 2).await;
        let event = venue.event.event.id;
        let key = key_of(&venue.central, event).await;
        let payload = *TicketCode::parse(venue.code(0)).expect("ours").claimed();
        let nobody = Payload {
            ticket: TicketId::from_u128(7),
            issued_at: 1,
            ..payload
        };
        let nobody = TicketCode::sign(nobody, event, &key).to_text();
        for place in 0..2 {
            let said = [&nobody, "0000-0000-0000", "rubbish", venue.code(place)]
                .map(|text| venue.north.enter(text));
            let expected = ["unknown_ticket", "unknown_ticket", "unreadable", "admitted"];
            assert_eq!(said, expected);
            venue.pass(20 * HOUR);
            venue.north.restart();
        }
        let (request, answer) = venue.north.send(&venue.central).await.expect("taken");
        let refused = request.records.iter().filter(|bytes| {
            let record = ScanRecord::from_bytes(bytes).expect("a record");
            record.decision == Decision::Refuse
        });
        assert_eq!(refused.count(), 6);
        assert_eq!((answer.acknowledged, answer.parked.len()), (8, 0));
        venue.north.take_in(&request, &answer).expect("taken in");
        assert_eq!(venue.north.status().unsent, 0);
        let counted = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
        assert_eq!(venue.number(counted).await, 2);
    }
}
