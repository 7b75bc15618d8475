//! Organisers, as documents name them.

use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::id::{ClientId, UserId};

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

/// What an organiser is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientName {
    /// Its id.
    pub id: ClientId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// What all organisers are called, by name.
///
/// # Errors
/// When the database fails.
pub async fn all_names(tx: &mut Tx) -> Result<Vec<ClientName>, StoreError> {
    let sql = "SELECT id, slug, name FROM clients ORDER BY name, id";
    let rows = fetch_all!(tx, (Uuid, String, String), sql)?;
    let client = |(id, slug, name)| ClientName {
        id: ClientId(id),
        slug,
        name,
    };
    Ok(rows.into_iter().map(client).collect())
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

type Row = (Uuid, String, String, String, i64, i64);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.slug, c.name, c.email, \
             (SELECT COUNT(*) FROM events e WHERE e.client_id = c.id), \
             (SELECT COUNT(*) FROM users u WHERE u.client_id = c.id) FROM clients c ",
            $rest
        )
    };
}

fn row((id, slug, name, email, events, accounts): Row) -> ClientRow {
    ClientRow {
        id: ClientId(id),
        slug,
        name,
        email,
        events,
        accounts,
    }
}

/// All organisers by name, with how many events and accounts each has.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<ClientRow>, StoreError> {
    let rows = fetch_all!(tx, Row, select!("ORDER BY c.name, c.id"))?;
    Ok(rows.into_iter().map(row).collect())
}

/// One organiser.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, client: ClientId) -> Result<Option<ClientRow>, StoreError> {
    let found = fetch_optional!(tx, Row, select!("WHERE c.id = ?"), client.0)?;
    Ok(found.map(row))
}

/// What it is called and where it is reached.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, client: ClientId, name: &str, email: &str) -> Result<(), StoreError> {
    let sql = "UPDATE clients SET name = ?, email = ? WHERE id = ?";
    execute!(tx, sql, name, email, client.0)?;
    Ok(())
}

/// An account of an organiser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAccount {
    /// Its id.
    pub id: UserId,
    /// What people call the person.
    pub name: String,
    /// Its address.
    pub email: String,
    /// It may sign in.
    pub is_active: bool,
}

/// The accounts of an organiser by name.
///
/// # Errors
/// When the database fails.
pub async fn accounts(tx: &mut Tx, client: ClientId) -> Result<Vec<ClientAccount>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, String, String, String),
        "SELECT id, name, email, status FROM users WHERE client_id = ? ORDER BY name, id",
        client.0
    )?;
    let account = |(id, name, email, status): (_, _, _, String)| ClientAccount {
        id: UserId(id),
        name,
        email,
        is_active: status == "active",
    };
    Ok(rows.into_iter().map(account).collect())
}
