//! Following the log from its first record: the chain, and the columns that repeat what records say.
//!
//! SQLite's triggers keep this program from editing a row; whoever holds the file can do without them. The first row
//! that does not hold is named. Called by the doctor; a gate may scan on meanwhile, later rows are left out.

use rusqlite::{Row, params};
use sync_protocol::{
    digest::Digest,
    scan::{ChainFault, Head, ScanRecord},
};

use super::Log;
use crate::error::NodeError;

/// Rows read at a time.
const PIECE: usize = 2_000;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// So many records hold together from the first on.
    pub records: u64,
    /// The first that does not.
    pub fault: Option<RowFault>,
    /// Hash of the record that was asked for, as the chain has it.
    pub marked: Option<Digest>,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainFault),
    /// The columns.
    #[error("record {0} was altered: its columns differ from the record itself")]
    Columns(u64),
}

/// A row as it is stored.
struct Stored {
    bytes: Vec<u8>,
    hash: [u8; 32],
    columns: [i64; 3],
    gate: Vec<u8>,
    wristband: Option<Vec<u8>>,
}

/// Follows the log; `marked` is the place of a record whose hash is wanted.
///
/// # Errors
/// [`NodeError::Database`].
pub fn walk(
    log: &Log,
    marked: Option<u64>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Walked, NodeError> {
    let end = log.head()?.seq;
    let mut head = Head::empty(log.node);
    let mut walked = Walked {
        records: 0,
        fault: None,
        marked: None,
    };
    while head.seq < end {
        let rows = rows(log, head.seq)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            match follow(&head, &row) {
                Ok(next) => head = next,
                Err(fault) => {
                    walked.fault = Some(fault);
                    return Ok(walked);
                }
            }
            walked.records = head.seq;
            if marked == Some(head.seq) {
                walked.marked = Some(head.hash);
            }
        }
        progress(head.seq, end);
    }
    Ok(walked)
}

fn rows(log: &Log, after: u64) -> Result<Vec<Stored>, NodeError> {
    let mut statement = log.connection.prepare_cached(
        "SELECT record, hash, action, decision, reason, gate, wristband FROM scans WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let rows = statement.query_map(params![after, PIECE], stored)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn stored(row: &Row) -> rusqlite::Result<Stored> {
    Ok(Stored {
        bytes: row.get(0)?,
        hash: row.get(1)?,
        columns: [row.get(2)?, row.get(3)?, row.get(4)?],
        gate: row.get(5)?,
        wristband: row.get(6)?,
    })
}

fn follow(head: &Head, row: &Stored) -> Result<Head, RowFault> {
    let (next, record) = head.follow(&row.bytes)?;
    let repeats = columns(&record) == row.columns
        && row.hash == *next.hash.as_bytes()
        && row.gate == record.gate.as_bytes()
        && row.wristband.as_deref() == wristband(&record).as_ref().map(<[u8; 16]>::as_slice);
    match repeats {
        true => Ok(next),
        false => Err(RowFault::Columns(next.seq)),
    }
}

fn columns(record: &ScanRecord) -> [i64; 3] {
    let codes = [
        record.action.code(),
        record.decision.code(),
        record.reason.code(),
    ];
    codes.map(i64::from)
}

fn wristband(record: &ScanRecord) -> Option<[u8; 16]> {
    let wristband = record.subject.wristband().or(record.wristband);
    wristband.map(|wristband| *wristband.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        database::lock,
        testing::{Gate, valid},
    };

    fn found(sql: &str) -> (u64, Option<String>) {
        let gate = Gate::with(&[valid(1), valid(2), valid(3)]);
        (1..=3).for_each(|n| assert_eq!(gate.enter(n), "admitted"));
        let log = lock(&gate.node.log);
        for trigger in ["scans_are_never_edited", "scans_are_never_deleted"] {
            let dropped = log
                .connection()
                .execute_batch(&format!("DROP TRIGGER {trigger}"));
            dropped.expect("whoever owns the file may");
        }
        log.connection().execute_batch(sql).expect("done");
        let walked = walk(&log, None, &mut |_, _| {}).expect("read");
        (walked.records, walked.fault.map(|fault| fault.to_string()))
    }

    #[test]
    fn case_25_the_first_row_that_does_not_hold_is_named() {
        assert_eq!(found(""), (3, None));
        for (sql, holds, names) in [
            (
                "UPDATE scans SET record = x'00' WHERE seq = 2",
                1,
                "record 2 cannot be read",
            ),
            ("DELETE FROM scans WHERE seq = 2", 1, "record 2 is missing"),
            ("DELETE FROM scans WHERE seq = 1", 0, "record 1 is missing"),
            (
                "UPDATE scans SET decision = 3 WHERE seq = 3",
                2,
                "record 3 was altered",
            ),
            (
                "UPDATE scans SET hash = zeroblob(32) WHERE seq = 1",
                0,
                "record 1 was altered",
            ),
            (
                "UPDATE scans SET record = (SELECT record FROM scans WHERE seq = 1) WHERE seq = 2",
                1,
                "record 2 is missing",
            ),
        ] {
            let (records, fault) = found(sql);
            assert_eq!(records, holds, "{sql}");
            assert!(
                fault.as_ref().is_some_and(|said| said.contains(names)),
                "{sql}: {fault:?}"
            );
        }
    }

    #[test]
    fn the_hash_that_is_asked_for_is_the_chains() {
        let gate = Gate::with(&[valid(1)]);
        gate.enter(1);
        let log = lock(&gate.node.log);
        let walked = walk(&log, Some(1), &mut |_, _| {}).expect("read");
        assert_eq!(walked.marked, Some(log.head().expect("a head").hash));
    }
}
