//! What this installation made for itself once, by name.

use super::{
    StoreError, Tx,
    tx::{execute, fetch_optional},
};

/// The value of a setting.
///
/// # Errors
/// When the database fails.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT value FROM settings WHERE name = ?";
    let row = fetch_optional!(tx, (Vec<u8>,), sql, name)?;
    Ok(row.map(|(value,)| value))
}

/// Stores a setting for the first time.
///
/// # Errors
/// [`StoreError::Duplicate`] when it is there already.
pub async fn insert(tx: &mut Tx, name: &str, value: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO settings (name, value) VALUES (?, ?)";
    execute!(tx, sql, name, value)?;
    Ok(())
}
