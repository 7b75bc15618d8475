//! Sessions of the panel, found by the keyed digest of what the cookie holds.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    id::UserId,
    session::{Session, Stage},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    stage: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    address: String,
    agent: String,
}

impl Row {
    fn into_session(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: self.id,
            user: UserId(self.user_id),
            stage: Stage::from_name(&self.stage).ok_or(StoreError::Corrupt("session stage"))?,
            created_at: Timestamp(self.created_at),
            seen_at: Timestamp(self.seen_at),
            expires_at: Timestamp(self.expires_at),
            address: self.address,
            agent: self.agent,
        })
    }
}

macro_rules! sessions {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, stage, created_at, seen_at, expires_at, address, agent FROM panel_sessions ",
            $rest
        )
    };
}

/// The session of a token.
///
/// # Errors
/// When the database fails.
pub async fn by_digest(tx: &mut Tx, digest: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    let sql = sessions!("WHERE token_digest = ?");
    let row = fetch_optional!(tx, Row, sql, digest.as_slice())?;
    row.map(Row::into_session).transpose()
}

/// The sessions of an account, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(tx: &mut Tx, user: UserId) -> Result<Vec<Session>, StoreError> {
    let sql = sessions!("WHERE user_id = ? ORDER BY created_at DESC, id DESC");
    let rows = fetch_all!(tx, Row, sql, user.0)?;
    rows.into_iter().map(Row::into_session).collect()
}

/// Stores a session.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, session: &Session, digest: &[u8; 32]) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO panel_sessions (id, token_digest, user_id, stage, created_at, seen_at, expires_at, address, agent) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        session.id,
        digest.as_slice(),
        session.user.0,
        session.stage.name(),
        session.created_at.0,
        session.seen_at.0,
        session.expires_at.0,
        &session.address,
        &session.agent
    )?;
    Ok(())
}

/// Notes a sign of life.
///
/// # Errors
/// When the database fails.
pub async fn see(tx: &mut Tx, session: Uuid, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE panel_sessions SET seen_at = ? WHERE id = ?";
    execute!(tx, sql, now.0, session)?;
    Ok(())
}

/// Ends the session of a token; tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, digest: &[u8; 32]) -> Result<bool, StoreError> {
    let sql = "DELETE FROM panel_sessions WHERE token_digest = ?";
    Ok(execute!(tx, sql, digest.as_slice())? > 0)
}

/// Ends one session of an account; tells whether the account has it.
///
/// # Errors
/// When the database fails.
pub async fn end_of_user(tx: &mut Tx, user: UserId, session: Uuid) -> Result<bool, StoreError> {
    let sql = "DELETE FROM panel_sessions WHERE id = ? AND user_id = ?";
    Ok(execute!(tx, sql, session, user.0)? > 0)
}

/// Ends all sessions of an account.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM panel_sessions WHERE user_id = ?", user.0)?;
    Ok(())
}

/// Ends all sessions of an account but one; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn end_others(tx: &mut Tx, user: UserId, kept: Uuid) -> Result<u64, StoreError> {
    let sql = "DELETE FROM panel_sessions WHERE user_id = ? AND id <> ?";
    execute!(tx, sql, user.0, kept)
}

/// Forgets sessions whose end has come, or that were silent since `silent_since`; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(
    tx: &mut Tx,
    now: Timestamp,
    silent_since: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM panel_sessions WHERE expires_at <= ? OR seen_at <= ?";
    execute!(tx, sql, now.0, silent_since.0)
}
