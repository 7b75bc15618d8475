//! Wristbands: an event's rule, its rolls, and the wristbands that need a row of their own.

use sync_protocol::{
    config::Policy,
    id::{EventId, WristbandId},
    scan::Action,
    time::Timestamp,
    wristband::{Roll, Wristband, WristbandStatus},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    many::write_many,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_one, fetch_optional},
};
use crate::domain::wristband::{RollKind, RollRecord};

#[derive(sqlx::FromRow)]
struct RollRow {
    id: Uuid,
    name: String,
    kind: String,
    first_serial: i64,
    last_serial: i64,
    status: String,
    created_at: i64,
}

impl RollRow {
    fn into_record(self) -> Result<RollRecord, StoreError> {
        let serial = |value: i64| u32::try_from(value).map_err(|_| StoreError::Corrupt("serial"));
        Ok(RollRecord {
            id: self.id,
            name: self.name,
            kind: RollKind::from_name(&self.kind).ok_or(StoreError::Corrupt("roll kind"))?,
            first: serial(self.first_serial)?,
            last: serial(self.last_serial)?,
            status: status(&self.status)?,
            created_at: Timestamp(self.created_at),
        })
    }
}

/// What gates answer to a wristband whose exchange they have not heard of; `None` = the event binds no wristbands.
///
/// # Errors
/// When the database fails.
pub async fn unbound(tx: &mut Tx, event: EventId) -> Result<Option<Policy>, StoreError> {
    let sql = "SELECT unbound FROM event_wristbands WHERE event_id = ?";
    let row = fetch_optional!(tx, (String,), sql, event.0)?;
    let policy = |(name,): (String,)| Policy::from_name(&name).ok_or(StoreError::Corrupt("policy"));
    row.map(policy).transpose()
}

/// Lets an event bind wristbands.
///
/// # Errors
/// [`StoreError::Duplicate`] when it does already.
pub async fn set_unbound(tx: &mut Tx, event: EventId, unbound: Policy) -> Result<(), StoreError> {
    let sql = "INSERT INTO event_wristbands (event_id, unbound) VALUES (?, ?)";
    execute!(tx, sql, event.0, unbound.name())?;
    Ok(())
}

/// Forgets an event's rule for wristbands.
///
/// # Errors
/// When the database fails.
pub async fn clear_unbound(tx: &mut Tx, event: EventId) -> Result<(), StoreError> {
    let sql = "DELETE FROM event_wristbands WHERE event_id = ?";
    execute!(tx, sql, event.0)?;
    Ok(())
}

/// The serials that were printed by central, void ones marked.
///
/// # Errors
/// When the database fails.
pub async fn printed(tx: &mut Tx, event: EventId) -> Result<Vec<Roll>, StoreError> {
    let rolls = rolls(tx, event).await?;
    let printed = rolls
        .into_iter()
        .filter(|roll| roll.kind == RollKind::Printed);
    let mut printed: Vec<Roll> = printed.map(|roll| roll.serials()).collect();
    printed.sort_by_key(|roll| roll.first);
    Ok(printed)
}

/// All rolls of an event, in the order in which they came.
///
/// # Errors
/// When the database fails.
pub async fn rolls(tx: &mut Tx, event: EventId) -> Result<Vec<RollRecord>, StoreError> {
    let rows = fetch_all!(
        tx,
        RollRow,
        "SELECT id, name, kind, first_serial, last_serial, status, created_at FROM wristband_rolls \
         WHERE event_id = ? ORDER BY created_at, id",
        event.0
    )?;
    rows.into_iter().map(RollRow::into_record).collect()
}

/// Adds a roll.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a roll of this name.
pub async fn insert_roll(tx: &mut Tx, event: EventId, roll: &RollRecord) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO wristband_rolls (id, event_id, name, kind, first_serial, last_serial, status, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        roll.id,
        event.0,
        roll.name.as_str(),
        roll.kind.name(),
        i64::from(roll.first),
        i64::from(roll.last),
        roll.status.name(),
        roll.created_at.0
    )?;
    Ok(())
}

/// Says that a roll must not be used any more.
///
/// # Errors
/// When the database fails.
pub async fn void_roll(tx: &mut Tx, roll: Uuid) -> Result<(), StoreError> {
    let sql = "UPDATE wristband_rolls SET status = 'void' WHERE id = ?";
    execute!(tx, sql, roll)?;
    Ok(())
}

/// The ids of all wristbands of an event that have a row.
///
/// # Errors
/// When the database fails.
pub async fn ids(tx: &mut Tx, event: EventId) -> Result<Vec<WristbandId>, StoreError> {
    let sql = "SELECT id FROM wristbands WHERE event_id = ?";
    let rows = fetch_all!(tx, (Uuid,), sql, event.0)?;
    Ok(rows.into_iter().map(|(id,)| WristbandId(id)).collect())
}

/// The row of one wristband.
///
/// # Errors
/// When the database fails.
pub async fn by_id(
    tx: &mut Tx,
    event: EventId,
    id: WristbandId,
) -> Result<Option<Wristband>, StoreError> {
    let sql = "SELECT id, status, revision FROM wristbands WHERE event_id = ? AND id = ?";
    let row = fetch_optional!(tx, (Uuid, String, i64), sql, event.0, id.0)?;
    row.map(wristband).transpose()
}

/// The wristbands of a roll that may still be used and have a row.
///
/// # Errors
/// When the database fails.
pub async fn good_of_roll(
    tx: &mut Tx,
    event: EventId,
    roll: Uuid,
) -> Result<Vec<Wristband>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, String, i64),
        "SELECT id, status, revision FROM wristbands WHERE event_id = ? AND roll_id = ? AND status = 'good'",
        event.0,
        roll
    )?;
    rows.into_iter().map(wristband).collect()
}

/// How many wristbands are void one by one.
///
/// # Errors
/// When the database fails.
pub async fn count_void(tx: &mut Tx, event: EventId, roll: Uuid) -> Result<u64, StoreError> {
    let sql =
        "SELECT COUNT(*) FROM wristbands WHERE event_id = ? AND roll_id = ? AND status = 'void'";
    let (count,) = fetch_one!(tx, (i64,), sql, event.0, roll)?;
    unsigned(count)
}

/// Adds wristbands of a roll.
///
/// # Errors
/// [`StoreError::Duplicate`] when one of them has a row.
pub async fn insert(
    tx: &mut Tx,
    event: EventId,
    roll: Uuid,
    wristbands: &[Wristband],
) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO wristbands (id, event_id, roll_id, status, revision) VALUES ",
        "",
        wristbands,
        |row| row.id.0,
        event.0,
        roll,
        row.status.name(),
        signed(row.revision)
    )
}

/// Says that all good wristbands of a roll that have a row must not be used any more.
///
/// # Errors
/// When the database fails.
pub async fn void_of_roll(
    tx: &mut Tx,
    event: EventId,
    roll: Uuid,
    revision: u64,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE wristbands SET status = 'void', revision = ? WHERE event_id = ? AND roll_id = ? AND status = 'good'",
        signed(revision),
        event.0,
        roll
    )?;
    Ok(())
}

/// Says that one wristband must not be used any more.
///
/// # Errors
/// When the database fails.
pub async fn void_one(
    tx: &mut Tx,
    event: EventId,
    id: WristbandId,
    revision: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE wristbands SET status = 'void', revision = ? WHERE event_id = ? AND id = ?";
    execute!(tx, sql, signed(revision), event.0, id.0)?;
    Ok(())
}

/// Wristbands of an event that an exchange has given to somebody.
///
/// # Errors
/// When the database fails.
pub async fn in_use(tx: &mut Tx, event: EventId) -> Result<Vec<WristbandId>, StoreError> {
    let sql = "SELECT DISTINCT wristband_id FROM scans \
               WHERE event_id = ? AND action = ? AND ruling = 'counted' AND wristband_id IS NOT NULL";
    let exchange = i64::from(Action::Exchange.code());
    let rows = fetch_all!(tx, (Uuid,), sql, event.0, exchange)?;
    Ok(rows.into_iter().map(|(id,)| WristbandId(id)).collect())
}

/// The wristbands of an imported roll.
///
/// # Errors
/// When the database fails.
pub async fn of_roll(
    tx: &mut Tx,
    event: EventId,
    roll: Uuid,
) -> Result<Vec<WristbandId>, StoreError> {
    let sql = "SELECT id FROM wristbands WHERE event_id = ? AND roll_id = ?";
    let rows = fetch_all!(tx, (Uuid,), sql, event.0, roll)?;
    Ok(rows.into_iter().map(|(id,)| WristbandId(id)).collect())
}

fn wristband((id, name, revision): (Uuid, String, i64)) -> Result<Wristband, StoreError> {
    Ok(Wristband {
        id: WristbandId(id),
        status: status(&name)?,
        revision: unsigned(revision)?,
    })
}

fn status(name: &str) -> Result<WristbandStatus, StoreError> {
    WristbandStatus::from_name(name).ok_or(StoreError::Corrupt("wristband status"))
}
