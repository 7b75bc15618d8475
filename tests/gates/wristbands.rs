//! Wristbands at two gates that hear of each other late: what each answers alone, and what all agree on afterwards.
use central::{domain::wristband::RollRecord, store};
use edge_node::scan::{Scan, Showing};
use support::{central::Engine, real_gate::RealGate};
use sync_protocol::{
    config::Policy,
    id::TicketId,
    merge::Ruling,
    scan::Action,
    wristband::{self, WristbandKey},
};

use crate::venue::{MINUTE, Venue};

/// A venue whose exchanges bind wristbands, and the codes of a roll of ten.
async fn venue(engine: Engine, unbound: Policy, tickets: u32) -> (Venue, Vec<String>) {
    let venue = Venue::open_with(engine, tickets, |wish| wish.wristbands = Some(unbound)).await;
    let codes = print(&venue, "Roll 1").await;
    (venue, codes)
}

/// Ten more wristbands, of which all gates have heard.
async fn print(venue: &Venue, name: &str) -> Vec<String> {
    let (app, event) = (&venue.central.app, venue.event.event.id);
    let roll: RollRecord = app.print_roll(event, name, 10).await.expect("a roll");
    venue.sync().await;
    app.roll_codes(event, &roll).map(|(_, code)| code).collect()
}

fn exchange(gate: &RealGate, ticket: &str, wristband: &str) -> &'static str {
    let scan = gate.node.show(&Showing {
        text: ticket,
        wristband: Some(wristband),
        action: Action::Exchange,
        operator: None,
    });
    scan.verdict.reason.name()
}

fn unpair(gate: &RealGate, text: &str) -> &'static str {
    gate.show(text, Action::Unpair).verdict.reason.name()
}

fn wearer(scan: &Scan) -> Option<TicketId> {
    scan.ticket.as_ref().map(|ticket| ticket.id)
}

/// Both screens show one double, lost at gate B.
fn both_are_told(venue: &Venue) {
    for (gate, won_here) in [(&venue.north, true), (&venue.south, false)] {
        let doubles = gate.status().doubles;
        assert_eq!(doubles.len(), 1, "{doubles:?}");
        assert_eq!(doubles[0].won_here, won_here);
        assert_eq!(doubles[0].lost.gate, "Gate B");
    }
}

async fn ruled(venue: &Venue, counted: i64, doubles: i64, unbound: i64) {
    let all = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
    assert_eq!(venue.number(all).await, counted, "counted");
    let all = "SELECT COUNT(*) FROM scans WHERE ruling LIKE 'double%'";
    assert_eq!(venue.number(all).await, doubles, "doubles");
    let all = "SELECT COUNT(*) FROM scans WHERE ruling = 'unbound'";
    assert_eq!(venue.number(all).await, unbound, "unbound");
}

#[tokio::test]
async fn case_33_exchanged_offline_here_and_shown_offline_there_follows_the_policy_and_heals() {
    for engine in Engine::both() {
        for policy in Policy::ALL {
            let (venue, bands) = venue(engine, *policy, 1).await;
            venue.pass(MINUTE);
            assert_eq!(
                exchange(&venue.north, venue.code(0), &bands[0]),
                "exchanged"
            );
            venue.pass(MINUTE);
            let there = venue.south.show(&bands[0], Action::Entry);
            assert_eq!(there.verdict.reason.name(), "binding_unknown");
            assert_eq!(there.verdict.decision.name(), policy.name());
            venue.pass(MINUTE);
            venue.sync().await;
            let let_in = *policy == Policy::Admit;
            ruled(&venue, if let_in { 2 } else { 1 }, 0, 0).await;
            let healed = venue.south.show(&bands[0], Action::Entry);
            assert_eq!(wearer(&healed), Some(venue.sold[0].id));
            let want = if let_in { "already_used" } else { "admitted" };
            assert_eq!(healed.verdict.reason.name(), want);
            venue.sync().await;
            assert_eq!(venue.north.enter(venue.code(0)), "already_used");
            assert_eq!(venue.north.leave(&bands[0]), "admitted");
        }
    }
}

#[tokio::test]
async fn case_33_one_wristband_for_two_tickets_has_one_winner_and_the_loser_gets_another() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Refuse, 2).await;
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.north, venue.code(0), &bands[0]),
            "exchanged"
        );
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.south, venue.code(1), &bands[0]),
            "exchanged"
        );
        venue.sync().await;
        ruled(&venue, 1, 1, 0).await;
        both_are_told(&venue);
        for gate in [&venue.north, &venue.south] {
            let scan = gate.show(&bands[0], Action::Exit);
            assert_eq!(
                wearer(&scan),
                Some(venue.sold[0].id),
                "the first one has it"
            );
        }
        assert_eq!(
            exchange(&venue.south, venue.code(1), &bands[1]),
            "exchanged"
        );
        venue.sync().await;
        ruled(&venue, 2, 1, 0).await;
        assert_eq!(venue.north.enter(&bands[1]), "admitted");
        assert_eq!(venue.north.enter(&bands[0]), "admitted");
    }
}

#[tokio::test]
async fn case_33_one_ticket_for_two_wristbands_has_one_winner_and_the_other_is_free_again() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Refuse, 2).await;
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.north, venue.code(0), &bands[0]),
            "exchanged"
        );
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.south, venue.code(0), &bands[1]),
            "exchanged"
        );
        venue.sync().await;
        ruled(&venue, 1, 1, 0).await;
        both_are_told(&venue);
        for gate in [&venue.north, &venue.south] {
            assert_eq!(
                gate.enter(&bands[1]),
                "unknown_wristband",
                "its exchange lost"
            );
        }
        assert_eq!(venue.south.enter(&bands[0]), "admitted");
        assert_eq!(
            exchange(&venue.south, venue.code(1), &bands[1]),
            "exchanged"
        );
        venue.sync().await;
        assert_eq!(venue.north.enter(&bands[1]), "admitted");
    }
}

#[tokio::test]
async fn case_33_a_ticket_here_and_its_wristband_there_let_in_once_as_all_agree() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Refuse, 1).await;
        assert_eq!(
            exchange(&venue.north, venue.code(0), &bands[0]),
            "exchanged"
        );
        venue.sync().await;
        venue.pass(MINUTE);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        venue.pass(MINUTE);
        assert_eq!(venue.south.enter(&bands[0]), "admitted", "it cannot know");
        venue.sync().await;
        ruled(&venue, 2, 1, 0).await;
        both_are_told(&venue);
        for text in [venue.code(0), &bands[0]] {
            assert_eq!(venue.north.enter(text), "already_used");
            assert_eq!(venue.south.enter(text), "already_used");
        }
    }
}

#[tokio::test]
async fn case_33_a_broken_wristband_is_taken_back_there_and_replaced() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Admit, 1).await;
        assert_eq!(
            exchange(&venue.north, venue.code(0), &bands[0]),
            "exchanged"
        );
        venue.sync().await;
        venue.pass(MINUTE);
        assert_eq!(unpair(&venue.south, &bands[0]), "unpaired");
        assert_eq!(
            exchange(&venue.south, venue.code(0), &bands[1]),
            "exchanged"
        );
        venue.pass(MINUTE);
        // Somebody picked the broken one up, and this gate has not heard.
        assert_eq!(venue.north.enter(&bands[0]), "admitted", "it cannot know");
        venue.sync().await;
        ruled(&venue, 3, 0, 1).await;
        for gate in [&venue.north, &venue.south] {
            assert_eq!(gate.enter(&bands[0]), "unknown_wristband");
            assert_eq!(unpair(gate, &bands[0]), "not_paired");
        }
        assert_eq!(
            venue.north.enter(&bands[1]),
            "admitted",
            "its entry is its own"
        );
        let kept = "SELECT COUNT(*) FROM scans WHERE action = 4 AND ruling = 'counted'";
        assert_eq!(
            venue.number(kept).await,
            1,
            "who took it back stands in the log"
        );
    }
}

#[tokio::test]
async fn case_33_rolls_and_wristbands_that_were_withdrawn_let_nobody_in() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Admit, 3).await;
        let lost = print(&venue, "Roll 2").await;
        let (app, event) = (&venue.central.app, venue.event.event.id);
        let list = b"WB-1\nWB-2\n";
        app.import_roll(event, "Elsewhere", list)
            .await
            .expect("a roll");
        venue.sync().await;
        for (ticket, band) in [lost[0].as_str(), "WB-1", &bands[0]]
            .into_iter()
            .enumerate()
        {
            let told = exchange(&venue.north, venue.code(ticket), band);
            assert_eq!(told, "exchanged", "{band}");
        }
        assert_eq!(venue.north.enter("WB-1"), "admitted");
        app.void_roll(event, "Roll 2").await.expect("a good roll");
        app.void_roll(event, "Elsewhere")
            .await
            .expect("a good roll");
        app.void_wristband(event, &bands[0])
            .await
            .expect("a good one");
        venue.sync().await;
        for gate in [&venue.north, &venue.south] {
            for void in [lost[0].as_str(), &lost[9], "WB-1", "WB-2", &bands[0]] {
                assert_eq!(gate.enter(void), "wristband_void", "{void}");
            }
        }
        venue.pass(MINUTE);
        assert_eq!(
            venue.south.leave("WB-1"),
            "admitted",
            "whoever is inside may leave"
        );
        for (ticket, band) in [lost[0].as_str(), "WB-1", &bands[0]]
            .into_iter()
            .enumerate()
        {
            assert_eq!(unpair(&venue.south, band), "unpaired", "{band}");
            let good = &bands[ticket + 1];
            assert_eq!(
                exchange(&venue.south, venue.code(ticket), good),
                "exchanged"
            );
        }
    }
}

#[tokio::test]
async fn case_33_false_codes_bind_nothing_at_any_gate() {
    let (venue, bands) = venue(Engine::Sqlite, Policy::Admit, 1).await;
    let event = venue.event.event.id;
    let config = venue.north.node.config().expect("reads").expect("synced");
    let key = config.wristbands.expect("rules").key;
    let other = wristband::code(event, 1, &WristbandKey([1; 32]));
    let never = wristband::code(event, 11, &key);
    for gate in [&venue.north, &venue.south] {
        for text in [other.as_str(), &never, "WB-1"] {
            assert_eq!(exchange(gate, venue.code(0), text), "unknown_wristband");
        }
        assert_eq!(gate.enter(&never), "unknown_wristband");
    }
    print(&venue, "Roll 2").await;
    assert_eq!(
        exchange(&venue.north, venue.code(0), &never),
        "exchanged",
        "printed now"
    );
    venue.sync().await;
    assert_eq!(venue.south.enter(&never), "admitted");
    assert_ne!(never, bands[0]);
}

#[tokio::test]
async fn case_33_a_log_that_arrives_late_decides_bindings_anew_with_a_trail() {
    for engine in Engine::both() {
        let (venue, bands) = venue(engine, Policy::Refuse, 2).await;
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.north, venue.code(0), &bands[0]),
            "exchanged"
        );
        venue.pass(MINUTE);
        assert_eq!(
            exchange(&venue.south, venue.code(1), &bands[0]),
            "exchanged"
        );
        assert_eq!(venue.south.enter(&bands[0]), "admitted");
        venue.south.sync(&venue.central).await;
        ruled(&venue, 2, 0, 0).await;
        venue.pass(60 * MINUTE);
        venue.sync().await;
        // The wristband is the first ticket's, and so is the entry.
        ruled(&venue, 2, 1, 0).await;
        both_are_told(&venue);
        let mut tx = venue.central.app.store.read().await.expect("a snapshot");
        let trail = store::ruling::of_event(&mut tx, venue.event.event.id).await;
        let trail = trail.expect("rows");
        let [change] = &trail[..] else {
            panic!("one change: {trail:?}");
        };
        assert_eq!((change.scan.seq, change.caused_by), (1, venue.north.id()));
        assert_eq!(change.scan.node, venue.south.id());
        assert_eq!(change.old, Ruling::Counted);
        assert!(
            matches!(change.new, Ruling::Double { winner, .. } if winner.node == venue.north.id())
        );
        for gate in [&venue.north, &venue.south] {
            assert_eq!(gate.enter(venue.code(0)), "already_used");
            assert_eq!(gate.enter(venue.code(1)), "admitted");
        }
    }
}
