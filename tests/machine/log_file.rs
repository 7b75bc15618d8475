//! The scan log in a node's folder, read as a stranger would: the file is sound, nothing is missing, each record
//! follows from the one before.
use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::Value;
use sync_protocol::{
    id::{NodeId, TicketId},
    scan::Head,
    verdict::Decision,
};

/// A record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// What was shown.
    pub ticket: Option<TicketId>,
    /// What the gate answered.
    pub decision: Decision,
    /// As it is stored.
    pub record: Vec<u8>,
}

/// The node that lives in a folder.
pub fn node(home: &Path) -> NodeId {
    let papers = fs::read(home.join("node.json")).expect("papers");
    let papers: Value = serde_json::from_slice(&papers).expect("JSON");
    papers["node"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id")
}

/// All records, the first with seq 1.
pub fn read(home: &Path) -> Vec<Logged> {
    let db = Connection::open(home.join("log.db")).expect("a database");
    let sound: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a database");
    assert_eq!(sound, "ok", "the log's file");
    let mut scans = db
        .prepare("SELECT record, hash FROM scans ORDER BY seq")
        .expect("the table");
    let rows = scans.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let mut head = Head::empty(node(home));
    let mut follow = |(record, hash): (Vec<u8>, [u8; 32])| {
        let (next, scan) = head.follow(&record).expect("the chain holds");
        assert_eq!(next.hash.0, hash, "the hash that stands beside the record");
        head = next;
        Logged {
            ticket: scan.subject.ticket(),
            decision: scan.decision,
            record,
        }
    };
    let rows = rows.expect("rows").map(|row| row.expect("a record"));
    rows.map(&mut follow).collect()
}
