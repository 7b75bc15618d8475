//! The days of events, and the moments at which everybody counts as outside again.

use std::collections::BTreeSet;

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all},
};
use crate::domain::event::Day;

#[derive(sqlx::FromRow)]
struct DayRow {
    number: i64,
    label: String,
    local_date: String,
    opens_at: i64,
    closes_at: i64,
}

/// An event's days, ascending.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<Day>, StoreError> {
    let rows = fetch_all!(
        tx,
        DayRow,
        "SELECT number, label, local_date, opens_at, closes_at FROM event_days WHERE event_id = ? ORDER BY number",
        event.0
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Day {
                number: u8::try_from(row.number).map_err(|_| StoreError::Corrupt("day number"))?,
                label: row.label,
                local_date: row.local_date,
                opens_at: Timestamp(row.opens_at),
                closes_at: Timestamp(row.closes_at),
            })
        })
        .collect()
}

/// Events with a day that closes after a moment.
///
/// # Errors
/// When the database fails.
pub async fn closing_after(
    tx: &mut Tx,
    moment: Timestamp,
) -> Result<BTreeSet<EventId>, StoreError> {
    let sql = "SELECT DISTINCT event_id FROM event_days WHERE closes_at > ?";
    let rows = fetch_all!(tx, (Uuid,), sql, moment.0)?;
    Ok(rows.into_iter().map(|(event,)| EventId(event)).collect())
}

/// When everybody counts as outside again, ascending.
///
/// # Errors
/// When the database fails.
pub async fn check_outs(tx: &mut Tx, event: EventId) -> Result<Vec<Timestamp>, StoreError> {
    let sql = "SELECT happens_at FROM event_check_outs WHERE event_id = ? ORDER BY happens_at";
    let rows = fetch_all!(tx, (i64,), sql, event.0)?;
    Ok(rows.into_iter().map(|(at,)| Timestamp(at)).collect())
}

/// Stores a moment at which everybody counts as outside again.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has it already.
pub async fn insert_check_out(
    tx: &mut Tx,
    event: EventId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO event_check_outs (event_id, happens_at) VALUES (?, ?)";
    execute!(tx, sql, event.0, at.0)?;
    Ok(())
}

/// Stores a day.
///
/// # Errors
/// [`StoreError::Duplicate`] when the event has a day of this number.
pub async fn insert(tx: &mut Tx, event: EventId, day: &Day) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO event_days (event_id, number, label, local_date, opens_at, closes_at) VALUES (?, ?, ?, ?, ?, ?)",
        event.0,
        i64::from(day.number),
        &day.label,
        &day.local_date,
        day.opens_at.0,
        day.closes_at.0
    )?;
    Ok(())
}

/// Puts check-outs in the place of an event's.
///
/// # Errors
/// When the database fails.
pub async fn replace_check_outs(
    tx: &mut Tx,
    event: EventId,
    moments: &[Timestamp],
) -> Result<(), StoreError> {
    let sql = "DELETE FROM event_check_outs WHERE event_id = ?";
    execute!(tx, sql, event.0)?;
    for at in moments {
        insert_check_out(tx, event, *at).await?;
    }
    Ok(())
}

/// Stores another window of a day that is there.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, event: EventId, day: &Day) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE event_days SET local_date = ?, opens_at = ?, closes_at = ? WHERE event_id = ? AND number = ?",
        &day.local_date,
        day.opens_at.0,
        day.closes_at.0,
        event.0,
        i64::from(day.number)
    )?;
    Ok(())
}

/// Calls a day something else.
///
/// # Errors
/// When the database fails.
pub async fn put_label(
    tx: &mut Tx,
    event: EventId,
    number: u8,
    label: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE event_days SET label = ? WHERE event_id = ? AND number = ?";
    execute!(tx, sql, label, event.0, i64::from(number))?;
    Ok(())
}

/// Takes a day away.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, event: EventId, number: u8) -> Result<(), StoreError> {
    let sql = "DELETE FROM event_days WHERE event_id = ? AND number = ?";
    execute!(tx, sql, event.0, i64::from(number))?;
    Ok(())
}
