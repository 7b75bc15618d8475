//! Guesses at passwords and codes, counted under keyed digests; they survive a restart.

use sync_protocol::time::Timestamp;

use super::{
    StoreError, Tx, dialect,
    tx::{execute, fetch_optional},
};
use crate::domain::guess::Guesses;

/// What was counted, locked until the end of the transaction.
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, digest: &[u8; 32]) -> Result<Guesses, StoreError> {
    // A row must be there to be locked: two first guesses at the same time would both count as the first.
    let sql = dialect::guess_row(tx);
    execute!(tx, sql, digest.as_slice(), 0_i64, 0_i64)?;
    let sql = dialect::locking!(
        tx,
        "SELECT guesses, last_at FROM panel_guesses WHERE digest = ?"
    );
    let row = fetch_optional!(tx, (i64, i64), sql, digest.as_slice())?;
    Ok(
        row.map_or_else(Guesses::default, |(count, last_at)| Guesses {
            count,
            last_at: Timestamp(last_at),
        }),
    )
}

/// Stores what is counted now.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, digest: &[u8; 32], guesses: Guesses) -> Result<(), StoreError> {
    let sql = "UPDATE panel_guesses SET guesses = ?, last_at = ? WHERE digest = ?";
    execute!(tx, sql, guesses.count, guesses.last_at.0, digest.as_slice())?;
    Ok(())
}

/// Takes one guess back that was right, made `at`; the wait goes on from the guess `before` unless another came since.
///
/// # Errors
/// When the database fails.
pub async fn take_back(
    tx: &mut Tx,
    digest: &[u8; 32],
    at: Timestamp,
    before: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE panel_guesses SET guesses = guesses - 1, \
         last_at = CASE WHEN last_at = ? THEN ? ELSE last_at END WHERE digest = ? AND guesses > 0";
    execute!(tx, sql, at.0, before.0, digest.as_slice())?;
    Ok(())
}

/// Forgets all guesses of one kind.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, digest: &[u8; 32]) -> Result<(), StoreError> {
    let sql = "UPDATE panel_guesses SET guesses = 0 WHERE digest = ?";
    execute!(tx, sql, digest.as_slice())?;
    Ok(())
}

/// Forgets what is older; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    execute!(tx, "DELETE FROM panel_guesses WHERE last_at < ?", before.0)
}
