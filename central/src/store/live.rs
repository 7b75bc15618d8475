//! What the door's page counts: passes by time and gate, refusals by reason, who is still to come.
//!
//! Every question takes a stretch of time and is answered by the scans of that stretch alone (`scans_by_moment`); how many
//! tickets a day has is counted out of `tickets_by_day`.

use sync_protocol::{
    id::{EventId, GateId},
    time::Timestamp,
    verdict::Reason,
};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Index, Question, Value},
    revision::unsigned,
    tx::{fetch_all, fetch_one},
};
use crate::domain::forecast::{BIN_MS, Bin};

/// A stretch of time, its end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
}

/// What one gate let in within one minute of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// The gate.
    pub gate: GateId,
    /// Begin of the minute.
    pub from: Timestamp,
    /// How many entries that count.
    pub entries: u64,
}

/// Entries by gate and minute; minutes without one have no row.
///
/// # Errors
/// When the database fails.
pub async fn minutes(
    tx: &mut Tx,
    event: EventId,
    stretch: Stretch,
) -> Result<Vec<Minute>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, i64, i64),
        "SELECT gate_id, at_ms - at_ms % 60000 AS from_ms, COUNT(*) FROM scans \
         WHERE event_id = ? AND at_ms >= ? AND at_ms < ? AND action = 2 AND ruling = 'counted' \
         GROUP BY gate_id, from_ms ORDER BY gate_id, from_ms",
        event.0,
        stretch.from.0,
        stretch.until.0
    )?;
    let minute = |(gate, from, entries)| {
        Ok(Minute {
            gate: GateId(gate),
            from: Timestamp(from),
            entries: unsigned(entries)?,
        })
    };
    rows.into_iter().map(minute).collect()
}

/// Entries of all gates in bins of the forecast; bins without one have no row.
///
/// # Errors
/// When the database fails.
pub async fn arrivals(
    tx: &mut Tx,
    event: EventId,
    stretch: Stretch,
) -> Result<Vec<Bin>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, i64),
        "SELECT at_ms - at_ms % ? AS from_ms, COUNT(*) FROM scans \
         WHERE event_id = ? AND at_ms >= ? AND at_ms < ? AND action = 2 AND ruling = 'counted' \
         GROUP BY from_ms ORDER BY from_ms",
        BIN_MS,
        event.0,
        stretch.from.0,
        stretch.until.0
    )?;
    let bin = |(from, count)| {
        Ok(Bin {
            from: Timestamp(from),
            count: unsigned(count)?,
        })
    };
    rows.into_iter().map(bin).collect()
}

/// How often each reason refused, the most frequent first.
///
/// # Errors
/// When the database fails.
pub async fn refused(
    tx: &mut Tx,
    event: EventId,
    stretch: Stretch,
) -> Result<Vec<(Reason, u64)>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, i64),
        "SELECT reason, COUNT(*) FROM scans WHERE event_id = ? AND at_ms >= ? AND at_ms < ? AND decision = 3 \
         GROUP BY reason ORDER BY COUNT(*) DESC, reason",
        event.0,
        stretch.from.0,
        stretch.until.0
    )?;
    let reason = |(code, count): (i64, i64)| {
        let reason = u8::try_from(code).ok().and_then(Reason::from_code);
        Ok((
            reason.ok_or(StoreError::Corrupt("reason"))?,
            unsigned(count)?,
        ))
    };
    rows.into_iter().map(reason).collect()
}

/// Tickets that are good on a day, and how many of those went in within a stretch: one that was given back since is
/// neither.
///
/// # Errors
/// When the database fails.
pub async fn attendance(
    tx: &mut Tx,
    event: EventId,
    day: u8,
    stretch: Stretch,
) -> Result<(u64, u64), StoreError> {
    let good: Vec<(i64,)> = good_on(tx, event, day).ask(tx, "", 1).await?;
    let tickets = good.first().map_or(0, |(count,)| *count);
    let (came,) = fetch_one!(
        tx,
        (i64,),
        "SELECT COUNT(*) FROM (SELECT DISTINCT counted_ticket_id FROM scans WHERE event_id = ? AND at_ms >= ? \
         AND at_ms < ? AND action = 2 AND ruling = 'counted') came \
         JOIN tickets t ON t.id = came.counted_ticket_id WHERE t.status = 'valid' AND (t.day_mask & ?) <> 0",
        event.0,
        stretch.from.0,
        stretch.until.0,
        1_i64 << day
    )?;
    Ok((unsigned(tickets)?, unsigned(came)?))
}

/// Counts the tickets of a day out of an index, and reads none of them.
fn good_on(tx: &Tx, event: EventId, day: u8) -> Question {
    let from = Index::named("tickets_by_day").of(tx, "tickets");
    let mut question = Question::new(format!("SELECT COUNT(*){from}"));
    let mask = Value::Number(1_i64 << day);
    question.and((
        "event_id = ? AND status = 'valid' AND (day_mask & ?) <> 0",
        vec![Value::Id(event.0), mask],
    ));
    question
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn tickets_of_a_day_are_counted_out_of_an_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let plan = good_on(&tx, EventId::from_u128(1), 2)
            .plan(&mut tx, "")
            .await;
        let step = "SEARCH tickets USING COVERING INDEX tickets_by_day (event_id=? AND status=?)";
        assert_eq!(plan, [step]);
    }
}
