//! Logs that came as files: who brought them, what was new, and where the replica stands that an answer is for.

use sync_protocol::{
    id::{EventId, NodeId},
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    tx::{execute, fetch_all, fetch_optional},
};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleImport {
    /// Its id.
    pub id: Uuid,
    /// The event.
    pub event: EventId,
    /// The node whose log it is.
    pub node: NodeId,
    /// Who brought it.
    pub author: String,
    /// When.
    pub imported_at: Timestamp,
    /// When it was written, as well as the node could tell.
    pub made_at: Timestamp,
    /// Records in it.
    pub records: u64,
    /// Those that were new.
    pub fresh: u64,
    /// Those that were set aside, CBOR.
    pub parked: Vec<u8>,
    /// Where the replica stands, CBOR.
    pub stands: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    event_id: Uuid,
    node_id: Uuid,
    author: String,
    imported_at: i64,
    made_at: i64,
    records: i64,
    fresh: i64,
    parked: Vec<u8>,
    stands: Vec<u8>,
}

impl Row {
    fn into_import(self) -> Result<BundleImport, StoreError> {
        Ok(BundleImport {
            id: self.id,
            event: EventId(self.event_id),
            node: NodeId(self.node_id),
            author: self.author,
            imported_at: Timestamp(self.imported_at),
            made_at: Timestamp(self.made_at),
            records: unsigned(self.records)?,
            fresh: unsigned(self.fresh)?,
            parked: self.parked,
            stands: self.stands,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, event_id, node_id, author, imported_at, made_at, records, fresh, parked, stands \
             FROM bundle_imports ",
            $rest
        )
    };
}

/// Stores one.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, import: &BundleImport) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO bundle_imports (id, event_id, node_id, author, imported_at, made_at, records, fresh, parked, stands) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        import.id,
        import.event.0,
        import.node.0,
        &import.author,
        import.imported_at.0,
        import.made_at.0,
        signed(import.records),
        signed(import.fresh),
        import.parked.as_slice(),
        import.stands.as_slice()
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
) -> Result<Vec<BundleImport>, StoreError> {
    let sql = select!("WHERE event_id = ? ORDER BY imported_at DESC, id DESC LIMIT ?");
    let rows = fetch_all!(tx, Row, sql, event.0, most)?;
    rows.into_iter().map(Row::into_import).collect()
}

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<BundleImport>, StoreError> {
    let row = fetch_optional!(tx, Row, select!("WHERE id = ?"), id)?;
    row.map(Row::into_import).transpose()
}
