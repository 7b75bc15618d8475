//! How far the replica has come: its place in central's changes, and the last proof that it equals central's.

use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::{config::EventConfig, manifest::Manifest, ticket::Revision, time::Timestamp};

use crate::{
    database::{cbor, cbor_option},
    error::NodeError,
};

/// One row, always written together with the rows it speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The place in central's changes; `None`: the next fetch begins from the start.
    pub position: Option<Vec<u8>>,
    /// Number of the last full fetch that was begun.
    pub pass: u64,
    /// That fetch has not reached its last page.
    pub is_whole: bool,
    /// Manifest of the rows of this pass.
    pub running: Manifest,
    /// Revision of the last proof.
    pub revision: Revision,
    /// Central's time of the last proof.
    pub as_of: Option<Timestamp>,
    /// Equal to central's when the last page came.
    pub is_complete: bool,
    /// What was wrong when it was not.
    pub gap: Option<String>,
}

pub(super) fn load(connection: &Connection) -> Result<State, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, pass, is_whole, running, revision, as_of_ms, is_complete, gap
         FROM state WHERE id = 1",
    )?;
    Ok(statement.query_row([], |row| {
        Ok(State {
            position: row.get(0)?,
            pass: row.get(1)?,
            is_whole: row.get(2)?,
            running: cbor_option(row, 3)?.unwrap_or_default(),
            revision: row.get(4)?,
            as_of: row.get::<_, Option<i64>>(5)?.map(Timestamp),
            is_complete: row.get(6)?,
            gap: row.get(7)?,
        })
    })?)
}

pub(super) fn store(connection: &Connection, state: &State) -> Result<(), NodeError> {
    connection
        .prepare_cached(
            "UPDATE state SET position = ?1, pass = ?2, is_whole = ?3, running = ?4, revision = ?5,
                as_of_ms = ?6, is_complete = ?7, gap = ?8 WHERE id = 1",
        )?
        .execute(params![
            state.position,
            state.pass,
            state.is_whole,
            sync_protocol::wire::encode(&state.running),
            state.revision,
            state.as_of.map(|at| at.0),
            state.is_complete,
            state.gap,
        ])?;
    Ok(())
}

pub(super) fn config(connection: &Connection) -> Result<Option<EventConfig>, NodeError> {
    let mut statement = connection.prepare_cached("SELECT config FROM event_config")?;
    Ok(statement.query_row([], |row| cbor(row, 0)).optional()?)
}

pub(super) fn store_config(connection: &Connection, config: &EventConfig) -> Result<(), NodeError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO event_config (id, config) VALUES (1, ?1)")?
        .execute(params![sync_protocol::wire::encode(config)])?;
    Ok(())
}
