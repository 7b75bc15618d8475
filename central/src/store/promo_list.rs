//! Promo codes as working lists show them: found by how they begin, filtered, a page at a time, with what they brought;
//! and the orders that used one.
//!
//! Invariants: a page begins after a place and not after a count. Where an account sees some events alone, each event is
//! asked by its own index and the pages are merged. What a code brought is summed for the codes of a page alone.

use std::collections::BTreeMap;

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    listed::{Condition, Question, Value, beginning},
    many::{list_then, lists},
    promo::{Row, UsageRow},
    tx::fetch_all,
};
use crate::domain::{
    id::{OrderId, PromoId},
    promo::{Promo, UsageStatus},
    promo_list::{PromoFilter, PromoPlace, PromoState},
};

/// A code in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromoRow {
    /// The code.
    pub promo: Promo,
    /// Its event.
    pub event: EventId,
}

impl PromoRow {
    /// Where it stands in a list.
    #[must_use]
    pub fn place(&self) -> PromoPlace {
        PromoPlace {
            code: self.promo.code.clone(),
            id: self.promo.id.0,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ListRow {
    event_id: Uuid,
    #[sqlx(flatten)]
    row: Row,
}

const COLUMNS: &str = "SELECT event_id, id, code, ticket_type_id, kind, value, valid_from, valid_until, quota, used, \
     per_buyer, min_spend_minor, stackable, status FROM promo_codes";

/// A page of codes after a place. `events` are those that are seen; `None` = all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &PromoFilter,
    (after, now): (Option<&PromoPlace>, Timestamp),
    most: usize,
) -> Result<Vec<PromoRow>, StoreError> {
    let seen = |event: &EventId| events.is_none_or(|events| events.contains(event));
    let events: Vec<Option<EventId>> = match (filter.event, events) {
        (Some(event), _) => Some(event).filter(seen).map(Some).into_iter().collect(),
        (None, Some(events)) => events.iter().copied().map(Some).collect(),
        (None, None) => vec![None],
    };
    let mut all = Vec::new();
    for event in events {
        let question = question(event, filter, (after, now));
        let rows: Vec<ListRow> = question.ask(tx, " ORDER BY code, id", most).await?;
        for row in rows {
            all.push(shown(row)?);
        }
    }
    all.sort_by_key(PromoRow::place);
    all.truncate(most);
    Ok(all)
}

/// What is asked of one event, or of all.
fn question(
    event: Option<EventId>,
    filter: &PromoFilter,
    (after, now): (Option<&PromoPlace>, Timestamp),
) -> Question {
    let mut question = Question::new(COLUMNS.to_owned());
    if let Some(event) = event {
        question.and(("event_id = ?", vec![Value::Id(event.0)]));
    }
    if !filter.code.is_empty() {
        let between = beginning(&filter.code);
        question.and(("code >= ? AND code < ?", between));
    }
    if let Some(place) = after {
        let code = || Value::Text(place.code.clone());
        // The first part is the range of an index; the second leaves out what was seen of its first value.
        let beyond = "code >= ? AND (code > ? OR id > ?)";
        question.and((beyond, vec![code(), code(), Value::Id(place.id)]));
    }
    if let Some(state) = filter.state {
        question.and(stands(state, now));
    }
    question
}

/// That a code stands so, as [`PromoState::of`] says it.
fn stands(state: PromoState, now: Timestamp) -> Condition {
    let now = || Value::Number(now.0);
    match state {
        PromoState::Off => ("status = 'disabled'", vec![]),
        PromoState::UsedUp => ("status = 'used_up'", vec![]),
        PromoState::Ended => ("status = 'active' AND valid_until <= ?", vec![now()]),
        PromoState::Coming => (
            "status = 'active' AND valid_until > ? AND valid_from > ?",
            vec![now(), now()],
        ),
        PromoState::Open => (
            "status = 'active' AND valid_until > ? AND valid_from <= ?",
            vec![now(), now()],
        ),
    }
}

fn shown(row: ListRow) -> Result<PromoRow, StoreError> {
    Ok(PromoRow {
        promo: row.row.into_promo()?,
        event: EventId(row.event_id),
    })
}

/// Codes that more orders use are not summed for a page: that would read them all. The reports do.
pub const MOST_SUMMED: i64 = 2_000;

/// What orders that were paid with codes cost all the same, refunded ones too, as the reports say it; nothing for codes
/// that too many orders use.
///
/// # Errors
/// When the database fails.
pub async fn brought(tx: &mut Tx, promos: &[&Promo]) -> Result<BTreeMap<PromoId, i64>, StoreError> {
    let few = promos.iter().filter(|promo| promo.used <= MOST_SUMMED);
    let promos: Vec<PromoId> = few.map(|promo| promo.id).collect();
    let mut sums: BTreeMap<PromoId, i64> = promos.iter().map(|id| (*id, 0)).collect();
    for ids in lists(&promos) {
        let text = list_then(
            "SELECT u.promo_code_id, CAST(SUM(o.total_minor) AS SIGNED) FROM promo_usages u \
             JOIN orders o ON o.id = u.order_id WHERE o.paid_at IS NOT NULL \
             AND o.status IN ('paid', 'partly_refunded', 'refunded') AND u.promo_code_id IN ",
            " GROUP BY u.promo_code_id",
            ids.len(),
        );
        let rows: Result<Vec<(Uuid, i64)>, _> = match tx {
            Tx::Sqlite(tx) => {
                let query = sqlx::query_as(text);
                let query = ids.iter().fold(query, |query, id| query.bind(id.0));
                query.fetch_all(&mut **tx).await
            }
            Tx::MySql(tx) => {
                let query = sqlx::query_as(text);
                let query = ids.iter().fold(query, |query, id| query.bind(id.0));
                query.fetch_all(&mut **tx).await
            }
        };
        sums.extend(rows?.into_iter().map(|(id, sum)| (PromoId(id), sum)));
    }
    Ok(sums)
}

/// A page of a code's uses after an order, by the orders' ids, which is the order in which they were placed.
///
/// # Errors
/// When the database fails.
pub async fn usages(
    tx: &mut Tx,
    promo: PromoId,
    after: Option<OrderId>,
    most: usize,
) -> Result<Vec<(OrderId, UsageRow)>, StoreError> {
    type Found = (Uuid, String, i64, String, i64);
    let sql = "SELECT o.id, o.number, u.discount_minor, u.status, u.created_at FROM promo_usages u \
        JOIN orders o ON o.id = u.order_id WHERE u.promo_code_id = ? AND u.order_id > ? ORDER BY u.order_id LIMIT ?";
    let after = after.map_or(Uuid::nil(), |order| order.0);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = fetch_all!(tx, Found, sql, promo.0, after, most)?;
    let usage = |(id, order, discount_minor, status, at): Found| {
        let row = UsageRow {
            order,
            discount_minor,
            status: UsageStatus::from_name(&status).ok_or(StoreError::Corrupt("usage status"))?,
            created_at: Timestamp(at),
        };
        Ok((OrderId(id), row))
    };
    rows.into_iter().map(usage).collect()
}
