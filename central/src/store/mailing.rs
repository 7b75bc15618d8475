//! Letters to many: which events have news, how far each mailing has come, and what an organiser sold.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::insert_ignore,
    many,
    tx::{execute, fetch_all, fetch_optional},
};
use crate::domain::{id::OrderId, letter::LetterKind, mailing::Mailing};

/// A mailing under way.
#[derive(Clone, Copy, Debug)]
pub struct OpenMailing {
    /// Its row.
    pub id: Uuid,
    /// Whose buyers are told.
    pub event: EventId,
    /// What.
    pub mailing: Mailing,
    /// The last order that was told.
    pub last: OrderId,
}

/// What was sold in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    /// Paid orders.
    pub orders: i64,
    /// Their sum.
    pub total_minor: i64,
    /// Tickets by what they were sold as.
    pub tickets: Vec<(String, i64)>,
}

/// A span of time: after the first moment, up to and with the second.
pub type Span = (Timestamp, Timestamp);

/// Events that may have something to tell: near ones, and those whose buyers do not know yet that they are off.
///
/// # Errors
/// When the database fails.
pub async fn with_news(
    tx: &mut Tx,
    now: Timestamp,
    near: Timestamp,
    old: Timestamp,
) -> Result<Vec<EventId>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid,),
        "SELECT id FROM events e WHERE (status IN ('published', 'closed') AND starts_at <= ? AND ends_at > ?) \
         OR (status IN ('cancelled', 'postponed') AND ends_at > ? AND NOT EXISTS (SELECT 1 FROM mailings m \
         WHERE m.event_id = e.id AND m.occurrence = e.status_sequence \
         AND m.kind = CASE e.status WHEN 'cancelled' THEN 'event_cancelled' ELSE 'event_postponed' END))",
        near.0,
        now.0,
        old.0
    )?;
    Ok(rows.into_iter().map(|(id,)| EventId(id)).collect())
}

/// How many tickets of an event are good on one of the days `mask`, and how many orders they are in: who is told.
///
/// # Errors
/// When the database fails.
pub async fn audience(tx: &mut Tx, event: EventId, mask: i64) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*), COUNT(DISTINCT order_id) FROM tickets \
               WHERE event_id = ? AND status = 'valid' AND (day_mask & ?) <> 0";
    let row = fetch_optional!(tx, (i64, i64), sql, event.0, mask)?;
    Ok(row.unwrap_or_default())
}

/// Begins a mailing, with JSON of what was before for one about a change; false when it was begun before.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    tx: &mut Tx,
    id: Uuid,
    event: EventId,
    (mailing, was): (&Mailing, Option<&str>),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let head = format!(
        "{} mailings (id, event_id, kind, occurrence, day_mask, last_order_id, created_at, was) VALUES ",
        insert_ignore(tx)
    );
    let begun = execute!(
        tx,
        many::text(&head, "", 1, 8),
        id,
        event.0,
        mailing.kind.name(),
        mailing.occurrence,
        mailing.day_mask,
        Uuid::nil(),
        now.0,
        was
    )?;
    Ok(begun == 1)
}

/// The mailings under way, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut Tx, most: i64) -> Result<Vec<OpenMailing>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, Uuid, String, i64, i64, Uuid),
        "SELECT id, event_id, kind, occurrence, day_mask, last_order_id FROM mailings \
         WHERE done_at IS NULL ORDER BY created_at, id LIMIT ?",
        most
    )?;
    let open = |(id, event, kind, occurrence, day_mask, last): (_, _, String, _, _, _)| {
        let kind = LetterKind::from_name(&kind).ok_or(StoreError::Corrupt("mailing kind"))?;
        Ok(OpenMailing {
            id,
            event: EventId(event),
            mailing: Mailing {
                kind,
                occurrence,
                day_mask,
            },
            last: OrderId(last),
        })
    };
    rows.into_iter().map(open).collect()
}

/// The next orders that a mailing goes to, by id; of reminders not those with a valid ticket of one of the days
/// `told`, of which they were reminded before.
///
/// # Errors
/// When the database fails.
pub async fn next_orders(
    tx: &mut Tx,
    open: &OpenMailing,
    told: i64,
    most: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let (event, last, mask) = (open.event.0, open.last.0, open.mailing.day_mask);
    let rows = match open.mailing.kind {
        LetterKind::EventReminder | LetterKind::EventMoved => fetch_all!(
            tx,
            (Uuid,),
            "SELECT id FROM orders o WHERE event_id = ? AND id > ? AND status IN ('paid', 'partly_refunded') \
             AND EXISTS (SELECT 1 FROM tickets t WHERE t.order_id = o.id AND t.status = 'valid' \
             AND (t.day_mask & ?) <> 0) \
             AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.order_id = o.id AND t.status = 'valid' \
             AND (t.day_mask & ?) <> 0) ORDER BY id LIMIT ?",
            event,
            last,
            mask,
            told,
            most
        )?,
        // By then the money of some may have gone back already.
        LetterKind::EventCancelled => fetch_all!(
            tx,
            (Uuid,),
            "SELECT id FROM orders WHERE event_id = ? AND id > ? \
             AND status IN ('paid', 'partly_refunded', 'refunded') ORDER BY id LIMIT ?",
            event,
            last,
            most
        )?,
        _ => fetch_all!(
            tx,
            (Uuid,),
            "SELECT id FROM orders WHERE event_id = ? AND id > ? AND status IN ('paid', 'partly_refunded') \
             ORDER BY id LIMIT ?",
            event,
            last,
            most
        )?,
    };
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Moves a mailing on from where it was found; false when another server did.
///
/// # Errors
/// When the database fails.
pub async fn advance(tx: &mut Tx, open: &OpenMailing, last: Uuid) -> Result<bool, StoreError> {
    let sql = "UPDATE mailings SET last_order_id = ? \
               WHERE id = ? AND last_order_id = ? AND done_at IS NULL";
    Ok(execute!(tx, sql, last, open.id, open.last.0)? == 1)
}

/// What was before the change that a mailing tells, as JSON.
///
/// # Errors
/// When the database fails.
pub async fn was(tx: &mut Tx, mailing: Uuid) -> Result<Option<String>, StoreError> {
    let sql = "SELECT was FROM mailings WHERE id = ?";
    let row = fetch_optional!(tx, (Option<String>,), sql, mailing)?;
    Ok(row.and_then(|(was,)| was))
}

/// Ends a mailing.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, open: &OpenMailing, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE mailings SET done_at = ? WHERE id = ?";
    execute!(tx, sql, now.0, open.id)?;
    Ok(())
}

/// Events on sale with the moment up to which their organiser was told of sales, if that is before `before`.
///
/// # Errors
/// When the database fails.
pub async fn untold(
    tx: &mut Tx,
    before: Timestamp,
    old: Timestamp,
) -> Result<Vec<(EventId, Option<Timestamp>)>, StoreError> {
    let rows = fetch_all!(
        tx,
        (Uuid, Option<i64>),
        "SELECT e.id, d.told_until FROM events e LEFT JOIN sale_digests d ON d.event_id = e.id \
         WHERE e.status IN ('published', 'closed') AND e.ends_at > ? AND (d.told_until IS NULL OR d.told_until <= ?)",
        old.0,
        before.0
    )?;
    let event = |(id, told): (Uuid, Option<i64>)| (EventId(id), told.map(Timestamp));
    Ok(rows.into_iter().map(event).collect())
}

/// Moves the moment up to which an organiser was told; false when another server did.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    tx: &mut Tx,
    event: EventId,
    told: Option<Timestamp>,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let told = match told {
        Some(told) => {
            let sql =
                "UPDATE sale_digests SET told_until = ? WHERE event_id = ? AND told_until = ?";
            execute!(tx, sql, until.0, event.0, told.0)?
        }
        None => {
            let head = format!(
                "{} sale_digests (event_id, told_until) VALUES ",
                insert_ignore(tx)
            );
            execute!(tx, many::text(&head, "", 1, 2), event.0, until.0)?
        }
    };
    Ok(told == 1)
}

/// What was sold in a span.
///
/// # Errors
/// When the database fails.
pub async fn sold(tx: &mut Tx, event: EventId, (from, until): Span) -> Result<Sold, StoreError> {
    let sums = fetch_optional!(
        tx,
        (i64, i64),
        "SELECT COUNT(*), CAST(COALESCE(SUM(total_minor), 0) AS SIGNED) FROM orders \
         WHERE event_id = ? AND paid_at > ? AND paid_at <= ?",
        event.0,
        from.0,
        until.0
    )?;
    let (orders, total_minor) = sums.unwrap_or_default();
    let tickets = fetch_all!(
        tx,
        (String, i64),
        "SELECT i.name, CAST(SUM(i.quantity) AS SIGNED) FROM orders o JOIN order_items i ON i.order_id = o.id \
         JOIN ticket_types t ON t.id = i.ticket_type_id WHERE o.event_id = ? AND o.paid_at > ? AND o.paid_at <= ? \
         GROUP BY t.number, i.name ORDER BY t.number, MIN(i.type_version)",
        event.0,
        from.0,
        until.0
    )?;
    Ok(Sold {
        orders,
        total_minor,
        tickets,
    })
}
