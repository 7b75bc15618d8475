//! One ticket in several hands at once: the write lock at the gate, and the event's lock at central.
use std::time::Duration;

use central::store;
use rusqlite::Connection;
use support::central::Engine;
use sync_protocol::{scan::Action, verdict::Reason};

use crate::venue::Venue;

/// Whoever holds the log's write lock is deciding: nobody else decides meanwhile, and nobody is admitted unheard.
#[tokio::test]
async fn case_18_while_another_program_writes_the_log_nobody_is_admitted() {
    let venue = Venue::open(Engine::Sqlite, 2).await;
    let other = Connection::open(venue.north.home.path().join("log.db")).expect("a file");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let scan = venue.north.show(venue.code(0), Action::Entry);
    assert_eq!(scan.verdict.reason, Reason::CannotStore);
    assert!(scan.cause.expect("a cause").contains("locked"));
    assert_eq!(scan.seq, None);
    other.execute_batch("COMMIT").expect("the lock is free");
    assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    assert_eq!(venue.north.status().scans, 1);
}

/// The event's lock comes before anything that it guards: an upload waits for it, and then sees what its holder did.
#[tokio::test]
async fn case_18_an_upload_waits_for_whoever_holds_the_events_lock() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        let mut tx = venue
            .central
            .app
            .store
            .begin()
            .await
            .expect("a transaction");
        let event = venue.event.event.id;
        let held = store::revision::take(&mut tx, event)
            .await
            .expect("the lock");
        let mut upload = Box::pin(venue.north.send(&venue.central));
        let early = tokio::time::timeout(Duration::from_millis(300), &mut upload).await;
        assert!(early.is_err(), "it went past the lock: {early:?}");
        store::revision::put(&mut tx, event, &held)
            .await
            .expect("a row");
        tx.commit().await.expect("committed");
        let (_, answer) = upload.await.expect("taken");
        assert_eq!(answer.acknowledged, 1);
        let of_scan = venue.number("SELECT revision FROM scans").await;
        assert!(of_scan > i64::try_from(held.manifest.revision).expect("small"));
    }
}
