//! What only the check of everything stored asks for (`app::audit`): all of it, piece by piece.

use sync_protocol::{
    id::{EventId, NodeId, TicketId},
    merge::Fact,
    scan::ScanId,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    change::PassageRow,
    revision::{signed, unsigned},
    tx::{fetch_all, fetch_optional},
};
use crate::domain::{
    ingest::Standing,
    log_check::{Columns, StoredRecord},
};

#[derive(sqlx::FromRow)]
struct Row {
    ticket_id: Option<Uuid>,
    answers: Option<i64>,
    #[sqlx(flatten)]
    passage: PassageRow,
}

/// The next ruled scans of an event after one of them, by name.
///
/// # Errors
/// When the database fails.
pub async fn standings(
    tx: &mut Tx,
    event: EventId,
    after: ScanId,
    most: usize,
) -> Result<Vec<Standing>, StoreError> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT ticket_id, answers, node_id, seq, counted_ticket_id, wristband_id, action, gate_id, lo_ms, at_ms, hi_ms, day, \
         ruling, winner_node, winner_seq, flag, revision FROM scans \
         WHERE event_id = ? AND ruling IS NOT NULL AND (node_id > ? OR (node_id = ? AND seq > ?)) \
         ORDER BY node_id, seq LIMIT ?",
        event.0,
        after.node.0,
        after.node.0,
        signed(after.seq),
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    let standing = |row: Row| {
        let was = row.passage.into_change()?;
        let fact = Fact {
            scan: was.scan,
            ticket: row.ticket_id.map(TicketId),
            wristband: was.wristband,
            gate: was.gate,
            action: was.action,
            undoes: row.answers.map(unsigned).transpose()?,
            day: was.day,
            time: was.time,
        };
        let was = Some(was);
        Ok(Standing { fact, was })
    };
    rows.into_iter().map(standing).collect()
}

/// The first admitted scan of an event that has no ruling.
///
/// # Errors
/// When the database fails.
pub async fn unruled(tx: &mut Tx, event: EventId) -> Result<Option<ScanId>, StoreError> {
    let row = fetch_optional!(
        tx,
        (Uuid, i64),
        "SELECT node_id, seq FROM scans WHERE event_id = ? AND ruling IS NULL AND decision = 1 \
         AND (ticket_id IS NOT NULL OR wristband_id IS NOT NULL) ORDER BY node_id, seq LIMIT 1",
        event.0
    )?;
    row.map(|(node, seq)| {
        Ok(ScanId {
            node: NodeId(node),
            seq: unsigned(seq)?,
        })
    })
    .transpose()
}

/// A node's stored records after a place, at most `most`, with the columns that repeat them.
///
/// # Errors
/// When the database fails.
pub async fn stored_records(
    tx: &mut Tx,
    node: NodeId,
    after: u64,
    most: usize,
) -> Result<Vec<StoredRecord>, StoreError> {
    let rows = fetch_all!(
        tx,
        (
            i64,
            Vec<u8>,
            i64,
            i64,
            i64,
            Option<Uuid>,
            Option<Uuid>,
            Uuid,
            Option<i64>
        ),
        "SELECT seq, record, action, decision, reason, ticket_id, wristband_id, gate_id, answers FROM scans WHERE node_id = ? AND seq > ? \
         ORDER BY seq LIMIT ?",
        node.0,
        signed(after),
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    // A number that no code has is a finding for whoever compares, so it must arrive there.
    let code = |value: i64| u8::try_from(value).unwrap_or(u8::MAX);
    rows.into_iter()
        .map(
            |(seq, bytes, action, decision, reason, ticket, wristband, gate, answers)| {
                Ok(StoredRecord {
                    seq: unsigned(seq)?,
                    bytes,
                    columns: Columns {
                        codes: [action, decision, reason].map(code),
                        ticket,
                        wristband,
                        gate,
                        answers: answers.map(unsigned).transpose()?,
                    },
                })
            },
        )
        .collect()
}
