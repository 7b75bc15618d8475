//! The rows behind a panel, for tests that nothing was changed.
use central::store::Store;
use sqlx::{Column as _, Row as _, SqlitePool, TypeInfo as _, ValueRef as _};

use crate::panel_world::PanelWorld;

impl PanelWorld {
    /// Every row of every table but these and those that any request writes to.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn fingerprint(&self, but: &[&str]) -> Vec<(String, String)> {
        let Store::Sqlite { reader, .. } = &self.shop.central.app.store else {
            panic!("the world is on SQLite");
        };
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        let tables: Vec<(String,)> = sqlx::query_as(tables)
            .fetch_all(reader)
            .await
            .expect("tables");
        let mut all = Vec::new();
        for (table,) in tables {
            let is_log =
                ["panel_sessions", "audit_log", "sqlite_sequence"].contains(&table.as_str());
            if is_log || but.contains(&table.as_str()) {
                continue;
            }
            all.push((table.clone(), rows(reader, &table, "*").await));
        }
        all
    }

    /// Who may do what with what: the columns that a form of somebody else must never reach.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn rights(&self) -> Vec<(String, String)> {
        let Store::Sqlite { reader, .. } = &self.shop.central.app.store else {
            panic!("the world is on SQLite");
        };
        let mut all = Vec::new();
        for (table, columns) in [
            ("users", "id, email, client_id, status"),
            ("user_roles", "*"),
            ("user_role_events", "*"),
            ("role_permissions", "*"),
            ("roles", "*"),
            ("events", "id, client_id"),
            ("orders", "id, event_id, paid_at, total_minor"),
        ] {
            all.push((table.into(), rows(reader, table, columns).await));
        }
        all
    }

    /// Lets time pass, so that rate limits do not stand in the way.
    pub fn later(&self) {
        self.shop.central.clock.advance_ms(60);
    }
}

async fn rows(reader: &SqlitePool, table: &str, columns: &str) -> String {
    let question = format!("SELECT {columns} FROM {table} ORDER BY 1, 2");
    let rows = sqlx::query(sqlx::AssertSqlSafe(question))
        .fetch_all(reader)
        .await
        .expect(table);
    let mut text = String::new();
    for row in rows {
        for column in row.columns() {
            let raw = row.try_get_raw(column.ordinal()).expect("a value");
            let kind = raw.type_info().name().to_owned();
            let value = match kind.as_str() {
                "INTEGER" => row
                    .get::<Option<i64>, _>(column.ordinal())
                    .map(|n| n.to_string()),
                "TEXT" => row.get::<Option<String>, _>(column.ordinal()),
                "NULL" => None,
                _ => row
                    .try_get::<Option<Vec<u8>>, _>(column.ordinal())
                    .ok()
                    .flatten()
                    .map(|bytes| format!("{bytes:02x?}")),
            };
            text.push_str(&value.unwrap_or_else(|| "-".into()));
            text.push('|');
        }
        text.push('\n');
    }
    text
}
