//! What a list of tickets asks the database, so that each of its questions is a range of one index.
//!
//! A number and an order are found by their own index, and those who came by the scans while they are few; all else is
//! walked in the order of the list, each event that is seen by its own index. Called by `ticket_list`, which puts the
//! answers together.

use sync_protocol::{id::EventId, ticket::TicketStatus};

use super::{
    StoreError, Tx,
    dialect::read_first,
    listed::{Index, Narrow, Question, Value, beginning, narrowest},
};
use crate::domain::ticket_search::{CheckIn, TicketFilter, TicketSearch, TicketSort};

/// What a row of the list is made of.
pub(super) const COLUMNS: &str = "SELECT t.id, t.event_id, t.number, t.day_mask, t.status, t.attendee_name, \
     (SELECT o.number FROM orders o WHERE o.id = t.order_id) AS order_number, \
     (SELECT k.name FROM ticket_types k WHERE k.id = t.ticket_type_id) AS kind, \
     (SELECT MIN(s.at_ms) FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 2 AND s.ruling = 'counted') AS entered_at, \
     (SELECT MIN(s.at_ms) FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 1 AND s.ruling = 'counted') AS exchanged_at, \
     (SELECT s.action FROM scans s WHERE s.counted_ticket_id = t.id AND s.action IN (2, 3) AND s.ruling = 'counted' \
      ORDER BY s.at_ms DESC LIMIT 1) AS last_pass, \
     (SELECT s.wristband_id FROM scans s WHERE s.counted_ticket_id = t.id AND s.action = 1 AND s.ruling = 'counted' \
      ORDER BY s.at_ms DESC LIMIT 1) AS wristband_id";
/// As the questions call it.
pub(super) const TABLE: &str = "tickets t";
const BY_STATUS: Index = Index::named("tickets_by_status");
const BY_NAME: Index = Index::named("tickets_by_name");
const BY_ORDER: Index = Index::named("tickets_by_order");
const CAME: Index = Index::named("scans_by_action");
/// Made by the engines for the `UNIQUE` column.
const BY_NUMBER: Index = Index("sqlite_autoindex_tickets_2", "number");

/// What is asked so that the answers together are the list: each a range of one index.
pub(super) async fn questions(
    tx: &mut Tx,
    events: &[EventId],
    filter: &TicketFilter,
) -> Result<Vec<Question>, StoreError> {
    if let Some(found) = by_key(tx, events, filter) {
        return Ok(vec![found]);
    }
    let mut all = Vec::new();
    for event in events {
        match few_came(tx, *event, filter).await? {
            Some(few) => all.push(by_scans(tx, few)),
            None => all.extend(walked(tx, *event, filter)),
        }
    }
    Ok(all)
}

/// The tickets of a number or of an order.
fn by_key(tx: &Tx, events: &[EventId], filter: &TicketFilter) -> Option<Question> {
    let found = |index: Index, condition| {
        let mut question = by(tx, index);
        question.and(condition);
        question.among("t.event_id", events.iter().map(|event| event.0));
        Some(question)
    };
    match &filter.search {
        Some(TicketSearch::Number(number)) => {
            let number = i64::try_from(number.value()).unwrap_or(i64::MAX);
            found(BY_NUMBER, ("t.number = ?", vec![Value::Number(number)]))
        }
        Some(TicketSearch::Order(number)) => {
            let text = "t.order_id = (SELECT o.id FROM orders o WHERE o.number = ?)";
            found(BY_ORDER, (text, vec![Value::Text(number.clone())]))
        }
        _ => None,
    }
}

fn by(tx: &Tx, index: Index) -> Question {
    Question::new(format!("{COLUMNS}{}", index.of(tx, TABLE)))
}

/// The scans by which the tickets came that are asked for, where they are few.
async fn few_came(
    tx: &mut Tx,
    event: EventId,
    filter: &TicketFilter,
) -> Result<Option<Narrow>, StoreError> {
    // The beginning of a name is narrow itself.
    let asked = filter.check_in.filter(|_| filter.search.is_none());
    let text = match asked {
        None | Some(CheckIn::Awaited) => return Ok(None),
        Some(CheckIn::In) => "c.event_id = ? AND c.action = 2 AND c.ruling = 'counted'",
        Some(CheckIn::Exchanged) => "c.event_id = ? AND c.action = 1 AND c.ruling = 'counted'",
    };
    let came = Narrow {
        index: CAME,
        condition: (text, vec![Value::Id(event.0)]),
    };
    narrowest(tx, "scans c", vec![came]).await
}

/// Their tickets: those that came again and again are still few.
fn by_scans(tx: &Tx, few: Narrow) -> Question {
    let (join, from) = (read_first(tx), few.index.of(tx, "scans c"));
    let (condition, values) = few.condition;
    let text = format!(
        "{COLUMNS} FROM (SELECT DISTINCT c.counted_ticket_id AS id{from} WHERE {condition}) came {join} {TABLE} ON t.id = came.id"
    );
    Question::holding(text, values)
}

/// An event's tickets in the order of the list.
fn walked(tx: &Tx, event: EventId, filter: &TicketFilter) -> Vec<Question> {
    let of_event = |index| {
        let mut question = by(tx, index);
        question.and(("t.event_id = ?", vec![Value::Id(event.0)]));
        question
    };
    match (&filter.search, filter.order()) {
        (Some(TicketSearch::Name(typed, capital)), _) => {
            let mut starts = vec![typed, capital];
            starts.dedup();
            let named = |start: &String| {
                let mut question = of_event(BY_NAME);
                let text = "t.attendee_name >= ? AND t.attendee_name < ?";
                question.and((text, beginning(start)));
                question
            };
            starts.into_iter().map(named).collect()
        }
        (_, TicketSort::Name) => vec![of_event(BY_NAME)],
        (_, TicketSort::Newest) => {
            // Each status is a range of its own, in the order of the list.
            let statuses = TicketStatus::ALL.iter().copied();
            let asked = statuses.filter(|one| filter.status.is_none_or(|asked| asked == *one));
            let standing = |status: TicketStatus| {
                let mut question = of_event(BY_STATUS);
                let name = status.name().to_owned();
                question.and(("t.status = ?", vec![Value::Text(name)]));
                question
            };
            asked.map(standing).collect()
        }
    }
}

/// Whether a ticket has a scan that counts: answered by `scans_by_action` alone, without reading a scan.
macro_rules! came {
    ($exists:literal, $action:literal) => {
        concat!(
            $exists,
            " (SELECT 1 FROM scans e WHERE e.event_id = t.event_id AND e.action = ",
            $action,
            " AND e.ruling = 'counted' AND e.counted_ticket_id = t.id)"
        )
    };
}

/// What else is asked for.
pub(super) fn conditions(filter: &TicketFilter, question: &mut Question) {
    if let Some(status) = filter.status {
        let name = status.name().to_owned();
        question.and(("t.status = ?", vec![Value::Text(name)]));
    }
    if let Some(kind) = filter.kind {
        question.and(("t.ticket_type_id = ?", vec![Value::Id(kind.0)]));
    }
    match filter.addon {
        None => {}
        Some(true) => question.and((
            "t.ticket_type_id IN (SELECT a.id FROM ticket_types a WHERE a.addon)",
            vec![],
        )),
        Some(false) => question.and((
            "t.ticket_type_id NOT IN (SELECT a.id FROM ticket_types a WHERE a.addon)",
            vec![],
        )),
    }
    let text = match filter.check_in {
        None => return,
        Some(CheckIn::In) => came!("EXISTS", "2"),
        Some(CheckIn::Awaited) => came!("NOT EXISTS", "2"),
        Some(CheckIn::Exchanged) => came!("EXISTS", "1"),
    };
    question.and((text, vec![]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const EVENT: EventId = EventId::from_u128(1);

    fn filter(check_in: CheckIn) -> TicketFilter {
        TicketFilter {
            event: Some(EVENT),
            kind: None,
            status: Some(TicketStatus::Valid),
            check_in: Some(check_in),
            addon: None,
            search: None,
            sort: TicketSort::Newest,
        }
    }

    async fn plan(tx: &mut Tx, mut question: Question, filter: &TicketFilter) -> Vec<String> {
        conditions(filter, &mut question);
        question.plan(tx, " ORDER BY t.id DESC").await
    }

    #[tokio::test]
    async fn who_came_is_asked_of_an_index_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("central.db").display());
        let store = Store::open(&url).await.expect("a database");
        let mut tx = store.read().await.expect("a snapshot");
        let probe =
            "scans_by_action (event_id=? AND action=? AND ruling=? AND counted_ticket_id=?)";
        for asked in [CheckIn::In, CheckIn::Exchanged, CheckIn::Awaited] {
            let filter = filter(asked);
            // Where many came, and for those who are awaited: along the list.
            for question in walked(&tx, EVENT, &filter) {
                let steps = plan(&mut tx, question, &filter).await;
                let has = |wanted: &str| steps.iter().any(|step| step.contains(wanted));
                assert!(
                    has(&format!("COVERING INDEX {probe}")),
                    "{asked:?}: {steps:?}"
                );
                assert!(
                    has("SEARCH t USING INDEX tickets_by_status (event_id=? AND status=?)"),
                    "{asked:?}: {steps:?}"
                );
                // Two of the columns sort the few scans of a ticket; the list itself is in order.
                let sorts = steps.iter().filter(|step| step.contains("TEMP B-TREE"));
                assert_eq!(sorts.count(), 2, "{asked:?}: {steps:?}");
            }
        }
        // Where few came: by their scans.
        let filter = filter(CheckIn::In);
        let found = questions(&mut tx, &[EVENT], &filter)
            .await
            .expect("questions");
        assert_eq!(found.len(), 1, "nobody came, so they are few");
        for question in found {
            let steps = plan(&mut tx, question, &filter).await;
            let has = |wanted: &str| steps.iter().any(|step| step.contains(wanted));
            assert!(
                has("COVERING INDEX scans_by_action (event_id=? AND action=? AND ruling=?)"),
                "{steps:?}"
            );
            assert!(
                has("SEARCH t USING INDEX sqlite_autoindex_tickets_1 (id=?)"),
                "{steps:?}"
            );
        }
    }
}
