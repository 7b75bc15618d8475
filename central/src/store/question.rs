//! A question that grows by conditions: what working lists ask.
//!
//! Invariant: every condition is a text of ours and every value is bound, so what people type is never a part of it.

use sqlx::{FromRow, mysql::MySqlRow, sqlite::SqliteRow};
use uuid::Uuid;

use super::{StoreError, Tx};

/// A value that is bound.
pub(super) enum Value {
    Number(i64),
    Text(String),
    Id(Uuid),
}

/// A question and its values.
pub(super) struct Question {
    text: String,
    values: Vec<Value>,
}

/// What a text that begins so lies between.
pub(super) fn beginning(start: &str) -> [Value; 2] {
    [
        Value::Text(start.to_owned()),
        Value::Text(format!("{start}\u{10FFFF}")),
    ]
}

macro_rules! bound {
    ($text:expr, $values:expr, $row:ty) => {{
        let mut query = sqlx::query_as::<_, $row>($text);
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
    /// Begins with a text that has a `WHERE`.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// One more condition.
    pub(super) fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        self.end(condition, values);
    }

    /// One of these; nothing is one of none.
    pub(super) fn and_one_of(&mut self, column: &str, values: Vec<Value>) {
        if values.is_empty() {
            return self.and("1 = 0", []);
        }
        let places = vec!["?"; values.len()].join(", ");
        self.and(&format!("{column} IN ({places})"), values);
    }

    /// What stands after the conditions.
    pub(super) fn end(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(text);
        self.values.extend(values);
    }

    /// Asks it.
    pub(super) async fn ask<R>(self, tx: &mut Tx) -> Result<Vec<R>, StoreError>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin,
    {
        let text = sqlx::AssertSqlSafe(self.text);
        let rows = match tx {
            Tx::Sqlite(tx) => bound!(text, self.values, R).fetch_all(&mut **tx).await,
            Tx::MySql(tx) => bound!(text, self.values, R).fetch_all(&mut **tx).await,
        };
        Ok(rows?)
    }
}

#[cfg(test)]
impl Question {
    /// How SQLite would find the answer, a line for each step.
    pub(super) async fn plan(mut self, tx: &mut Tx) -> Vec<String> {
        self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        let rows: Vec<Step> = self.ask(tx).await.expect("a plan");
        rows.into_iter().map(|step| step.detail).collect()
    }
}

#[cfg(test)]
#[derive(sqlx::FromRow)]
struct Step {
    detail: String,
}

/// How many rows at most.
pub(super) fn most(rows: usize) -> Value {
    Value::Number(i64::try_from(rows).unwrap_or(i64::MAX))
}
