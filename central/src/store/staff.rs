//! Accounts that work gates: who they are, their gate secrets as hashes, and their roles at events.
//!
//! One account table for everybody (`users`); a gate secret is a row beside it and opens nothing but gates.

use sync_protocol::{
    id::{EventId, OperatorId},
    operator::{Operator, OperatorRules, Role, SecretHash},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};

/// What a password hash is where the account has none: nothing hashes to it.
const NO_PASSWORD: &str = "!";
const ACTIVE: &str = "active";

/// An account that may work gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateAccount {
    /// Whose it is.
    pub id: OperatorId,
    /// The address of the account.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The name to sign in with at gates.
    pub login: String,
    /// They may sign in.
    pub is_active: bool,
}

type AccountRow = (Uuid, String, String, String, String);

fn into_account((id, email, name, status, login): AccountRow) -> GateAccount {
    GateAccount {
        id: OperatorId(id),
        email,
        name,
        login,
        is_active: status == ACTIVE,
    }
}

macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.status, c.login FROM gate_credentials c JOIN users u ON u.id = c.user_id ",
            $rest
        )
    };
}

/// The account with this gate login.
///
/// # Errors
/// When the database fails.
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<GateAccount>, StoreError> {
    let sql = accounts!("WHERE c.login = ?");
    Ok(fetch_optional!(tx, AccountRow, sql, login)?.map(into_account))
}

/// The account with this address, whatever it may do.
///
/// # Errors
/// When the database fails.
pub async fn id_of_email(tx: &mut Tx, email: &str) -> Result<Option<OperatorId>, StoreError> {
    let sql = "SELECT id FROM users WHERE email = ?";
    let row = fetch_optional!(tx, (Uuid,), sql, email)?;
    Ok(row.map(|(id,)| OperatorId(id)))
}

/// All that may work gates, by login.
///
/// # Errors
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<GateAccount>, StoreError> {
    let rows = fetch_all!(tx, AccountRow, accounts!("ORDER BY c.login"))?;
    Ok(rows.into_iter().map(into_account).collect())
}

/// Stores an account without a password.
///
/// # Errors
/// [`StoreError::Duplicate`] when the address has an account.
pub async fn insert(tx: &mut Tx, account: &GateAccount, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO users (id, email, name, password_hash, status, must_change_password, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        account.id.0,
        &account.email,
        &account.name,
        NO_PASSWORD,
        ACTIVE,
        true,
        now.0
    )?;
    Ok(())
}

/// Gives an account its gate secret.
///
/// # Errors
/// [`StoreError::Duplicate`] when the login is taken, or the account has a secret.
pub async fn insert_secret(
    tx: &mut Tx,
    id: OperatorId,
    login: &str,
    secret: &SecretHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gate_credentials (user_id, login, salt, memory_kib, rounds, hash, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        id.0,
        login,
        secret.salt.as_slice(),
        i64::from(secret.memory_kib),
        i64::from(secret.rounds),
        secret.hash.as_slice(),
        now.0
    )?;
    Ok(())
}

/// Replaces a gate secret.
///
/// # Errors
/// When the database fails.
pub async fn set_secret(
    tx: &mut Tx,
    id: OperatorId,
    secret: &SecretHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE gate_credentials SET salt = ?, memory_kib = ?, rounds = ?, hash = ?, created_at = ? WHERE user_id = ?",
        secret.salt.as_slice(),
        i64::from(secret.memory_kib),
        i64::from(secret.rounds),
        secret.hash.as_slice(),
        now.0,
        id.0
    )?;
    Ok(())
}

/// Lets an account sign in, or no more.
///
/// # Errors
/// When the database fails.
pub async fn set_active(tx: &mut Tx, id: OperatorId, is_active: bool) -> Result<(), StoreError> {
    let status = if is_active { ACTIVE } else { "disabled" };
    let sql = "UPDATE users SET status = ? WHERE id = ?";
    execute!(tx, sql, status, id.0)?;
    Ok(())
}

/// The gate roles of an account, by event.
///
/// # Errors
/// When the database fails.
pub async fn roles(tx: &mut Tx, id: OperatorId) -> Result<Vec<(EventId, Role)>, StoreError> {
    let sql = "SELECT event_id, role_name FROM user_role_events WHERE user_id = ? ORDER BY event_id, role_name";
    let rows = fetch_all!(tx, (Uuid, String), sql, id.0)?;
    let gate = |(event, role): (Uuid, String)| Some((EventId(event), Role::from_name(&role)?));
    Ok(rows.into_iter().filter_map(gate).collect())
}

/// Gives an account a gate role at an event; it has one there.
///
/// # Errors
/// When the database fails.
pub async fn put_role(
    tx: &mut Tx,
    id: OperatorId,
    event: EventId,
    role: Role,
) -> Result<(), StoreError> {
    remove_roles(tx, id, event).await?;
    let held = "SELECT role_name FROM user_roles WHERE user_id = ? AND role_name = ?";
    if fetch_optional!(tx, (String,), held, id.0, role.name())?.is_none() {
        let sql = "INSERT INTO user_roles (user_id, role_name) VALUES (?, ?)";
        execute!(tx, sql, id.0, role.name())?;
    }
    let sql = "INSERT INTO user_role_events (user_id, role_name, event_id) VALUES (?, ?, ?)";
    execute!(tx, sql, id.0, role.name(), event.0)?;
    Ok(())
}

/// Takes an account's gate role at an event away. A role that is left without an event goes too: it would be held for
/// all of them.
///
/// # Errors
/// When the database fails.
pub async fn remove_roles(tx: &mut Tx, id: OperatorId, event: EventId) -> Result<(), StoreError> {
    for role in Role::ALL {
        execute!(
            tx,
            "DELETE FROM user_role_events WHERE user_id = ? AND event_id = ? AND role_name = ?",
            id.0,
            event.0,
            role.name()
        )?;
        execute!(
            tx,
            "DELETE FROM user_roles WHERE user_id = ? AND role_name = ? AND NOT EXISTS (SELECT 1 FROM user_role_events e \
             WHERE e.user_id = user_roles.user_id AND e.role_name = user_roles.role_name)",
            id.0,
            role.name()
        )?;
    }
    Ok(())
}

/// How long the gates of an event may be left alone; `None` = it has no operators.
///
/// # Errors
/// When the database fails.
pub async fn idle_ms(tx: &mut Tx, event: EventId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT idle_ms FROM event_operators WHERE event_id = ?";
    Ok(fetch_optional!(tx, (i64,), sql, event.0)?.map(|(ms,)| ms))
}

/// From now on an event has operators, and its gates lock after so long.
///
/// # Errors
/// When the database fails.
pub async fn set_idle_ms(tx: &mut Tx, event: EventId, idle_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE event_operators SET idle_ms = ? WHERE event_id = ?";
    if execute!(tx, sql, idle_ms, event.0)? == 0 {
        let sql = "INSERT INTO event_operators (event_id, idle_ms) VALUES (?, ?)";
        execute!(tx, sql, event.0, idle_ms)?;
    }
    Ok(())
}

/// An event has no operators any more; tells whether it had.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, event: EventId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM event_operators WHERE event_id = ?";
    Ok(execute!(tx, sql, event.0)? > 0)
}

/// The names of all that are or were operators, for telling who did what.
///
/// # Errors
/// When the database fails.
pub async fn names(tx: &mut Tx) -> Result<Vec<(OperatorId, String)>, StoreError> {
    let sql = "SELECT u.id, u.name FROM users u JOIN gate_credentials c ON c.user_id = u.id ORDER BY u.id";
    let rows = fetch_all!(tx, (Uuid, String), sql)?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (OperatorId(id), name))
        .collect())
}

#[derive(sqlx::FromRow)]
struct OperatorRow {
    id: Uuid,
    name: String,
    status: String,
    login: String,
    role_name: String,
    salt: Vec<u8>,
    memory_kib: i64,
    rounds: i64,
    hash: Vec<u8>,
}

/// What gates are told; `None` = the event has no operators.
///
/// # Errors
/// When the database fails.
pub async fn operators(tx: &mut Tx, event: EventId) -> Result<Option<OperatorRules>, StoreError> {
    let Some(idle_ms) = idle_ms(tx, event).await? else {
        return Ok(None);
    };
    let rows = fetch_all!(
        tx,
        OperatorRow,
        "SELECT u.id, u.name, u.status, c.login, e.role_name, c.salt, c.memory_kib, c.rounds, c.hash \
         FROM user_role_events e JOIN gate_credentials c ON c.user_id = e.user_id JOIN users u ON u.id = e.user_id \
         WHERE e.event_id = ? ORDER BY c.login, e.role_name",
        event.0
    )?;
    let operators = rows.into_iter().filter_map(OperatorRow::into_operator);
    Ok(Some(OperatorRules {
        operators: operators.collect::<Result<_, _>>()?,
        idle_ms,
    }))
}

impl OperatorRow {
    /// `None` = the role is none of a gate's.
    fn into_operator(self) -> Option<Result<Operator, StoreError>> {
        let role = Role::from_name(&self.role_name)?;
        let secret = || {
            Some(SecretHash {
                salt: self.salt.try_into().ok()?,
                memory_kib: u32::try_from(self.memory_kib).ok()?,
                rounds: u32::try_from(self.rounds).ok()?,
                hash: self.hash.try_into().ok()?,
            })
        };
        let operator = secret().map(|secret| Operator {
            id: OperatorId(self.id),
            login: self.login,
            name: self.name,
            role,
            secret,
            is_active: self.status == ACTIVE,
        });
        Some(operator.ok_or(StoreError::Corrupt("gate secret")))
    }
}
