//! `edge.verdict`: code text → durable verdict, beside a bare one-row SQLite commit in the same run.
//!
//! Scan and bare commit take turns, so both meet the same disk at the same moment. The bare row has the size of
//! a log row, in a database with the same durability.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use rusqlite::{Connection, params};
use support::filled::{Filled, filled};
use sync_protocol::scan::Action;

use crate::figure::{Figure, Report, ms, quantile};

const SCANS: usize = 3_000;
/// The first scans warm caches and statements.
const WARM: usize = 200;
const SIZES: [(usize, &str); 3] = [(1_000, "1k"), (100_000, "100k"), (1_000_000, "1M")];

/// Measures every size; the smallest is what the others are compared with.
pub fn run(report: &mut Report) -> Result<()> {
    let mut small = None;
    for (tickets, name) in SIZES {
        let folder = tempfile::tempdir()?;
        let node = filled(&folder.path().join("node"), tickets, SCANS.min(tickets))?;
        let (scans, bare) = measure(&node, folder.path())?;
        for (share, quantile_name) in [(0.5, "p50"), (0.99, "p99")] {
            let (scan, bare) = (ms(quantile(&scans, share)), ms(quantile(&bare, share)));
            let figure = Figure::new(format!("edge.verdict.{quantile_name}.{name}"), scan, "ms");
            report.add(&figure.beside("bare commit", bare));
        }
        let middle = ms(quantile(&scans, 0.5));
        let small = *small.get_or_insert(middle);
        report.add(
            &Figure::new(format!("edge.verdict.flat.{name}"), middle, "ms")
                .beside("p50 at 1k", small),
        );
    }
    Ok(())
}

fn measure(filled: &Filled, folder: &Path) -> Result<(Vec<Duration>, Vec<Duration>)> {
    let bare = bare_database(&folder.join("bare.db"))?;
    let (mut scans, mut commits) = (Vec::new(), Vec::new());
    for place in 0..SCANS {
        let code = &filled.codes[place % filled.codes.len()];
        let first = place < filled.codes.len();
        let start = Instant::now();
        let scan = filled.node.scan(code, Action::Entry, None);
        let took = start.elapsed();
        ensure!(scan.verdict.admits() == first, "a wrong verdict: {scan:?}");
        let commit = bare_commit(&bare, place)?;
        if place >= WARM {
            scans.push(took);
            commits.push(commit);
        }
    }
    scans.sort();
    commits.sort();
    Ok((scans, commits))
}

fn bare_database(path: &Path) -> Result<Connection> {
    let bare = Connection::open(path)?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    Ok(bare)
}

fn bare_commit(bare: &Connection, place: usize) -> Result<Duration> {
    let body = [7u8; 330];
    let start = Instant::now();
    let mut insert = bare.prepare_cached("INSERT INTO rows (id, body) VALUES (?1, ?2)")?;
    insert.execute(params![place, body])?;
    Ok(start.elapsed())
}
