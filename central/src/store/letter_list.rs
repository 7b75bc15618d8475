//! Letters that have not left: those that wait and those that were given up, filtered, a page at a time.
//!
//! Invariant: what has left is never walked, because it is told apart by the index. A filter that few letters pass is asked
//! by its own index (`listed`); a search begins with the orders that it finds, where those are few.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    dialect::{indexed, read_first},
    letter::{DueLetter, letters},
    listed::{Index, Narrow, Question, Turn, Value, beginning, narrowest, spot},
    order_start::{self, BY_NUMBER},
    outbox::Task,
    tx::fetch_optional,
};
use crate::domain::{
    letter::LetterKind,
    letter_search::{LetterFilter, LetterSearch, LetterState},
    order_search::Place,
};

const UNSENT: Index = Index::named("outbox_unsent");
const FAILED: Index = Index::named("outbox_failed");
const BY_KIND: Index = Index::named("outbox_due");
const BY_EMAIL: Index = Index::named("orders_by_email");
const LETTERS: &str = "outbox x";
const ORDERS: &str = "orders o";

/// A letter that has not left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentLetter {
    /// Its row in the outbox.
    pub id: Uuid,
    /// What it is about.
    pub kind: LetterKind,
    /// The number of the order that it is about, if it is about one.
    pub order: Option<String>,
    /// The event of that order.
    pub event: Option<EventId>,
    /// How often it was tried.
    pub attempts: i64,
    /// What stopped the last try.
    pub last_error: Option<String>,
    /// Since when it waits.
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    pub due_at: Timestamp,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
}

impl UnsentLetter {
    /// Where it stands in a list.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place {
            value: self.created_at.0,
            id: self.id,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    number: Option<String>,
    event_id: Option<Uuid>,
    attempts: i64,
    last_error: Option<String>,
    created_at: i64,
    due_at: i64,
    failed_at: Option<i64>,
}

impl Row {
    fn into_letter(self) -> Result<UnsentLetter, StoreError> {
        let kind = LetterKind::from_name(&self.kind).ok_or(StoreError::Corrupt("letter kind"))?;
        Ok(UnsentLetter {
            id: self.id,
            kind,
            order: self.number,
            event: self.event_id.map(EventId),
            attempts: self.attempts,
            last_error: self.last_error,
            created_at: Timestamp(self.created_at),
            due_at: Timestamp(self.due_at),
            failed_at: self.failed_at.map(Timestamp),
        })
    }
}

/// A page of letters after a place.
///
/// # Errors
/// When the database fails.
pub async fn page(
    tx: &mut Tx,
    filter: &LetterFilter,
    after: Option<&Place>,
    rows: usize,
) -> Result<Vec<UnsentLetter>, StoreError> {
    let source = source(tx, filter).await?;
    let question = question(&source, filter, after);
    let order = turn(filter).order();
    let rows: Vec<Row> = question.ask(tx, &order, rows).await?;
    rows.into_iter().map(Row::into_letter).collect()
}

/// One of them; `None` = there is none, or it has left.
///
/// # Errors
/// When the database fails.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<UnsentLetter>, StoreError> {
    let all = format!(" FROM {LETTERS} LEFT JOIN {ORDERS} ON o.id = x.order_id");
    let mut question = question(&all, &LetterFilter::default(), None);
    question.and(("x.id = ?", [Value::Id(id)]));
    let mut rows: Vec<Row> = question.ask(tx, "", 1).await?;
    rows.pop().map(Row::into_letter).transpose()
}

const fn turn(filter: &LetterFilter) -> Turn {
    Turn {
        value: "x.created_at",
        id: "x.id",
        rises: filter.oldest_first,
    }
}

/// The tables, the one that is walked first.
async fn source(tx: &mut Tx, filter: &LetterFilter) -> Result<String, StoreError> {
    let searched = searched(filter).map(|condition| Narrow {
        index: match filter.search {
            Some(LetterSearch::Address(_)) => BY_EMAIL,
            _ => BY_NUMBER,
        },
        condition,
    });
    let few = narrowest(tx, ORDERS, searched.into_iter().collect()).await?;
    if let Some(few) = few {
        let (orders, join) = (few.index.of(tx, ORDERS), read_first(tx));
        let letters = indexed(tx, LETTERS, ("outbox_by_order", "outbox_by_order"));
        return Ok(format!("{orders} {join} {letters} ON x.order_id = o.id"));
    }
    let few = narrowest(tx, LETTERS, narrows(filter)).await?;
    let letters = few.map_or(UNSENT, |few| few.index).of(tx, LETTERS);
    Ok(format!("{letters} LEFT JOIN {ORDERS} ON o.id = x.order_id"))
}

/// The filters that have an index of their own.
fn narrows(filter: &LetterFilter) -> Vec<Narrow> {
    let mut all = Vec::new();
    if filter.state == Some(LetterState::GivenUp) {
        // Greater than nothing: of `IS NOT NULL` one engine does not know that it is narrow.
        let condition = ("x.failed_at > 0", Vec::new());
        all.push(Narrow {
            index: FAILED,
            condition,
        });
    }
    if let Some(kind) = filter.kind {
        let values = vec![Value::Text(kind.name().to_owned())];
        all.push(Narrow {
            index: BY_KIND,
            condition: ("x.kind = ? AND x.done_at IS NULL", values),
        });
    }
    all
}

fn searched(filter: &LetterFilter) -> Option<(&'static str, Vec<Value>)> {
    Some(match filter.search.as_ref()? {
        LetterSearch::Order(start) => order_start::begins(start),
        LetterSearch::Address(start) => ("o.email >= ? AND o.email < ?", beginning(start).into()),
    })
}

fn question(source: &str, filter: &LetterFilter, after: Option<&Place>) -> Question {
    let mut question = Question::new(format!(
        "SELECT x.id, x.kind, o.number, o.event_id, x.attempts, x.last_error, x.created_at, x.due_at, x.failed_at{source}"
    ));
    question.and(("x.done_at IS NULL", []));
    match filter.kind {
        Some(kind) => question.and(("x.kind = ?", [Value::Text(kind.name().to_owned())])),
        None => question.and((concat!("x.kind IN ", letters!()), [])),
    }
    match filter.state {
        None => {}
        Some(LetterState::GivenUp) => question.and(("x.failed_at > 0", [])),
        Some(LetterState::Waiting) => question.and(("x.failed_at IS NULL", [])),
        Some(LetterState::Tried) => question.and(("x.failed_at IS NULL AND x.attempts > 0", [])),
    }
    if let Some(event) = filter.event {
        question.and(("o.event_id = ?", [Value::Id(event.0)]));
    }
    if let Some(condition) = searched(filter) {
        question.and(condition);
    }
    question.within("x.created_at", (filter.from, filter.until));
    question.after(turn(filter), after.map(spot));
    question
}

/// One letter that has not left, as it would be written.
///
/// # Errors
/// When the database fails.
pub async fn unsent(tx: &mut Tx, id: Uuid) -> Result<Option<DueLetter>, StoreError> {
    let sql = concat!(
        "SELECT id, kind, subject_id, payload, attempts, created_at FROM outbox WHERE id = ? AND done_at IS NULL \
         AND kind IN ",
        letters!()
    );
    let row = fetch_optional!(tx, (Uuid, String, Uuid, String, i64, i64), sql, id)?;
    let due = |(id, kind, subject, payload, attempts, created_at): (_, String, _, _, _, _)| {
        let kind = LetterKind::from_name(&kind).ok_or(StoreError::Corrupt("letter kind"))?;
        Ok(DueLetter {
            task: Task {
                id,
                subject,
                attempts,
                created_at: Timestamp(created_at),
            },
            kind,
            payload,
        })
    };
    row.map(due).transpose()
}

#[cfg(test)]
#[path = "letter_list_tests.rs"]
mod tests;
