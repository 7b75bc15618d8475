//! What waits for a person and is no scan: records that were set aside, and nodes in quarantine. Counted and listed by
//! whether somebody has decided.

use std::collections::BTreeMap;

use sync_protocol::{
    id::{EventId, NodeId},
    scan::ScanId,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    conflict::SetAside,
    overview::PerEvent,
    revision::unsigned,
    tx::{fetch_all, fetch_one},
};
use crate::domain::{conflict::ParkedPlace, conflict_search::State};

/// Records that were set aside and that central does not hold otherwise, each beside its decision.
macro_rules! records {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM parked_records p JOIN nodes n ON n.id = p.node_id \
             LEFT JOIN conflict_decisions d ON d.about = p.id AND d.event_id = n.event_id \
             WHERE NOT EXISTS (SELECT 1 FROM scans s WHERE s.node_id = p.node_id AND s.seq = p.seq AND s.record = p.body)",
            $after
        )
    };
}

/// Quarantined nodes that nobody has decided about.
macro_rules! nodes {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM nodes n LEFT JOIN conflict_decisions d ON d.about = n.id AND d.event_id = n.event_id \
             WHERE n.status = 'quarantined' AND d.conflict IS NULL",
            $after
        )
    };
}

/// Set-aside records of an event's nodes, as the filter wants them, in the order in which they came.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(
    tx: &mut Tx,
    event: EventId,
    state: State,
    most: usize,
) -> Result<Vec<SetAside>, StoreError> {
    let sql = match state {
        State::Open => records!(
            "SELECT p.id, p.node_id, p.seq, p.code, p.received_at",
            " AND n.event_id = ? AND d.conflict IS NULL ORDER BY p.received_at, p.id LIMIT ?"
        ),
        State::Decided => records!(
            "SELECT p.id, p.node_id, p.seq, p.code, p.received_at",
            " AND n.event_id = ? AND d.conflict IS NOT NULL ORDER BY d.decided_at DESC, p.id LIMIT ?"
        ),
        State::All => records!(
            "SELECT p.id, p.node_id, p.seq, p.code, p.received_at",
            " AND n.event_id = ? ORDER BY p.received_at, p.id LIMIT ?"
        ),
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = fetch_all!(tx, (Uuid, Uuid, i64, String, i64), sql, event.0, most)?;
    let record = |(id, node, seq, code, at)| {
        Ok(SetAside {
            scan: ScanId {
                node: NodeId(node),
                seq: unsigned(seq)?,
            },
            code,
            place: ParkedPlace {
                received_at: Timestamp(at),
                id,
            },
        })
    };
    rows.into_iter().map(record).collect()
}

/// How many records and nodes of each event nobody has decided about.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx) -> Result<PerEvent, StoreError> {
    let sql = records!(
        "SELECT n.event_id, COUNT(*)",
        " AND d.conflict IS NULL GROUP BY n.event_id"
    );
    let mut rows = fetch_all!(tx, (Uuid, i64), sql)?;
    let sql = nodes!("SELECT n.event_id, COUNT(*)", " GROUP BY n.event_id");
    rows.extend(fetch_all!(tx, (Uuid, i64), sql)?);
    let mut open = BTreeMap::new();
    for (event, count) in rows {
        *open.entry(EventId(event)).or_default() += count;
    }
    Ok(open)
}

/// The same of one event.
///
/// # Errors
/// When the database fails.
pub async fn open_of(tx: &mut Tx, event: EventId) -> Result<i64, StoreError> {
    let sql = records!(
        "SELECT COUNT(*)",
        " AND d.conflict IS NULL AND n.event_id = ?"
    );
    let (records,) = fetch_one!(tx, (i64,), sql, event.0)?;
    let sql = nodes!("SELECT COUNT(*)", " AND n.event_id = ?");
    let (nodes,) = fetch_one!(tx, (i64,), sql, event.0)?;
    Ok(records + nodes)
}

/// Events where somebody has decided about something that is no scan.
///
/// # Errors
/// When the database fails.
pub async fn decided(tx: &mut Tx) -> Result<Vec<EventId>, StoreError> {
    let sql = "SELECT DISTINCT event_id FROM conflict_decisions WHERE node_id IS NULL";
    let rows = fetch_all!(tx, (Uuid,), sql)?;
    Ok(rows.into_iter().map(|(event,)| EventId(event)).collect())
}
