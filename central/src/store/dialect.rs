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

/// `(?, ?), (?, ?)` for `rows` rows of `columns` values.
#[must_use]
pub fn placeholders(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}
