//! Sync rounds of a node: the facts from which true times are made (`sync_protocol::moment`).

use sync_protocol::{
    id::{BootId, NodeId},
    moment::{Mark, Trip},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_optional},
};

/// A round: its number and its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its number, ascending per node.
    pub number: u64,
    /// What it says of the log.
    pub mark: Mark,
}

/// Of many rounds in which the log did not grow, so many of the last ones bear on what comes after.
const IDLE_ROUNDS: i64 = 64;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT round, head_seq, received_at, answered_at, trip_boot, trip_sent_ms, trip_got_ms, carried \
             FROM node_rounds WHERE node_id = ? AND ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    round: i64,
    head_seq: i64,
    received_at: i64,
    answered_at: i64,
    trip_boot: Option<Uuid>,
    trip_sent_ms: Option<i64>,
    trip_got_ms: Option<i64>,
    carried: bool,
}

impl Row {
    fn into_round(self) -> Result<Round, StoreError> {
        let trip = match (self.trip_boot, self.trip_sent_ms, self.trip_got_ms) {
            (Some(boot), Some(sent_ms), Some(got_ms)) => Some(Trip {
                boot: BootId(boot),
                sent_ms,
                got_ms,
            }),
            _ => None,
        };
        Ok(Round {
            number: unsigned(self.round)?,
            mark: Mark {
                head: unsigned(self.head_seq)?,
                received_at: Timestamp(self.received_at),
                answered_at: Timestamp(self.answered_at),
                trip,
                carried: self.carried,
            },
        })
    }
}

/// One round of a node.
///
/// # Errors
/// When the database fails.
pub async fn by_number(
    tx: &mut Tx,
    node: NodeId,
    number: u64,
) -> Result<Option<Round>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("round = ?"), node.0, signed(number))?;
    row.map(Row::into_round).transpose()
}

/// The last round before `number` whose clock sample is of this boot.
///
/// # Errors
/// When the database fails.
pub async fn sampled_before(
    tx: &mut Tx,
    node: NodeId,
    number: u64,
    boot: BootId,
) -> Result<Option<Round>, StoreError> {
    let sql = select!("round < ? AND trip_boot = ? ORDER BY round DESC LIMIT 1");
    let row = fetch_optional!(tx, Row, sql, node.0, signed(number), boot.0)?;
    row.map(Row::into_round).transpose()
}

/// The last head below `head` at which a clock sample was taken: what is before it is settled.
///
/// # Errors
/// When the database fails.
pub async fn settled_head(tx: &mut Tx, node: NodeId, head: u64) -> Result<u64, StoreError> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "SELECT head_seq FROM node_rounds WHERE node_id = ? AND head_seq < ? AND trip_boot IS NOT NULL \
         ORDER BY head_seq DESC, round DESC LIMIT 1",
        node.0,
        signed(head)
    )?;
    row.map_or(Ok(0), |(head,)| unsigned(head))
}

/// The rounds that bear on the records after `head`, ascending.
///
/// # Errors
/// When the database fails.
pub async fn from_head(tx: &mut Tx, node: NodeId, head: u64) -> Result<Vec<Round>, StoreError> {
    let sql = select!("head_seq = ? ORDER BY round DESC LIMIT ?");
    let mut rows = fetch_all!(tx, Row, sql, node.0, signed(head), IDLE_ROUNDS)?;
    rows.reverse();
    let sql = select!("head_seq > ? ORDER BY head_seq, round");
    rows.extend(fetch_all!(tx, Row, sql, node.0, signed(head))?);
    rows.into_iter().map(Row::into_round).collect()
}

/// Stores a round.
///
/// # Errors
/// [`StoreError::Duplicate`] when the node has a round of this number.
pub async fn insert(tx: &mut Tx, node: NodeId, round: &Round) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO node_rounds (node_id, round, head_seq, received_at, answered_at, carried) VALUES (?, ?, ?, ?, ?, ?)",
        node.0,
        signed(round.number),
        signed(round.mark.head),
        round.mark.received_at.0,
        round.mark.answered_at.0,
        round.mark.carried
    )?;
    Ok(())
}

/// Adds the node's side of a round trip, once.
///
/// # Errors
/// When the database fails.
pub async fn set_trip(
    tx: &mut Tx,
    node: NodeId,
    number: u64,
    trip: &Trip,
) -> Result<(), StoreError> {
    execute!(
        tx,
        "UPDATE node_rounds SET trip_boot = ?, trip_sent_ms = ?, trip_got_ms = ? \
         WHERE node_id = ? AND round = ? AND trip_boot IS NULL",
        trip.boot.0,
        trip.sent_ms,
        trip.got_ms,
        node.0,
        signed(number)
    )?;
    Ok(())
}

/// Forgets a round that no record's time depends on.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, node: NodeId, number: u64) -> Result<(), StoreError> {
    let sql = "DELETE FROM node_rounds WHERE node_id = ? AND round = ?";
    execute!(tx, sql, node.0, signed(number))?;
    Ok(())
}
