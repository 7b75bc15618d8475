//! Disputes as working lists show them: filtered, sorted, a page at a time.
//!
//! Invariants: what is asked is a range of an index: of events, of a status, of the time. Disputes are few among payments:
//! those of one range are sorted where the list is by the day of the answer, or limited to events.

use sync_protocol::id::EventId;

use super::{
    StoreError, Tx,
    dialect::{self, by_index},
    dispute::{Dispute, Row, SELECT},
    listed::{Question, Turn, Value, spot},
    order_start,
};
use crate::domain::{
    dispute_search::{DisputeFilter, DisputeSort},
    order_search::Place,
};

/// A page of disputes after a place. `events` are those that are seen; `None` = all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &DisputeFilter,
    after: Option<&Place>,
    rows: usize,
) -> Result<Vec<Dispute>, StoreError> {
    let source = source(tx, events, filter).await?;
    let question = question(&source, events, filter, after);
    let order = turn(filter.sort).order();
    let rows: Vec<Row> = question.ask(tx, &order, rows).await?;
    rows.into_iter().map(Row::into_dispute).collect()
}

const fn turn(sort: DisputeSort) -> Turn {
    let (value, rises) = match sort {
        DisputeSort::Newest => ("d.opened_at", false),
        DisputeSort::Oldest => ("d.opened_at", true),
        // As `Dispute::place` has it.
        DisputeSort::Due => ("COALESCE(d.due_at, 9223372036854775807)", true),
    };
    Turn {
        value,
        id: "d.payment_id",
        rises,
    }
}

/// The tables, the one that is walked first: an order has few disputes.
async fn source(
    tx: &mut Tx,
    events: Option<&[EventId]>,
    filter: &DisputeFilter,
) -> Result<String, StoreError> {
    let (disputes, join) = (("disputes", "d"), dialect::read_first(tx));
    let few =
        order_start::first(tx, filter.order.as_deref(), disputes, "disputes_by_order").await?;
    let found = few.unwrap_or_else(|| {
        let index = index(events, filter);
        let disputes = by_index(tx, "disputes d", (index, index));
        format!("{disputes} {join} orders o ON o.id = d.order_id")
    });
    Ok(format!("{found} {join} payments p ON p.id = d.payment_id"))
}

const fn index(events: Option<&[EventId]>, filter: &DisputeFilter) -> &'static str {
    if events.is_some() || filter.event.is_some() {
        "disputes_by_event"
    } else if filter.status.is_some() {
        "disputes_by_status"
    } else {
        "disputes_by_moment"
    }
}

fn question(
    source: &str,
    events: Option<&[EventId]>,
    filter: &DisputeFilter,
    after: Option<&Place>,
) -> Question {
    let mut question = Question::new(format!("{SELECT}{source}"));
    if let Some(event) = filter.event {
        question.and(("d.event_id = ?", [Value::Id(event.0)]));
    }
    if let Some(events) = events {
        question.among("d.event_id", events.iter().map(|event| event.0));
    }
    if let Some(status) = filter.status {
        question.and(("d.status = ?", [Value::Text(status.name().to_owned())]));
    }
    if let Some(by) = filter.due_by {
        question.and(("d.due_at <= ?", [Value::Number(by.0)]));
    }
    if let Some(channel) = &filter.channel {
        question.and(("p.channel = ?", [Value::Text(channel.clone())]));
    }
    if let Some(start) = &filter.order {
        question.and(order_start::begins(start));
    }
    question.within("d.opened_at", (filter.from, filter.until));
    question.after(turn(filter.sort), after.map(spot));
    question
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::dispute::DisputeStatus, store::Store};

    /// How a page after a place would be found.
    async fn plan(events: Option<&[EventId]>, filter: &DisputeFilter) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let place = Place {
            value: 5,
            id: uuid::Uuid::from_u128(7),
        };
        let source = source(&mut tx, events, filter).await.expect("reads");
        let question = question(&source, events, filter, Some(&place));
        let plan = question.plan(&mut tx, &turn(filter.sort).order()).await;
        plan.join("; ")
    }

    #[tokio::test]
    async fn lists_of_disputes_are_ranges_of_an_index() {
        let (events, open) = ([EventId::from_u128(9)], Some(DisputeStatus::Open));
        for (events, status, range) in [
            (None, None, "disputes_by_moment (opened_at<?)"),
            (None, open, "disputes_by_status (status=? AND opened_at<?)"),
            (
                Some(&events[..]),
                open,
                "disputes_by_event (event_id=? AND status=? AND opened_at<?)",
            ),
            (Some(&events[..]), None, "disputes_by_event (event_id=?"),
        ] {
            let filter = DisputeFilter {
                status,
                ..DisputeFilter::default()
            };
            let plan = plan(events, &filter).await;
            let range = format!("SEARCH d USING INDEX {range}");
            assert!(plan.starts_with(&range), "{plan}");
        }
    }

    #[tokio::test]
    async fn disputes_of_a_few_orders_are_found_by_their_orders_whatever_else_is_asked() {
        let events = [EventId::from_u128(9)];
        for events in [None, Some(&events[..])] {
            for status in [None, Some(DisputeStatus::Open)] {
                let filter = DisputeFilter {
                    status,
                    order: Some("GRB-7K".to_owned()),
                    event: events.map(|events| events[0]),
                    ..DisputeFilter::default()
                };
                let plan = plan(events, &filter).await;
                let range = "SEARCH o USING INDEX sqlite_autoindex_orders_2 (number>? AND number<?); \
                    SEARCH d USING INDEX disputes_by_order (order_id=?)";
                assert!(plan.starts_with(range), "{plan}");
            }
        }
    }
}
