//! What central holds, read from its database by somebody who can only read.
use std::{collections::BTreeMap, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, params};
use sync_protocol::id::NodeId;

/// Central's database.
pub struct Ledger(Connection);

/// Names a scan.
pub type Place = ([u8; 16], u64);

/// An admitted scan as central rules it.
#[derive(Clone, Debug)]
pub struct Ruled {
    /// Its place.
    pub place: Place,
    /// What was admitted, on which event day, to do what.
    pub what: ([u8; 16], i64, i64),
    /// Corrected time.
    pub at_ms: i64,
    /// `counted`, or a kind of double.
    pub ruling: Option<String>,
    /// The scan that won, for a double.
    pub winner: Option<Place>,
}

/// Opens a database that others may be writing.
pub fn look_into(database: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(database, flags).expect("the database");
    db.busy_timeout(Duration::from_secs(10)).expect("a limit");
    db
}

impl Ledger {
    /// Opens it.
    pub fn open(database: &Path) -> Self {
        Self(look_into(database))
    }

    /// How many records of a node central says that it has.
    pub fn acknowledged(&self, node: NodeId) -> u64 {
        let ask = "SELECT log_seq FROM nodes WHERE id = ?1";
        let got = self.0.query_row(ask, [node.as_bytes()], |row| row.get(0));
        got.expect("a node")
    }

    /// Every record of a node.
    pub fn records(&self, node: NodeId) -> BTreeMap<u64, Vec<u8>> {
        let ask = "SELECT seq, record FROM scans WHERE node_id = ?1";
        let mut ask = self.0.prepare(ask).expect("a question");
        let rows = ask.query_map([node.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    /// How many rows there are of all nodes together.
    pub fn scans(&self) -> usize {
        self.count("SELECT count(*) FROM scans")
    }

    /// How many records were set aside.
    pub fn parked(&self) -> usize {
        self.count("SELECT count(*) FROM parked_records")
    }

    /// The rulings of all admitted scans.
    pub fn rulings(&self) -> Vec<Ruled> {
        let ask = "SELECT node_id, seq, ticket_id, day, action, at_ms, ruling, winner_node, winner_seq \
                   FROM scans WHERE decision = 1";
        let mut ask = self.0.prepare(ask).expect("a question");
        let rows = ask.query_map(params![], |row| {
            let winner: Option<[u8; 16]> = row.get(7)?;
            Ok(Ruled {
                place: (row.get(0)?, row.get(1)?),
                what: (row.get(2)?, row.get(3)?, row.get(4)?),
                at_ms: row.get(5)?,
                ruling: row.get(6)?,
                winner: winner.zip(row.get(8)?),
            })
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    fn count(&self, ask: &str) -> usize {
        let got = self.0.query_row(ask, [], |row| row.get(0));
        got.expect("a number")
    }
}
