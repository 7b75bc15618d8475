//! Organisers, as documents name them.

use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{fetch_all, fetch_optional},
};
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

/// An organiser in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRow {
    /// Its id.
    pub id: ClientId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// How many events it has.
    pub events: i64,
    /// How many accounts it has.
    pub accounts: i64,
}

/// All organisers, by name.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<ClientRow>, StoreError> {
    type Row = (Uuid, String, String, String, i64, i64);
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT c.id, c.slug, c.name, c.email, \
         (SELECT COUNT(*) FROM events e WHERE e.client_id = c.id), \
         (SELECT COUNT(*) FROM users u WHERE u.client_id = c.id) FROM clients c ORDER BY c.name, c.id"
    )?;
    let row = |(id, slug, name, email, events, accounts)| ClientRow {
        id: ClientId(id),
        slug,
        name,
        email,
        events,
        accounts,
    };
    Ok(rows.into_iter().map(row).collect())
}
