//! Many rows per statement in a few fixed sizes, so that the texts stay prepared on both engines.
//!
//! An upload of 1,777 rows is eight statements of 200, three of 50, one of 20, one of five and two of one: a text for
//! every length would be prepared anew each time, which over TCP costs more than the rows.

use super::{StoreError, dialect};

/// Rows per statement, largest first; far below the engines' limits of bound values.
const SIZES: [usize; 5] = [200, 50, 20, 5, 1];

/// Cuts rows into pieces of the fixed sizes.
pub fn pieces<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut pieces = Vec::new();
    for size in SIZES {
        while rows.len() >= size {
            let (piece, rest) = rows.split_at(size);
            pieces.push(piece);
            rows = rest;
        }
    }
    pieces
}

/// The text of a statement for this many rows.
pub fn text(head: &str, tail: &str, rows: usize, columns: usize) -> sqlx::AssertSqlSafe<String> {
    let places = dialect::placeholders(rows, columns);
    sqlx::AssertSqlSafe([head, &places, tail].concat())
}

/// The text of a question about this many ids.
pub fn list(head: &str, ids: usize) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{head}({})", vec!["?"; ids].join(", ")))
}

/// The same with an end of its own.
pub fn list_then(head: &str, tail: &str, ids: usize) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{head}({}){tail}", vec!["?"; ids].join(", ")))
}

/// The text of a change that gives this many rows, found by id, a value each: first ids and values, then the ids.
pub fn set_by_id(head: &str, rows: usize) -> sqlx::AssertSqlSafe<String> {
    let cases = " WHEN ? THEN ?".repeat(rows);
    let ids = vec!["?"; rows].join(", ");
    sqlx::AssertSqlSafe(format!("{head} = CASE id{cases} END WHERE id IN ({ids})"))
}

/// What sqlx said, in our kinds.
pub fn kind<T>(outcome: Result<T, sqlx::Error>) -> Result<T, StoreError> {
    outcome.map_err(StoreError::from)
}

/// Writes rows: head and tail of the statement, the rows, and the values of one row in the order of its columns.
macro_rules! write_many {
    ($tx:expr, $head:expr, $tail:expr, $rows:expr, |$row:ident| $($value:expr),+ $(,)?) => {{
        let columns = [$(stringify!($value)),+].len();
        for piece in $crate::store::many::pieces($rows) {
            let text = $crate::store::many::text($head, $tail, piece.len(), columns);
            let done = match &mut *$tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in piece {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await.map(|_| ())
                }
                $crate::store::Tx::MySql(tx) => {
                    let mut query = sqlx::query(text);
                    for $row in piece {
                        query = query$(.bind($value))+;
                    }
                    query.execute(&mut **tx).await.map(|_| ())
                }
            };
            $crate::store::many::kind(done)?;
        }
        Ok(())
    }};
}

/// Asks about many ids: the question up to the list, and the ids.
macro_rules! ids {
    ($tx:expr, $row:ty, $head:expr, $ids:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        for piece in $crate::store::many::pieces($ids) {
            let text = $crate::store::many::list($head, piece.len());
            let found = match &mut *$tx {
                $crate::store::Tx::Sqlite(tx) => {
                    let mut query = sqlx::query_as::<_, $row>(text);
                    for id in piece {
                        query = query.bind(id.0);
                    }
                    query.fetch_all(&mut **tx).await
                }
                $crate::store::Tx::MySql(tx) => {
                    let mut query = sqlx::query_as::<_, $row>(text);
                    for id in piece {
                        query = query.bind(id.0);
                    }
                    query.fetch_all(&mut **tx).await
                }
            };
            rows.extend($crate::store::many::kind(found)?);
        }
        Ok::<_, $crate::store::StoreError>(rows)
    }};
}

pub(crate) use {ids, write_many};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_few_sizes_and_lose_nothing() {
        for length in [0, 1, 19, 20, 21, 200, 1_777] {
            let rows: Vec<usize> = (0..length).collect();
            let pieces = pieces(&rows);
            assert_eq!(pieces.concat(), rows);
            assert!(pieces.iter().all(|piece| SIZES.contains(&piece.len())));
        }
    }
}
