//! What the check of everything stored finds when somebody edited central's database.
use central::store::Store;
use support::central::Engine;

use crate::venue::Venue;

async fn edit(venue: &Venue, statement: &'static str) {
    let done = match &venue.central.app.store {
        Store::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
        Store::MySql { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
    };
    done.expect(statement);
}

/// What is said of the logs and of the event.
async fn said(venue: &Venue) -> String {
    let app = &venue.central.app;
    let event = app.verify_event(venue.event.event.id).await.expect("read");
    let logs = app.verify_logs().await.expect("read");
    let faults = event.faults.iter().map(ToString::to_string);
    let logs = logs.iter().filter_map(|log| Some(log.fault?.to_string()));
    faults.chain(logs).collect::<Vec<_>>().join("; ")
}

/// Both gates let the first ticket in; the second one's scan is the double.
async fn venue(engine: Engine) -> Venue {
    let venue = Venue::open(engine, 3).await;
    assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    venue.pass(60_000);
    assert_eq!(venue.south.enter(venue.code(0)), "admitted");
    assert_eq!(venue.south.enter(venue.code(1)), "admitted");
    venue.sync().await;
    venue
}

#[tokio::test]
async fn case_25_what_was_edited_at_central_is_named_by_the_check() {
    for engine in Engine::both() {
        for (statement, names) in [
            (
                "UPDATE scans SET ruling = 'counted', winner_node = NULL, winner_seq = NULL WHERE ruling = 'double'",
                "is stored as counted",
            ),
            (
                "UPDATE scans SET ruling = NULL WHERE seq = 2",
                "has no ruling",
            ),
            (
                "UPDATE scans SET ruling = 'stray' WHERE seq = 2",
                "but all scans together say counted",
            ),
            (
                "UPDATE scans SET counted_ticket_id = NULL WHERE seq = 2",
                "scan 2",
            ),
            (
                "UPDATE scans SET flag = 'not_valid' WHERE seq = 2",
                "scans of the event's gates differ",
            ),
            (
                "UPDATE scans SET gate_id = node_id WHERE seq = 2",
                "record 2 was altered",
            ),
            (
                "UPDATE scans SET wristband_id = node_id WHERE seq = 2",
                "record 2 was altered",
            ),
            (
                "UPDATE tickets SET status = 'revoked'",
                "the tickets differ",
            ),
            ("DELETE FROM tickets WHERE status = 'valid'", "missing"),
        ] {
            let venue = venue(engine).await;
            assert_eq!(said(&venue).await, "");
            edit(&venue, statement).await;
            let found = said(&venue).await;
            assert!(found.contains(names), "{statement}: {found}");
        }
    }
}

#[tokio::test]
async fn case_24_records_of_a_copied_disk_are_told_and_are_no_fault() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        let copy = venue.north.copied();
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        assert_eq!(copy.enter(venue.code(1)), "admitted");
        venue.north.sync(&venue.central).await;
        copy.send(&venue.central).await.expect_err("forked");
        let logs = venue.central.app.verify_logs().await.expect("read");
        let north = logs.into_iter().find(|log| log.node == copy.id());
        let north = north.expect("north's");
        assert_eq!((north.parked, north.forked, north.fault), (1, 1, None));
    }
}
