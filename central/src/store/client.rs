//! Organisers, as documents name them.

use super::{StoreError, Tx, tx::fetch_optional};
use crate::domain::id::ClientId;

/// Name and e-mail of an organiser.
///
/// # Errors
/// When the database fails.
pub async fn contact(
    tx: &mut Tx,
    client: ClientId,
) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT name, email FROM clients WHERE id = ?";
    fetch_optional!(tx, (String, String), sql, client.0)
}

/// An organiser's name in addresses and its name.
///
/// # Errors
/// When the database fails.
pub async fn names(tx: &mut Tx, client: ClientId) -> Result<Option<(String, String)>, StoreError> {
    let sql = "SELECT slug, name FROM clients WHERE id = ?";
    fetch_optional!(tx, (String, String), sql, client.0)
}
