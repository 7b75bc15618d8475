//! Central's database is lost and an older copy takes its place: gates send again what it no longer has, and every
//! ruling comes out as it was.
use std::collections::BTreeMap;

use central::{
    app::{App, backup, gate_config::GateConfigs, wait::Waits},
    store::Store,
};
use edge_node::sync::until_current;
use support::{central::Engine, real_gate::RealGate};
use tempfile::TempDir;

use crate::{
    link::Link,
    venue::{MINUTE, Venue},
};

/// What the merge says of a scan: the ruling and which scan won.
type Ruled = (Option<String>, Option<Vec<u8>>, Option<i64>);
type Row = (Vec<u8>, i64, Option<String>, Option<Vec<u8>>, Option<i64>);

/// A backup of central, as `central backup` makes it.
struct Backup(TempDir);

impl Backup {
    async fn of(venue: &Venue) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy");
        let taken = backup::take(&venue.central.database_url, &copy, venue.central.now()).await;
        taken.expect("a backup, while central works");
        Self(folder)
    }

    /// Puts it in the place of the database, as `central restore --over` does, and starts central again.
    async fn restore(&self, venue: &mut Venue) {
        let app = &venue.central.app;
        app.store.close().await;
        let url = &venue.central.database_url;
        let restored = backup::restore(url, &self.0.path().join("copy"), &app.vault, true).await;
        restored.expect("restored");
        let store = Store::open(url).await;
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
