//! Disks that were copied, restored or edited.
use central::{domain::node::NodeStatus, store::Store};
use edge_node::sync::{SyncError, until_current};
use rusqlite::Connection;
use support::{central::Engine, real_gate::RealGate};
use sync_protocol::{id::NodeId, scan::ScanRecord, verdict::Reason};

use crate::{link::Link, venue::Venue};

async fn refused(gate: &RealGate, link: &Link) -> SyncError {
    let round = until_current(&gate.node, link).await;
    round.expect_err("refused")
}

async fn state_of(venue: &Venue, node: NodeId) -> (NodeStatus, String) {
    let nodes = venue.central.app.nodes(None).await.expect("nodes");
    let node = nodes.into_iter().find(|one| one.id == node).expect("known");
    (node.status, node.quarantine_reason.unwrap_or_default())
}

#[tokio::test]
async fn case_24_two_machines_from_one_disk_are_found_out_named_and_stopped() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 4).await;
        let link = Link::to(&venue.central.app);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        until_current(&venue.north.node, &link)
            .await
            .expect("current");
        let mut copy = venue.north.copied();
        assert_eq!(venue.north.enter(venue.code(1)), "admitted");
        assert_eq!(copy.enter(venue.code(2)), "admitted", "nobody can know yet");
        until_current(&venue.north.node, &link)
            .await
            .expect("current");
        let error = refused(&copy, &link).await;
        assert_eq!(error.code(), "log_forked");
        let (status, reason) = state_of(&venue, copy.id()).await;
        assert_eq!(status, NodeStatus::Quarantined);
        assert!(reason.contains("record 2"), "{reason}");
        copy.restart();
        assert_eq!(copy.enter(venue.code(3)), "node_locked");
        // They carry one name, so the original is stopped too: a person must look which is which.
        assert_eq!(
            refused(&venue.north, &link).await.code(),
            "node_quarantined"
        );
        venue.north.restart();
        assert_eq!(venue.north.enter(venue.code(3)), "node_locked");
        let kept = venue.number("SELECT COUNT(*) FROM parked_records").await;
        assert!(kept >= 1, "what the copy did at the door is kept");
        assert_eq!(venue.south.enter(venue.code(3)), "admitted");
    }
}

#[tokio::test]
async fn case_24_an_old_image_that_is_put_back_names_itself_and_stops() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 3).await;
        let link = Link::to(&venue.central.app);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        let mut image = venue.north.copied();
        assert_eq!(venue.north.enter(venue.code(1)), "admitted");
        until_current(&venue.north.node, &link)
            .await
            .expect("current");
        let error = refused(&image, &link).await;
        assert_eq!(error.code(), "log_behind_central");
        assert!(error.to_string().contains("old copy"), "{error}");
        image.restart();
        assert_eq!(image.enter(venue.code(1)), "node_locked");
        assert_eq!(venue.north.enter(venue.code(2)), "admitted");
    }
}

/// What somebody does to a gate's log who can write its file.
type Tamper = fn(&Connection);

fn edit(log: &Connection, seq: u64) {
    let bytes = log.query_row("SELECT record FROM scans WHERE seq = ?1", [seq], |row| {
        row.get::<_, Vec<u8>>(0)
    });
    let mut record = ScanRecord::from_bytes(&bytes.expect("a row")).expect("a record");
    record.reason = Reason::WrongDay;
    let bytes = record.to_bytes();
    let changed = log.execute(
        "UPDATE scans SET record = ?1 WHERE seq = ?2",
        rusqlite::params![bytes, seq],
    );
    assert_eq!(changed, Ok(1));
}

fn delete(log: &Connection, seq: u64) {
    let deleted = log.execute("DELETE FROM scans WHERE seq = ?1", [seq]);
    assert_eq!(deleted, Ok(1));
}

#[tokio::test]
async fn case_25_a_gates_log_that_somebody_edited_is_refused_and_the_row_is_named() {
    let cases: [(Tamper, &str, &str); 3] = [
        (|log| edit(log, 2), "log_broken", "record 3"),
        (|log| delete(log, 2), "log_gap", "record 2"),
        (|log| edit(log, 4), "log_broken", "record 4"),
    ];
    for engine in Engine::both() {
        for (tamper, code, names) in &cases {
            let venue = Venue::open(engine, 4).await;
            (0..4).for_each(|place| assert_eq!(venue.north.enter(venue.code(place)), "admitted"));
            let log = Connection::open(venue.north.home.path().join("log.db")).expect("a file");
            for trigger in ["scans_are_never_edited", "scans_are_never_deleted"] {
                let dropped = log.execute_batch(&format!("DROP TRIGGER {trigger}"));
                dropped.expect("whoever owns the file may");
            }
            tamper(&log);
            let error = refused(&venue.north, &Link::to(&venue.central.app)).await;
            assert_eq!(error.code(), *code);
            assert!(error.to_string().contains(names), "{error}");
            assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 0);
        }
    }
}

#[tokio::test]
async fn case_25_a_row_edited_or_deleted_at_central_is_named_by_the_check() {
    let cases = [
        ("UPDATE scans SET reason = 11 WHERE seq = 2", "record 2"),
        ("DELETE FROM scans WHERE seq = 2", "record 2"),
        ("DELETE FROM scans WHERE seq = 3", "record 3"),
    ];
    for engine in Engine::both() {
        for (statement, names) in cases {
            let venue = Venue::open(engine, 3).await;
            (0..3).for_each(|place| assert_eq!(venue.north.enter(venue.code(place)), "admitted"));
            venue.sync().await;
            let fault = async || {
                let checks = venue.central.app.verify_logs().await.expect("read");
                let check = checks.into_iter().find(|one| one.node == venue.north.id());
                check.expect("north's").fault.map(|fault| fault.to_string())
            };
            assert_eq!(fault().await, None);
            match &venue.central.app.store {
                Store::Sqlite { writer, .. } => {
                    sqlx::query(statement).execute(writer).await.expect("done");
                }
                Store::MySql { writer, .. } => {
                    sqlx::query(statement).execute(writer).await.expect("done");
                }
            }
            let said = fault().await.expect("a fault");
            assert!(said.contains(names), "{statement}: {said}");
        }
    }
}
