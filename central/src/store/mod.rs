//! All SQL of central. A store function is one question or one statement, in the transaction it is given.
//!
//! Invariants: no rule lives here; every text runs on SQLite and on MySQL/MariaDB; row types are private and
//! domain values come out. Writes go through `app`, which opens transactions with `transact!`; list pages may
//! read with [`Store::read`]. Writers on SQLite queue for one connection; on MySQL they meet at the rows they
//! change, above all at the event's revision ([`revision`]).

pub mod account;
pub mod attention;
pub mod audit;
pub mod audit_list;
pub mod audit_run;
pub mod backup;
pub mod bundle_import;
pub mod bundle_refusal;
pub mod change;
pub mod charge;
pub mod check;
pub mod claim;
pub mod client;
pub mod conflict;
pub mod conflict_decision;
pub mod conflict_list;
pub mod conflict_note;
pub mod conflict_other;
pub mod decision;
pub mod dialect;
pub mod dispute;
pub mod dispute_list;
pub mod enrolment;
mod error;
pub mod event;
pub mod event_day;
pub mod frozen;
pub mod gate;
pub mod guess;
pub mod hold;
pub mod letter;
pub mod letter_list;
pub mod listed;
pub mod listing;
pub mod live;
pub mod mailing;
pub(crate) mod many;
pub mod node;
pub mod notice;
pub mod occupancy;
mod open;
pub mod opening;
pub mod order;
pub mod order_flag;
mod order_item;
pub mod order_key;
pub mod order_list;
pub mod order_start;
pub mod outbox;
pub mod overview;
pub mod panel_session;
pub mod password_reset;
pub mod payment;
pub mod payment_list;
pub mod pool;
pub mod promo;
pub mod promo_list;
pub mod receipt;
pub mod receipt_list;
pub mod refund;
pub mod refund_ask;
pub mod refund_list;
pub mod refund_rule;
pub mod refund_run;
pub mod report;
pub mod revision;
pub mod role;
pub mod round;
pub mod ruling;
pub mod sale;
pub mod saved_filter;
pub mod scan;
pub mod scan_list;
pub mod search;
pub mod search_run;
pub mod second_factor;
pub mod setting;
pub mod shared_quota;
pub mod staff;
pub mod standing;
pub mod ticket;
pub mod ticket_list;
mod ticket_question;
pub mod ticket_type;
pub mod timeline;
pub mod today;
pub mod tracking;
pub(crate) mod tx;
pub mod type_version;
pub mod wristband;

pub use error::{StoreError, Transient};
pub use open::newest_schema;
pub use tx::Tx;

use std::{path::PathBuf, time::Duration};

use sqlx::{MySqlPool, SqlitePool};

/// How often a transaction is run again when the engine asks for it.
pub const MAX_ATTEMPTS: u32 = 12;

/// The database of central: two pools over one engine.
#[derive(Clone, Debug)]
pub enum Store {
    /// The embedded engine: one writer, several readers of a snapshot.
    Sqlite {
        /// One connection.
        writer: SqlitePool,
        /// The readers.
        reader: SqlitePool,
    },
    /// MySQL or MariaDB.
    MySql {
        /// READ COMMITTED.
        writer: MySqlPool,
        /// REPEATABLE READ, for questions that need one moment.
        reader: MySqlPool,
    },
}

impl Store {
    /// Begins a write transaction; `app` uses the `transact!` macro, which also retries.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with(dialect::BEGIN_WRITE_SQLITE).await?)
            }
            Self::MySql { writer, .. } => Tx::MySql(writer.begin().await?),
        })
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        tx::execute!(&mut tx, "SELECT 1")?;
        Ok(())
    }

    /// The database's file, of the embedded engine.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn file(&self) -> Result<Option<PathBuf>, StoreError> {
        let Self::Sqlite { reader, .. } = self else {
            return Ok(None);
        };
        let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
        let file: String = sqlx::query_scalar(sql).fetch_one(reader).await?;
        Ok(Some(file.into()))
    }

    /// Its pools: name, connections that are open, and how many of them nobody uses.
    #[must_use]
    pub fn connections(&self) -> [(&'static str, u32, usize); 2] {
        match self {
            Self::Sqlite { writer, reader } => [
                ("writer", writer.size(), writer.num_idle()),
                ("reader", reader.size(), reader.num_idle()),
            ],
            Self::MySql { writer, reader } => [
                ("writer", writer.size(), writer.num_idle()),
                ("reader", reader.size(), reader.num_idle()),
            ],
        }
    }

    /// Ends all connections; SQLite's file is whole again without its log.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Self::MySql { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
        }
    }

    /// Begins a read transaction that sees one moment of the database.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { reader, .. } => Tx::Sqlite(reader.begin().await?),
            Self::MySql { reader, .. } => {
                Tx::MySql(reader.begin_with(dialect::BEGIN_READ_MYSQL).await?)
            }
        })
    }
}

/// A short wait before a transaction is run again, longer each time.
pub async fn pause_before(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(u64::from(attempt * attempt))).await;
}
