//! What a schema has: its tables and their columns, found by making it in memory. So a copy holds what is central's, and
//! nothing that somebody else keeps in the same database.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::mysql::Table;
use crate::store::{Store, StoreError};

/// The tables that all migrations up to this one make, by name; the list of migrations itself is none of them.
///
/// # Errors
/// When a migration fails.
pub async fn tables(version: i64) -> Result<Vec<Table>, StoreError> {
    // One connection: another would see another memory.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().in_memory(true))
        .await?;
    let store = Store::Sqlite {
        writer: pool.clone(),
        reader: pool.clone(),
    };
    store.migrate_to(version).await?;
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
         AND name <> '_sqlx_migrations' ORDER BY name";
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&pool).await?;
    let mut tables = Vec::new();
    for name in names {
        let columns = "SELECT name FROM pragma_table_info(?) ORDER BY cid";
        let columns = sqlx::query_scalar(columns).bind(&name);
        let columns = columns.fetch_all(&pool).await?;
        tables.push(Table { name, columns });
    }
    pool.close().await;
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::tables;
    use crate::store::newest_schema;

    #[tokio::test]
    async fn a_schema_has_what_its_migrations_made_and_not_what_later_ones_make() {
        let names = async |version| {
            let tables = tables(version).await.expect("made in memory");
            tables.into_iter().map(|table| table.name).collect()
        };
        let (old, new): (Vec<String>, Vec<String>) =
            (names(10).await, names(newest_schema()).await);
        for (name, is_old) in [("orders", true), ("refunds", false)] {
            assert_eq!(old.iter().any(|one| one == name), is_old, "{name}");
            assert!(new.iter().any(|one| one == name), "{name}");
        }
        assert!(!new.iter().any(|name| name.contains("sqlx")));
    }
}
