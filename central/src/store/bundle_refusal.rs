//! Files with logs that were not taken in, or not to their end.

use sync_protocol::{
    id::{EventId, NodeId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all},
};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleRefusal {
    /// Its id.
    pub id: Uuid,
    /// The event.
    pub event: EventId,
    /// The node that sealed it; `None` = that is not proven.
    pub node: Option<NodeId>,
    /// Who brought it.
    pub author: String,
    /// When.
    pub refused_at: Timestamp,
    /// Why, by stable name.
    pub code: String,
    /// New records of it that were kept before that.
    pub taken: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    node_id: Option<Uuid>,
    author: String,
    refused_at: i64,
    code: String,
    taken: i64,
}

/// Stores one.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, refusal: &BundleRefusal) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bundle_refusals (id, event_id, node_id, author, refused_at, code, taken) VALUES (?, ?, ?, ?, ?, ?, ?)",
        refusal.id,
        refusal.event.0,
        refusal.node.map(|node| node.0),
        &refusal.author,
        refusal.refused_at.0,
        &refusal.code,
        signed(refusal.taken)
    )?;
    Ok(())
}

/// The latest of an event, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn latest_of(
    tx: &mut Tx,
    event: EventId,
    most: i64,
) -> Result<Vec<BundleRefusal>, StoreError> {
    let sql = "SELECT id, event_id, node_id, author, refused_at, code, taken FROM bundle_refusals \
               WHERE event_id = ? ORDER BY refused_at DESC, id DESC LIMIT ?";
    let rows = fetch_all!(tx, Row, sql, event.0, most)?;
    let refusal = |row: Row| {
        Ok(BundleRefusal {
            id: row.id,
            event: EventId(row.event_id),
            node: row.node_id.map(NodeId),
            author: row.author,
            refused_at: Timestamp(row.refused_at),
            code: row.code,
            taken: unsigned(row.taken)?,
        })
    };
    rows.into_iter().map(refusal).collect()
}
