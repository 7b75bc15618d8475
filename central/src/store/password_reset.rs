//! Links that reset a password: kept as keyed digests, good once.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_one, fetch_optional},
};
use crate::domain::id::UserId;

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Its id.
    pub id: Uuid,
    /// Whose password.
    pub user: UserId,
    /// Language of the letter.
    pub language: String,
    /// Until when.
    pub expires_at: Timestamp,
}

type Row = (Uuid, Uuid, String, i64);

fn into_reset((id, user, language, expires_at): Row) -> Reset {
    Reset {
        id,
        user: UserId(user),
        language,
        expires_at: Timestamp(expires_at),
    }
}

/// The link with this id, as long as it is good.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<Reset>, StoreError> {
    let sql = "SELECT id, user_id, language, expires_at FROM password_resets \
         WHERE id = ? AND used_at IS NULL AND expires_at > ?";
    Ok(fetch_optional!(tx, Row, sql, id, now.0)?.map(into_reset))
}

/// The link with this secret, as long as it is good.
///
/// # Errors
/// When the database fails.
pub async fn by_digest(
    tx: &mut Tx,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Reset>, StoreError> {
    let sql = "SELECT id, user_id, language, expires_at FROM password_resets \
         WHERE digest = ? AND used_at IS NULL AND expires_at > ?";
    Ok(fetch_optional!(tx, Row, sql, digest.as_slice(), now.0)?.map(into_reset))
}

/// How many an account was sent since.
///
/// # Errors
/// When the database fails.
pub async fn sent_since(tx: &mut Tx, user: UserId, since: Timestamp) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM password_resets WHERE user_id = ? AND created_at > ?";
    let (sent,) = fetch_one!(tx, (i64,), sql, user.0, since.0)?;
    Ok(sent)
}

/// Stores a link.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut Tx,
    reset: &Reset,
    digest: &[u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO password_resets (id, user_id, digest, language, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        reset.id,
        reset.user.0,
        digest.as_slice(),
        &reset.language,
        now.0,
        reset.expires_at.0
    )?;
    Ok(())
}

/// Uses all links of an account up: the password is another one now.
///
/// # Errors
/// When the database fails.
pub async fn use_all(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE password_resets SET used_at = ? WHERE user_id = ? AND used_at IS NULL";
    execute!(tx, sql, now.0, user.0)
}

/// Forgets links that ended before; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM password_resets WHERE expires_at < ?";
    execute!(tx, sql, before.0)
}
