//! The log refuses whatever is not the next row.

use rusqlite::params;

use crate::{
    database::lock,
    testing::{Gate, valid},
};

/// What SQLite says to a statement against a log of two scans.
fn tampered(sql: &str) -> String {
    let gate = Gate::with(&[valid(1), valid(2)]);
    assert_eq!([gate.enter(1), gate.enter(2)], ["admitted"; 2]);
    let log = lock(&gate.node.log);
    let done = log.connection().execute(sql, params![]);
    done.expect_err("it is refused").to_string()
}

#[test]
fn case_25_rows_are_neither_edited_nor_deleted_nor_replaced() {
    let copy = "SELECT ticket, wristband, action, decision, reason, at_ms, day, gate, record, hash, answers FROM scans WHERE seq = 1";
    for sql in [
        "UPDATE scans SET decision = 3 WHERE seq = 1".to_owned(),
        "DELETE FROM scans WHERE seq = 2".to_owned(),
        "DELETE FROM scans".to_owned(),
        format!("INSERT OR REPLACE INTO scans SELECT 1, * FROM ({copy})"),
        format!("INSERT INTO scans SELECT 4, * FROM ({copy})"),
    ] {
        assert!(tampered(&sql).contains("append-only"), "{sql}");
    }
}

#[test]
fn a_write_that_is_dropped_leaves_nothing() {
    let gate = Gate::with(&[valid(1)]);
    gate.enter(1);
    let mut log = lock(&gate.node.log);
    let before = log.contact().expect("contact");
    {
        let append = log.begin().expect("a write");
        let mut contact = append.contact().expect("contact");
        contact.acknowledged = 1;
        append.set_contact(&contact).expect("set");
    }
    assert_eq!(log.contact().expect("contact"), before);
}
