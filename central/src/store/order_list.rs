//! Orders as working lists show them: filtered, sorted, a page at a time.
//!
//! Invariants: every condition is a text of ours and every value is bound, so what people type is never a part of a
//! question. A page begins after a place and not after a count, so the thousandth is as quick as the first. Where an
//! account sees some events alone, each event is asked by its own index and the pages are merged.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{StoreError, Tx};
use crate::domain::{
    attention::Attention,
    id::OrderId,
    money::{Currency, Money},
    order::OrderStatus,
    order_search::{OrderFilter, Place, Search, Sort},
};

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
        })
    }
}

/// A value that is bound.
enum Value {
    Number(i64),
    Text(String),
    Id(Uuid),
}

/// A question that grows by conditions.
struct Question {
    text: String,
    values: Vec<Value>,
}

impl Question {
    fn and(&mut self, condition: &'static str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    async fn ask(self, tx: &mut Tx) -> Result<Vec<OrderRow>, StoreError> {
        let text = sqlx::AssertSqlSafe(self.text);
        let rows = match tx {
            Tx::Sqlite(tx) => {
                let mut query = sqlx::query_as::<_, Row>(text);
                for value in self.values {
                    query = match value {
                        Value::Number(number) => query.bind(number),
                        Value::Text(text) => query.bind(text),
                        Value::Id(id) => query.bind(id),
                    };
                }
                query.fetch_all(&mut **tx).await
            }
            Tx::MySql(tx) => {
                let mut query = sqlx::query_as::<_, Row>(text);
                for value in self.values {
                    query = match value {
                        Value::Number(number) => query.bind(number),
                        Value::Text(text) => query.bind(text),
                        Value::Id(id) => query.bind(id),
                    };
                }
                query.fetch_all(&mut **tx).await
            }
        };
        rows?.into_iter().map(Row::into_row).collect()
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
    let seen = |event: &EventId| events.is_none_or(|events| events.contains(event));
    match (filter.event, events) {
        (Some(event), _) if !seen(&event) => Ok(Vec::new()),
        (Some(event), _) => question(filter, Some(event), after, most).ask(tx).await,
        (None, None) => question(filter, None, after, most).ask(tx).await,
        (None, Some(events)) => {
            let mut all = Vec::new();
            for event in events {
                let rows = question(filter, Some(*event), after, most).ask(tx).await?;
                all.extend(rows);
            }
            let sort = filter.sort;
            all.sort_by(|a, b| sort.compare(&a.place(sort), &b.place(sort)));
            all.truncate(most);
            Ok(all)
        }
    }
}

fn question(
    filter: &OrderFilter,
    event: Option<EventId>,
    after: Option<&Place>,
    most: usize,
) -> Question {
    let mut question = Question {
        text: "SELECT id, number, event_id, status, buyer_name, email, currency, total_minor, created_at, attention \
               FROM orders WHERE 1 = 1"
            .to_owned(),
        values: Vec::new(),
    };
    if let Some(event) = event {
        question.and("event_id = ?", [Value::Id(event.0)]);
    }
    if let Some(status) = filter.status {
        question.and("status = ?", [Value::Text(status.name().to_owned())]);
    }
    if filter.to_look_at {
        question.and("attention IS NOT NULL", []);
    }
    if let Some(from) = filter.from {
        question.and("created_at >= ?", [Value::Number(from.0)]);
    }
    if let Some(until) = filter.until {
        question.and("created_at < ?", [Value::Number(until.0)]);
    }
    let between = |start: &str| {
        [
            Value::Text(start.to_owned()),
            Value::Text(format!("{start}\u{10FFFF}")),
        ]
    };
    match &filter.search {
        None => {}
        Some(Search::Number(start)) => question.and("number >= ? AND number < ?", between(start)),
        Some(Search::Email(start)) => question.and("email >= ? AND email < ?", between(start)),
        Some(Search::Name(typed, capital)) => {
            let values = between(typed).into_iter().chain(between(capital));
            question.and(
                "((buyer_name >= ? AND buyer_name < ?) OR (buyer_name >= ? AND buyer_name < ?))",
                values,
            );
        }
    }
    let (before, order) = match filter.sort {
        Sort::Newest => (
            "(created_at < ? OR (created_at = ? AND id < ?))",
            " ORDER BY created_at DESC, id DESC LIMIT ?",
        ),
        Sort::Oldest => (
            "(created_at > ? OR (created_at = ? AND id > ?))",
            " ORDER BY created_at, id LIMIT ?",
        ),
        Sort::Dearest => (
            "(total_minor < ? OR (total_minor = ? AND id < ?))",
            " ORDER BY total_minor DESC, id DESC LIMIT ?",
        ),
        Sort::Cheapest => (
            "(total_minor > ? OR (total_minor = ? AND id > ?))",
            " ORDER BY total_minor, id LIMIT ?",
        ),
    };
    if let Some(place) = after {
        let value = || Value::Number(place.value);
        question.and(before, [value(), value(), Value::Id(place.id)]);
    }
    question.text.push_str(order);
    question
        .values
        .push(Value::Number(i64::try_from(most).unwrap_or(i64::MAX)));
    question
}
