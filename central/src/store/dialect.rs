//! The few texts that differ between the engines. Everything else is written once.

use super::Tx;

/// Begins a write transaction. SQLite takes the write lock at once, so that a read inside it is already safe.
pub const BEGIN_WRITE_SQLITE: &str = "BEGIN IMMEDIATE";
/// Begins a transaction that sees one moment of the database.
pub const BEGIN_READ_MYSQL: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT";

/// ` FOR UPDATE` where rows are locked one by one; nothing where the whole database is.
#[must_use]
pub const fn for_update(tx: &Tx, sqlite: &'static str, mysql: &'static str) -> &'static str {
    if tx.is_sqlite() { sqlite } else { mysql }
}

/// A question in words whose rows stay locked until the end of the transaction.
macro_rules! locking {
    ($tx:expr, $text:expr) => {
        $crate::store::dialect::for_update($tx, $text, concat!($text, " FOR UPDATE"))
    };
}
pub(crate) use locking;

/// `(?, ?), (?, ?)` for `rows` rows of `columns` values.
#[must_use]
pub fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// Inserts what is not there yet and leaves alone what is.
#[must_use]
pub const fn insert_ignore(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        "INSERT OR IGNORE INTO"
    } else {
        "INSERT IGNORE INTO"
    }
}

macro_rules! standings {
    ($from:literal) => {
        concat!(
            "SELECT event_id, ticket_id, answers, node_id, seq, counted_ticket_id, wristband_id, gate_id, action, lo_ms, at_ms, \
             hi_ms, day, ruling, winner_node, winner_seq, flag, revision FROM scans ",
            $from
        )
    };
}

/// Which scans of some tickets: always by the tickets' index. Left alone, an engine that believes the table to be
/// small, or the list long, reads the whole table under the event's lock.
#[must_use]
pub const fn scans_by_ticket(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        standings!("INDEXED BY scans_by_ticket WHERE ruling IS NOT NULL AND ticket_id IN ")
    } else {
        standings!("FORCE INDEX (scans_by_ticket) WHERE ruling IS NOT NULL AND ticket_id IN ")
    }
}

/// The same for wristbands.
#[must_use]
pub const fn scans_by_wristband(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        standings!("INDEXED BY scans_by_wristband WHERE ruling IS NOT NULL AND wristband_id IN ")
    } else {
        standings!("FORCE INDEX (scans_by_wristband) WHERE ruling IS NOT NULL AND wristband_id IN ")
    }
}

/// Ends an insert into `scans` whose rows are all there: their times and rulings are replaced, many in one
/// statement, and the other columns stay as they are.
#[must_use]
pub const fn update_scans(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        " ON CONFLICT (node_id, seq) DO UPDATE SET lo_ms = excluded.lo_ms, at_ms = excluded.at_ms, \
          hi_ms = excluded.hi_ms, day = excluded.day, counted_ticket_id = excluded.counted_ticket_id, \
          ruling = excluded.ruling, flag = excluded.flag, conflict = excluded.conflict, \
          winner_node = excluded.winner_node, winner_seq = excluded.winner_seq, revision = excluded.revision"
    } else {
        " ON DUPLICATE KEY UPDATE lo_ms = VALUES(lo_ms), at_ms = VALUES(at_ms), hi_ms = VALUES(hi_ms), \
          day = VALUES(day), counted_ticket_id = VALUES(counted_ticket_id), ruling = VALUES(ruling), \
          flag = VALUES(flag), conflict = VALUES(conflict), winner_node = VALUES(winner_node), \
          winner_seq = VALUES(winner_seq), revision = VALUES(revision)"
    }
}

/// A row to count guesses in, where there is none.
#[must_use]
pub const fn guess_row(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        "INSERT OR IGNORE INTO panel_guesses (digest, guesses, last_at) VALUES (?, ?, ?)"
    } else {
        "INSERT IGNORE INTO panel_guesses (digest, guesses, last_at) VALUES (?, ?, ?)"
    }
}

/// ` FROM table` by an index that the engine must take: its name here, and its name there.
#[must_use]
pub fn by_index(tx: &Tx, table: &str, index: (&str, &str)) -> String {
    format!(" FROM {}", indexed(tx, table, index))
}

/// The same of a table that is joined.
#[must_use]
pub fn indexed(tx: &Tx, table: &str, (sqlite, mysql): (&str, &str)) -> String {
    if tx.is_sqlite() {
        format!("{table} INDEXED BY {sqlite}")
    } else {
        format!("{table} FORCE INDEX ({mysql})")
    }
}

/// Joins a second table to a first one that is always read first: a list that is walked in the order of the first one's
/// index ends after a page, and the other way round it would read everything.
#[must_use]
pub const fn read_first(tx: &Tx) -> &'static str {
    if tx.is_sqlite() {
        "CROSS JOIN"
    } else {
        "STRAIGHT_JOIN"
    }
}
