//! Who came, and what the gates did.
//!
//! The numbers are those of `sync_protocol`: action 1 exchange, 2 entry, 3 exit; decision 1 admit; reasons 34 and 35 are
//! a supervisor's answer to an earlier scan, 37 and 38 rehearsals, which never count.

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
    verdict::Reason,
};
use uuid::Uuid;

use crate::{
    domain::report::crowd::Minute,
    store::{StoreError, Tx, tx::fetch_all},
};

/// What every gate did in every minute from a moment until another.
///
/// # Errors
/// When the database fails.
pub async fn minutes(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Minute>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, i64, i64),
        "SELECT gate_id, at_ms - at_ms % 60000 AS minute_at, \
         CAST(SUM(CASE WHEN reason IN (34, 35) THEN 0 ELSE 1 END) AS SIGNED), \
         CAST(SUM(CASE WHEN action = 2 AND ruling = 'counted' THEN 1 ELSE 0 END) AS SIGNED) \
         FROM scans WHERE event_id = ? AND at_ms >= ? AND at_ms < ? AND action IN (1, 2, 3) AND reason NOT IN (37, 38) \
         GROUP BY gate_id, minute_at",
        event.0,
        from.0,
        until.0
    )?;
    let minute = |(gate, at, scans, entries)| Minute {
        gate: GateId(gate),
        at: Timestamp(at),
        scans,
        entries,
    };
    Ok(rows.into_iter().map(minute).collect())
}

/// How often a gate did not let in, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// The gate.
    pub gate: GateId,
    /// Why.
    pub reason: Reason,
    /// How often.
    pub count: i64,
}

/// What was refused or asked about from a moment until another.
///
/// # Errors
/// When the database fails.
pub async fn refusals(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Refusals>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, i64),
        "SELECT gate_id, reason, COUNT(*) FROM scans WHERE event_id = ? AND at_ms >= ? AND at_ms < ? \
         AND action IN (1, 2, 3) AND decision <> 1 AND reason NOT IN (35, 37, 38) GROUP BY gate_id, reason",
        event.0,
        from.0,
        until.0
    )?;
    let refusals = |(gate, reason, count): (Uuid, i64, i64)| {
        let reason = u8::try_from(reason).ok().and_then(Reason::from_code);
        Ok(Refusals {
            gate: GateId(gate),
            reason: reason.ok_or(StoreError::Corrupt("reason"))?,
            count,
        })
    };
    rows.into_iter().map(refusals).collect()
}

/// How many tickets of a type there are, and how many of them came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// The type.
    pub name: String,
    /// Tickets that are valid.
    pub valid: i64,
    /// Tickets that were let in at least once, valid or not any more.
    pub came: i64,
}

/// Attendance by ticket type, in the types' order.
///
/// # Errors
/// When the database fails.
pub async fn came(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Came>, StoreError> {
    let rows = fetch_all!(
        tx,
        (String, i64, i64),
        "SELECT t.name, \
         (SELECT COUNT(*) FROM tickets v WHERE v.event_id = t.event_id AND v.ticket_type_id = t.id AND v.status = 'valid'), \
         COALESCE(seen.came, 0) FROM ticket_types t LEFT JOIN (\
         SELECT k.ticket_type_id, COUNT(DISTINCT s.counted_ticket_id) AS came FROM scans s \
         JOIN tickets k ON k.id = s.counted_ticket_id WHERE s.event_id = ? AND s.at_ms >= ? AND s.at_ms < ? \
         AND s.action = 2 AND s.ruling = 'counted' GROUP BY k.ticket_type_id) AS seen ON seen.ticket_type_id = t.id \
         WHERE t.event_id = ? ORDER BY t.place, t.number",
        event.0,
        from.0,
        until.0,
        event.0
    )?;
    let came = |(name, valid, came)| Came { name, valid, came };
    Ok(rows.into_iter().map(came).collect())
}

/// How many tickets came on each day of the event.
///
/// # Errors
/// When the database fails.
pub async fn came_by_day(
    tx: &mut Tx,
    event: EventId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(i64, i64)>, StoreError> {
    fetch_all!(
        tx,
        (i64, i64),
        "SELECT day, COUNT(DISTINCT counted_ticket_id) FROM scans WHERE event_id = ? AND at_ms >= ? AND at_ms < ? \
         AND action = 2 AND ruling = 'counted' GROUP BY day ORDER BY day",
        event.0,
        from.0,
        until.0
    )
}
