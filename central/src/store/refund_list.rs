//! Refunds as working lists show them: by where they stand, the longest waiting first, a page at a time.
//!
//! Invariant: each status, and each event where not all are seen, is asked by its own range of an index and the rows are
//! merged, so that what waits is found at once among all that is done, and what is one's own among what is others'.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::{self, by_index},
    listed::Merge,
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
    /// What whoever asked wrote.
    pub note: String,
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
    note: String,
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
            note: self.note,
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
    Walk::begin(events, filter, after).next(tx, rows).await
}

/// A range of an index: the status, the event where not all are meant, and the place after which it goes on.
#[derive(Clone, Copy, Debug)]
struct Part {
    status: RefundStatus,
    event: Option<EventId>,
    after: Option<Place>,
}

/// A way through a list, piece after piece; every row is read once.
#[derive(Debug)]
pub struct Walk {
    filter: RefundFilter,
    parts: Vec<Part>,
    merge: Merge<RefundRow>,
}

impl Walk {
    /// Begins after a place. `events` are those that are seen; `None` = all of them.
    #[must_use]
    pub fn begin(events: Option<&[EventId]>, filter: &RefundFilter, after: Option<&Place>) -> Self {
        let seen = |event: &EventId| events.is_none_or(|all| all.contains(event));
        let events: Vec<Option<EventId>> = match (filter.event, events) {
            (Some(event), _) => Some(event).filter(seen).map(Some).into_iter().collect(),
            (None, Some(events)) => events.iter().copied().map(Some).collect(),
            (None, None) => vec![None],
        };
        let part = |event, status| Part {
            status,
            event,
            after: after.copied(),
        };
        let of_event = |event| {
            filter
                .statuses
                .iter()
                .map(move |status| part(event, *status))
        };
        let parts: Vec<Part> = events.into_iter().flat_map(of_event).collect();
        Self {
            filter: filter.clone(),
            merge: Merge::of(parts.len()),
            parts,
        }
    }

    /// The next rows; fewer than `most` are the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<RefundRow>, StoreError> {
        let (sort, share) = (self.filter.sort(), self.merge.share(most));
        let compare = |a: &RefundRow, b: &RefundRow| sort.compare(&a.place(), &b.place());
        let mut rows = Vec::with_capacity(most);
        while rows.len() < most {
            while let Some(lacking) = self.merge.lacking() {
                let part = &mut self.parts[lacking];
                let some: Vec<Row> = question(tx, &self.filter, part, share).ask(tx).await?;
                let some: Result<Vec<_>, _> = some.into_iter().map(Row::into_row).collect();
                let some = some?;
                part.after = some.last().map(RefundRow::place).or(part.after);
                self.merge.fill(lacking, some, share);
            }
            match self.merge.next(compare) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }
}

/// Where a part is read from: an order has few refunds, and a status may have many.
fn source(tx: &Tx, filter: &RefundFilter, part: &Part) -> String {
    let join = dialect::read_first(tx);
    if filter.order.is_some() {
        return format!(" FROM orders o {join} refunds r ON r.order_id = o.id");
    }
    let index = match part.event {
        Some(_) => "refunds_by_event",
        None => "refunds_waiting",
    };
    let refunds = by_index(tx, "refunds r", (index, index));
    format!("{refunds} {join} orders o ON o.id = r.order_id")
}

fn question(tx: &Tx, filter: &RefundFilter, part: &Part, rows: usize) -> Question {
    let from = source(tx, filter, part);
    let mut question = Question::new(format!(
        "SELECT r.id, o.number, o.event_id, o.buyer_name, r.status, r.reason, r.note, r.currency, r.amount_minor, r.asked_by, \
         r.asked_by_id, r.last_error, r.requested_at{from} WHERE r.status = ?"
    ));
    question.end("", [Value::Text(part.status.name().to_owned())]);
    if let Some(event) = part.event {
        question.and("r.event_id = ?", [Value::Id(event.0)]);
    }
    if let Some(start) = &filter.order {
        question.and("o.number >= ? AND o.number < ?", beginning(start));
    }
    let (than, order) = if filter.newest_first {
        ("<", " DESC")
    } else {
        (">", "")
    };
    if let Some(place) = &part.after {
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
        let of_one = Some(EventId::from_u128(9));
        for (event, newest_first, index) in [
            (None, false, "refunds_waiting (status=?"),
            (None, true, "refunds_waiting (status=?"),
            (of_one, false, "refunds_by_event (event_id=? AND status=?"),
            (of_one, true, "refunds_by_event (event_id=? AND status=?"),
        ] {
            let filter = RefundFilter {
                newest_first,
                ..RefundFilter::default()
            };
            let part = Part {
                status: RefundStatus::Done,
                event,
                after: Some(place),
            };
            let than = if newest_first { "<" } else { ">" };
            let question = question(&tx, &filter, &part, 51);
            let plan = question.plan(&mut tx).await.join("; ");
            let range = format!("SEARCH r USING INDEX {index} AND requested_at{than}?)");
            assert!(plan.starts_with(&range), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
