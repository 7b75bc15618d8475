//! The scan log: every attempt at this gate, in the order in which it was decided, chained, never edited.
//!
//! Invariant: a record that [`Append::commit`] accepted is on the disk; rows follow each other without gaps
//! (triggers refuse anything else), and each holds the hash of the one before. The log is a file of its
//! own because it outlives the replica: erasing a revoked node keeps its scans and its dealings with central
//! ([`contact`]).
//!
//! Called by [`crate::node::Node`] alone. Look-up, decision and append share one [`Append`], which holds
//! SQLite's write lock: two programs on one folder cannot admit a ticket twice either.

pub mod batch;
pub mod contact;
pub mod failure;
mod history;
mod last;
pub mod passed;
pub mod row;
pub mod walk;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::{
    decide::Passage,
    digest::Digest,
    id::{NodeId, TicketId, WristbandId},
    occupancy::Pass,
    scan::{Head, ScanRecord, genesis, record_hash},
    time::Timestamp,
};

use crate::{database, error::NodeError};
use contact::Contact;

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/edge/log/0001_scan_log.sql"),
    include_str!("../../../migrations/edge/log/0002_operators.sql"),
    include_str!("../../../migrations/edge/log/0003_assignment.sql"),
];

/// The open log of one node.
pub struct Log {
    connection: Connection,
    node: NodeId,
}

/// A write in progress; dropped without [`Append::commit`], it leaves nothing.
pub struct Append<'log> {
    tx: &'log Connection,
    node: NodeId,
}

impl Log {
    /// Makes the log of a new node.
    ///
    /// # Errors
    /// As [`Log::open`].
    pub fn create(path: &Path, node: NodeId) -> Result<Self, NodeError> {
        let connection = database::open(path, MIGRATIONS)?;
        Ok(Self { connection, node })
    }

    /// Opens the log.
    ///
    /// # Errors
    /// [`NodeError::LogMissing`], [`NodeError::NewerDatabase`] or [`NodeError::Open`].
    pub fn open(path: &Path, node: NodeId) -> Result<Self, NodeError> {
        if !path.exists() {
            return Err(NodeError::LogMissing(path.to_owned()));
        }
        Self::create(path, node)
    }

    /// Begins a write; nobody else writes until it ends.
    ///
    /// # Errors
    /// [`NodeError::Database`] when the log cannot be written.
    pub fn begin(&mut self) -> Result<Append<'_>, NodeError> {
        // Cached: rusqlite's own transactions compile BEGIN and COMMIT anew for every guest.
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        Ok(Append {
            tx: &self.connection,
            node: self.node,
        })
    }

    /// Where the log stands.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn head(&self) -> Result<Head, NodeError> {
        head(&self.connection, self.node)
    }

    /// Whether a node ever worked with it.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn is_used(&self) -> Result<bool, NodeError> {
        Ok(self.head()?.seq > 0 || self.contact()? != Contact::default())
    }

    /// This node's dealings with central.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn contact(&self) -> Result<Contact, NodeError> {
        contact::load(&self.connection)
    }

    /// Own admitted scans of a ticket, in the order of the log; to be told, not to decide by.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passages(&self, ticket: TicketId) -> Result<Vec<Passage>, NodeError> {
        history::passages(&self.connection, self.node, ticket)
    }

    /// Own admitted entries and exits after a place.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passes_after(&self, seq: u64) -> Result<Vec<Pass>, NodeError> {
        history::passes_after(&self.connection, self.node, seq)
    }

    /// Own entries and exits that were taken back here, by their places.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn undone_passes(&self) -> Result<Vec<u64>, NodeError> {
        history::undone_passes(&self.connection)
    }
}

#[cfg(test)]
impl Log {
    /// For tests that play a full or a locked disk, or somebody who edits rows.
    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Append<'_> {
    /// Where the log stands, and stays until this write ends.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn head(&self) -> Result<Head, NodeError> {
        head(self.tx, self.node)
    }

    /// This node's dealings with central.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn contact(&self) -> Result<Contact, NodeError> {
        contact::load(self.tx)
    }

    /// Replaces this node's dealings with central.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn set_contact(&self, contact: &Contact) -> Result<(), NodeError> {
        contact::store(self.tx, contact)
    }

    /// Own admitted scans of a ticket, in the order of the log.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passages(&self, ticket: TicketId) -> Result<Vec<Passage>, NodeError> {
        history::passages(self.tx, self.node, ticket)
    }

    /// Own admitted scans that name a wristband, in the order of the log.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn passages_by(&self, wristband: WristbandId) -> Result<Vec<Passage>, NodeError> {
        history::passages_by(self.tx, self.node, wristband)
    }

    /// Puts a record behind the last one. `ticket` is the ticket that it counts for, as far as this gate knows.
    ///
    /// # Errors
    /// [`NodeError::Database`] when it does not fit on the disk or does not follow.
    pub fn add(
        &self,
        record: &ScanRecord,
        ticket: Option<TicketId>,
        at: Timestamp,
        day: u8,
    ) -> Result<(), NodeError> {
        let bytes = record.to_bytes();
        let wristband = record.subject.wristband().or(record.wristband);
        self.tx
            .prepare_cached(
                "INSERT INTO scans (seq, ticket, wristband, action, decision, reason, at_ms, day, gate, record, hash, answers)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                record.seq,
                ticket.map(|ticket| *ticket.as_bytes()),
                wristband.map(|wristband| *wristband.as_bytes()),
                record.action.code(),
                record.decision.code(),
                record.reason.code(),
                at.0,
                day,
                record.gate.as_bytes(),
                bytes,
                record_hash(&bytes).as_bytes(),
                record.answers,
            ])?;
        Ok(())
    }

    /// Makes it durable. When this returns `Ok`, a power cut loses nothing of it.
    ///
    /// # Errors
    /// [`NodeError::Database`]; then nothing was kept.
    pub fn commit(self) -> Result<(), NodeError> {
        self.tx.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Drop for Append<'_> {
    fn drop(&mut self) {
        if self.tx.is_autocommit() {
            return;
        }
        if let Err(error) = self.tx.execute_batch("ROLLBACK") {
            tracing::error!(%error, "a write that failed could not be taken back");
        }
    }
}

fn head(connection: &Connection, node: NodeId) -> Result<Head, NodeError> {
    let last = connection
        .prepare_cached("SELECT seq, hash FROM scans ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, Digest(row.get(1)?))))
        .optional()?;
    let (seq, hash) = last.unwrap_or((0, genesis(node)));
    Ok(Head { node, seq, hash })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
