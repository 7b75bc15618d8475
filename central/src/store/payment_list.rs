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
    listed::{Merge, Question, Turn, Value, beginning, spot},
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

/// Payments that are asked for at once at least: more than most orders have, so that what is read ends between two
/// orders. Of an order that has more, more is asked.
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

    const fn turn(self, sort: Sort) -> Turn {
        let by_time = matches!(sort, Sort::Newest | Sort::Oldest);
        let (value, id) = match self {
            Self::Orders if by_time => ("o.created_at", "o.id"),
            Self::Orders => ("o.total_minor", "o.id"),
            Self::Payments if by_time => ("p.created_at", "p.id"),
            Self::Payments => ("p.amount_minor", "p.id"),
        };
        Turn {
            value,
            id,
            rises: matches!(sort, Sort::Oldest | Sort::Cheapest),
        }
    }
}

/// A page of payments after a place, and whether more follow. `events` are those that are seen; `None` = all of them.
/// An order that has more payments than a page is a page of its own.
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
    let mut walk = Walk::begin(events, filter, after);
    let mut found = walk.next(tx, rows + 1).await?;
    if found.len() <= rows {
        return Ok((found, false));
    }
    if end_with_a_whole_order(&mut found) {
        return Ok((found, true));
    }
    let only = found.last().map(|row| row.place);
    while let Some(row) = walk.next(tx, 1).await?.pop() {
        if Some(row.place) != only {
            return Ok((found, true));
        }
        found.push(row);
    }
    Ok((found, false))
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
        let turn = self.way.turn(self.filter.sort);
        let mut most = share + 1;
        let (found, asked) = loop {
            let question = question(tx, (self.way, &self.filter), events, after.as_ref());
            let found: Vec<Row> = question.ask(tx, &turn.order(), most).await?;
            let found: Result<Vec<_>, _> = found.into_iter().map(Row::into_row).collect();
            let mut found = found?;
            if found.len() < most {
                break (found, most);
            }
            // Where there is more, what was read ends with a whole order, however few that are.
            if end_with_a_whole_order(&mut found) {
                let asked = found.len();
                break (found, asked);
            }
            most *= 2;
        };
        *after = found.last().map(|row| row.place).or(*after);
        self.merge.fill(at, found, asked);
        Ok(())
    }
}

/// Leaves out the last rows, which are all of one place; not where there is no other, which is told.
fn end_with_a_whole_order(rows: &mut Vec<PaymentRow>) -> bool {
    let last = rows.last().map(|row| row.place);
    let ends_before = rows.iter().rposition(|row| Some(row.place) != last);
    if let Some(end) = ends_before {
        rows.truncate(end + 1);
    }
    ends_before.is_some()
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
) -> Question {
    let (turn, from) = (way.turn(filter.sort), source(tx, way, filter));
    let mut question = Question::new(format!(
        "SELECT p.id, o.number, o.event_id, o.buyer_name, p.provider, p.transaction_ref, p.channel, p.status, p.currency, \
         p.amount_minor, p.claimed_minor, p.created_at, {} AS place_value, {} AS place_id{from}",
        turn.value, turn.id
    ));
    if !events.is_empty() {
        question.among("o.event_id", events.iter().map(|event| event.0));
    }
    narrow(&mut question, way, filter);
    question.after(turn, after.map(spot));
    question
}

fn narrow(question: &mut Question, way: Way, filter: &PaymentFilter) {
    if let Some(status) = filter.status {
        question.and(("p.status = ?", [Value::Text(status.name().to_owned())]));
    }
    if let Some(channel) = &filter.channel {
        question.and(("p.channel = ?", [Value::Text(channel.clone())]));
    }
    let begun = match way {
        Way::Orders => "o.created_at",
        Way::Payments => "p.created_at",
    };
    question.within(begun, (filter.from, filter.until));
    match &filter.search {
        None => {}
        Some(PaymentSearch::Order(start)) => {
            question.and(("o.number >= ? AND o.number < ?", beginning(start)));
        }
        Some(PaymentSearch::Transaction(start)) => question.and((
            "p.transaction_ref >= ? AND p.transaction_ref < ?",
            beginning(start),
        )),
    }
}

#[cfg(test)]
#[path = "payment_list_tests.rs"]
mod tests;
