//! Names that are being sealed for an event's search, or taken away after it: how far each event has come.
//!
//! Invariant: what is done is counted in the transaction that does it, so what was interrupted goes on where it was.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_optional},
};

/// How far an event has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRun {
    /// Who asked for it.
    pub asked_by: String,
    /// When.
    pub started_at: Timestamp,
    /// Names that it was about when it began; more may be sold since.
    pub total: u64,
    /// Those that are done.
    pub done: u64,
    /// Since when no piece can be done: the event's key does not open.
    pub stuck_at: Option<Timestamp>,
}

/// Begins one, in the place of the event's last.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut Tx, event: EventId, run: &SearchRun) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM search_runs WHERE event_id = ?", event.0)?;
    execute!(
        tx,
        "INSERT INTO search_runs (event_id, asked_by, started_at, total, done) VALUES (?, ?, ?, ?, ?)",
        event.0,
        &run.asked_by,
        run.started_at.0,
        signed(run.total),
        signed(run.done)
    )?;
    Ok(())
}

/// Events whose names are not all done, those first that wait longest.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx) -> Result<Vec<EventId>, StoreError> {
    let sql =
        "SELECT event_id FROM search_runs WHERE done_at IS NULL ORDER BY started_at, event_id";
    let rows = fetch_all!(tx, (Uuid,), sql)?;
    Ok(rows.into_iter().map(|(event,)| EventId(event)).collect())
}

/// The run of an event, if it is not done.
///
/// # Errors
/// When the database fails.
pub async fn open_of(tx: &mut Tx, event: EventId) -> Result<Option<SearchRun>, StoreError> {
    let sql = "SELECT asked_by, started_at, total, done, stuck_at FROM search_runs \
               WHERE event_id = ? AND done_at IS NULL";
    let row = fetch_optional!(tx, (String, i64, i64, i64, Option<i64>), sql, event.0)?;
    let run = |(asked_by, started_at, total, done, stuck_at): (_, _, _, _, Option<i64>)| {
        Ok(SearchRun {
            stuck_at: stuck_at.map(Timestamp),
            asked_by,
            started_at: Timestamp(started_at),
            total: unsigned(total)?,
            done: unsigned(done)?,
        })
    };
    row.map(run).transpose()
}

/// Keeps that no piece of an event can be done; false where that is known of this run.
///
/// # Errors
/// When the database fails.
pub async fn stick(tx: &mut Tx, event: EventId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE search_runs SET stuck_at = ? \
               WHERE event_id = ? AND done_at IS NULL AND stuck_at IS NULL";
    Ok(execute!(tx, sql, now.0, event.0)? == 1)
}

/// Counts names that are done.
///
/// # Errors
/// When the database fails.
pub async fn advance(tx: &mut Tx, event: EventId, names: u64) -> Result<(), StoreError> {
    let sql = "UPDATE search_runs SET done = done + ?, stuck_at = NULL WHERE event_id = ? AND done_at IS NULL";
    execute!(tx, sql, signed(names), event.0)?;
    Ok(())
}

/// Ends the run of an event; false when another server did.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, event: EventId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE search_runs SET done_at = ? WHERE event_id = ? AND done_at IS NULL";
    Ok(execute!(tx, sql, now.0, event.0)? == 1)
}
