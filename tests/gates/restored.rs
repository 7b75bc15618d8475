//! Central's database is lost and an older copy takes its place: gates send again what it no longer has, and every
//! ruling comes out as it was.
use std::{collections::BTreeMap, fs, path::PathBuf};

use central::{
    app::{App, gate_config::GateConfigs, wait::Waits},
    store::Store,
};
use edge_node::sync::until_current;
use sqlx::AssertSqlSafe;
use support::{central::Engine, real_gate::RealGate};
use tempfile::TempDir;

use crate::{
    link::Link,
    venue::{MINUTE, Venue},
};

/// What the merge says of a scan: the ruling and which scan won.
type Ruled = (Option<String>, Option<Vec<u8>>, Option<i64>);
type Row = (Vec<u8>, i64, Option<String>, Option<Vec<u8>>, Option<i64>);

/// A copy of central's database.
enum Backup {
    File(TempDir),
    Tables(Vec<String>),
}

impl Backup {
    async fn of(venue: &Venue) -> Self {
        match &venue.central.app.store {
            Store::Sqlite { writer, .. } => {
                let folder = tempfile::tempdir().expect("a folder");
                let copy = folder.path().join("copy.db");
                let copied = sqlx::query("VACUUM INTO ?").bind(copy.display().to_string());
                copied.execute(writer).await.expect("a copy");
                Self::File(folder)
            }
            Store::MySql { writer, .. } => {
                let question = "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
                    WHERE table_schema = DATABASE()";
                let tables = sqlx::query_scalar(question).fetch_all(writer).await;
                let tables: Vec<String> = tables.expect("tables");
                for table in &tables {
                    let copy = format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}");
                    let copied = sqlx::query(AssertSqlSafe(copy)).execute(writer).await;
                    copied.expect("a copy");
                }
                Self::Tables(tables)
            }
        }
    }

    /// Puts it in the place of the database, and starts central again.
    async fn restore(&self, venue: &mut Venue) {
        match (&venue.central.app.store, self) {
            (store, Self::File(folder)) => {
                store.close().await;
                let path = venue.central.database_url.trim_start_matches("sqlite:");
                for rest in ["-wal", "-shm"] {
                    let rest = PathBuf::from(format!("{path}{rest}"));
                    assert!(!rest.exists() || fs::remove_file(rest).is_ok());
                }
                fs::copy(folder.path().join("copy.db"), path).expect("restored");
            }
            (Store::MySql { writer, .. }, Self::Tables(tables)) => {
                let mut tx = writer.begin().await.expect("a connection");
                let mut statements = vec!["SET FOREIGN_KEY_CHECKS = 0".to_owned()];
                for table in tables {
                    statements.push(format!("DELETE FROM {table}"));
                    statements.push(format!("INSERT INTO {table} SELECT * FROM copy_of_{table}"));
                }
                statements.push("SET FOREIGN_KEY_CHECKS = 1".to_owned());
                for statement in statements {
                    let done = sqlx::query(AssertSqlSafe(statement))
                        .execute(&mut *tx)
                        .await;
                    done.expect("restored");
                }
                tx.commit().await.expect("committed");
            }
            (Store::Sqlite { .. }, Self::Tables(_)) => unreachable!("a copy of the other engine"),
        }
        let store = Store::open(&venue.central.database_url).await;
        venue.central.app = App {
            store: store.expect("the copy opens"),
            gates: GateConfigs::default(),
            waits: Waits::default(),
            mailer: None,
            ..venue.central.app.clone()
        };
    }
}

async fn rulings(venue: &Venue) -> BTreeMap<(Vec<u8>, i64), Ruled> {
    let question = "SELECT node_id, seq, ruling, winner_node, winner_seq FROM scans";
    let rows: Result<Vec<Row>, _> = match &venue.central.app.store {
        Store::Sqlite { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
        Store::MySql { reader, .. } => sqlx::query_as(question).fetch_all(reader).await,
    };
    let rows = rows.expect("rulings").into_iter();
    rows.map(|(node, seq, ruling, winner, place)| ((node, seq), (ruling, winner, place)))
        .collect()
}

/// Rounds over central's own routes until nothing is left; the second one fetches again what a gap left open.
async fn sync(venue: &Venue, gate: &RealGate) {
    let link = Link::to(&venue.central.app);
    for _ in 0..2 {
        until_current(&gate.node, &link).await.expect("current");
    }
}

async fn sync_all(venue: &Venue) {
    for gate in [&venue.north, &venue.south, &venue.north] {
        sync(venue, gate).await;
    }
}

/// North let ticket 1 in before the copy was made. Then both let ticket 0 in, north first, and south ticket 2.
async fn day(venue: &mut Venue) -> Backup {
    assert_eq!(venue.north.enter(venue.code(1)), "admitted");
    sync_all(venue).await;
    let backup = Backup::of(venue).await;
    venue.pass(MINUTE);
    assert_eq!(venue.north.enter(venue.code(0)), "admitted");
    venue.pass(MINUTE);
    assert_eq!(venue.south.enter(venue.code(0)), "admitted");
    assert_eq!(venue.south.enter(venue.code(2)), "admitted");
    venue.pass(MINUTE);
    sync(venue, &venue.south).await;
    sync_all(venue).await;
    backup
}

#[tokio::test]
async fn a_restored_central_gets_every_scan_again_and_rules_as_before() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 4).await;
        let backup = day(&mut venue).await;
        let before = rulings(&venue).await;
        assert_eq!(before.len(), 4);
        let double = before.values().filter(|ruled| ruled.1.is_some()).count();
        assert_eq!(double, 1, "{before:?}");
        backup.restore(&mut venue).await;
        assert_eq!(
            rulings(&venue).await.len(),
            1,
            "the rest is lost at central"
        );
        let promised = venue.south.status().receipt.expect("a receipt");
        assert_eq!(promised.seq, 2, "the gate can prove what it was promised");
        venue.pass(MINUTE);
        sync_all(&venue).await;
        assert_eq!(rulings(&venue).await, before, "{engine:?}");
        for gate in [&venue.north, &venue.south] {
            let status = gate.status();
            assert_eq!((status.unsent, status.lost_by_central), (0, 0));
            assert!(status.replica.complete, "{}", status.replica.state);
            assert_eq!(status.receipt.map(|receipt| receipt.seq), Some(2));
        }
        let checks = venue.central.app.verify_logs().await.expect("read");
        assert!(checks.iter().all(|check| check.fault.is_none()));
    }
}

#[tokio::test]
async fn a_gate_that_went_on_meanwhile_fills_the_gap_first() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 4).await;
        let backup = day(&mut venue).await;
        let before = rulings(&venue).await;
        backup.restore(&mut venue).await;
        venue.pass(MINUTE);
        assert_eq!(venue.south.enter(venue.code(3)), "admitted");
        assert_eq!(venue.south.enter(venue.code(0)), "already_used");
        sync_all(&venue).await;
        let mut after = rulings(&venue).await;
        assert_eq!(after.len(), 6, "{engine:?}");
        after.retain(|scan, _| before.contains_key(scan));
        assert_eq!(after, before, "{engine:?}");
        let status = venue.south.status();
        assert_eq!(
            (status.scans, status.acknowledged, status.unsent),
            (4, 4, 0)
        );
    }
}
