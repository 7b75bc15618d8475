//! Questions about orders by identity number, and what was sent in answer.
//!
//! Invariants: tries and uses are counted by conditional statements, so that no two requests share one; nothing here
//! tells codes or links, only their keyed digests.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_one, fetch_optional},
};

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its row; whoever asked knows it.
    pub id: Uuid,
    /// Keyed digest of the identity number.
    pub identity: Vec<u8>,
    /// Keyed digest of where it came from.
    pub address: Vec<u8>,
    /// Tag of the language it was asked in.
    pub language: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when codes may be typed.
    pub expires_at: Timestamp,
}

/// What was sent to one address: opens the orders of the question that were placed with it.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its row.
    pub id: Uuid,
    /// The question.
    pub ask: Uuid,
    /// Keyed digest of the identity number.
    pub identity: Vec<u8>,
    /// The address.
    pub email: String,
    /// Until when it opens anything.
    pub expires_at: Timestamp,
}

/// Keyed digests that a grant is found by.
#[derive(Clone, Copy, Debug)]
pub struct GrantDigests {
    /// Of the address.
    pub email: [u8; 32],
    /// Of the code.
    pub code: [u8; 32],
    /// Of the secret in the link.
    pub link: [u8; 32],
}

/// How often was asked since: about this identity number, and from this address.
///
/// # Errors
/// When the database fails.
pub async fn asked(
    tx: &mut Tx,
    identity: &[u8],
    address: &[u8],
    since: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*) FROM tracking_asks WHERE identity_digest = ? AND created_at > ?";
    let (by_identity,) = fetch_one!(tx, (i64,), sql, identity, since.0)?;
    let sql = "SELECT COUNT(*) FROM tracking_asks WHERE address_digest = ? AND created_at > ?";
    let (by_address,) = fetch_one!(tx, (i64,), sql, address, since.0)?;
    Ok((by_identity, by_address))
}

/// Stores a question.
///
/// # Errors
/// When the database fails.
pub async fn insert_ask(tx: &mut Tx, ask: &Ask) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO tracking_asks (id, identity_digest, address_digest, language, tries, created_at, expires_at) \
         VALUES (?, ?, ?, ?, 0, ?, ?)",
        ask.id,
        ask.identity.as_slice(),
        ask.address.as_slice(),
        ask.language.as_str(),
        ask.created_at.0,
        ask.expires_at.0
    )?;
    Ok(())
}

/// A question.
///
/// # Errors
/// When the database fails.
pub async fn ask(tx: &mut Tx, id: Uuid) -> Result<Option<Ask>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>, Vec<u8>, String, i64, i64),
        "SELECT identity_digest, address_digest, language, created_at, expires_at FROM tracking_asks WHERE id = ?",
        id
    )?;
    Ok(row.map(
        |(identity, address, language, created_at, expires_at)| Ask {
            id,
            identity,
            address,
            language,
            created_at: Timestamp(created_at),
            expires_at: Timestamp(expires_at),
        },
    ))
}

/// Counts a code that is typed; false when there were too many, or it is too late.
///
/// # Errors
/// When the database fails.
pub async fn count_try(
    tx: &mut Tx,
    ask: Uuid,
    most: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE tracking_asks SET tries = tries + 1 WHERE id = ? AND tries < ? AND expires_at > ?";
    Ok(execute!(tx, sql, ask, most, now.0)? == 1)
}

/// How many letters went to an address since.
///
/// # Errors
/// When the database fails.
pub async fn written(tx: &mut Tx, email: &[u8], since: Timestamp) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM tracking_grants WHERE email_digest = ? AND created_at > ?";
    Ok(fetch_one!(tx, (i64,), sql, email, since.0)?.0)
}

/// Stores what is sent to an address.
///
/// # Errors
/// When the database fails.
pub async fn insert_grant(
    tx: &mut Tx,
    grant: &Grant,
    digests: &GrantDigests,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO tracking_grants (id, ask_id, identity_digest, email, email_digest, code_digest, link_digest, \
         created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        grant.id,
        grant.ask,
        grant.identity.as_slice(),
        grant.email.as_str(),
        digests.email.as_slice(),
        digests.code.as_slice(),
        digests.link.as_slice(),
        now.0,
        grant.expires_at.0
    )?;
    Ok(())
}

type GrantRow = (Uuid, Uuid, Vec<u8>, String, i64);

fn grant((id, ask, identity, email, expires_at): GrantRow) -> Grant {
    Grant {
        id,
        ask,
        identity,
        email,
        expires_at: Timestamp(expires_at),
    }
}

macro_rules! open_grant {
    ($where:literal) => {
        concat!(
            "SELECT id, ask_id, identity_digest, email, expires_at FROM tracking_grants WHERE ",
            $where,
            " AND used_at IS NULL AND expires_at > ?"
        )
    };
}

/// What is still good of this row.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<Option<Grant>, StoreError> {
    let row = fetch_optional!(tx, GrantRow, open_grant!("id = ?"), id, now.0)?;
    Ok(row.map(grant))
}

/// What is still good of this question and code.
///
/// # Errors
/// When the database fails.
pub async fn by_code(
    tx: &mut Tx,
    ask: Uuid,
    code: &[u8],
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let sql = open_grant!("ask_id = ? AND code_digest = ?");
    Ok(fetch_optional!(tx, GrantRow, sql, ask, code, now.0)?.map(grant))
}

/// What is still good of this link.
///
/// # Errors
/// When the database fails.
pub async fn by_link(
    tx: &mut Tx,
    link: &[u8],
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let row = fetch_optional!(tx, GrantRow, open_grant!("link_digest = ?"), link, now.0)?;
    Ok(row.map(grant))
}

/// Uses a grant up; false when somebody was quicker.
///
/// # Errors
/// When the database fails.
pub async fn use_up(tx: &mut Tx, grant: &Grant, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE tracking_grants SET used_at = ? WHERE id = ? AND used_at IS NULL";
    Ok(execute!(tx, sql, now.0, grant.id)? == 1)
}

/// Forgets what is older; gives how many questions.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM tracking_grants WHERE ask_id IN (SELECT id FROM tracking_asks WHERE created_at < ?)";
    execute!(tx, sql, before.0)?;
    execute!(
        tx,
        "DELETE FROM tracking_asks WHERE created_at < ?",
        before.0
    )
}
