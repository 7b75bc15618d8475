//! Gates without any network: their logs travel as files, and central's answers come back as files.
use std::path::PathBuf;

use ambient::Clock as _;
use central::{
    app::bundle::{ImportError, Imported},
    domain::node::NodeStatus,
};
use edge_node::{
    bundle::{
        StickError,
        export::{Exported, Options, export},
        import::{Taken, import},
    },
    sync::until_current,
};
use support::{central::Engine, real_gate::RealGate};
use sync_protocol::bundle::{Kind, Sealed};

use crate::{
    link::Link,
    venue::{HOUR, MINUTE, Venue},
};

/// A stick with one file on it.
pub struct Stick {
    folder: tempfile::TempDir,
}

impl Stick {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("north.gerbang")
    }

    pub fn write(&self, gate: &RealGate, options: Options) -> Result<Exported, StickError> {
        let mut silent = |_, _| {};
        export(
            gate.home.path(),
            &*gate.clock,
            &self.path(),
            options,
            &mut silent,
        )
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).expect("a file")
    }
}

/// What the gate's log is as a file.
pub fn log_of(gate: &RealGate) -> Vec<u8> {
    let stick = Stick::new();
    stick.write(gate, Options::default()).expect("written");
    stick.bytes()
}

/// Central takes a file in.
pub async fn carry(venue: &Venue, file: &[u8]) -> Result<Imported, ImportError> {
    venue.central.app.import_log(file, &mut |_, _| {}).await
}

/// Carries the gate's log to central; the answer.
pub async fn answer(venue: &Venue, gate: &RealGate) -> Vec<u8> {
    let imported = carry(venue, &log_of(gate)).await.expect("taken in");
    let answer = venue.central.app.answer_log(&imported).await;
    answer.expect("an answer")
}

/// The gate takes an answer in.
pub fn take(gate: &RealGate, answer: &[u8]) -> Result<Taken, StickError> {
    import(&gate.node, answer, &mut |_, _| {})
}

/// The frames of a file, packed.
pub fn frames(file: &[u8], kind: Kind) -> Vec<Vec<u8>> {
    let sealed = Sealed::read(file, kind).expect("whole");
    sealed.frames.iter().map(|frame| frame.to_vec()).collect()
}

#[tokio::test]
async fn a_gate_without_any_network_is_kept_current_by_stick() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 3).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        assert_eq!(venue.south.enter(venue.code(1)), "admitted");
        venue.south.sync(&venue.central).await;
        venue.pass(MINUTE);
        let sold = venue.central.sell_to(&venue.event, 0, 1, &["Budi"]).await;
        let before = venue.north.status();
        let stick = Stick::new();
        let written = stick
            .write(&venue.north, Options::default())
            .expect("written");
        assert_eq!((written.records, written.upto), (1, 1));
        venue.pass(HOUR);
        let imported = carry(&venue, &stick.bytes()).await.expect("taken in");
        assert_eq!(
            (imported.records, imported.fresh, imported.node.log_seq),
            (1, 1, 1)
        );
        let file = venue
            .central
            .app
            .answer_log(&imported)
            .await
            .expect("an answer");
        let taken = take(&venue.north, &file).expect("taken in");
        assert_eq!(
            (taken.acknowledged, taken.unsent, &taken.gap),
            (1, 0, &None)
        );
        let after = venue.north.status();
        assert!(after.replica.complete && after.lease_until > before.lease_until);
        assert_eq!(venue.north.enter(&sold[0].code), "admitted");
        assert_eq!(venue.north.enter(venue.code(1)), "already_used");
        let again = carry(&venue, &stick.bytes()).await.expect("idempotent");
        assert_eq!((again.records, again.fresh), (1, 0));
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 2);
        let told = venue
            .number("SELECT COUNT(*) FROM audit_log WHERE action = 'node.import'")
            .await;
        assert_eq!(told, 2, "each import is in the trail");
        venue.south.sync(&venue.central).await;
        assert_eq!(venue.south.enter(venue.code(0)), "already_used");
    }
}

#[tokio::test]
async fn case_16_a_revoked_nodes_scans_get_out_by_stick_and_its_tickets_go() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 3).await;
        venue.pass(MINUTE);
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        venue
            .central
            .app
            .revoke_node(venue.north.id())
            .await
            .expect("revoked");
        let file = answer(&venue, &venue.north).await;
        assert_eq!(venue.number("SELECT COUNT(*) FROM scans").await, 1);
        assert!(take(&venue.north, &file).expect("taken in").erased);
        assert_eq!(venue.north.status().replica.total, 0);
        assert_eq!(venue.north.enter(venue.code(1)), "node_locked");
        // Erased, and still every record gets out; the answer has nothing more to say that it could believe.
        venue.pass(MINUTE);
        let imported = carry(&venue, &log_of(&venue.north))
            .await
            .expect("taken in");
        assert_eq!((imported.fresh, imported.node.log_seq), (1, 2));
        let file = venue
            .central
            .app
            .answer_log(&imported)
            .await
            .expect("an answer");
        assert_eq!(
            take(&venue.north, &file).expect_err("no keys").code(),
            "event_keys_missing"
        );
    }
}

#[tokio::test]
async fn case_20_the_time_of_the_import_bounds_what_is_in_the_file_and_nothing_after_it() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2).await;
        assert_eq!(venue.north.enter(venue.code(0)), "admitted");
        let file = log_of(&venue.north);
        venue.pass(HOUR);
        let second_at = venue.central.now();
        assert_eq!(venue.north.enter(venue.code(1)), "admitted");
        venue.pass(3 * HOUR);
        carry(&venue, &file).await.expect("taken in");
        venue.pass(HOUR);
        venue.north.sync(&venue.central).await;
        let at = venue.number("SELECT at_ms FROM scans WHERE seq = 2").await;
        assert!(
            (at - second_at.0).abs() < MINUTE,
            "{at} is not {second_at:?}"
        );
        let bound = venue.number("SELECT hi_ms FROM scans WHERE seq = 1").await;
        assert!(bound <= second_at.plus_ms(3 * HOUR).0);
    }
}

#[tokio::test]
async fn case_24_a_copied_disks_log_on_a_stick_is_named_and_a_person_ends_the_quarantine() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 4).await;
        let (app, link) = (&venue.central.app, Link::to(&venue.central.app));
        let (north, copy) = (&venue.north, venue.north.copied());
        assert_eq!(north.enter(venue.code(0)), "admitted");
        assert_eq!(copy.enter(venue.code(1)), "admitted", "nobody can know yet");
        venue.pass(MINUTE);
        let ours = answer(&venue, north).await;
        venue.pass(MINUTE);
        let refused = carry(&venue, &log_of(&copy)).await.expect_err("forked");
        assert_eq!(refused.code(), "log_forked");
        assert!(refused.to_string().contains("record 1"), "{refused}");
        let twin = take(&copy, &ours).expect_err("the other's answer");
        assert_eq!(twin.code(), "log_forked");
        assert_eq!(copy.enter(venue.code(2)), "node_locked");
        let early = app
            .release_node(north.id(), " ")
            .await
            .expect_err("say why");
        assert_eq!(early.code(), "release_reason");

        let stopped = until_current(&north.node, &link)
            .await
            .expect_err("stopped too");
        assert_eq!(stopped.code(), "node_quarantined");
        assert_eq!(north.enter(venue.code(2)), "node_locked");
        let file = app.node_file(north.id()).await.expect("a file");
        assert_eq!(file.node.status, NodeStatus::Quarantined);
        assert!(
            file.parked
                .iter()
                .any(|one| one.code == "log_forked" && one.record.is_some())
        );
        // The trail is in order of time, and its clock stands still by itself.
        venue.pass(1);
        app.release_node(north.id(), "the copy's disk was destroyed")
            .await
            .expect("released");
        venue.pass(1);
        until_current(&north.node, &link)
            .await
            .expect("taken again");
        assert_eq!(north.enter(venue.code(2)), "admitted", "it decides again");

        assert_eq!(
            carry(&venue, &log_of(&copy))
                .await
                .expect_err("again")
                .code(),
            "log_forked"
        );
        let trail = app.node_file(north.id()).await.expect("a file").trail;
        // Each refused file has a row of its own, of the same moment as what it led to.
        let (refused, trail): (Vec<_>, Vec<_>) = trail
            .into_iter()
            .partition(|row| row.action == "node.import_refused");
        assert_eq!(refused.len(), 2);
        let acts: Vec<_> = trail.iter().map(|row| row.action.as_str()).collect();
        let expected = [
            "node.enrol",
            "node.import",
            "node.quarantine",
            "node.release",
            "node.quarantine",
        ];
        assert_eq!(acts, expected);
        assert!(trail[3].detail.contains("destroyed"));
        let twice = app
            .release_node(venue.south.id(), "why not")
            .await
            .expect_err("nothing to end");
        assert_eq!(twice.code(), "node_not_quarantined");
    }
}

#[tokio::test]
async fn a_long_log_leaves_in_batches_and_a_file_is_never_replaced_by_accident() {
    let engine = Engine::both().into_iter().next().expect("an engine");
    let venue = Venue::open(engine, 1).await;
    (0..2_100).for_each(|_| assert_eq!(venue.north.enter("RUBBISH"), "unreadable"));
    let stick = Stick::new();
    let written = stick
        .write(&venue.north, Options::default())
        .expect("written");
    assert_eq!(written.records, 2_100);
    let again = stick
        .write(&venue.north, Options::default())
        .expect_err("it is there");
    assert_eq!(again.code(), "file_exists");
    assert_eq!(frames(&stick.bytes(), Kind::Log).len(), 3);
    let imported = carry(&venue, &stick.bytes()).await.expect("taken in");
    assert_eq!((imported.fresh, imported.node.log_seq), (2_100, 2_100));
    take(&venue.north, &{
        venue.pass(MINUTE);
        venue
            .central
            .app
            .answer_log(&imported)
            .await
            .expect("an answer")
    })
    .expect("taken in");
    let force = Options {
        force: true,
        all: false,
    };
    assert_eq!(
        stick.write(&venue.north, force).expect("replaced").records,
        0
    );
    let all = Options {
        force: true,
        all: true,
    };
    assert_eq!(
        stick.write(&venue.north, all).expect("replaced").records,
        2_100
    );
    assert_eq!(
        carry(&venue, &stick.bytes()).await.expect("repeats").fresh,
        0
    );
    let left = std::fs::read_dir(stick.folder.path())
        .expect("a folder")
        .count();
    assert_eq!(left, 1, "nothing beside the file");
    assert!(venue.north.clock.now() >= venue.central.now());
}
