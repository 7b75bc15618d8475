//! Filters that somebody keeps. Every question names their owner, so that nobody's are another's.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::locking,
    tx::{execute, fetch_all, fetch_one, fetch_optional},
};
use crate::domain::{
    id::UserId,
    saved_filter::{SavedFilter, Wish},
};

/// What an account keeps of a list, by name.
///
/// # Errors
/// When the database fails.
pub async fn of_list(
    tx: &mut Tx,
    user: UserId,
    list: &str,
) -> Result<Vec<SavedFilter>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, String, String),
        "SELECT id, name, query FROM saved_filters WHERE user_id = ? AND list = ? ORDER BY name",
        user.0,
        list
    )?;
    let filter = |(id, name, query)| SavedFilter { id, name, query };
    Ok(rows.into_iter().map(filter).collect())
}

/// How many an account keeps: of this list, of all. The account's row stays locked, so that none is added meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn count(tx: &mut Tx, user: UserId, list: &str) -> Result<(i64, i64), StoreError> {
    let lock = locking!(tx, "SELECT id FROM users WHERE id = ?");
    fetch_optional!(tx, (Uuid,), lock, user.0)?;
    fetch_one!(
        tx,
        (i64, i64),
        "SELECT COUNT(CASE WHEN list = ? THEN 1 END), COUNT(*) FROM saved_filters WHERE user_id = ?",
        list,
        user.0
    )
}

/// Keeps one.
///
/// # Errors
/// When the database fails.
pub async fn put(
    tx: &mut Tx,
    (id, user): (Uuid, UserId),
    wish: &Wish,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO saved_filters (id, user_id, list, name, query, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        id,
        user.0,
        wish.list.as_str(),
        wish.name.as_str(),
        wish.query.as_str(),
        now.0
    )?;
    Ok(())
}

/// Forgets the one of this name, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn remove_named(tx: &mut Tx, user: UserId, wish: &Wish) -> Result<(), StoreError> {
    execute!(
        tx,
        "DELETE FROM saved_filters WHERE user_id = ? AND list = ? AND name = ?",
        user.0,
        wish.list.as_str(),
        wish.name.as_str()
    )?;
    Ok(())
}

/// Forgets one, and gives what it was; nothing when this account keeps none of this id.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, user: UserId, id: Uuid) -> Result<Option<Wish>, StoreError> {
    let sql = "SELECT list, name, query FROM saved_filters WHERE user_id = ? AND id = ?";
    let was = fetch_optional!(tx, (String, String, String), sql, user.0, id)?;
    let sql = "DELETE FROM saved_filters WHERE user_id = ? AND id = ?";
    execute!(tx, sql, user.0, id)?;
    Ok(was.map(|(list, name, query)| Wish { list, name, query }))
}
