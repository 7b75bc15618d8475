//! Many tickets: everything that the figures time is also right. `make bench` does it with 200,000.
use support::central::Engine;
use sync_protocol::{scan::Action, ticket::TicketStatus};

use crate::venue::Venue;

/// As many as a run of the tests can bear on both engines.
const TICKETS: u32 = 10_000;

#[tokio::test]
async fn case_31_many_tickets_sync_change_and_scan_right() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, TICKETS).await;
        let (central, event) = (&venue.central, &venue.event);
        let gate = &venue.north;
        assert_eq!(gate.status().replica.total, u64::from(TICKETS));
        assert!(
            gate.status().replica.complete,
            "proven against central's manifest"
        );

        central
            .set_status(event, venue.sold[7].id, TicketStatus::Revoked)
            .await;
        let (request, answer) = gate.send(central).await.expect("a delta");
        assert_eq!(
            answer.page.tickets.len(),
            1,
            "what changed, and nothing else"
        );
        let applied = gate.take_in(&request, &answer).expect("taken in");
        assert_eq!((applied.gap, applied.more), (None, false));

        assert_eq!(gate.enter(venue.code(7)), "revoked");
        for place in (0..venue.sold.len()).step_by(997) {
            let sold = &venue.sold[place];
            let looked_up = gate.show(&sold.number, Action::Entry).ticket;
            assert_eq!(looked_up.expect("it is there").id, sold.id);
            assert_eq!(gate.enter(&sold.code), "admitted");
            assert_eq!(gate.enter(&sold.code), "already_used");
        }
    }
}
