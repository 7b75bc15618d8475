//! Payments as working lists show them: filtered, sorted, a page at a time.
//!
//! Invariants: a list walks the index of its order and ends after a page. What many payments are is found by walking
//! their orders; what few are (a provider's id, a rare status, a way of paying) by the payments' own indexes. Where orders
//! are walked a page ends with a whole order, so that one of two payments is never left out between two pages.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::{self, by_index},
    listed::Merge,
    question::{Question, Value, beginning, most},
};
use crate::domain::{
    id::PaymentId,
    money::{Currency, Money},
    order_search::{Place, Sort},
    payment::PaymentStatus,
    payment_search::{PaymentFilter, PaymentSearch, is_minor, is_rare},
};

/// A payment in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its id.
    pub id: PaymentId,
    /// The number of its order.
    pub order: String,
    /// The event.
    pub event: EventId,
    /// Who bought.
    pub buyer_name: String,
    /// The provider.
    pub provider: String,
    /// Their id, once they have one.
    pub transaction_ref: Option<String>,
    /// How it is paid.
    pub channel: Option<String>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much.
    pub amount: Money,
    /// What refunds lay claim to.
    pub claimed_minor: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// Where the list goes on after it.
    pub place: Place,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    number: String,
    event_id: Uuid,
    buyer_name: String,
    provider: String,
    transaction_ref: Option<String>,
    channel: Option<String>,
    status: String,
    currency: String,
    amount_minor: i64,
    claimed_minor: i64,
    created_at: i64,
    place_value: i64,
    place_id: Uuid,
}

impl Row {
    fn into_row(self) -> Result<PaymentRow, StoreError> {
        let bad = StoreError::Corrupt;
        let currency = Currency::from_code(&self.currency).ok_or(bad("currency"))?;
        Ok(PaymentRow {
            id: PaymentId(self.id),
            order: self.number,
            event: EventId(self.event_id),
            buyer_name: self.buyer_name,
            provider: self.provider,
            transaction_ref: self.transaction_ref,
            channel: self.channel,
            status: PaymentStatus::from_name(&self.status).ok_or(bad("payment status"))?,
            amount: Money::new(self.amount_minor, currency),
            claimed_minor: self.claimed_minor,
            created_at: Timestamp(self.created_at),
            place: Place {
                value: self.place_value,
                id: self.place_id,
            },
        })
    }
}

/// Payments that are asked for at once at least: more than any order has, so that what is read ends between two orders.
const LEAST: usize = 50;

/// Which table is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Orders,
    Payments,
}

impl Way {
    fn of(filter: &PaymentFilter, events: Option<&[EventId]>) -> Self {
        let is_of_all = events.is_none() && filter.event.is_none();
        let is_by_time = matches!(filter.sort, Sort::Newest | Sort::Oldest);
        let is_few = matches!(filter.search, Some(PaymentSearch::Transaction(_)))
            || filter.status.is_some_and(is_rare)
            || (is_of_all && is_by_time && filter.channel.is_some())
            || (is_of_all && filter.status.is_some_and(is_minor));
        if is_few { Self::Payments } else { Self::Orders }
    }

    /// The columns of a place, and what the rest of the question is about.
    const fn columns(self, sort: Sort) -> (&'static str, &'static str) {
        match (self, sort) {
            (Self::Orders, Sort::Newest | Sort::Oldest) => ("o.created_at", "o.id"),
            (Self::Orders, Sort::Dearest | Sort::Cheapest) => ("o.total_minor", "o.id"),
            (Self::Payments, Sort::Newest | Sort::Oldest) => ("p.created_at", "p.id"),
            (Self::Payments, Sort::Dearest | Sort::Cheapest) => ("p.amount_minor", "p.id"),
        }
    }
}

/// A page of payments after a place, and whether more follow. `events` are those that are seen; `None` = all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &PaymentFilter,
    after: Option<&Place>,
    rows: usize,
) -> Result<(Vec<PaymentRow>, bool), StoreError> {
    let mut found = Walk::begin(events, filter, after)
        .next(tx, rows + 1)
        .await?;
    let has_more = found.len() > rows;
    if has_more {
        end_with_a_whole_order(&mut found);
    }
    Ok((found, has_more))
}

/// A way through a list, piece after piece; every row is read once.
#[derive(Debug)]
pub struct Walk {
    way: Way,
    filter: PaymentFilter,
    /// The events that are asked for together (none = all there are), and the place after which they go on.
    parts: Vec<(Vec<EventId>, Option<Place>)>,
    merge: Merge<PaymentRow>,
}

impl Walk {
    /// Begins after a place. `events` are those that are seen; `None` = all of them.
    #[must_use]
    pub fn begin(
        events: Option<&[EventId]>,
        filter: &PaymentFilter,
        after: Option<&Place>,
    ) -> Self {
        let way = Way::of(filter, events);
        let is_hidden = |event: EventId| events.is_some_and(|all| !all.contains(&event));
        let limits: Vec<Vec<EventId>> = match (filter.event, events) {
            (Some(event), _) if is_hidden(event) => Vec::new(),
            (Some(event), _) => vec![vec![event]],
            (None, None) => vec![Vec::new()],
            (None, Some([])) => Vec::new(),
            // Each by the orders' own index of events.
            (None, Some(all)) if way == Way::Orders => all.iter().map(|one| vec![*one]).collect(),
            (None, Some(all)) => vec![all.to_vec()],
        };
        Self {
            way,
            filter: filter.clone(),
            merge: Merge::of(limits.len()),
            parts: limits
                .into_iter()
                .map(|limit| (limit, after.copied()))
                .collect(),
        }
    }

    /// The next rows; fewer than `most` are the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, tx: &mut Tx, most: usize) -> Result<Vec<PaymentRow>, StoreError> {
        let (sort, share) = (self.filter.sort, self.merge.share(most).max(LEAST));
        let compare = |a: &PaymentRow, b: &PaymentRow| sort.compare(&a.place, &b.place);
        let mut rows = Vec::with_capacity(most);
        while rows.len() < most {
            while let Some(lacking) = self.merge.lacking() {
                self.read_on(tx, lacking, share).await?;
            }
            match self.merge.next(compare) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }

    async fn read_on(&mut self, tx: &mut Tx, at: usize, share: usize) -> Result<(), StoreError> {
        let (events, after) = &mut self.parts[at];
        let question = question(
            tx,
            (self.way, &self.filter),
            events,
            after.as_ref(),
            share + 1,
        );
        let found: Vec<Row> = question.ask(tx).await?;
        let found: Result<Vec<_>, _> = found.into_iter().map(Row::into_row).collect();
        let mut found = found?;
        // Where there is more, what was read ends with a whole order, however few that are.
        let asked = if found.len() > share {
            end_with_a_whole_order(&mut found);
            found.len()
        } else {
            share + 1
        };
        *after = found.last().map(|row| row.place).or(*after);
        self.merge.fill(at, found, asked);
        Ok(())
    }
}

/// Leaves out the last row, with all rows of its place that stand before it.
fn end_with_a_whole_order(rows: &mut Vec<PaymentRow>) {
    let Some(last) = rows.pop() else {
        return;
    };
    let ends_before = rows.iter().rposition(|row| row.place != last.place);
    if let Some(end) = ends_before {
        rows.truncate(end + 1);
    }
}

/// The tables, the one that is walked first; payments of a status by their sum by the index of that.
fn source(tx: &Tx, way: Way, filter: &PaymentFilter) -> String {
    let join = dialect::read_first(tx);
    let is_by_sum = matches!(filter.sort, Sort::Dearest | Sort::Cheapest);
    let is_searched = matches!(filter.search, Some(PaymentSearch::Transaction(_)));
    let payments = match filter.status {
        Some(_) if is_by_sum && !is_searched => {
            by_index(tx, "payments p", ("payments_by_sum", "payments_by_sum"))
        }
        _ => " FROM payments p".to_owned(),
    };
    match way {
        Way::Orders => format!(" FROM orders o {join} payments p ON p.order_id = o.id"),
        Way::Payments => format!("{payments} {join} orders o ON o.id = p.order_id"),
    }
}

fn question(
    tx: &Tx,
    (way, filter): (Way, &PaymentFilter),
    events: &[EventId],
    after: Option<&Place>,
    rows: usize,
) -> Question {
    let (value, id) = way.columns(filter.sort);
    let from = source(tx, way, filter);
    let mut question = Question::new(format!(
        "SELECT p.id, o.number, o.event_id, o.buyer_name, p.provider, p.transaction_ref, p.channel, p.status, p.currency, \
         p.amount_minor, p.claimed_minor, p.created_at, {value} AS place_value, {id} AS place_id{from} WHERE 1 = 1"
    ));
    if !events.is_empty() {
        let events = events.iter().map(|event| Value::Id(event.0));
        question.and_one_of("o.event_id", events.collect());
    }
    narrow(&mut question, way, filter);
    let rises = matches!(filter.sort, Sort::Oldest | Sort::Cheapest);
    let (than, order) = if rises { (">", "") } else { ("<", " DESC") };
    if let Some(place) = after {
        let at = || Value::Number(place.value);
        // The first part is the range of an index; the second leaves out what was seen of its first value.
        let condition = format!("{value} {than}= ? AND ({value} {than} ? OR {id} {than} ?)");
        question.and(&condition, [at(), at(), Value::Id(place.id)]);
    }
    let end = format!(" ORDER BY {value}{order}, {id}{order} LIMIT ?");
    question.end(&end, [most(rows)]);
    question
}

fn narrow(question: &mut Question, way: Way, filter: &PaymentFilter) {
    if let Some(status) = filter.status {
        question.and("p.status = ?", [Value::Text(status.name().to_owned())]);
    }
    if let Some(channel) = &filter.channel {
        question.and("p.channel = ?", [Value::Text(channel.clone())]);
    }
    let begun = match way {
        Way::Orders => "o.created_at",
        Way::Payments => "p.created_at",
    };
    if let Some(from) = filter.from {
        question.and(&format!("{begun} >= ?"), [Value::Number(from.0)]);
    }
    if let Some(until) = filter.until {
        question.and(&format!("{begun} < ?"), [Value::Number(until.0)]);
    }
    match &filter.search {
        None => {}
        Some(PaymentSearch::Order(start)) => {
            question.and("o.number >= ? AND o.number < ?", beginning(start));
        }
        Some(PaymentSearch::Transaction(start)) => {
            question.and(
                "p.transaction_ref >= ? AND p.transaction_ref < ?",
                beginning(start),
            );
        }
    }
}

#[cfg(test)]
#[path = "payment_list_tests.rs"]
mod tests;
