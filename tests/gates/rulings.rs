//! What central says later: of a gate that was silent for days, and of tickets that went while a gate was away.
use central::store::{self, Store};
use support::central::Engine;
use sync_protocol::{id::TicketId, merge::Ruling, scan::Action, ticket::TicketStatus};

use crate::venue::{HOUR, MINUTE, Venue};

#[tokio::test]
async fn case_27_a_gate_that_was_silent_for_three_days_turns_the_winner_around_and_both_screens_say_so()
 {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 1).await;
        venue.pass(MINUTE);
        assert_eq!(venue.south.enter(venue.code(0)), "admitted");
        venue.pass(MINUTE);
        assert_eq!(
            venue.north.enter(venue.code(0)),
            "admitted",
            "it cannot know"
        );
        venue.north.sync(&venue.central).await;
        venue.north.sync(&venue.central).await;
        assert!(venue.north.status().doubles.is_empty());
        venue.pass(3 * 24 * HOUR);
        venue.sync().await;
        let [lost, won] = [&venue.north, &venue.south].map(|gate| gate.status().doubles);
        for (doubles, won_here) in [(&lost, false), (&won, true)] {
            assert_eq!(doubles.len(), 1);
            assert_eq!(doubles[0].won_here, won_here);
            assert_eq!(doubles[0].lost.gate, "Gate A");
            let winner = doubles[0].won.as_ref().expect("the scan that won");
            assert_eq!(winner.gate, "Gate B");
        }
        let mut tx = venue.central.app.store.read().await.expect("a snapshot");
        let trail = store::ruling::of_event(&mut tx, venue.event.event.id).await;
        let trail = trail.expect("rows");
        let [change] = &trail[..] else {
            panic!("one change: {trail:?}");
        };
        assert_eq!(
            (change.scan.node, change.caused_by),
            (venue.north.id(), venue.south.id())
        );
        assert_eq!(change.old, Ruling::Counted);
        assert!(
            matches!(change.new, Ruling::Double { winner, .. } if winner.node == venue.south.id())
        );
    }
}

#[tokio::test]
async fn case_28_a_refund_or_transfer_while_a_gate_is_away_keeps_both_facts_and_is_raised() {
    for engine in Engine::both() {
        for status in [TicketStatus::Refunded, TicketStatus::Transferred] {
            let venue = Venue::open(engine, 1).await;
            venue.pass(MINUTE);
            let ticket = venue.sold[0].id;
            venue.central.set_status(&venue.event, ticket, status).await;
            venue.pass(MINUTE);
            assert_eq!(
                venue.north.enter(venue.code(0)),
                "admitted",
                "it cannot know"
            );
            venue.sync().await;
            both_facts(&venue, status).await;
            assert_eq!(
                flag(&venue, ticket).await.as_deref(),
                Some("after_revocation")
            );
        }
    }
}

/// The refund and the upload commit in either order; of the later one it depends whether central could know.
#[tokio::test]
async fn case_28_a_refund_in_the_same_moment_as_the_upload_keeps_both_facts() {
    for engine in Engine::both() {
        for refund_first in [true, false] {
            let venue = Venue::open(engine, 1).await;
            let ticket = venue.sold[0].id;
            assert_eq!(venue.north.enter(venue.code(0)), "admitted");
            let (central, event) = (&venue.central, &venue.event);
            let refund = central.set_status(event, ticket, TicketStatus::Refunded);
            let upload = venue.north.send(central);
            let (sent, ()) = if refund_first {
                let ((), sent) = tokio::join!(refund, upload);
                (sent, ())
            } else {
                tokio::join!(upload, refund)
            };
            assert_eq!(sent.expect("taken").1.acknowledged, 1);
            venue.sync().await;
            both_facts(&venue, TicketStatus::Refunded).await;
            let of_scan = "SELECT revision FROM scans WHERE seq = 1";
            let of_ticket = "SELECT revision FROM tickets";
            let unknowing = venue.number(of_scan).await > venue.number(of_ticket).await;
            let flagged = flag(&venue, ticket).await.is_some();
            assert_eq!(
                flagged, unknowing,
                "raised when the refund could not know of the entry"
            );
        }
    }
}

/// The entry counts, the ticket is gone, both gates know of both, and the guest may leave.
async fn both_facts(venue: &Venue, status: TicketStatus) {
    let counted = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
    assert_eq!(venue.number(counted).await, 1);
    for gate in [&venue.north, &venue.south] {
        let refused = gate.enter(venue.code(0));
        assert!(["refunded", "revoked"].contains(&refused), "{refused}");
        assert_eq!(gate.status().replica.tickets[status.name()], 1);
    }
    let out = venue.south.show(venue.code(0), Action::Exit);
    assert!(out.verdict.admits(), "{out:?}");
}

#[tokio::test]
async fn case_7_a_refunded_ticket_is_printed_no_more_and_its_code_stays_the_old_one() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let before = venue.sold.clone();
        let ticket = before[0].id;
        venue
            .central
            .set_status(&venue.event, ticket, TicketStatus::Refunded)
            .await;
        venue.sync().await;
        let valid = "SELECT COUNT(*) FROM tickets WHERE status = 'valid'";
        let all = "SELECT COUNT(*) FROM tickets";
        let counts = (venue.number(all).await, venue.number(valid).await);
        assert_eq!(counts, (2, 1), "no ticket came into being");
        assert_eq!(venue.north.enter(&before[0].code), "refunded");
        assert_eq!(venue.north.enter(&before[0].number), "refunded");
        assert_eq!(venue.north.enter(&before[1].code), "admitted");
    }
}

async fn flag(venue: &Venue, ticket: TicketId) -> Option<String> {
    let question = "SELECT flag FROM scans WHERE ticket_id = ? AND seq = 1";
    match &venue.central.app.store {
        Store::Sqlite { reader, .. } => {
            let row = sqlx::query_scalar(question)
                .bind(ticket.0)
                .fetch_one(reader);
            row.await.expect("a row")
        }
        Store::MySql { reader, .. } => {
            let row = sqlx::query_scalar(question)
                .bind(ticket.0)
                .fetch_one(reader);
            row.await.expect("a row")
        }
    }
}
