//! MySQL and MariaDB: every row of every table of central's, of one snapshot, as values; and back.
//!
//! Invariants: what is written back names no table and no column that the target does not have itself, so a copy that
//! somebody changed can hold wrong rows but no statements. All rows go in by one transaction. The list of migrations is
//! not copied: the target makes its schema itself, up to the copy's version.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, MySqlPool, Row as _, mysql::MySqlRow};

use crate::store::{StoreError, dialect, many};

const MIGRATIONS: &str = "_sqlx_migrations";
/// Rows of one statement at most, and about how many bytes (servers take 16 MiB).
const MOST_ROWS: usize = 200;
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// How often is looked whether somebody has the database open.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Bytes,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// None.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<String>,
}

/// What takes rows: a table, then its rows, and so on.
pub trait Sink: Send {
    /// A table begins.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn table(&mut self, table: &Table) -> std::io::Result<()>;

    /// A row of the table that began last.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn row(&mut self, row: &[Value]) -> std::io::Result<()>;
}

/// Reads everything of these tables in one snapshot.
///
/// # Errors
/// When the database fails, or the sink does.
pub async fn read_all(
    reader: &MySqlPool,
    own: &[Table],
    sink: &mut dyn Sink,
) -> Result<(), StoreError> {
    let kept = |error: std::io::Error| StoreError::Database(sqlx::Error::Io(error));
    let mut tx = reader.begin_with(dialect::BEGIN_READ_MYSQL).await?;
    for table in own {
        sink.table(table).map_err(kept)?;
        let kinds = kinds(&mut tx, table).await?;
        let sql = format!("SELECT {} FROM {}", table.columns.join(", "), table.name);
        let mut rows = sqlx::query(AssertSqlSafe(sql))
            .persistent(false)
            .fetch(&mut *tx);
        while let Some(row) = rows.try_next().await? {
            sink.row(&values(&row, &kinds)?).map_err(kept)?;
        }
    }
    Ok(())
}

/// A connection that writes rows back; nothing is seen of them before [`Load::finish`].
pub struct Load {
    tx: sqlx::Transaction<'static, sqlx::MySql>,
    tables: Vec<Table>,
    into: Option<usize>,
    waiting: Vec<Vec<Value>>,
    bytes: usize,
}

impl Load {
    /// Begins, with every one of these tables empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(writer: &MySqlPool, own: Vec<Table>) -> Result<Self, StoreError> {
        let mut tx = writer.begin().await?;
        run(&mut tx, "SET FOREIGN_KEY_CHECKS = 0".to_owned()).await?;
        for table in &own {
            run(&mut tx, format!("DELETE FROM {}", table.name)).await?;
        }
        Ok(Self {
            tx,
            tables: own,
            into: None,
            waiting: Vec::new(),
            bytes: 0,
        })
    }

    /// A table begins.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the target has no such table.
    pub async fn table(&mut self, table: &Table) -> Result<(), StoreError> {
        self.flush().await?;
        let found = self.tables.iter().position(|own| own == table);
        self.into = Some(found.ok_or(StoreError::Corrupt(
            "a table that this schema does not have",
        ))?);
        Ok(())
    }

    /// A row of the table that began last.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn row(&mut self, row: Vec<Value>) -> Result<(), StoreError> {
        let table = self.into.and_then(|at| self.tables.get(at));
        if table.is_none_or(|table| table.columns.len() != row.len()) {
            return Err(StoreError::Corrupt(
                "a row of another length than its table's",
            ));
        }
        self.bytes += row.iter().map(size).sum::<usize>();
        self.waiting.push(row);
        if self.waiting.len() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// Makes all of it visible and durable.
    ///
    /// # Errors
    /// When the database fails; nothing of it is there then.
    pub async fn finish(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        run(&mut self.tx, "SET FOREIGN_KEY_CHECKS = 1".to_owned()).await?;
        Ok(self.tx.commit().await?)
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let Some(table) = self.into.and_then(|at| self.tables.get(at)) else {
            return Ok(());
        };
        if rows.is_empty() {
            return Ok(());
        }
        let head = format!(
            "INSERT INTO {} ({}) VALUES ",
            table.name,
            table.columns.join(", ")
        );
        let text = many::text(&head, "", rows.len(), table.columns.len());
        let mut query = sqlx::query(text).persistent(false);
        for value in rows.into_iter().flatten() {
            query = match value {
                Value::Null => query.bind(None::<i64>),
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.execute(&mut *self.tx).await?;
        Ok(())
    }
}

/// Whether other connections use this database.
///
/// # Errors
/// When the database fails.
pub async fn is_in_use(url: &str) -> Result<bool, StoreError> {
    // A connection of its own: a pool's would count each other.
    let mut connection = MySqlConnection::connect(url).await?;
    let mut tries = 0;
    let is_in_use = loop {
        // A connection that was just closed is seen for a moment more.
        match others(&mut connection).await? {
            0 => break false,
            _ if tries == LOOKS => break true,
            _ => tries += 1,
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    };
    connection.close().await?;
    Ok(is_in_use)
}

async fn others(connection: &mut MySqlConnection) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

/// Whether one of these tables is there.
///
/// # Errors
/// When the database fails.
pub async fn has_any(writer: &MySqlPool, own: &[Table]) -> Result<bool, StoreError> {
    let mut connection = writer.acquire().await?;
    let found = tables(&mut connection).await?;
    Ok(found
        .iter()
        .any(|name| own.iter().any(|own| own.name == *name)))
}

/// Drops these tables and the list of migrations; without a list all, for what a newer program made cannot be told from
/// what is another's.
///
/// # Errors
/// When the database fails.
pub async fn clear(writer: &MySqlPool, own: Option<&[Table]>) -> Result<(), StoreError> {
    let mut connection = writer.acquire().await?;
    let mut doomed = tables(&mut connection).await?;
    doomed.retain(|name| own.is_none_or(|own| own.iter().any(|own| own.name == *name)));
    doomed.push(MIGRATIONS.to_owned());
    run(&mut connection, "SET FOREIGN_KEY_CHECKS = 0".to_owned()).await?;
    for table in doomed {
        let quoted = table.replace('`', "``");
        run(&mut connection, format!("DROP TABLE IF EXISTS `{quoted}`")).await?;
    }
    run(&mut connection, "SET FOREIGN_KEY_CHECKS = 1".to_owned()).await
}

async fn run(connection: &mut MySqlConnection, sql: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(sql))
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(())
}

/// All tables but the list of migrations, by name.
async fn tables(connection: &mut MySqlConnection) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name";
    let mut names: Vec<String> = sqlx::query_scalar(sql).fetch_all(connection).await?;
    names.retain(|name| name != MIGRATIONS);
    Ok(names)
}

/// What a table's columns hold; whatever else somebody added to it is left out.
async fn kinds(connection: &mut MySqlConnection, table: &Table) -> Result<Vec<Kind>, StoreError> {
    let sql = "SELECT CAST(column_name AS CHAR), CAST(data_type AS CHAR) FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND table_name = ?";
    let found: Vec<(String, String)> = sqlx::query_as(sql)
        .bind(&table.name)
        .fetch_all(connection)
        .await?;
    let kind = |column: &String| {
        let found = found.iter().find(|(name, _)| name == column);
        let (_, kind) = found.ok_or(StoreError::Corrupt(
            "a table without a column that its schema has",
        ))?;
        kind_of(kind).ok_or(StoreError::Corrupt(
            "a column of a kind that backups do not know",
        ))
    };
    table.columns.iter().map(kind).collect()
}

fn kind_of(kind: &str) -> Option<Kind> {
    Some(match kind.to_lowercase().as_str() {
        "bigint" | "int" | "smallint" | "tinyint" => Kind::Number,
        "varchar" | "char" | "text" | "mediumtext" | "longtext" => Kind::Text,
        "binary" | "varbinary" | "blob" | "mediumblob" | "longblob" => Kind::Bytes,
        _ => return None,
    })
}

fn values(row: &MySqlRow, kinds: &[Kind]) -> Result<Vec<Value>, StoreError> {
    let value = |(at, kind): (usize, &Kind)| {
        Ok(match kind {
            // Unchecked: the driver takes a truth value for another type than a number.
            Kind::Number => row
                .try_get_unchecked::<Option<i64>, _>(at)?
                .map(Value::Number),
            Kind::Text => row
                .try_get_unchecked::<Option<String>, _>(at)?
                .map(Value::Text),
            Kind::Bytes => row
                .try_get_unchecked::<Option<Vec<u8>>, _>(at)?
                .map(Value::Bytes),
        }
        .unwrap_or(Value::Null))
    };
    kinds.iter().enumerate().map(value).collect()
}

const fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Number(_) => 9,
        Value::Text(text) => text.len() + 4,
        Value::Bytes(bytes) => bytes.len() + 4,
    }
}
