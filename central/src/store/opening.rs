//! Wishes that an event be opened to the public: the last one of each event.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{
    id::UserId,
    opening::{Opening, OpeningStatus},
};

#[derive(sqlx::FromRow)]
struct Row {
    event_id: Uuid,
    status: String,
    name: String,
    asked_at: i64,
    told_at: i64,
    ended_at: Option<i64>,
    reason: Option<String>,
}

impl Row {
    fn into_opening(self) -> Result<Opening, StoreError> {
        let status = OpeningStatus::from_name(&self.status);
        Ok(Opening {
            event: EventId(self.event_id),
            status: status.ok_or(StoreError::Corrupt("status of an opening"))?,
            asked_by: self.name,
            asked_at: Timestamp(self.asked_at),
            told_at: Timestamp(self.told_at),
            ended_at: self.ended_at.map(Timestamp),
            reason: self.reason,
        })
    }
}

macro_rules! openings {
    ($rest:literal) => {
        concat!(
            "SELECT o.event_id, o.status, u.name, o.asked_at, o.told_at, o.ended_at, o.reason \
             FROM openings o JOIN users u ON u.id = o.asked_by ",
            $rest
        )
    };
}

/// The last one of an event.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Option<Opening>, StoreError> {
    let row = fetch_optional!(tx, Row, openings!("WHERE o.event_id = ?"), event.0)?;
    row.map(Row::into_opening).transpose()
}

/// Those that nobody heard yet, the one that waits longest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Opening>, StoreError> {
    let sql = openings!("WHERE o.status = 'waiting' ORDER BY o.asked_at, o.event_id");
    let rows = fetch_all!(tx, Row, sql)?;
    rows.into_iter().map(Row::into_opening).collect()
}

/// Begins one, in place of an earlier one of the event.
///
/// # Errors
/// When the database fails.
pub async fn put(
    tx: &mut Tx,
    event: EventId,
    by: UserId,
    (now, told_at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let again = execute!(
        tx,
        "UPDATE openings SET status = 'waiting', asked_by = ?, asked_at = ?, told_at = ?, ended_at = NULL, reason = NULL \
         WHERE event_id = ?",
        by.0,
        now.0,
        told_at.0,
        event.0
    )?;
    if again == 0 {
        execute!(
            tx,
            "INSERT INTO openings (event_id, status, asked_by, asked_at, told_at) VALUES (?, 'waiting', ?, ?, ?)",
            event.0,
            by.0,
            now.0,
            told_at.0
        )?;
    }
    Ok(())
}

/// Declines the one that waits; false when none does.
///
/// # Errors
/// When the database fails.
pub async fn decline(
    tx: &mut Tx,
    event: EventId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_declined = end(tx, event, OpeningStatus::Declined, now).await?;
    if is_declined {
        let sql = "UPDATE openings SET reason = ? WHERE event_id = ?";
        execute!(tx, sql, reason, event.0)?;
    }
    Ok(is_declined)
}

/// Ends the one that waits; false when none does.
///
/// # Errors
/// When the database fails.
pub async fn end(
    tx: &mut Tx,
    event: EventId,
    how: OpeningStatus,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = execute!(
        tx,
        "UPDATE openings SET status = ?, ended_at = ? WHERE event_id = ? AND status = 'waiting'",
        how.name(),
        now.0,
        event.0
    )?;
    Ok(ended > 0)
}
