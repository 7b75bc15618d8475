//! Accounts of the panel. Who only works gates has the password hash `!`, which nothing hashes to ([`super::staff`]).

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    account::Account,
    id::{ClientId, UserId},
};

const ACTIVE: &str = "active";
const DISABLED: &str = "disabled";

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    client_id: Option<Uuid>,
    status: String,
    must_change_password: bool,
    one_time_until: Option<i64>,
    generation: i64,
    created_at: i64,
}

impl Row {
    fn into_account(self) -> Account {
        Account {
            id: UserId(self.id),
            email: self.email,
            name: self.name,
            client: self.client_id.map(ClientId),
            is_active: self.status == ACTIVE,
            must_change_password: self.must_change_password,
            one_time_until: self.one_time_until.map(Timestamp),
            generation: self.generation,
            created_at: Timestamp(self.created_at),
        }
    }
}

macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, name, client_id, status, must_change_password, one_time_until, \
             generation, created_at FROM users ",
            $rest
        )
    };
}

/// The account with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, user: UserId) -> Result<Option<Account>, StoreError> {
    let row = fetch_optional!(tx, Row, accounts!("WHERE id = ?"), user.0)?;
    Ok(row.map(Row::into_account))
}

/// The account with this address.
///
/// # Errors
/// When the database fails.
pub async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Account>, StoreError> {
    let row = fetch_optional!(tx, Row, accounts!("WHERE email = ?"), email)?;
    Ok(row.map(Row::into_account))
}

/// Accounts with a password, by name.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Account>, StoreError> {
    let sql = accounts!("WHERE password_hash <> '!' ORDER BY name, id");
    let rows = fetch_all!(tx, Row, sql)?;
    Ok(rows.into_iter().map(Row::into_account).collect())
}

/// When somebody was here last: what their sessions saw, or the last time that they signed in; `None` = never.
///
/// # Errors
/// When the database fails.
pub async fn seen_at(tx: &mut Tx, user: UserId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT seen_at FROM panel_sessions WHERE user_id = ? ORDER BY seen_at DESC LIMIT 1";
    let seen = fetch_optional!(tx, (i64,), sql, user.0)?;
    let sql = "SELECT happened_at FROM audit_log WHERE subject_kind = 'user' AND subject_id = ? \
         AND action = 'user.sign_in' ORDER BY happened_at DESC LIMIT 1";
    let signed_in = fetch_optional!(tx, (i64,), sql, user.0)?;
    Ok(seen.max(signed_in).map(|(at,)| Timestamp(at)))
}

/// What the account's password hashes to.
///
/// # Errors
/// When the database fails.
pub async fn password_hash(tx: &mut Tx, user: UserId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT password_hash FROM users WHERE id = ?";
    Ok(fetch_optional!(tx, (String,), sql, user.0)?.map(|(hash,)| hash))
}

/// Stores a new account.
///
/// # Errors
/// [`StoreError::Duplicate`] when the address has one.
pub async fn insert(tx: &mut Tx, account: &Account, hash: &str) -> Result<(), StoreError> {
    let status = if account.is_active { ACTIVE } else { DISABLED };
    execute!(
        tx,
        "INSERT INTO users (id, email, name, password_hash, client_id, status, must_change_password, \
         one_time_until, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        account.id.0,
        &account.email,
        &account.name,
        hash,
        account.client.map(|client| client.0),
        status,
        account.must_change_password,
        account.one_time_until.map(|until| until.0),
        account.created_at.0
    )?;
    Ok(())
}

/// Begins a new generation: marks of browsers that were given out before are void.
///
/// # Errors
/// When the database fails.
pub async fn begin_generation(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    let sql = "UPDATE users SET generation = generation + 1 WHERE id = ?";
    execute!(tx, sql, user.0)?;
    Ok(())
}

/// Gives an account another password and a new generation; `one_time_until` is for one that somebody else made.
///
/// # Errors
/// When the database fails.
pub async fn set_password(
    tx: &mut Tx,
    user: UserId,
    hash: &str,
    one_time_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE users SET password_hash = ?, must_change_password = ?, one_time_until = ?, \
         generation = generation + 1 WHERE id = ?",
        hash,
        one_time_until.is_some(),
        one_time_until.map(|until| until.0),
        user.0
    )?;
    Ok(())
}

/// Keeps the same password under another hash, unless it was changed meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn rehash(tx: &mut Tx, user: UserId, old: &str, new: &str) -> Result<(), StoreError> {
    let sql = "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?";
    execute!(tx, sql, new, user.0, old)?;
    Ok(())
}

/// Lets an account sign in, or no more.
///
/// # Errors
/// When the database fails.
pub async fn set_active(tx: &mut Tx, user: UserId, is_active: bool) -> Result<(), StoreError> {
    let status = if is_active { ACTIVE } else { DISABLED };
    let sql = "UPDATE users SET status = ? WHERE id = ?";
    execute!(tx, sql, status, user.0)?;
    Ok(())
}
