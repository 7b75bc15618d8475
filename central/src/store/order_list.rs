//! Orders as working lists show them: filtered, sorted, a page at a time.
//!
//! A filter that few orders pass is asked for by its own index, and what it finds is sorted. Otherwise the list is walked
//! in its order, each event that is seen by its own index, and the pages are merged (`listed`).

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Condition, Index, Merge, Narrow, Question, Value, beginning, narrowest},
    order_start::BY_NUMBER,
};
use crate::domain::{
    attention::Attention,
    id::OrderId,
    money::{Currency, Money},
    order::OrderStatus,
    order_search::{Look, OrderFilter, Place, Search, Sort},
};

const COLUMNS: &str = "SELECT id, number, event_id, status, buyer_name, email, currency, total_minor, created_at, attention, \
     flagged_at";
const TABLE: &str = "orders";
const BY_MOMENT: Index = Index::named("orders_by_moment");
const BY_EVENT: Index = Index::named("orders_by_event");
const BY_STATUS: Index = Index::named("orders_by_status");
const BY_SUM: Index = Index::named("orders_by_sum");
const BY_SUM_OF_ALL: Index = Index::named("orders_by_amount");
/// Made by the engines for the primary key.
const BY_ID: Index = Index("sqlite_autoindex_orders_1", "PRIMARY");

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// Its id.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// The event.
    pub event: EventId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Who bought.
    pub buyer_name: String,
    /// Where the tickets go.
    pub email: String,
    /// What it costs.
    pub total: Money,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Why somebody must look.
    pub attention: Option<Attention>,
    /// A person flagged it.
    pub is_flagged: bool,
}

impl OrderRow {
    /// Where it stands in a list.
    #[must_use]
    pub const fn place(&self, sort: Sort) -> Place {
        let value = match sort {
            Sort::Newest | Sort::Oldest => self.created_at.0,
            Sort::Dearest | Sort::Cheapest => self.total.minor,
        };
        Place {
            value,
            id: self.id.0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    event_id: Uuid,
    status: String,
    buyer_name: String,
    email: String,
    currency: String,
    total_minor: i64,
    created_at: i64,
    attention: Option<String>,
    flagged_at: Option<i64>,
}

impl Row {
    fn into_row(self) -> Result<OrderRow, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        let attention = self.attention.as_deref().map(|name| {
            let known = Attention::from_name(name);
            known.ok_or(bad("attention"))
        });
        Ok(OrderRow {
            id: OrderId(self.id),
            number: self.number,
            event: EventId(self.event_id),
            status: OrderStatus::from_name(&self.status).ok_or(bad("order status"))?,
            buyer_name: self.buyer_name,
            email: self.email,
            total: Money::new(self.total_minor, currency),
            created_at: Timestamp(self.created_at),
            attention: attention.transpose()?,
            is_flagged: self.flagged_at.is_some(),
        })
    }
}

/// A page of orders after a place. `events` are those that are seen; `None` = all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &OrderFilter,
    after: Option<&Place>,
    most: usize,
) -> Result<Vec<OrderRow>, StoreError> {
    let mut walk = Walk::begin(tx, events, filter, after).await?;
    walk.next(tx, most).await
}

/// A way through a list, piece after piece: what was read of one event and is not its turn yet waits for the next piece, so
/// that every row is read once.
#[derive(Debug)]
pub struct Walk {
    sort: Sort,
    /// What is asked, and the place after which it goes on.
    questions: Vec<(Question, Option<Place>)>,
    merge: Merge<OrderRow>,
    read: usize,
}

impl Walk {
    /// Begins after a place. `events` are those that are seen; `None` = all of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        tx: &mut Tx,
        events: Option<&[EventId]>,
        filter: &OrderFilter,
        after: Option<&Place>,
    ) -> Result<Self, StoreError> {
        let seen = match (filter.event, events) {
            (Some(event), None) => Some(vec![event]),
            (Some(event), Some(events)) => {
                Some(events.iter().copied().filter(|one| *one == event).collect())
            }
            (None, events) => events.map(<[EventId]>::to_vec),
        };
        let questions = match narrowest(tx, TABLE, narrows(filter)).await? {
            Some(narrow) => vec![found(tx, narrow.index, seen.as_deref(), filter)],
            None => walked(tx, seen.as_deref(), filter),
        };
        Ok(Self {
            sort: filter.sort,
            merge: Merge::of(questions.len()),
            questions: questions
                .into_iter()
                .map(|question| (question, after.copied()))
                .collect(),
            read: 0,
        })
    }

    /// The next rows; fewer than `most` are the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<OrderRow>, StoreError> {
        let (sort, share) = (self.sort, self.merge.share(most));
        let mut rows = Vec::with_capacity(most);
        while rows.len() < most {
            while let Some(lacking) = self.merge.lacking() {
                let (question, after) = &mut self.questions[lacking];
                let got = turned(tx, question, sort, after.as_ref(), share).await?;
                if let Some(last) = got.last() {
                    *after = Some(last.place(sort));
                }
                self.read += got.len();
                self.merge.fill(lacking, got, share);
            }
            let compare = |a: &OrderRow, b: &OrderRow| sort.compare(&a.place(sort), &b.place(sort));
            match self.merge.next(compare) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }

    /// How many rows were read so far.
    #[must_use]
    pub const fn read(&self) -> usize {
        self.read
    }
}

/// The orders that a narrow filter finds.
fn found(tx: &Tx, index: Index, events: Option<&[EventId]>, filter: &OrderFilter) -> Question {
    let mut question = Question::new(format!("{COLUMNS}{}", index.of(tx, TABLE)));
    if let Some(events) = events {
        question.among("event_id", events.iter().map(|event| event.0));
    }
    conditions(filter)
        .into_iter()
        .for_each(|one| question.and(one));
    question
}

/// The list in its order, event by event where not all are seen.
fn walked(tx: &Tx, events: Option<&[EventId]>, filter: &OrderFilter) -> Vec<Question> {
    let by_sum = matches!(filter.sort, Sort::Dearest | Sort::Cheapest);
    let asked = |index: Index, event: Option<&EventId>| {
        let mut question = Question::new(format!("{COLUMNS}{}", index.of(tx, TABLE)));
        if let Some(event) = event {
            question.and(("event_id = ?", vec![Value::Id(event.0)]));
        }
        conditions(filter)
            .into_iter()
            .for_each(|one| question.and(one));
        question
    };
    let Some(events) = events else {
        let index = if by_sum { BY_SUM_OF_ALL } else { BY_MOMENT };
        return vec![asked(index, None)];
    };
    let index = match filter.status {
        _ if by_sum => BY_SUM,
        Some(_) => BY_STATUS,
        None => BY_EVENT,
    };
    events
        .iter()
        .map(|event| asked(index, Some(event)))
        .collect()
}

/// What a question leaves after a place: first the rest of the same value, then what follows.
async fn turned(
    tx: &mut Tx,
    question: &Question,
    sort: Sort,
    after: Option<&Place>,
    most: usize,
) -> Result<Vec<OrderRow>, StoreError> {
    let (same, beyond, order) = match sort {
        Sort::Newest => (
            "created_at = ? AND id < ?",
            "created_at < ?",
            " ORDER BY created_at DESC, id DESC",
        ),
        Sort::Oldest => (
            "created_at = ? AND id > ?",
            "created_at > ?",
            " ORDER BY created_at, id",
        ),
        Sort::Dearest => (
            "total_minor = ? AND id < ?",
            "total_minor < ?",
            " ORDER BY total_minor DESC, id DESC",
        ),
        Sort::Cheapest => (
            "total_minor = ? AND id > ?",
            "total_minor > ?",
            " ORDER BY total_minor, id",
        ),
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut question = question.clone();
    if let Some(place) = after {
        let mut rest = question.clone();
        rest.and((same, vec![Value::Number(place.value), Value::Id(place.id)]));
        rows = rest.ask(tx, order, most).await?;
        question.and((beyond, vec![Value::Number(place.value)]));
    }
    if rows.len() < most {
        let wanted = most - rows.len();
        rows.extend(question.ask::<Row>(tx, order, wanted).await?);
    }
    rows.into_iter().map(Row::into_row).collect()
}

/// All filters but the event.
fn conditions(filter: &OrderFilter) -> Vec<Condition> {
    let mut all: Vec<_> = narrows(filter)
        .into_iter()
        .map(|one| one.condition)
        .collect();
    let is_by_time = matches!(filter.sort, Sort::Newest | Sort::Oldest);
    all.extend(span(filter).filter(|_| is_by_time));
    all
}

/// The filters that have an index of their own. The time has one that a list by time is walked by anyway.
fn narrows(filter: &OrderFilter) -> Vec<Narrow> {
    let mut all = Vec::new();
    let mut add = |index, condition| all.push(Narrow { index, condition });
    if let Some(status) = filter.status {
        let values = vec![Value::Text(status.name().to_owned())];
        add(Index::named("orders_due"), ("status = ?", values));
    }
    match filter.look {
        None => {}
        // Greater than nothing: of `IS NOT NULL` one engine does not know that it is narrow.
        Some(Look::Reason) => add(
            Index::named("orders_by_attention"),
            ("attention > ''", vec![]),
        ),
        Some(Look::Flag) => add(Index::named("orders_by_flag"), ("flagged_at > 0", vec![])),
    }
    match &filter.search {
        None => {}
        Some(Search::Number(start)) => {
            add(
                BY_NUMBER,
                ("number >= ? AND number < ?", beginning(start).into()),
            );
        }
        Some(Search::Ticket(number)) => {
            let value = i64::try_from(number.value()).unwrap_or_default();
            let text = "id = (SELECT order_id FROM tickets WHERE number = ?)";
            add(BY_ID, (text, vec![Value::Number(value)]));
        }
        Some(Search::Email(start)) => {
            let index = Index::named("orders_by_email");
            add(index, ("email >= ? AND email < ?", beginning(start).into()));
        }
        Some(Search::Name(typed, capital)) => {
            let values = beginning(typed).into_iter().chain(beginning(capital));
            let text =
                "((buyer_name >= ? AND buyer_name < ?) OR (buyer_name >= ? AND buyer_name < ?))";
            add(Index::named("orders_by_buyer"), (text, values.collect()));
        }
    }
    if matches!(filter.sort, Sort::Dearest | Sort::Cheapest) {
        span(filter)
            .into_iter()
            .for_each(|span| add(BY_MOMENT, span));
    }
    all
}

fn span(filter: &OrderFilter) -> Option<Condition> {
    let number = |at: Timestamp| Value::Number(at.0);
    Some(match (filter.from, filter.until) {
        (None, None) => return None,
        (Some(from), None) => ("created_at >= ?", vec![number(from)]),
        (None, Some(until)) => ("created_at < ?", vec![number(until)]),
        (Some(from), Some(until)) => (
            "created_at >= ? AND created_at < ?",
            vec![number(from), number(until)],
        ),
    })
}
