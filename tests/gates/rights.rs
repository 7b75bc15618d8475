//! What a node may do is central's to say: at enrolment, and anew with every sync.
use support::central::Engine;
use sync_protocol::{rights::Rights, scan::Action};

use crate::venue::Venue;

fn may(names: &str) -> Rights {
    Rights::parse(names).expect("known rights")
}

#[tokio::test]
async fn case_17_a_node_does_only_what_it_may_and_its_refusals_are_records() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let (central, event) = (&venue.central, &venue.event);
        let validator = central
            .open_gate_that_may(event, "Gate A", "validator", may("entry,exit"))
            .await;
        let desk = central
            .open_gate_that_may(event, "Gate A", "desk", may("exchange"))
            .await;
        for gate in [&validator, &desk] {
            gate.sync(central).await;
        }
        for (gate, action, reason) in [
            (&validator, Action::Exchange, "not_allowed"),
            (&validator, Action::Unpair, "not_allowed"),
            (&desk, Action::Entry, "not_allowed"),
            (&desk, Action::Exchange, "exchanged"),
            (&validator, Action::Entry, "admitted"),
            (&validator, Action::Exit, "admitted"),
            (&desk, Action::Exit, "not_allowed"),
        ] {
            let said = gate.show(venue.code(0), action).verdict.reason.name();
            assert_eq!(said, reason, "{action}");
        }
        for gate in [&validator, &desk] {
            gate.sync(central).await;
        }
        let kept = "SELECT COUNT(*) FROM scans WHERE reason = 31 AND ruling IS NULL";
        assert_eq!(venue.number(kept).await, 4);
    }
}

#[tokio::test]
async fn case_17_a_node_sees_its_own_event_only() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let central = &venue.central;
        let mut wish = support::festival::festival();
        wish.slug = "other-fest".into();
        let other = central.publish(&wish).await;
        let sold = central.sell_to(&other, 0, 3, &["Budi Santoso"]).await;
        venue.sync().await;
        assert_eq!(venue.north.status().replica.total, 2);
        assert_eq!(venue.north.enter(&sold[0].code), "wrong_event");
        let mut request = venue.north.request();
        request.event = other.event.id;
        let refused = central.app.sync(venue.north.id(), &request, central.now());
        assert_eq!(
            refused.await.expect_err("not its event").code(),
            "other_event"
        );
    }
}
