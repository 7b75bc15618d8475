//! Many rows per statement in a few fixed sizes, so that the texts stay prepared on both engines.
//!
//! An upload of 1,777 rows is eight statements of 200, one of 100, 50, 25 and two: a text for every length would be
//! prepared anew each time, which over TCP costs more than the rows. Each size is about half the one before, so that a
//! rest takes few statements. A list of ids needs one only, because an id may stand there twice.

use super::{StoreError, dialect};

/// Rows per statement, largest first; far below the engines' limits of bound values.
const SIZES: [usize; 9] = [200, 100, 50, 25, 12, 6, 3, 2, 1];
/// Ids per list, smallest first: fewer, because a list is filled up.
const LISTS: [usize; 5] = [1, 3, 12, 50, 200];

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

/// Rows of a statement that looks each of them up in a list (`CASE`): its cost grows with their square.
pub const LOOKED_UP: usize = 50;

/// Cuts ids into lists of the fixed sizes, the last of which is filled up with its last id.
pub fn lists<T: Clone>(ids: &[T]) -> Vec<Vec<T>> {
    let fill = |piece: &[T]| {
        let mut list = piece.to_vec();
        let size = LISTS.iter().find(|size| **size >= list.len());
        if let (Some(size), Some(last)) = (size, piece.last()) {
            list.resize(*size, last.clone());
        }
        list
    };
    ids.chunks(LISTS[4]).map(fill).collect()
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

/// Binds a list of ids to a query and runs it on the engine's connection.
macro_rules! over {
    ($tx:expr, $query:expr, $how:ident, $give:expr, $list:expr, |$id:ident| $bound:expr) => {
        match &mut *$tx {
            $crate::store::Tx::Sqlite(tx) => {
                let mut query = $query;
                for $id in $list {
                    query = query.bind($bound);
                }
                query
                    .$how(&mut **tx)
                    .await
                    .map($give)
                    .map_err($crate::store::StoreError::from)
            }
            $crate::store::Tx::MySql(tx) => {
                let mut query = $query;
                for $id in $list {
                    query = query.bind($bound);
                }
                query
                    .$how(&mut **tx)
                    .await
                    .map($give)
                    .map_err($crate::store::StoreError::from)
            }
        }
    };
}

/// Asks about many ids: the question up to the list and behind it, the values before the list, the ids, and what is
/// bound of each.
macro_rules! ask {
    ($tx:expr, $row:ty, $head:expr, $tail:expr, [$($value:expr),*], $ids:expr, |$id:ident| $bound:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        for list in $crate::store::many::lists($ids) {
            let text = $crate::store::many::list_then($head, $tail, list.len());
            let found = $crate::store::many::over!(
                $tx,
                sqlx::query_as::<_, $row>(text)$(.bind($value))*,
                fetch_all,
                |rows| rows,
                &list,
                |$id| $bound
            );
            rows.extend(found?);
        }
        Ok::<_, $crate::store::StoreError>(rows)
    }};
}

/// Changes rows found by their ids, of which none stands there twice; gives how many matched.
macro_rules! change {
    ($tx:expr, $head:expr, [$($value:expr),*], $ids:expr, |$id:ident| $bound:expr) => {{
        let mut changed = 0;
        for list in $crate::store::many::lists($ids) {
            let text = $crate::store::many::list($head, list.len());
            changed += $crate::store::many::over!(
                $tx,
                sqlx::query(text)$(.bind($value))*,
                execute,
                |done| done.rows_affected(),
                &list,
                |$id| $bound
            )?;
        }
        Ok::<u64, $crate::store::StoreError>(changed)
    }};
}

/// Asks about many ids: the question up to the list, and the ids.
macro_rules! ids {
    ($tx:expr, $row:ty, $head:expr, $ids:expr) => {
        $crate::store::many::ask!($tx, $row, $head, "", [], $ids, |id| id.0)
    };
}

pub(crate) use {ask, change, ids, over, write_many};

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

    #[test]
    fn lists_have_the_same_sizes_and_name_nothing_else() {
        for (length, sizes) in [
            (0, vec![]),
            (1, vec![1]),
            (4, vec![12]),
            (30, vec![50]),
            (200, vec![200]),
            (201, vec![200, 1]),
        ] {
            let ids: Vec<usize> = (0..length).collect();
            let lists = lists(&ids);
            assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
            let mut named = lists.concat();
            named.dedup();
            assert_eq!(named, ids);
        }
    }
}
