//! Wristbands: an event's rule and its rolls.

use sync_protocol::{config::Policy, id::EventId, wristband::Roll};

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};

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

/// The serials that were printed by central and are not void.
///
/// # Errors
/// When the database fails.
pub async fn printed(tx: &mut Tx, event: EventId) -> Result<Vec<Roll>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, i64),
        "SELECT first_serial, last_serial FROM wristband_rolls \
         WHERE event_id = ? AND kind = 'printed' AND status = 'good' ORDER BY first_serial",
        event.0
    )?;
    let serial = |value: i64| u32::try_from(value).map_err(|_| StoreError::Corrupt("serial"));
    let roll = |(first, last): (i64, i64)| {
        Ok(Roll {
            first: serial(first)?,
            last: serial(last)?,
        })
    };
    rows.into_iter().map(roll).collect()
}
