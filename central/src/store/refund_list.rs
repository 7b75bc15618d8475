//! Refunds as working lists show them: by where they stand, the longest waiting first, a page at a time.
//!
//! Invariant: each status is asked by its own index and the pages are merged, so that what waits is found at once among
//! all that is done.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx, dialect,
    question::{Question, Value, beginning, most},
};
use crate::domain::{
    id::{RefundId, UserId},
    money::{Currency, Money},
    order_search::{Place, Sort},
    refund::{RefundReason, RefundStatus},
};

/// A refund in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// Its id.
    pub id: RefundId,
    /// The number of its order.
    pub order: String,
    /// The event.
    pub event: EventId,
    /// Who bought.
    pub buyer_name: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// Why.
    pub reason: RefundReason,
    /// How much.
    pub amount: Money,
    /// Who asked.
    pub asked_by: String,
    /// The account that asked.
    pub asker: Option<UserId>,
    /// What stopped the last try.
    pub last_error: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

impl RefundRow {
    /// Where it stands in a list.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place {
            value: self.requested_at.0,
            id: self.id.0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    event_id: Uuid,
    buyer_name: String,
    status: String,
    reason: String,
    currency: String,
    amount_minor: i64,
    asked_by: String,
    asked_by_id: Option<Uuid>,
    last_error: Option<String>,
    requested_at: i64,
}

impl Row {
    fn into_row(self) -> Result<RefundRow, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(RefundRow {
            id: RefundId(self.id),
            order: self.number,
            event: EventId(self.event_id),
            buyer_name: self.buyer_name,
            status: RefundStatus::from_name(&self.status).ok_or(bad("refund status"))?,
            reason: RefundReason::from_name(&self.reason).ok_or(bad("refund reason"))?,
            amount: Money::new(self.amount_minor, currency),
            asked_by: self.asked_by,
            asker: self.asked_by_id.map(UserId),
            last_error: self.last_error,
            requested_at: Timestamp(self.requested_at),
        })
    }
}

/// Which refunds are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefundFilter {
    /// That stand in one of these places.
    pub statuses: Vec<RefundStatus>,
    /// Of one event.
    pub event: Option<EventId>,
    /// Of orders whose number begins so.
    pub order: Option<String>,
    /// The latest first.
    pub newest_first: bool,
}

impl RefundFilter {
    const fn sort(&self) -> Sort {
        if self.newest_first {
            Sort::Newest
        } else {
            Sort::Oldest
        }
    }
}

/// A page of refunds after a place. `events` are those that are seen; `None` = all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &RefundFilter,
    after: Option<&Place>,
    rows: usize,
) -> Result<Vec<RefundRow>, StoreError> {
    let seen = |event: &EventId| events.is_none_or(|all| all.contains(event));
    let limit = match &filter.event {
        Some(event) if !seen(event) => return Ok(Vec::new()),
        Some(event) => Some(vec![*event]),
        None => events.map(<[EventId]>::to_vec),
    };
    let mut all = Vec::new();
    for status in &filter.statuses {
        let question = question(tx, *status, filter, limit.as_deref(), (after, rows));
        let some: Vec<Row> = question.ask(tx).await?;
        for row in some {
            all.push(row.into_row()?);
        }
    }
    let sort = filter.sort();
    all.sort_by(|a, b| sort.compare(&a.place(), &b.place()));
    all.truncate(rows);
    Ok(all)
}

fn question(
    tx: &Tx,
    status: RefundStatus,
    filter: &RefundFilter,
    events: Option<&[EventId]>,
    (after, rows): (Option<&Place>, usize),
) -> Question {
    let join = dialect::read_first(tx);
    // An order has few refunds, and a status may have many.
    let from = match filter.order {
        Some(_) => format!("orders o {join} refunds r ON r.order_id = o.id"),
        None => format!("refunds r {join} orders o ON o.id = r.order_id"),
    };
    let mut question = Question::new(format!(
        "SELECT r.id, o.number, o.event_id, o.buyer_name, r.status, r.reason, r.currency, r.amount_minor, r.asked_by, \
         r.asked_by_id, r.last_error, r.requested_at FROM {from} WHERE r.status = ?"
    ));
    question.end("", [Value::Text(status.name().to_owned())]);
    if let Some(events) = events {
        let events = events.iter().map(|event| Value::Id(event.0));
        question.and_one_of("o.event_id", events.collect());
    }
    if let Some(start) = &filter.order {
        question.and("o.number >= ? AND o.number < ?", beginning(start));
    }
    let (than, order) = if filter.newest_first {
        ("<", " DESC")
    } else {
        (">", "")
    };
    if let Some(place) = after {
        let at = || Value::Number(place.value);
        // The first part is the range of an index; the second leaves out what was seen of its first value.
        let condition =
            format!("r.requested_at {than}= ? AND (r.requested_at {than} ? OR r.id {than} ?)");
        question.and(&condition, [at(), at(), Value::Id(place.id)]);
    }
    let end = format!(" ORDER BY r.requested_at{order}, r.id{order} LIMIT ?");
    question.end(&end, [most(rows)]);
    question
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn lists_of_refunds_are_ranges_of_an_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let place = Place {
            value: 5,
            id: Uuid::from_u128(7),
        };
        for newest_first in [false, true] {
            let filter = RefundFilter {
                newest_first,
                ..RefundFilter::default()
            };
            let than = if newest_first { "<" } else { ">" };
            let from = (Some(&place), 51);
            let question = question(&tx, RefundStatus::Done, &filter, None, from);
            let plan = question.plan(&mut tx).await.join("; ");
            let range =
                format!("SEARCH r USING INDEX refunds_waiting (status=? AND requested_at{than}?)");
            assert!(plan.starts_with(&range), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
