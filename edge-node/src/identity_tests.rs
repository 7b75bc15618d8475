//! A folder is one node for ever, and its key is nobody else's to read.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use ambient::SystemClock;

use crate::{
    Identity, Node, NodeError,
    home::Home,
    testing::{Gate, enrol, valid},
};

fn open(home: &Path) -> Result<Node, NodeError> {
    Node::open(home, Arc::new(SystemClock::new()))
}

fn refused(home: &Path) -> &'static str {
    open(home).err().map_or("opened", |error| error.code())
}

#[test]
fn what_was_stored_comes_back() {
    let home = tempfile::tempdir().expect("a folder");
    enrol(home.path());
    let home = Home::new(home.path());
    let mut identity = Identity::load(&home).expect("an identity");
    assert_eq!(identity.answer.name, "Gate A left");
    assert_eq!(identity.answer.authority, None);
    assert_eq!(identity.key.to_bytes(), [1; 32]);

    let other = tempfile::tempdir().expect("a folder");
    let other = Home::new(&other.path().join("deep/er"));
    identity.answer.authority = Some(vec![1, 2, 3].into());
    identity.store(&other).expect("stored");
    let loaded = Identity::load(&other).expect("an identity");
    assert_eq!(loaded.answer, identity.answer);
}

#[test]
fn a_key_that_others_may_read_is_refused_until_it_is_closed() {
    let gate = Gate::with(&[valid(1)]);
    let key = gate.home.path().join("node.key");
    let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("a mode");
    assert_eq!(
        fs::metadata(&key).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    for loose in [0o640, 0o604, 0o644, 0o660] {
        mode(loose);
        assert_eq!(refused(gate.home.path()), "key_rights", "{loose:o}");
    }
    mode(0o400);
    assert!(open(gate.home.path()).is_ok());
}

#[test]
fn a_second_enrolment_would_orphan_the_first_ones_scans() {
    let gate = Gate::new();
    let identity = gate.node.identity().clone();
    let error = Node::create(gate.home.path(), identity).expect_err("refused");
    assert_eq!(error.code(), "already_enrolled");
    assert!(error.to_string().contains("Gate A left"));
}

#[test]
fn missing_and_damaged_parts_are_named() {
    let home = tempfile::tempdir().expect("a folder");
    assert_eq!(refused(home.path()), "not_enrolled");
    for (file, bytes, code) in [
        ("node.json", Some(&b"{"[..]), "identity_damaged"),
        ("node.key", Some(&b"short"[..]), "identity_damaged"),
        ("node.key", None, "identity_damaged"),
        ("log.db", None, "scan_log_missing"),
        (
            "log.db",
            Some(&b"this is no database, whatever its name says"[..]),
            "database_not_opened",
        ),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        enrol(home.path());
        let path = home.path().join(file);
        match bytes {
            Some(bytes) => fs::write(&path, bytes).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
        assert_eq!(refused(home.path()), code, "{file}");
    }
}

#[test]
fn the_replica_may_go_missing_and_is_fetched_again() {
    let gate = Gate::with(&[valid(1)]);
    assert_eq!(gate.enter(1), "admitted");
    let Gate { node, clock, home } = gate;
    drop(node);
    fs::remove_file(home.path().join("replica.db")).expect("removed");
    let node = Node::open(home.path(), clock.clone()).expect("it opens");
    let gate = Gate { node, clock, home };
    assert_eq!(
        gate.node
            .next_request(10, 2_000)
            .expect("a request")
            .position,
        None
    );
    assert_eq!(gate.node.status().expect("a status").scans, 1);
}
