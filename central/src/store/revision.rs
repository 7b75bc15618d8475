//! The event's revision: the number of a gate-visible change, and the manifest that goes with it.
//!
//! [`take`] is the first statement of every transaction that changes what gates see. It locks the event's
//! row until the commit, so revisions are gapless, commits become visible in their order, and no cursor can
//! step over a late one. The manifest is kept up to date under the same lock and written back by [`put`].
//! A transaction that does not know yet whether it will change anything takes the lock alone ([`lock`]).

use std::collections::BTreeMap;

use sync_protocol::{
    digest::Digest,
    id::EventId,
    manifest::{Manifest, Tally},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::locking,
    tx::{execute, fetch_all, fetch_optional},
};

#[derive(sqlx::FromRow)]
struct Row {
    revision: i64,
    config_revision: i64,
    count_valid: i64,
    count_unpaid: i64,
    count_revoked: i64,
    count_refunded: i64,
    count_transferred: i64,
    manifest_sum: Vec<u8>,
    passages: i64,
    passages_sum: Vec<u8>,
    wristbands: i64,
    wristbands_sum: Vec<u8>,
}

/// An event's revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRevision {
    /// Revision of the last change of days, types, gates, keys or rules.
    pub config_revision: u64,
    /// The current revision and what a replica holds at it.
    pub manifest: Manifest,
}

macro_rules! select {
    () => {
        "SELECT revision, config_revision, count_valid, count_unpaid, count_revoked, count_refunded, \
         count_transferred, manifest_sum, passages, passages_sum, wristbands, wristbands_sum \
         FROM event_revisions WHERE event_id = ?"
    };
}

/// Takes the event's next revision and its lock. Must be the first statement of the transaction.
///
/// # Errors
/// [`StoreError::Corrupt`] when the event does not exist.
pub async fn take(tx: &mut Tx, event: EventId) -> Result<EventRevision, StoreError> {
    execute!(
        tx,
        "UPDATE event_revisions SET revision = revision + 1 WHERE event_id = ?",
        event.0
    )?;
    read(tx, event).await
}

/// Takes the event's lock, and leaves the next revision to [`EventRevision::step`] and [`put`]. Must be the first
/// statement of the transaction.
///
/// # Errors
/// [`StoreError::Corrupt`] when the event does not exist.
pub async fn lock(tx: &mut Tx, event: EventId) -> Result<EventRevision, StoreError> {
    let text = locking!(tx, select!());
    known(fetch_optional!(tx, Row, text, event.0)?)
}

/// The event's current revision, without taking the next.
///
/// # Errors
/// [`StoreError::Corrupt`] when the event does not exist.
pub async fn read(tx: &mut Tx, event: EventId) -> Result<EventRevision, StoreError> {
    let row = fetch_optional!(tx, Row, select!(), event.0)?;
    known(row)
}

fn known(row: Option<Row>) -> Result<EventRevision, StoreError> {
    row.ok_or(StoreError::Corrupt("an event without a revision"))?
        .into_revision()
}

/// Starts an event's numbering at zero.
///
/// # Errors
/// [`StoreError::Duplicate`] when it was started before.
pub async fn insert(tx: &mut Tx, event: EventId) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO event_revisions (event_id, revision, config_revision, count_valid, count_unpaid, \
         count_revoked, count_refunded, count_transferred, manifest_sum, passages, passages_sum, wristbands, \
         wristbands_sum) VALUES (?, 0, 0, 0, 0, 0, 0, 0, ?, 0, ?, 0, ?)",
        event.0,
        [0u8; 32].as_slice(),
        [0u8; 32].as_slice(),
        [0u8; 32].as_slice()
    )?;
    Ok(())
}

/// Writes back what the transaction made of it. The lock of [`take`] is still held.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, event: EventId, now: &EventRevision) -> Result<(), StoreError> {
    let count = |place: usize| signed(now.manifest.counts[place]);
    let Manifest {
        passages,
        wristbands,
        ..
    } = &now.manifest;
    execute!(
        tx,
        "UPDATE event_revisions SET revision = ?, config_revision = ?, count_valid = ?, count_unpaid = ?, \
         count_revoked = ?, count_refunded = ?, count_transferred = ?, manifest_sum = ?, passages = ?, \
         passages_sum = ?, wristbands = ?, wristbands_sum = ? WHERE event_id = ?",
        signed(now.manifest.revision),
        signed(now.config_revision),
        count(0),
        count(1),
        count(2),
        count(3),
        count(4),
        now.manifest.sum.0.as_slice(),
        signed(passages.count),
        passages.sum.0.as_slice(),
        signed(wristbands.count),
        wristbands.sum.0.as_slice(),
        event.0
    )?;
    Ok(())
}

/// The sums of the admitted scans of every event that has any: one that stays says that no scan has changed.
///
/// # Errors
/// When the database fails.
pub async fn passages(tx: &mut Tx) -> Result<BTreeMap<EventId, Digest>, StoreError> {
    let sql = "SELECT event_id, passages_sum FROM event_revisions WHERE passages > 0";
    let rows = fetch_all!(tx, (Uuid, Vec<u8>), sql)?;
    let of_event = |(event, bytes): (Uuid, Vec<u8>)| Ok((EventId(event), sum(bytes)?));
    rows.into_iter().map(of_event).collect()
}

impl EventRevision {
    /// Goes on to the next revision, under the lock of [`lock`].
    pub fn step(&mut self) {
        self.manifest.revision += 1;
    }
}

impl Row {
    fn into_revision(self) -> Result<EventRevision, StoreError> {
        let counts = [
            self.count_valid,
            self.count_unpaid,
            self.count_revoked,
            self.count_refunded,
            self.count_transferred,
        ];
        Ok(EventRevision {
            config_revision: unsigned(self.config_revision)?,
            manifest: Manifest {
                revision: unsigned(self.revision)?,
                counts: counts.map(|count| u64::try_from(count).unwrap_or_default()),
                sum: sum(self.manifest_sum)?,
                passages: Tally {
                    count: unsigned(self.passages)?,
                    sum: sum(self.passages_sum)?,
                },
                wristbands: Tally {
                    count: unsigned(self.wristbands)?,
                    sum: sum(self.wristbands_sum)?,
                },
            },
        })
    }
}

fn sum(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    let sum = bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt("manifest sum"));
    sum.map(Digest)
}

/// A number as the engines store it.
///
/// # Panics
/// Above 2⁶³: nothing here counts that far.
#[must_use]
pub fn signed(value: u64) -> i64 {
    i64::try_from(value).expect("counts stay below 2^63")
}

/// A number as it was before it was stored.
///
/// # Errors
/// [`StoreError::Corrupt`] when it is negative.
pub fn unsigned(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Corrupt("a negative number"))
}
