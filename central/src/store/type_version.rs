//! What ticket types were offered as, version by version. Rows are only ever added; `ticket_types` holds a copy of
//! the newest.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};
use crate::domain::{event::TicketType, id::TicketTypeId};

/// One version, as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeVersion {
    /// Its number, from 1.
    pub version: i64,
    /// What the type was called.
    pub name: String,
    /// What it cost.
    pub price_minor: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// Stores what a type is offered as from now on.
///
/// # Errors
/// [`StoreError::Duplicate`] when another change was quicker.
pub async fn insert(tx: &mut Tx, kind: &TicketType, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO ticket_type_versions (ticket_type_id, version, name, description, price_minor, sale_from, \
         sale_until, min_per_order, max_per_order, visibility, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        kind.id.0,
        kind.version,
        &kind.name,
        &kind.description,
        kind.price_minor,
        kind.sale_from.0,
        kind.sale_until.0,
        kind.min_per_order,
        kind.max_per_order,
        kind.visibility.name(),
        now.0
    )?;
    Ok(())
}

/// Copies what a type is offered as to where it is sold from, with a quota that keeps what is taken; false when more
/// than that is taken, or another change was quicker.
///
/// # Errors
/// When the database fails.
pub async fn put_current(tx: &mut Tx, kind: &TicketType) -> Result<bool, StoreError> {
    let changed = execute!(
        tx,
        "UPDATE ticket_types SET version = ?, name = ?, description = ?, price_minor = ?, sale_from = ?, \
         sale_until = ?, min_per_order = ?, max_per_order = ?, visibility = ?, access_code = ?, quota = ? \
         WHERE id = ? AND version = ? AND taken <= ?",
        kind.version,
        &kind.name,
        &kind.description,
        kind.price_minor,
        kind.sale_from.0,
        kind.sale_until.0,
        kind.min_per_order,
        kind.max_per_order,
        kind.visibility.name(),
        kind.access_code.as_deref(),
        kind.quota,
        kind.id.0,
        kind.version - 1,
        kind.quota
    )?;
    Ok(changed == 1)
}

/// All versions of a type, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_type(tx: &mut Tx, kind: TicketTypeId) -> Result<Vec<TypeVersion>, StoreError> {
    let sql = "SELECT version, name, price_minor, created_at FROM ticket_type_versions \
        WHERE ticket_type_id = ? ORDER BY version";
    let rows = fetch_all!(tx, (i64, String, i64, i64), sql, kind.0)?;
    let version = |(version, name, price_minor, at)| TypeVersion {
        version,
        name,
        price_minor,
        created_at: Timestamp(at),
    };
    Ok(rows.into_iter().map(version).collect())
}

/// The event of a type.
///
/// # Errors
/// When the database fails.
pub async fn event_of(tx: &mut Tx, kind: TicketTypeId) -> Result<Option<EventId>, StoreError> {
    let sql = "SELECT event_id FROM ticket_types WHERE id = ?";
    let row = super::tx::fetch_optional!(tx, (Uuid,), sql, kind.0)?;
    Ok(row.map(|(event,)| EventId(event)))
}

/// Counts a change of what an event's buyers are offered.
///
/// # Errors
/// When the database fails.
pub async fn touch_catalog(tx: &mut Tx, event: EventId) -> Result<(), StoreError> {
    let sql = "UPDATE events SET catalog_revision = catalog_revision + 1 WHERE id = ?";
    execute!(tx, sql, event.0)?;
    Ok(())
}
