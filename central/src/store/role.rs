//! Roles, what they allow, and who holds them.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::id::EventId;
use uuid::Uuid;

use super::{
    StoreError, Tx, dialect,
    tx::{execute, fetch_all},
};
use crate::domain::{
    id::{ClientId, UserId},
    permission::{Permission, Reach, Role},
    policy::{Grant, Powers},
};

/// All roles, by name. A permission that this program does not know allows nothing.
///
/// # Errors
/// [`StoreError::Corrupt`] for a reach that is none.
pub async fn all(tx: &mut Tx) -> Result<Vec<Role>, StoreError> {
    let sql = "SELECT name, reach FROM roles ORDER BY name";
    let names = fetch_all!(tx, (String, String), sql)?;
    let sql = "SELECT role_name, permission_name FROM role_permissions";
    let mut permissions: BTreeMap<String, BTreeSet<Permission>> = BTreeMap::new();
    for (role, permission) in fetch_all!(tx, (String, String), sql)? {
        if let Some(permission) = Permission::from_name(&permission) {
            permissions.entry(role).or_default().insert(permission);
        }
    }
    let role = |(name, reach): (String, String)| {
        Ok(Role {
            reach: Reach::from_name(&reach).ok_or(StoreError::Corrupt("reach of a role"))?,
            permissions: permissions.remove(&name).unwrap_or_default(),
            name,
        })
    };
    names.into_iter().map(role).collect()
}

/// The names of all permissions that the database knows.
///
/// # Errors
/// When the database fails.
pub async fn permission_names(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(tx, (String,), "SELECT name FROM permissions ORDER BY name")?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Replaces what a role allows.
///
/// # Errors
/// When the database fails.
pub async fn set_permissions(
    tx: &mut Tx,
    role: &str,
    permissions: &BTreeSet<Permission>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM role_permissions WHERE role_name = ?";
    execute!(tx, sql, role)?;
    for permission in permissions {
        let sql = "INSERT INTO role_permissions (role_name, permission_name) VALUES (?, ?)";
        execute!(tx, sql, role, permission.name())?;
    }
    Ok(())
}

/// All that an account may do.
///
/// # Errors
/// When the database fails.
pub async fn powers(
    tx: &mut Tx,
    user: UserId,
    client: Option<ClientId>,
) -> Result<Powers, StoreError> {
    let sql = "SELECT role_name FROM user_roles WHERE user_id = ? ORDER BY role_name";
    let held = fetch_all!(tx, (String,), sql, user.0)?;
    let sql = "SELECT role_name, event_id FROM user_role_events WHERE user_id = ?";
    let given = fetch_all!(tx, (String, Uuid), sql, user.0)?;
    let roles = all(tx).await?;
    let grants = held.into_iter().filter_map(|(name,)| {
        let role = roles.iter().find(|role| role.name == name)?.clone();
        let events = given.iter().filter(|(role, _)| *role == name);
        Some(Grant {
            role,
            events: events.map(|(_, event)| EventId(*event)).collect(),
        })
    });
    Ok(Powers {
        user,
        client,
        grants: grants.collect(),
    })
}

/// Gives an account one role in place of all that it had.
///
/// # Errors
/// When the database fails.
pub async fn put(
    tx: &mut Tx,
    user: UserId,
    role: &str,
    events: &BTreeSet<EventId>,
) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM user_role_events WHERE user_id = ?", user.0)?;
    execute!(tx, "DELETE FROM user_roles WHERE user_id = ?", user.0)?;
    let sql = "INSERT INTO user_roles (user_id, role_name) VALUES (?, ?)";
    execute!(tx, sql, user.0, role)?;
    for event in events {
        let sql = "INSERT INTO user_role_events (user_id, role_name, event_id) VALUES (?, ?, ?)";
        execute!(tx, sql, user.0, role, event.0)?;
    }
    Ok(())
}

/// Who may sign in and holds a role that allows something, wherever that role reaches.
///
/// # Errors
/// When the database fails.
pub async fn with_permission(
    tx: &mut Tx,
    permission: Permission,
) -> Result<Vec<UserId>, StoreError> {
    let sql = "SELECT DISTINCT u.id FROM role_permissions p JOIN user_roles r ON r.role_name = p.role_name \
         JOIN users u ON u.id = r.user_id WHERE p.permission_name = ? AND u.status = 'active' ORDER BY u.id";
    let rows = fetch_all!(tx, (Uuid,), sql, permission.name())?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// How many accounts that may sign in hold a role.
///
/// # Errors
/// When the database fails.
pub async fn holders(tx: &mut Tx, role: &str) -> Result<Vec<UserId>, StoreError> {
    // Locked, or two who take each other's role at the same time would both see two.
    let sql = dialect::locking!(
        tx,
        "SELECT u.id FROM users u JOIN user_roles r ON r.user_id = u.id \
         WHERE r.role_name = ? AND u.status = 'active' ORDER BY u.id"
    );
    let rows = fetch_all!(tx, (Uuid,), sql, role)?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}
