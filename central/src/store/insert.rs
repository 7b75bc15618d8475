//! Many rows in one statement: what issuing thousands of tickets needs to take seconds.

/// Rows per statement: far below the engines' limits of bound values, far above one.
pub const ROWS: usize = 200;

/// Inserts a slice of rows, some hundreds per statement: the head of the statement, the rows, and the values of
/// one row in the order of its columns.
macro_rules! insert_rows {
    ($tx:expr, $into:literal, $rows:expr, |$row:ident| $($value:expr),+ $(,)?) => {{
        let columns = [$(stringify!($value)),+].len();
        let mut outcome = Ok(());
        for chunk in $rows.chunks($crate::store::insert::ROWS) {
            let places = $crate::store::dialect::placeholders(chunk.len(), columns);
            let text = sqlx::AssertSqlSafe(format!("{} VALUES {places}", $into));
            let done = match &mut *$tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await.map(|_| ())
                }
                $crate::store::Tx::MySql(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in chunk {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await.map(|_| ())
                }
            };
            if let Err(error) = done {
                outcome = Err($crate::store::StoreError::from(error));
                break;
            }
        }
        outcome
    }};
}

pub(crate) use insert_rows;
