//! What goes up: again, after a crash, with poison in it, from a revoked node, replayed, forged.
use support::central::Engine;
use sync_protocol::{
    digest::Digest,
    scan::{Action, ScanRecord, Subject},
    ticket::TicketStatus,
    verdict::{Decision, Reason},
};

use crate::venue::{HOUR, MINUTE, Venue};

#[tokio::test]
async fn case_1_a_gate_that_dies_before_the_answer_sends_again_and_counts_once() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 3).await;
        let said = [0, 1, 0].map(|place| venue.north.enter(venue.code(place)));
        assert_eq!(said, ["admitted", "admitted", "already_used"]);
        let (lost, answer) = venue.north.send(&venue.central).await.expect("taken");
        assert_eq!((lost.records.len(), answer.acknowledged), (3, 3));
        // The power goes before the answer is there.
        venue.north.restart();
        assert_eq!(venue.north.status().unsent, 3);
        let (again, answer) = venue.north.send(&venue.central).await.expect("success");
        assert_eq!((again.records, answer.acknowledged), (lost.records, 3));
        venue.sync().await;
        assert_eq!(venue.north.status().unsent, 0);
        let stored = venue.number("SELECT COUNT(*) FROM scans").await;
        let counted = "SELECT COUNT(*) FROM scans WHERE ruling = 'counted'";
        assert_eq!((stored, venue.number(counted).await), (3, 2));
        let conflicts = venue.central.app.doubles(venue.event.event.id).await;
        assert!(conflicts.expect("read").is_empty());
        let checks = venue.central.app.verify_logs().await.expect("read");
        assert!(checks.iter().all(|check| check.fault.is_none()));
    }
}

#[tokio::test]
async fn case_4_a_refused_scan_is_kept_once_with_all_that_was_and_lets_nobody_in() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 2).await;
        let unpaid = venue.sold[0].id;
        let (event, central) = (&venue.event, &venue.central);
        central
            .set_status(event, unpaid, TicketStatus::Unpaid)
            .await;
        venue.sync().await;
        venue.pass(MINUTE);
        let rubbish = "buy one, get one free";
        assert_eq!(venue.north.enter(venue.code(0)), "not_paid");
        assert_eq!(venue.north.enter(rubbish), "unreadable");
        let (request, _) = venue.north.send(&venue.central).await.expect("taken");
        venue.north.restart();
        venue.sync().await;

        let read = |bytes: &[u8]| ScanRecord::from_bytes(bytes).expect("a record");
        let records: Vec<_> = request.records.iter().map(|bytes| read(bytes)).collect();
        let told: Vec<_> = records
            .iter()
            .map(|one| (one.decision, one.reason))
            .collect();
        let refused = |reason| (Decision::Refuse, reason);
        assert_eq!(told, [Reason::NotPaid, Reason::Unreadable].map(refused));
        let digest = Digest::of("gerbang shown text v1", &[rubbish.as_bytes()]);
        let subjects: Vec<_> = records.iter().map(|one| one.subject).collect();
        assert_eq!(
            subjects,
            [Subject::Ticket(unpaid), Subject::Unknown(digest)]
        );
        for record in &records {
            assert_eq!(record.gate, venue.north.node.identity().answer.gate);
            assert_eq!(record.wall, venue.central.now());
        }
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 2);
        let ruled = "SELECT COUNT(*) FROM scans WHERE ruling IS NOT NULL";
        assert_eq!(venue.number(ruled).await, 0, "neither is an entry");
        let (event, central) = (&venue.event, &venue.central);
        central.set_status(event, unpaid, TicketStatus::Valid).await;
        venue.sync().await;
        assert_eq!(venue.south.enter(venue.code(0)), "admitted");
    }
}

#[tokio::test]
async fn case_15_a_record_that_central_cannot_take_is_shown_and_the_rest_goes_on() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 3).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        // A wall clock that no calendar has.
        venue.north.clock.set_skew_ms(i64::MAX / 4);
        assert_eq!(venue.north.enter("rubbish"), "unreadable");
        venue.north.clock.set_skew_ms(0);
        assert_eq!(venue.north.enter(venue.code(2)), "admitted");
        let (request, answer) = venue.north.send(&venue.central).await.expect("taken");
        let parked: Vec<_> = answer.parked.iter().map(|one| one.seq).collect();
        assert_eq!((answer.acknowledged, parked), (3, vec![2]));
        assert_eq!(answer.parked[0].refusal.code, "record_clock_impossible");
        venue.north.take_in(&request, &answer).expect("taken in");
        let status = venue.north.status();
        assert_eq!((status.unsent, status.parked, status.scans), (0, 1, 3));
        let kept = "SELECT COUNT(*) FROM parked_records";
        assert_eq!(venue.number(kept).await, 1, "set aside, not dropped");
        venue.sync().await;
        let said = [0, 1, 2].map(|place| venue.south.enter(venue.code(place)));
        assert_eq!(said, ["already_used", "admitted", "already_used"]);
    }
}

#[tokio::test]
async fn case_16_what_a_revoked_gate_had_not_sent_still_arrives() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 4).await;
        venue.pass(HOUR);
        for place in 0..3 {
            assert_eq!(venue.north.enter(venue.code(place)), "admitted");
        }
        let revoked = venue.central.app.revoke_node(venue.north.id()).await;
        revoked.expect("it is known");
        let (request, answer) = venue.north.send(&venue.central).await.expect("taken");
        let applied = venue.north.take_in(&request, &answer).expect("taken in");
        assert!(applied.erased);
        assert_eq!(venue.north.status().replica.total, 0);
        venue.north.restart();
        assert_eq!(venue.north.enter(venue.code(3)), "node_locked");
        assert_eq!(venue.north.status().unsent, 1, "an attempt is an attempt");
        let (request, answer) = venue.north.send(&venue.central).await.expect("taken");
        venue.north.take_in(&request, &answer).expect("taken in");
        assert_eq!(venue.north.status().unsent, 0);
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 4);
        venue.south.sync(&venue.central).await;
        let known = venue.south.show(venue.code(2), Action::Entry);
        assert_eq!(known.verdict.reason, Reason::AlreadyUsed);
        assert_eq!(known.first.expect("the first showing").gate, "Gate A");
    }
}

#[tokio::test]
async fn case_26_a_whole_old_upload_changes_nothing_under_its_own_name_and_is_refused_under_another()
 {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 4).await;
        let (north, south, app) = (&venue.north, &venue.south, &venue.central.app);
        assert_eq!(north.enter(venue.code(0)), "admitted");
        let (old, _) = north.send(&venue.central).await.expect("taken");
        venue.sync().await;
        venue.pass(HOUR);
        assert_eq!(north.enter(venue.code(1)), "admitted");
        assert_eq!(south.enter(venue.code(2)), "admitted");
        venue.sync().await;
        let before = facts(&venue).await;

        let now = venue.central.now();
        let again = app.sync(north.id(), &old, now).await.expect("harmless");
        assert_eq!((again.acknowledged, again.parked.len()), (2, 0));
        assert_eq!(facts(&venue).await, before, "one row each, ruled as before");

        let refused = app
            .sync(south.id(), &old, now)
            .await
            .expect_err("not south's");
        assert_eq!(refused.code(), "bad_head_signature");
        // South puts its own name below north's records.
        let mut stolen = south.request();
        stolen.records.clone_from(&old.records);
        let refused = app.sync(south.id(), &stolen, now).await.expect_err("no");
        assert_eq!(refused.code(), "log_broken");
        let [scans, changes, aside, active] = facts(&venue).await;
        assert_eq!([scans, changes, active], [before[0], before[1], before[3]]);
        assert_eq!(aside, 1, "what south sent is kept as evidence");
        venue.sync().await;
        assert_eq!(south.enter(venue.code(3)), "admitted", "both work on");
        assert_eq!(north.enter(venue.code(2)), "already_used");
    }
}

/// Scans, rulings that were re-decided, what is set aside, and how the nodes stand.
async fn facts(venue: &Venue) -> [i64; 4] {
    [
        venue.number("SELECT COUNT(*) FROM scans").await,
        venue.number("SELECT COUNT(*) FROM ruling_changes").await,
        venue.number("SELECT COUNT(*) FROM parked_records").await,
        venue
            .number("SELECT COUNT(*) FROM nodes WHERE status = 'active'")
            .await,
    ]
}
