//! A transaction on either engine, and the macros that run one static text on both.
//!
//! Every query is one text in the portable subset (migrations/README.md); where a dialect must differ the text
//! comes from `dialect`. `execute!`, `fetch_all!`, `fetch_optional!` and `fetch_one!` take the transaction, the
//! text and the values in order. Row types derive `sqlx::FromRow` and stay private to their store file.

use sqlx::{MySql, Sqlite, Transaction};

use super::error::StoreError;

/// One open transaction. Dropped without [`Tx::commit`], it is rolled back.
pub enum Tx {
    /// On the embedded engine.
    Sqlite(Transaction<'static, Sqlite>),
    /// On MySQL or MariaDB.
    MySql(Transaction<'static, MySql>),
}

impl Tx {
    /// Makes everything durable and visible at once.
    ///
    /// # Errors
    /// [`StoreError::TryAgain`] when the engine refused it whole.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::MySql(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Whether this is the embedded engine.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// Runs a statement; gives the number of rows that matched.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::store::Tx::MySql(tx) => sqlx::query($sql)$(.bind($value))*
                .execute(&mut **tx).await.map(|done| done.rows_affected()),
        }.map_err($crate::store::StoreError::from)
    };
}

macro_rules! fetch {
    ($how:ident, $tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*
                .$how(&mut **tx).await,
            $crate::store::Tx::MySql(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*
                .$how(&mut **tx).await,
        }.map_err($crate::store::StoreError::from)
    };
}

/// All rows of a question.
macro_rules! fetch_all {
    ($($args:tt)*) => { $crate::store::tx::fetch!(fetch_all, $($args)*) };
}

/// The row of a question, if there is one.
macro_rules! fetch_optional {
    ($($args:tt)*) => { $crate::store::tx::fetch!(fetch_optional, $($args)*) };
}

/// The row of a question that always has one.
macro_rules! fetch_one {
    ($($args:tt)*) => { $crate::store::tx::fetch!(fetch_one, $($args)*) };
}

/// Opens a transaction, runs the block with it, commits; runs all of it again, a bounded number of times, when
/// the engine asks for that (deadlock, certification failure, busy). The block must be repeatable: it reads what
/// it needs inside, and its effects are all in the transaction. The block's value is `Result<T, E>` with
/// `E: From<StoreError> + Transient`.
macro_rules! transact {
    ($store:expr, |$tx:ident| $body:block) => {{
        let mut attempt = 0u32;
        loop {
            let outcome = async {
                let mut opened = $store.begin().await?;
                let value = {
                    let $tx = &mut opened;
                    // Not `?`: the block's error is the caller's, and nothing is left to infer.
                    match async { $body }.await {
                        Ok(value) => value,
                        Err(error) => return Err(error),
                    }
                };
                opened.commit().await?;
                Ok(value)
            }
            .await;
            match outcome {
                Err(error)
                    if attempt < $crate::store::MAX_ATTEMPTS
                        && $crate::store::Transient::is_transient(&error) =>
                {
                    attempt += 1;
                    $crate::store::pause_before(attempt).await;
                }
                other => break other,
            }
        }
    }};
}

pub(crate) use {execute, fetch, fetch_all, fetch_one, fetch_optional, transact};
