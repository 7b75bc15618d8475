//! Questions of working lists: a text of ours that grows by conditions, and the places from which pages go on. Every list
//! asks by it.
//!
//! Invariants: every condition is a text of ours and every value is bound, so what people type is never a part of a
//! question. A page begins after a place and not after a count: first what is left of the rows with the place's own
//! value, then what follows, each a range of one index, so the thousandth page is as quick as the first. A list names the
//! index by which it is turned, because an engine that guesses wrongly once reads a million rows.

use std::{cmp::Ordering, collections::VecDeque};

use sqlx::{FromRow, mysql::MySqlRow, sqlite::SqliteRow};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, dialect};
use crate::domain::order_search::Place;

/// A filter with fewer rows than this is asked for by its own index and sorted; one with more is met often enough on
/// the way through the order of the list. Both cost about as many rows where there are a million.
pub const FEW: i64 = 8_000;

/// A value that is bound.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number, a sum or a moment.
    Number(i64),
    /// A text.
    Text(String),
    /// An id.
    Id(Uuid),
}

/// A question that grows by conditions.
#[derive(Clone, Debug)]
pub struct Question {
    text: String,
    values: Vec<Value>,
}

/// A condition and what is bound to it.
pub type Condition = (&'static str, Vec<Value>);

/// How a list is turned: the value that sorts it, and what tells equal ones apart. Both are columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The value.
    pub value: &'static str,
    /// Which of equal ones.
    pub id: &'static str,
    /// The least first.
    pub rises: bool,
}

impl Turn {
    /// ` ORDER BY …`
    #[must_use]
    pub fn order(self) -> String {
        let way = if self.rises { "" } else { " DESC" };
        format!(" ORDER BY {}{way}, {}{way}", self.value, self.id)
    }
}

/// A place as it is bound.
#[must_use]
pub const fn spot(place: &Place) -> (i64, Value) {
    (place.value, Value::Id(place.id))
}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Id(id) => query.bind(id),
            };
        }
        query
    }};
}

impl Question {
    /// Begins with everything up to the conditions.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            text: text + " WHERE 1 = 1",
            values: Vec::new(),
        }
    }

    /// The same with values that are bound before those of the conditions.
    #[must_use]
    pub fn holding(text: String, values: Vec<Value>) -> Self {
        Self {
            values,
            ..Self::new(text)
        }
    }

    /// Adds a condition.
    pub fn and(&mut self, (condition, values): (&'static str, impl IntoIterator<Item = Value>)) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    /// Adds that an id is one of these.
    pub fn among(&mut self, column: &'static str, ids: impl Iterator<Item = Uuid>) {
        self.one_of(column, ids.map(Value::Id));
    }

    /// Adds that a column is one of these.
    pub fn one_of(&mut self, column: &'static str, values: impl Iterator<Item = Value>) {
        let values: Vec<_> = values.collect();
        let places = vec!["?"; values.len()].join(", ");
        // One that is nobody's keeps the list from being empty, which one engine does not read.
        let places = if places.is_empty() { "NULL" } else { &places };
        self.text.push_str(&format!(" AND {column} IN ({places})"));
        self.values.extend(values);
    }

    /// Adds that a moment lies from one on, and before another.
    pub fn within(
        &mut self,
        column: &'static str,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
    ) {
        for (than, at) in [(">=", from), ("<", until)] {
            let Some(at) = at else {
                continue;
            };
            self.text.push_str(&format!(" AND {column} {than} ?"));
            self.values.push(Value::Number(at.0));
        }
    }

    /// Leaves what comes after a place, if there is one. The first condition is the range of an index; the second leaves
    /// out what was seen of its first value.
    pub fn after(&mut self, turn: Turn, place: Option<(i64, Value)>) {
        let Some((value, id)) = place else {
            return;
        };
        let (column, other) = (turn.value, turn.id);
        let than = if turn.rises { ">" } else { "<" };
        self.text.push_str(&format!(
            " AND {column} {than}= ? AND ({column} {than} ? OR {other} {than} ?)"
        ));
        let value = Value::Number(value);
        self.values.extend([value.clone(), value, id]);
    }

    /// Asks for so many rows in this order, which is a text of ours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask<R>(
        mut self,
        tx: &mut Tx,
        order: &str,
        most: usize,
    ) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
    {
        self.end(order, most);
        self.fetch(tx).await
    }

    async fn fetch<R>(self, tx: &mut Tx) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
    {
        let text = sqlx::AssertSqlSafe(self.text);
        Ok(match tx {
            Tx::Sqlite(tx) => {
                let query = bound!(sqlx::query_as::<_, R>(text), self.values);
                query.fetch_all(&mut **tx).await?
            }
            Tx::MySql(tx) => {
                let query = bound!(sqlx::query_as::<_, R>(text), self.values);
                query.fetch_all(&mut **tx).await?
            }
        })
    }

    fn end(&mut self, order: &str, most: usize) {
        self.text.push_str(order);
        self.text.push_str(" LIMIT ?");
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.values.push(Value::Number(most));
    }

    /// Another question about its first rows in an order: what stands before them, and after.
    #[must_use]
    pub fn inside(mut self, (order, most): (&str, usize), (before, behind): (&str, &str)) -> Self {
        self.end(order, most);
        Self::holding(format!("{before}({}){behind}", self.text), self.values)
    }

    /// Whether it has [`FEW`] rows at most. It reads no further than that.
    async fn how_few(self, tx: &mut Tx) -> Result<Option<i64>, StoreError> {
        let most = usize::try_from(FEW + 1).unwrap_or(usize::MAX);
        let counted = self.inside(("", most), ("SELECT COUNT(*) FROM ", " few"));
        let rows: Vec<(i64,)> = counted.fetch(tx).await?;
        let count = rows.first().map_or(0, |(count,)| *count);
        Ok((count <= FEW).then_some(count))
    }
}

#[cfg(test)]
impl Question {
    /// How SQLite would find the answer, a line for each step.
    pub async fn plan(mut self, tx: &mut Tx, order: &str) -> Vec<String> {
        self.end(order, 51);
        Self::plan_of(tx, &self.text, self.values).await
    }

    /// The same of a question that stands in words.
    pub async fn plan_of(tx: &mut Tx, text: &str, values: Vec<Value>) -> Vec<String> {
        let text = format!("EXPLAIN QUERY PLAN {text}");
        let explained = Self { text, values };
        let rows: Vec<(i64, i64, i64, String)> = explained.fetch(tx).await.expect("a plan");
        rows.into_iter().map(|(_, _, _, step)| step).collect()
    }
}

/// A filter that may be narrow, and the index that finds its rows.
#[derive(Clone, Debug)]
pub struct Narrow {
    /// The index.
    pub index: Index,
    /// The filter.
    pub condition: Condition,
}

/// An index by its name on SQLite and on MySQL: those of a `UNIQUE` column are called otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index(pub &'static str, pub &'static str);

impl Index {
    /// One that we named.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(name, name)
    }

    /// ` FROM table` by this index.
    #[must_use]
    pub fn of(self, tx: &Tx, table: &str) -> String {
        dialect::by_index(tx, table, (self.0, self.1))
    }
}

/// The narrowest of these filters, if one is narrow.
///
/// # Errors
/// When the database fails.
pub async fn narrowest(
    tx: &mut Tx,
    table: &str,
    filters: Vec<Narrow>,
) -> Result<Option<Narrow>, StoreError> {
    let mut narrowest: Option<(i64, Narrow)> = None;
    for filter in filters {
        let from = filter.index.of(tx, table);
        let mut question = Question::new(format!("SELECT 1 AS one{from}"));
        question.and(filter.condition.clone());
        let Some(count) = question.how_few(tx).await? else {
            continue;
        };
        if narrowest.as_ref().is_none_or(|(least, _)| count < *least) {
            narrowest = Some((count, filter));
        }
    }
    Ok(narrowest.map(|(_, filter)| filter))
}

/// Rows of several questions on their way into one list: of each some wait, and no more are asked for than are needed.
#[derive(Debug)]
pub struct Merge<R> {
    queues: Vec<Queue<R>>,
}

#[derive(Debug)]
struct Queue<R> {
    waiting: VecDeque<R>,
    is_done: bool,
}

impl<R> Merge<R> {
    /// Of so many questions.
    #[must_use]
    pub fn of(questions: usize) -> Self {
        let queue = |_| Queue {
            waiting: VecDeque::new(),
            is_done: false,
        };
        Self {
            queues: (0..questions).map(queue).collect(),
        }
    }

    /// How many rows a question is asked for at once, where the list wants so many.
    #[must_use]
    pub fn share(&self, wanted: usize) -> usize {
        let share = 2 * wanted / self.queues.len().max(1);
        share.clamp(wanted.min(8), wanted.max(1))
    }

    /// A question of which no row waits, though it may have more.
    #[must_use]
    pub fn lacking(&self) -> Option<usize> {
        let lacks = |queue: &Queue<R>| queue.waiting.is_empty() && !queue.is_done;
        self.queues.iter().position(lacks)
    }

    /// Takes what a question answered to being asked for `share` rows.
    pub fn fill(&mut self, question: usize, rows: Vec<R>, share: usize) {
        let queue = &mut self.queues[question];
        queue.is_done = rows.len() < share;
        queue.waiting.extend(rows);
    }

    /// The next row of the list; nothing may be lacking.
    pub fn next(&mut self, compare: impl Fn(&R, &R) -> Ordering) -> Option<R> {
        let fronts = self.queues.iter().enumerate();
        let fronts = fronts.filter_map(|(at, queue)| Some((at, queue.waiting.front()?)));
        let (first, _) = fronts.min_by(|(_, a), (_, b)| compare(a, b))?;
        self.queues[first].waiting.pop_front()
    }
}

/// Texts that begin so.
#[must_use]
pub fn beginning(start: &str) -> [Value; 2] {
    let end = format!("{start}\u{10FFFF}");
    [Value::Text(start.to_owned()), Value::Text(end)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_rows_are_in_order_and_each_is_asked_for_once() {
        let lists: Vec<Vec<u32>> = (0..7)
            .map(|n| (0..40).map(|i| i * 7 + n).collect())
            .collect();
        let mut merge = Merge::of(lists.len());
        let (mut at, mut asked, mut all) = (vec![0; lists.len()], 0, Vec::new());
        let share = merge.share(20);
        assert!((8..=20).contains(&share));
        loop {
            while let Some(lacking) = merge.lacking() {
                let rest = &lists[lacking][at[lacking]..];
                let rows: Vec<u32> = rest.iter().copied().take(share).collect();
                at[lacking] += rows.len();
                asked += rows.len();
                merge.fill(lacking, rows, share);
            }
            match merge.next(u32::cmp) {
                Some(row) => all.push(row),
                None => break,
            }
        }
        assert_eq!(all, (0..280).collect::<Vec<u32>>());
        assert_eq!(asked, 280);
    }
}
