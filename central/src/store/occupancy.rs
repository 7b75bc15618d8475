//! How many are inside, asked of the database: the same questions as `sync_protocol::occupancy`, without reading every
//! scan into memory. Tested against it on both engines.

use sync_protocol::{
    id::{EventId, GateId, NodeId},
    occupancy::{Tally, Window},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::unsigned,
    tx::{fetch_all, fetch_one},
};

/// The tickets of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeTally {
    /// The event's number for the type; `None` = tickets that central does not know.
    pub number: Option<u16>,
    /// How they stand.
    pub tally: Tally,
}

/// The counted passes of one gate since the last check-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateTally {
    /// The gate.
    pub gate: GateId,
    /// In.
    pub entries: u64,
    /// Out.
    pub exits: u64,
}

/// What is counted for no ticket, or twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uncounted {
    /// Entries since the last check-out that lost to another: people inside with the ticket of others.
    pub doubles: u64,
    /// Wristbands in use of which no exchange is known.
    pub unbound: u64,
    /// Exchanges and undoings that lost.
    pub lost_bindings: u64,
}

#[derive(sqlx::FromRow)]
struct TypeRow {
    type_number: Option<i64>,
    inside: i64,
    unsure_inside: i64,
    unsure_outside: i64,
}

/// How an event's tickets stand, by type.
///
/// # Errors
/// When the database fails.
pub async fn by_type(
    tx: &mut Tx,
    event: EventId,
    window: &Window,
) -> Result<Vec<TypeTally>, StoreError> {
    let (since, as_of) = (window.since.0, window.as_of.0);
    // Innermost: the passes that may be in the window, each beside the last one of its ticket that counts. `place` 1
    // = counted within the window, so the first row of a ticket is its last counted pass, if it has one.
    let rows = fetch_all!(
        tx,
        TypeRow,
        "SELECT k.type_number, COUNT(CASE WHEN one.inside = 1 THEN 1 END) AS inside, \
         COUNT(CASE WHEN one.inside = 1 AND one.unsure = 1 THEN 1 END) AS unsure_inside, \
         COUNT(CASE WHEN one.inside = 0 AND one.unsure = 1 THEN 1 END) AS unsure_outside \
         FROM (SELECT ticket, MAX(CASE WHEN last_rank = 1 AND last_action = 2 THEN 1 ELSE 0 END) AS inside, \
         MAX(CASE WHEN cut = 1 OR (last_rank = 1 AND action <> last_action AND node_id <> last_node \
         AND lo_ms <= last_hi AND hi_ms >= last_lo) THEN 1 ELSE 0 END) AS unsure \
         FROM (SELECT ticket, action, node_id, lo_ms, hi_ms, cut, FIRST_VALUE(place) OVER w AS last_rank, \
         FIRST_VALUE(action) OVER w AS last_action, FIRST_VALUE(node_id) OVER w AS last_node, \
         FIRST_VALUE(lo_ms) OVER w AS last_lo, FIRST_VALUE(hi_ms) OVER w AS last_hi \
         FROM (SELECT counted_ticket_id AS ticket, action, node_id, seq, lo_ms, at_ms, hi_ms, \
         CASE WHEN ruling = 'counted' AND at_ms >= ? AND at_ms <= ? THEN 1 ELSE 0 END AS place, \
         CASE WHEN hi_ms > ? OR (lo_ms < ? AND action = 2) THEN 1 ELSE 0 END AS cut \
         FROM scans WHERE event_id = ? AND revision > 0 AND action IN (2, 3) \
         AND counted_ticket_id IS NOT NULL AND ruling <> 'undone' AND lo_ms <= ? AND hi_ms >= ?) passes \
         WINDOW w AS (PARTITION BY ticket ORDER BY place DESC, at_ms DESC, node_id DESC, seq DESC)) ranked \
         GROUP BY ticket) one LEFT JOIN tickets k ON k.id = one.ticket \
         GROUP BY k.type_number ORDER BY k.type_number",
        since,
        as_of,
        as_of,
        since,
        event.0,
        as_of,
        since
    )?;
    rows.iter().map(type_tally).collect()
}

fn type_tally(row: &TypeRow) -> Result<TypeTally, StoreError> {
    let number = row.type_number.map(u16::try_from).transpose();
    Ok(TypeTally {
        number: number.map_err(|_| StoreError::Corrupt("type number"))?,
        tally: Tally {
            inside: unsigned(row.inside)?,
            unsure_inside: unsigned(row.unsure_inside)?,
            unsure_outside: unsigned(row.unsure_outside)?,
        },
    })
}

/// What each gate counted in and out.
///
/// # Errors
/// When the database fails.
pub async fn by_gate(
    tx: &mut Tx,
    event: EventId,
    window: &Window,
) -> Result<Vec<GateTally>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, i64),
        "SELECT gate_id, COUNT(CASE WHEN action = 2 THEN 1 END), COUNT(CASE WHEN action = 3 THEN 1 END) \
         FROM scans WHERE event_id = ? AND revision > 0 AND action IN (2, 3) AND ruling = 'counted' \
         AND at_ms >= ? AND at_ms <= ? GROUP BY gate_id ORDER BY gate_id",
        event.0,
        window.since.0,
        window.as_of.0
    )?;
    let tally = |(gate, entries, exits)| {
        Ok(GateTally {
            gate: GateId(gate),
            entries: unsigned(entries)?,
            exits: unsigned(exits)?,
        })
    };
    rows.into_iter().map(tally).collect()
}

/// What is counted for no ticket, or twice.
///
/// # Errors
/// When the database fails.
pub async fn uncounted(
    tx: &mut Tx,
    event: EventId,
    window: &Window,
) -> Result<Uncounted, StoreError> {
    let (doubles, unbound, lost) = fetch_one!(
        tx,
        (i64, i64, i64),
        "SELECT COUNT(CASE WHEN action = 2 AND ruling IN ('double', 'double_undecidable') \
         AND at_ms >= ? AND at_ms <= ? THEN 1 END), \
         COUNT(DISTINCT CASE WHEN ruling = 'unbound' THEN wristband_id END), \
         COUNT(CASE WHEN action IN (1, 4) THEN 1 END) \
         FROM scans WHERE event_id = ? AND revision > 0 AND ruling NOT IN ('counted', 'undone')",
        window.since.0,
        window.as_of.0,
        event.0
    )?;
    Ok(Uncounted {
        doubles: unsigned(doubles)?,
        unbound: unsigned(unbound)?,
        lost_bindings: unsigned(lost)?,
    })
}

/// How many tickets an event has, whatever became of them: each has a code that a gate may have let in.
///
/// # Errors
/// When the database fails.
pub async fn tickets(tx: &mut Tx, event: EventId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM tickets WHERE event_id = ?";
    let (count,) = fetch_one!(tx, (i64,), sql, event.0)?;
    unsigned(count)
}

/// Records of each of an event's nodes that were set aside and are not stored otherwise.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(tx: &mut Tx, event: EventId) -> Result<Vec<(NodeId, u64)>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64),
        "SELECT p.node_id, COUNT(*) FROM parked_records p JOIN nodes n ON n.id = p.node_id \
         WHERE n.event_id = ? AND NOT EXISTS (SELECT 1 FROM scans s WHERE s.node_id = p.node_id \
         AND s.seq = p.seq AND s.record = p.body) GROUP BY p.node_id ORDER BY p.node_id",
        event.0
    )?;
    let counted = |(node, count)| Ok((NodeId(node), unsigned(count)?));
    rows.into_iter().map(counted).collect()
}

/// A time in which a node let more through than the premise allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeRush {
    /// The node.
    pub node: NodeId,
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// So many.
    pub passes: u64,
}

/// Every such time of an event's nodes, by node and time: `sync_protocol::occupancy::rush` for all of them.
///
/// # Errors
/// When the database fails.
pub async fn rushes(
    tx: &mut Tx,
    event: EventId,
    most_per_minute: u32,
) -> Result<Vec<NodeRush>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, i64, i64),
        "SELECT node_id, from_ms, until_ms, COUNT(*) FROM (SELECT node_id, \
         CASE WHEN hi_ms - lo_ms >= 60000 THEN lo_ms ELSE at_ms - at_ms % 60000 END AS from_ms, \
         CASE WHEN hi_ms - lo_ms >= 60000 THEN hi_ms ELSE at_ms - at_ms % 60000 + 59999 END AS until_ms \
         FROM scans WHERE event_id = ? AND revision > 0) passes GROUP BY node_id, from_ms, until_ms \
         HAVING COUNT(*) > ? * ((until_ms - until_ms % 60000 - from_ms + from_ms % 60000) / 60000 + 1) \
         ORDER BY node_id, from_ms, until_ms",
        event.0,
        i64::from(most_per_minute)
    )?;
    let rush = |(node, from, until, passes)| {
        Ok(NodeRush {
            node: NodeId(node),
            from: Timestamp(from),
            until: Timestamp(until),
            passes: unsigned(passes)?,
        })
    };
    rows.into_iter().map(rush).collect()
}
