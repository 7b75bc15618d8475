//! Second factors and recovery codes: secrets sealed, codes as keyed digests.

use sync_protocol::time::Timestamp;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_one, fetch_optional},
};
use crate::domain::id::UserId;

/// A second factor as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFactor {
    /// The secret under the vault.
    pub sealed: Vec<u8>,
    /// It was proven once, and is asked for since.
    pub is_confirmed: bool,
    /// The last step whose code was used.
    pub last_step: i64,
}

/// The account's second factor.
///
/// # Errors
/// When the database fails.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Option<StoredFactor>, StoreError> {
    type Row = (Vec<u8>, Option<i64>, i64);
    let sql = "SELECT sealed_secret, confirmed_at, last_step FROM second_factors WHERE user_id = ?";
    let row = fetch_optional!(tx, Row, sql, user.0)?;
    Ok(row.map(|(sealed, confirmed_at, last_step)| StoredFactor {
        sealed,
        is_confirmed: confirmed_at.is_some(),
        last_step,
    }))
}

/// Stores a secret that is still to be proven, in place of any other that was not.
///
/// # Errors
/// [`StoreError::Duplicate`] when a proven one is there.
pub async fn begin(tx: &mut Tx, user: UserId, sealed: &[u8]) -> Result<(), StoreError> {
    let sql = "DELETE FROM second_factors WHERE user_id = ? AND confirmed_at IS NULL";
    execute!(tx, sql, user.0)?;
    let sql = "INSERT INTO second_factors (user_id, sealed_secret, last_step) VALUES (?, ?, ?)";
    execute!(tx, sql, user.0, sealed, 0_i64)?;
    Ok(())
}

/// From now on the code is asked for.
///
/// # Errors
/// When the database fails.
pub async fn confirm(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE second_factors SET confirmed_at = ? WHERE user_id = ?";
    execute!(tx, sql, now.0, user.0)?;
    Ok(())
}

/// Uses the code of a step; false when it, or a later one, was used before.
///
/// # Errors
/// When the database fails.
pub async fn use_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE second_factors SET last_step = ? WHERE user_id = ? AND last_step < ?";
    Ok(execute!(tx, sql, step, user.0, step)? == 1)
}

/// The account has no second factor any more, and no recovery codes.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, user: UserId) -> Result<bool, StoreError> {
    execute!(tx, "DELETE FROM recovery_codes WHERE user_id = ?", user.0)?;
    let sql = "DELETE FROM second_factors WHERE user_id = ?";
    Ok(execute!(tx, sql, user.0)? > 0)
}

/// Replaces the recovery codes.
///
/// # Errors
/// When the database fails.
pub async fn put_recovery(
    tx: &mut Tx,
    user: UserId,
    digests: &[[u8; 32]],
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM recovery_codes WHERE user_id = ?", user.0)?;
    for digest in digests {
        let sql = "INSERT INTO recovery_codes (user_id, digest) VALUES (?, ?)";
        execute!(tx, sql, user.0, digest.as_slice())?;
    }
    Ok(())
}

/// Uses a recovery code; false when the account has none such, or used it before.
///
/// # Errors
/// When the database fails.
pub async fn use_recovery(
    tx: &mut Tx,
    user: UserId,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND digest = ? AND used_at IS NULL";
    Ok(execute!(tx, sql, now.0, user.0, digest.as_slice())? == 1)
}

/// How many recovery codes are left.
///
/// # Errors
/// When the database fails.
pub async fn recovery_left(tx: &mut Tx, user: UserId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = ? AND used_at IS NULL";
    let (left,) = fetch_one!(tx, (i64,), sql, user.0)?;
    Ok(left)
}
