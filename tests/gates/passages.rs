//! Who may come in and who may leave: after a refusal, after a transfer, at another gate, and when time is unknown.
use ambient::SeededEntropy;
use central::domain::new_event::NewEvent;
use support::{central::Engine, naive_gate::NaiveGate};
use sync_protocol::{
    config::EntryRule,
    id::TicketId,
    merge::Ruling,
    scan::{Action, ScanId, Subject},
    ticket::TicketStatus,
    verdict::Decision,
};

use crate::venue::{HOUR, MINUTE, Venue};

#[tokio::test]
async fn case_2_a_ticket_refused_while_it_was_unpaid_is_admitted_once_when_it_is_paid() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let (central, event, code) = (&venue.central, &venue.event, venue.code(0));
        let ticket = venue.sold[0].id;
        central
            .set_status(event, ticket, TicketStatus::Unpaid)
            .await;
        venue.sync().await;
        let gates = [&venue.north, &venue.south];
        assert_eq!(gates.map(|gate| gate.enter(code)), ["not_paid"; 2]);
        central.set_status(event, ticket, TicketStatus::Valid).await;
        assert_eq!(
            venue.north.enter(code),
            "not_paid",
            "it has not heard of it"
        );
        venue.sync().await;
        assert_eq!(venue.north.enter(code), "admitted");
        assert_eq!(venue.north.enter(code), "already_used");
        venue.sync().await;
        assert_eq!(venue.south.enter(code), "already_used");
        venue.sync().await;
        let counted = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
        assert_eq!(venue.number(counted).await, 1);
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 6);
    }
}

#[tokio::test]
async fn case_8_after_a_reissue_the_old_code_opens_no_gate_that_has_synced_since() {
    for engine in Engine::both() {
        for status in [TicketStatus::Transferred, TicketStatus::Revoked] {
            let mut venue = Venue::open(engine, 1).await;
            let (central, event) = (&venue.central, &venue.event);
            central.set_status(event, venue.sold[0].id, status).await;
            let orders = central.sell_to(event, 0, 1, &["Budi Santoso"]).await;
            let old = venue.sold[0].clone();
            let [new] = &orders[..] else {
                panic!("one ticket: {orders:?}");
            };
            assert_ne!(old.id, new.id);
            venue.sync().await;
            for hours in [0, 10] {
                venue.pass(hours * HOUR);
                venue.north.restart();
                venue.south.restart();
                for gate in [&venue.north, &venue.south] {
                    assert_eq!(gate.enter(&old.code), "revoked", "{status:?} {hours}");
                    assert_eq!(gate.enter(&old.number), "revoked");
                }
            }
            let scan = venue.south.show(&new.code, Action::Entry);
            assert_eq!(scan.verdict.decision, Decision::Admit);
            assert_eq!(scan.attendee.as_deref(), Some("Budi Santoso"));
            venue.sync().await;
            assert_eq!(venue.north.enter(&new.code), "already_used");
        }
    }
}

fn re_entry(wish: &mut NewEvent) {
    wish.rules.entry_rule = EntryRule::ReEntry;
}

#[tokio::test]
async fn case_9_without_re_entry_a_guest_leaves_once_and_does_not_come_back() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        let (gate, code) = (&venue.north, venue.code(0));
        let mut said = Vec::new();
        for action in "-+--+".chars() {
            venue.pass(MINUTE);
            said.push(match action {
                '+' => gate.enter(code),
                _ => gate.leave(code),
            });
        }
        let expected = ["outside", "admitted", "admitted", "outside", "already_used"];
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn case_9_with_re_entry_a_guest_leaves_by_another_gate_and_comes_back_by_a_third() {
    for engine in Engine::both() {
        let venue = Venue::open_with(engine, 1, re_entry).await;
        let west = venue
            .central
            .open_gate(&venue.event, "Gate A", "west")
            .await;
        let code = venue.code(0);
        let steps = [
            (&venue.north, Action::Entry, "admitted"),
            (&venue.north, Action::Entry, "inside"),
            (&venue.south, Action::Entry, "inside"),
            (&venue.south, Action::Exit, "admitted"),
            (&venue.south, Action::Exit, "outside"),
            (&venue.north, Action::Exit, "outside"),
            (&west, Action::Entry, "admitted"),
            (&venue.south, Action::Exit, "admitted"),
        ];
        for (place, (gate, action, reason)) in steps.into_iter().enumerate() {
            venue.pass(MINUTE);
            west.clock.advance_ms(MINUTE);
            venue.sync().await;
            west.sync(&venue.central).await;
            let said = gate.show(code, action).verdict.reason.name();
            assert_eq!(said, reason, "step {place}");
            gate.sync(&venue.central).await;
        }
        venue.sync().await;
        let counted = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
        let ruled = "SELECT COUNT(*) FROM scans WHERE ruling IS NOT NULL";
        let found = (venue.number(counted).await, venue.number(ruled).await);
        assert_eq!(found, (4, 4));
    }
}

/// In at A, out at B, in at C: three logs that reach central in every order.
#[tokio::test]
async fn case_9_scans_that_arrive_in_any_order_are_ruled_by_when_they_happened() {
    for engine in Engine::both() {
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let venue = Venue::open_with(engine, 1, re_entry).await;
            let mut gates = Vec::new();
            for name in ["a", "b", "c"] {
                let mut gate = venue.central.enrol(&venue.event, "Gate A", name).await;
                gate.sync(&venue.central).await;
                gate.sync(&venue.central).await;
                gates.push(gate);
            }
            let mut scans = Vec::new();
            let actions = [Action::Entry, Action::Exit, Action::Entry];
            for (gate, action) in gates.iter_mut().zip(actions) {
                venue.pass(MINUTE);
                scans.push(pass_by(gate, &venue, venue.sold[0].id, action));
            }
            for place in order {
                gates[place].sync(&venue.central).await;
            }
            for gate in &mut gates {
                gate.sync(&venue.central).await;
                let rulings: Vec<_> = scans.iter().map(|scan| gate.ruling(*scan)).collect();
                assert_eq!(rulings, [Some(Ruling::Counted); 3], "{order:?}");
            }
        }
    }
}

fn pass_by(gate: &mut NaiveGate, venue: &Venue, ticket: TicketId, action: Action) -> ScanId {
    gate.write(&venue.central, |record| {
        record.subject = Subject::Ticket(ticket);
        record.action = action;
    })
}

/// Doors open at the third hour. The gate wakes up in 1970 and has heard nothing since before: it cannot know
/// that it is time, so it opens for nobody; a clock in the far future opens for nobody either.
#[tokio::test]
async fn case_9_a_gate_that_does_not_know_the_time_opens_for_nobody() {
    let late_doors = |wish: &mut NewEvent| wish.days[0].opens_at = wish.starts_at.plus_ms(3 * HOUR);
    for engine in Engine::both() {
        for (skew_years, reason) in [(-56, "not_yet_valid"), (60, "node_locked")] {
            let mut venue = Venue::open_with(engine, 1, late_doors).await;
            venue.pass(4 * HOUR);
            venue.north.clock.reboot(&SeededEntropy::new(5));
            venue.north.clock.set_skew_ms(skew_years * 365 * 24 * HOUR);
            venue.north.restart();
            assert!(
                venue.north.status().clock.is_none(),
                "no sample in this boot"
            );
            assert_eq!(venue.north.enter(venue.code(0)), reason);
            venue.north.sync(&venue.central).await;
            assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        }
    }
}
