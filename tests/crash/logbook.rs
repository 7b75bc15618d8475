//! A node's log as its files hold it, followed record by record.
//!
//! The files are copied first: looking must not repair what the next start of the program has to cope with.
use std::{fs, path::Path};

use rusqlite::Connection;
use sync_protocol::{
    id::NodeId,
    scan::{Head, ScanRecord},
};
use tempfile::TempDir;

use crate::{gate::Gate, ledger::Ledger};

/// The whole log, which holds together.
pub struct Logbook {
    /// Whose.
    pub node: NodeId,
    /// Its records, from seq 1.
    pub records: Vec<(Vec<u8>, ScanRecord)>,
    /// What the node believes central to have.
    pub acknowledged: u64,
}

impl Logbook {
    /// Reads it as the last program on the folder left it. Panics at the first row that does not hold.
    pub fn read(gate: &Gate) -> Self {
        let node: NodeId = gate.node().parse().expect("an id");
        let copy = scratch();
        let db = open_copy(&gate.home, "log.db", copy.path()).expect("a log");
        let sound: String = db
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("a check");
        assert_eq!(sound, "ok", "log.db is damaged");
        let acknowledged = db.query_row("SELECT acknowledged FROM contact", [], |row| row.get(0));
        let records = follow(&db, node);
        check_admits(&db);
        Self {
            node,
            records,
            acknowledged: acknowledged.expect("a row"),
        }
    }

    /// How many records it has.
    pub fn len(&self) -> u64 {
        self.records.len() as u64
    }

    /// Nothing that central acknowledged is missing on either side, and both hold the same bytes.
    pub fn check_against(&self, ledger: &Ledger) {
        let sent = ledger.records(self.node);
        let at_central = ledger.acknowledged(self.node);
        assert!(
            self.acknowledged <= at_central,
            "central acknowledged {} scans and holds {at_central}",
            self.acknowledged
        );
        assert!(
            at_central <= self.len(),
            "central has {at_central} scans and the log only {}",
            self.len()
        );
        assert!(
            sent.keys().copied().eq(1..=at_central),
            "central says {at_central} and has others"
        );
        for ((seq, theirs), (ours, _)) in sent.iter().zip(&self.records) {
            assert_eq!(theirs, ours, "record {seq} is another one at central");
        }
    }
}

/// A folder for a copy.
pub fn scratch() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Opens a copy of a database with what is not yet in it; `None` when there is none.
pub fn open_copy(home: &Path, name: &str, to: &Path) -> Option<Connection> {
    for file in [name.to_owned(), format!("{name}-wal")] {
        if home.join(&file).exists() {
            fs::copy(home.join(&file), to.join(&file)).expect("a copy");
        }
    }
    let copy = to.join(name);
    copy.exists()
        .then(|| Connection::open(copy).expect("it opens"))
}

fn follow(db: &Connection, node: NodeId) -> Vec<(Vec<u8>, ScanRecord)> {
    let ask = "SELECT record, hash FROM scans ORDER BY seq";
    let mut ask = db.prepare(ask).expect("a question");
    let rows = ask.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let mut head = Head::empty(node);
    let step = |row: rusqlite::Result<(Vec<u8>, [u8; 32])>| {
        let (bytes, hash) = row.expect("a row");
        let (next, record) = head.follow(&bytes).expect("the chain holds");
        assert_eq!(next.hash.0, hash, "the hash of record {}", next.seq);
        head = next;
        (bytes, record)
    };
    rows.expect("rows").map(step).collect()
}

/// This gate alone never let a ticket in twice on one day.
fn check_admits(db: &Connection) {
    let ask = "SELECT count(*) FROM (SELECT 1 FROM scans WHERE decision = 1 \
               GROUP BY ticket, day, action HAVING count(*) > 1)";
    let twice: u64 = db.query_row(ask, [], |row| row.get(0)).expect("a number");
    assert_eq!(twice, 0, "tickets admitted twice at one gate");
}
