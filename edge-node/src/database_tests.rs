//! Versions of the node's databases.

use std::sync::Arc;

use ambient::SystemClock;
use rusqlite::Connection;

use crate::{Node, testing::Gate};

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    for file in ["log.db", "replica.db"] {
        let Gate { node, home, .. } = Gate::new();
        drop(node);
        let path = home.path().join(file);
        let raw = Connection::open(&path).expect("a database");
        raw.pragma_update(None, "user_version", 7)
            .expect("a version");
        let opened = Node::open(home.path(), Arc::new(SystemClock::new()));
        let error = opened.err().expect("refused");
        assert_eq!(error.code(), "database_newer");
        let said = error.to_string();
        assert!(
            said.contains(file) && said.contains("version 7") && said.contains("update"),
            "{said}"
        );
        let version = raw.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        assert_eq!(version, Ok(7));
    }
}

#[test]
fn every_commit_is_durable() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("any.db");
    let connection = super::open(&path, &["CREATE TABLE a (b)"]).expect("a database");
    let setting = |name| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
    assert_eq!(setting("journal_mode").as_deref(), Ok("wal"));
    let full = connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
    assert_eq!(full, Ok(2));
    drop(connection);
    let newer =
        super::open(&path, &["CREATE TABLE a (b)", "CREATE TABLE c (d)"]).expect("moved on");
    assert_eq!(newer.execute("INSERT INTO c VALUES (1)", []), Ok(1));
}

#[cfg(unix)]
#[test]
fn databases_are_closed_to_others_whatever_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().expect("a folder");
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(home.path(), open).expect("rights");
    crate::testing::enrol(home.path());
    let node = Node::open(home.path(), Arc::new(SystemClock::new())).expect("a node");
    for file in [
        "log.db",
        "log.db-wal",
        "log.db-shm",
        "replica.db",
        "replica.db-wal",
    ] {
        let found = std::fs::metadata(home.path().join(file)).expect(file);
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{file}");
    }
    drop(node);
}

#[test]
fn a_disk_that_refuses_wal_is_named() {
    let connection = Connection::open_in_memory().expect("a database");
    let refused = super::demand_wal(&connection, "/mnt/share/log.db".as_ref());
    let error = refused.expect_err("memory has no WAL");
    assert_eq!(error.code(), "wal_refused");
    let said = error.to_string();
    assert!(said.contains("log.db") && said.contains("memory"), "{said}");
}
