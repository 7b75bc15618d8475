//! The audit trail of rulings, and records that were set aside.

use sync_protocol::{
    digest::Digest,
    id::{EventId, NodeId, TicketId},
    merge::Ruling,
    scan::ScanId,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx, dialect,
    many::write_many,
    revision::{signed, unsigned},
    scan::{ruling, winner},
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::cause::Cause;

/// One change of an earlier ruling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulingChange {
    /// Its id.
    pub id: Uuid,
    /// The event.
    pub event: EventId,
    /// The ticket; `None` = a wristband that belongs to none.
    pub ticket: Option<TicketId>,
    /// The scan that is ruled otherwise now.
    pub scan: ScanId,
    /// What was said before.
    pub old: Ruling,
    /// What is said now.
    pub new: Ruling,
    /// Whose log made the difference.
    pub caused_by: NodeId,
    /// What it brought.
    pub cause: Cause,
    /// At which revision.
    pub revision: u64,
    /// When.
    pub changed_at: Timestamp,
}

/// Adds to the audit trail.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, changes: &[RulingChange]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO ruling_changes (id, event_id, ticket_id, node_id, seq, old_ruling, old_winner_node, \
         old_winner_seq, new_ruling, new_winner_node, new_winner_seq, caused_by_node, cause, revision, changed_at) VALUES ",
        "",
        changes,
        |row| row.id,
        row.event.0,
        row.ticket.map(|id| id.0),
        row.scan.node.0,
        signed(row.scan.seq),
        row.old.name(),
        winner(Some(&row.old)).map(|scan| scan.node.0),
        winner(Some(&row.old)).map(|scan| signed(scan.seq)),
        row.new.name(),
        winner(Some(&row.new)).map(|scan| scan.node.0),
        winner(Some(&row.new)).map(|scan| signed(scan.seq)),
        row.caused_by.0,
        row.cause.name(),
        signed(row.revision),
        row.changed_at.0
    )
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    ticket_id: Option<Uuid>,
    node_id: Uuid,
    seq: i64,
    old_ruling: String,
    old_winner_node: Option<Uuid>,
    old_winner_seq: Option<i64>,
    new_ruling: String,
    new_winner_node: Option<Uuid>,
    new_winner_seq: Option<i64>,
    caused_by_node: Uuid,
    cause: String,
    revision: i64,
    changed_at: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, event_id, ticket_id, node_id, seq, old_ruling, old_winner_node, old_winner_seq, new_ruling, \
             new_winner_node, new_winner_seq, caused_by_node, cause, revision, changed_at FROM ruling_changes ",
            $rest
        )
    };
}

/// An event's audit trail of rulings, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_event(tx: &mut Tx, event: EventId) -> Result<Vec<RulingChange>, StoreError> {
    let sql = select!("WHERE event_id = ? ORDER BY changed_at, revision, node_id, seq");
    let rows = fetch_all!(tx, Row, sql, event.0)?;
    rows.into_iter().map(Row::into_change).collect()
}

/// What was said of one scan over time, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_scan(tx: &mut Tx, scan: ScanId) -> Result<Vec<RulingChange>, StoreError> {
    let sql = select!("WHERE node_id = ? AND seq = ? ORDER BY revision, id");
    let rows = fetch_all!(tx, Row, sql, scan.node.0, signed(scan.seq))?;
    rows.into_iter().map(Row::into_change).collect()
}

impl Row {
    fn into_change(self) -> Result<RulingChange, StoreError> {
        let Self {
            old_winner_node,
            old_winner_seq,
            new_winner_node,
            new_winner_seq,
            ..
        } = self;
        Ok(RulingChange {
            id: self.id,
            event: EventId(self.event_id),
            ticket: self.ticket_id.map(TicketId),
            scan: ScanId {
                node: NodeId(self.node_id),
                seq: unsigned(self.seq)?,
            },
            old: ruling(&self.old_ruling, old_winner_node, old_winner_seq)?,
            new: ruling(&self.new_ruling, new_winner_node, new_winner_seq)?,
            caused_by: NodeId(self.caused_by_node),
            cause: Cause::from_name(&self.cause).ok_or(StoreError::Corrupt("cause"))?,
            revision: unsigned(self.revision)?,
            changed_at: Timestamp(self.changed_at),
        })
    }
}

/// A record that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedRow {
    /// Its id.
    pub id: Uuid,
    /// Where in the log it stood, or was said to stand.
    pub scan: ScanId,
    /// Why, by stable name.
    pub code: &'static str,
    /// Of the bytes.
    pub digest: Digest,
    /// As they came.
    pub body: Vec<u8>,
    /// When.
    pub received_at: Timestamp,
}

/// Sets records aside; what was set aside before stays one row.
///
/// # Errors
/// When the database fails.
pub async fn park(tx: &mut Tx, rows: &[ParkedRow]) -> Result<(), StoreError> {
    let into = " parked_records (id, node_id, seq, code, digest, body, received_at) VALUES ";
    let head = [dialect::insert_ignore(tx), into].concat();
    write_many!(
        tx,
        &head,
        "",
        rows,
        |row| row.id,
        row.scan.node.0,
        signed(row.scan.seq),
        row.code,
        row.digest.0.as_slice(),
        row.body.as_slice(),
        row.received_at.0
    )
}

/// Forgets what was set aside only because records before it were missing: they are here now, and so is it.
///
/// # Errors
/// When the database fails.
pub async fn forget_gaps(tx: &mut Tx, node: NodeId, upto: u64) -> Result<(), StoreError> {
    let sql = "DELETE FROM parked_records WHERE node_id = ? AND seq <= ? AND code = 'log_gap'";
    execute!(tx, sql, node.0, signed(upto))?;
    Ok(())
}

/// How many records of a node were set aside.
///
/// # Errors
/// When the database fails.
pub async fn count_parked(tx: &mut Tx, node: NodeId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM parked_records WHERE node_id = ?";
    let row = fetch_optional!(tx, (i64,), sql, node.0)?;
    unsigned(row.map_or(0, |(count,)| count))
}

/// The bytes that stand at a place of a node's log although they cannot be used.
///
/// # Errors
/// When the database fails.
pub async fn poison_at(tx: &mut Tx, node: NodeId, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>,),
        "SELECT body FROM parked_records WHERE node_id = ? AND seq = ? AND code LIKE 'record%' LIMIT 1",
        node.0,
        signed(seq)
    )?;
    Ok(row.map(|(body,)| body))
}

/// What a node sent and was set aside: place, reason and bytes, by place.
///
/// # Errors
/// When the database fails.
pub async fn parked_of(
    tx: &mut Tx,
    node: NodeId,
) -> Result<Vec<(u64, String, Vec<u8>)>, StoreError> {
    let sql = "SELECT seq, code, body FROM parked_records WHERE node_id = ? ORDER BY seq, digest";
    let rows = fetch_all!(tx, (i64, String, Vec<u8>), sql, node.0)?;
    let row = |(seq, code, body)| Ok((unsigned(seq)?, code, body));
    rows.into_iter().map(row).collect()
}
