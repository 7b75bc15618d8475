//! What changed since a place: tickets, ruled scans and wristbands by revision, for the pages that gates read.
//!
//! Rows of one revision and rows of later ones are two questions, because only then do both engines walk the index
//! from the place on and a page costs what it holds, wherever in the event it stands.

use std::collections::BTreeSet;

use sync_protocol::{
    flag::Flag,
    id::{EventId, GateId, NodeId, OperatorId, TicketId, WristbandId},
    number::TicketNumber,
    scan::ScanId,
    ticket::{Ticket, TicketStatus},
    wire::v1::{Override, PassageChange},
    wristband::{Wristband, WristbandStatus},
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    revision::{signed, unsigned},
    scan::{action, day, interval, ruling},
    tx::fetch_all,
};
use crate::domain::position::{ScanPlace, TicketPlace, WristbandPlace};

#[derive(sqlx::FromRow)]
struct TicketRow {
    id: Uuid,
    number: i64,
    type_number: i64,
    day_mask: i64,
    status: String,
    revision: i64,
    sealed: Vec<u8>,
    holder: Option<i64>,
    search: Vec<u8>,
}

impl TicketRow {
    fn into_ticket(self) -> Result<Ticket, StoreError> {
        let bad = StoreError::Corrupt;
        Ok(Ticket {
            id: TicketId(self.id),
            number: TicketNumber::new(unsigned(self.number)?),
            type_number: u16::try_from(self.type_number).map_err(|_| bad("type number"))?,
            day_mask: u16::try_from(self.day_mask).map_err(|_| bad("day mask"))?,
            status: TicketStatus::from_name(&self.status).ok_or(bad("ticket status"))?,
            revision: unsigned(self.revision)?,
            sealed: self.sealed,
            holder: self.holder.map(i64::cast_unsigned),
            search: self.search,
        })
    }
}

/// The next tickets after a place, at most `rows`.
///
/// # Errors
/// When the database fails.
pub async fn tickets(
    tx: &mut Tx,
    event: EventId,
    place: &TicketPlace,
    rows: usize,
) -> Result<Vec<Ticket>, StoreError> {
    let mut found: Vec<TicketRow> = Vec::new();
    if let Some(id) = place.id {
        found = fetch_all!(
            tx,
            TicketRow,
            "SELECT id, number, type_number, day_mask, status, revision, sealed, holder, search FROM tickets \
             WHERE event_id = ? AND revision = ? AND id > ? ORDER BY id LIMIT ?",
            event.0,
            signed(place.revision),
            id.0,
            limit(rows)
        )?;
    }
    if found.len() < rows {
        found.extend(fetch_all!(
            tx,
            TicketRow,
            "SELECT id, number, type_number, day_mask, status, revision, sealed, holder, search FROM tickets \
             WHERE event_id = ? AND revision > ? ORDER BY revision, id LIMIT ?",
            event.0,
            signed(place.revision),
            limit(rows - found.len())
        )?);
    }
    found.into_iter().map(TicketRow::into_ticket).collect()
}

/// A ruled scan as gates are told of it.
#[derive(sqlx::FromRow)]
pub(super) struct PassageRow {
    node_id: Uuid,
    seq: i64,
    counted_ticket_id: Option<Uuid>,
    wristband_id: Option<Uuid>,
    action: i64,
    gate_id: Uuid,
    lo_ms: i64,
    at_ms: i64,
    hi_ms: i64,
    day: i64,
    ruling: String,
    winner_node: Option<Uuid>,
    winner_seq: Option<i64>,
    flag: Option<String>,
    revision: i64,
}

impl PassageRow {
    pub(super) fn into_change(self) -> Result<PassageChange, StoreError> {
        let flag = |name: String| Flag::from_name(&name).ok_or(StoreError::Corrupt("flag"));
        Ok(PassageChange {
            scan: ScanId {
                node: NodeId(self.node_id),
                seq: unsigned(self.seq)?,
            },
            ticket: self.counted_ticket_id.map(TicketId),
            wristband: self.wristband_id.map(WristbandId),
            action: action(self.action)?,
            gate: GateId(self.gate_id),
            time: interval(self.lo_ms, self.at_ms, self.hi_ms),
            day: day(self.day)?,
            ruling: ruling(&self.ruling, self.winner_node, self.winner_seq)?,
            flag: self.flag.map(flag).transpose()?,
            revision: unsigned(self.revision)?,
        })
    }
}

macro_rules! passages {
    ($rest:literal) => {
        concat!(
            "SELECT node_id, seq, counted_ticket_id, wristband_id, action, gate_id, lo_ms, at_ms, hi_ms, day, ruling, \
             winner_node, winner_seq, flag, revision FROM scans WHERE event_id = ? AND ",
            $rest
        )
    };
}

/// The next ruled scans after a place, at most `rows`. Scans without a ruling have revision 0 and never show.
///
/// # Errors
/// When the database fails.
pub async fn passages(
    tx: &mut Tx,
    event: EventId,
    place: &ScanPlace,
    rows: usize,
) -> Result<Vec<PassageChange>, StoreError> {
    let mut found: Vec<PassageRow> = Vec::new();
    if let Some(scan) = place.scan {
        found = fetch_all!(
            tx,
            PassageRow,
            passages!(
                "revision = ? AND (node_id > ? OR (node_id = ? AND seq > ?)) ORDER BY node_id, seq LIMIT ?"
            ),
            event.0,
            signed(place.revision),
            scan.node.0,
            scan.node.0,
            signed(scan.seq),
            limit(rows)
        )?;
    }
    if found.len() < rows {
        found.extend(fetch_all!(
            tx,
            PassageRow,
            passages!("revision > ? ORDER BY revision, node_id, seq LIMIT ?"),
            event.0,
            signed(place.revision),
            limit(rows - found.len())
        )?);
    }
    found.into_iter().map(PassageRow::into_change).collect()
}

/// Who let in by these scans where a gate had asked or refused; `None` = nobody.
///
/// # Errors
/// When the database fails.
pub async fn overrides(
    tx: &mut Tx,
    event: EventId,
    passages: &[PassageChange],
) -> Result<Option<Vec<Override>>, StoreError> {
    let (Some(first), Some(last)) = (passages.first(), passages.last()) else {
        return Ok(None);
    };
    let found = fetch_all!(
        tx,
        (Uuid, i64, Uuid),
        "SELECT node_id, seq, operator_id FROM scans WHERE event_id = ? AND revision >= ? AND revision <= ? \
         AND reason = 34 AND operator_id IS NOT NULL ORDER BY revision, node_id, seq",
        event.0,
        signed(first.revision),
        signed(last.revision)
    )?;
    let told: BTreeSet<ScanId> = passages.iter().map(|passage| passage.scan).collect();
    let mut overrides = Vec::new();
    for (node, seq, operator) in found {
        let scan = ScanId {
            node: NodeId(node),
            seq: unsigned(seq)?,
        };
        if told.contains(&scan) {
            let by = OperatorId(operator);
            overrides.push(Override { scan, by });
        }
    }
    Ok((!overrides.is_empty()).then_some(overrides))
}

/// The next wristbands after a place, at most `rows`.
///
/// # Errors
/// When the database fails.
pub async fn wristbands(
    tx: &mut Tx,
    event: EventId,
    place: &WristbandPlace,
    rows: usize,
) -> Result<Vec<Wristband>, StoreError> {
    let mut found: Vec<(Uuid, String, i64)> = Vec::new();
    if let Some(id) = place.id {
        found = fetch_all!(
            tx,
            (Uuid, String, i64),
            "SELECT id, status, revision FROM wristbands WHERE event_id = ? AND revision = ? AND id > ? \
             ORDER BY id LIMIT ?",
            event.0,
            signed(place.revision),
            id.0,
            limit(rows)
        )?;
    }
    if found.len() < rows {
        found.extend(fetch_all!(
            tx,
            (Uuid, String, i64),
            "SELECT id, status, revision FROM wristbands WHERE event_id = ? AND revision > ? \
             ORDER BY revision, id LIMIT ?",
            event.0,
            signed(place.revision),
            limit(rows - found.len())
        )?);
    }
    let wristband = |(id, status, revision): (Uuid, String, i64)| {
        Ok(Wristband {
            id: WristbandId(id),
            status: WristbandStatus::from_name(&status)
                .ok_or(StoreError::Corrupt("wristband status"))?,
            revision: unsigned(revision)?,
        })
    };
    found.into_iter().map(wristband).collect()
}

fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
