//! Refunds as working lists show them: by where they stand, the longest waiting first, a page at a time.
//!
//! Invariant: each status, and each event where some are seen, is asked by its own range of an index and the rows are
//! merged, so that what waits is found at once among all that is done, and what is one's own among what is others'. Where
//! that would be very many questions, one asks the index alone for the first of all its ranges.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::{self, by_index},
    listed::{Merge, Question, Turn, Value, spot},
    order_start,
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

/// Ranges that are asked one by one.
const MOST_RANGES: usize = 48;

/// What one question asks: a range of an index, or many at once, and the place after which it goes on.
#[derive(Clone, Debug)]
struct Part {
    statuses: Vec<RefundStatus>,
    /// `None` = all events.
    events: Option<Vec<EventId>>,
    after: Option<Place>,
}

impl Part {
    fn of(statuses: &[RefundStatus], events: Option<Vec<EventId>>, after: Option<&Place>) -> Self {
        Self {
            statuses: statuses.to_vec(),
            events,
            after: after.copied(),
        }
    }

    /// Each range by itself, or all in one, where there are too many.
    fn all(
        events: Option<Vec<EventId>>,
        filter: &RefundFilter,
        after: Option<&Place>,
    ) -> Vec<Self> {
        let part = |statuses: &[RefundStatus], events| Self::of(statuses, events, after);
        let statuses = &filter.statuses;
        let ranges = statuses.len() * events.as_ref().map_or(1, Vec::len);
        if ranges == 0 {
            return Vec::new();
        }
        if ranges > MOST_RANGES {
            return vec![part(statuses, events)];
        }
        let events: Vec<Option<Vec<EventId>>> = match events {
            None => vec![None],
            Some(events) => events.iter().map(|event| Some(vec![*event])).collect(),
        };
        let of_event = |events: Option<Vec<EventId>>| {
            let each = statuses.chunks(1);
            each.map(move |status| part(status, events.clone()))
        };
        events.into_iter().flat_map(of_event).collect()
    }

    /// It is no range of an index, so what it finds is sorted.
    fn is_wide(&self) -> bool {
        let is_many = self.events.as_ref().is_some_and(|events| events.len() > 1);
        is_many || self.statuses.len() > 1
    }
}

/// A way through a list, piece after piece; every row is read once.
#[derive(Debug)]
pub struct Walk {
    filter: RefundFilter,
    events: Option<Vec<EventId>>,
    after: Option<Place>,
    begun: Option<Begun>,
}

/// The questions of a walk, and what they have found so far.
#[derive(Debug)]
struct Begun {
    /// The tables, where they begin with a few orders.
    orders: Option<String>,
    parts: Vec<Part>,
    merge: Merge<RefundRow>,
}

impl Walk {
    /// Begins after a place. `events` are those that are seen; `None` = all of them.
    #[must_use]
    pub fn begin(events: Option<&[EventId]>, filter: &RefundFilter, after: Option<&Place>) -> Self {
        let seen = |event: &EventId| events.is_none_or(|all| all.contains(event));
        let events = match (filter.event, events) {
            (Some(event), _) => Some(Some(event).filter(seen).into_iter().collect()),
            (None, events) => events.map(<[EventId]>::to_vec),
        };
        Self {
            filter: filter.clone(),
            events,
            after: after.copied(),
            begun: None,
        }
    }

    /// The next rows; fewer than `most` are the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<RefundRow>, StoreError> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => self.questions(tx).await?,
        };
        let begun = self.begun.insert(begun);
        begun.next(tx, &self.filter, most).await
    }

    /// The refunds of a few orders are few: they are asked for at once.
    async fn questions(&self, tx: &mut Tx) -> Result<Begun, StoreError> {
        let (filter, after, events) = (&self.filter, self.after.as_ref(), self.events.clone());
        let refunds = ("refunds", "r");
        let orders =
            order_start::first(tx, filter.order.as_deref(), refunds, "refunds_by_order").await?;
        let parts = match orders {
            Some(_) => vec![Part::of(&filter.statuses, events, after)],
            None => Part::all(events, filter, after),
        };
        Ok(Begun {
            orders,
            merge: Merge::of(parts.len()),
            parts,
        })
    }
}

impl Begun {
    async fn next(
        &mut self,
        tx: &mut Tx,
        filter: &RefundFilter,
        most: usize,
    ) -> Result<Vec<RefundRow>, StoreError> {
        let (sort, share) = (filter.sort(), self.merge.share(most));
        let compare = |a: &RefundRow, b: &RefundRow| sort.compare(&a.place(), &b.place());
        let mut rows = Vec::with_capacity(most);
        while rows.len() < most {
            while let Some(lacking) = self.merge.lacking() {
                let part = &mut self.parts[lacking];
                let question = question(tx, filter, part, (self.orders.as_deref(), share));
                let order = turn("r.requested_at", "r.id", filter).order();
                let some: Vec<Row> = question.ask(tx, &order, share).await?;
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

const SELECT: &str = "SELECT r.id, o.number, o.event_id, o.buyer_name, r.status, r.reason, r.note, r.currency, \
    r.amount_minor, r.asked_by, r.asked_by_id, r.last_error, r.requested_at";

const fn turn(value: &'static str, id: &'static str, filter: &RefundFilter) -> Turn {
    Turn {
        value,
        id,
        rises: !filter.newest_first,
    }
}

fn question(
    tx: &Tx,
    filter: &RefundFilter,
    part: &Part,
    (orders, rows): (Option<&str>, usize),
) -> Question {
    if filter.order.is_none() && part.is_wide() {
        return first_of_many(tx, filter, part, rows);
    }
    let source = orders.map_or_else(|| source(tx, part), str::to_owned);
    let mut question = Question::new(format!("{SELECT}{source}"));
    limit(&mut question, ("r.status", "r.event_id"), part);
    if let Some(start) = &filter.order {
        question.and(order_start::begins(start));
    }
    let turn = turn("r.requested_at", "r.id", filter);
    question.after(turn, part.after.as_ref().map(spot));
    question
}

/// Where a part is read from.
fn source(tx: &Tx, part: &Part) -> String {
    let index = match part.events {
        Some(_) => "refunds_by_event",
        None => "refunds_waiting",
    };
    let (refunds, join) = (
        by_index(tx, "refunds r", (index, index)),
        dialect::read_first(tx),
    );
    format!("{refunds} {join} orders o ON o.id = r.order_id")
}

fn limit(question: &mut Question, (status, event): (&'static str, &'static str), part: &Part) {
    let statuses = part.statuses.iter();
    let statuses = statuses.map(|status| Value::Text(status.name().to_owned()));
    question.one_of(status, statuses);
    if let Some(events) = &part.events {
        question.among(event, events.iter().map(|event| event.0));
    }
}

/// The first of many ranges are found in the index alone, which holds all that they are chosen and sorted by; then the
/// rows of those are read.
fn first_of_many(tx: &Tx, filter: &RefundFilter, part: &Part, rows: usize) -> Question {
    let index = by_index(tx, "refunds f", ("refunds_by_event", "refunds_by_event"));
    let mut first = Question::new(format!("SELECT f.id{index}"));
    limit(&mut first, ("f.status", "f.event_id"), part);
    let turn = turn("f.requested_at", "f.id", filter);
    first.after(turn, part.after.as_ref().map(spot));
    let join = dialect::read_first(tx);
    let behind = format!(" f {join} refunds r ON r.id = f.id {join} orders o ON o.id = r.order_id");
    first.inside((&turn.order(), rows), (&format!("{SELECT} FROM "), &behind))
}

#[cfg(test)]
#[path = "refund_list_tests.rs"]
mod tests;
