//! Opening a database: connection settings, start-up checks, migrations.
//!
//! A database that would silently do the wrong thing is refused with a sentence that says what to change: a
//! collation that takes `abc` for `AbC`, an engine too old, a schema newer than this program.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection as _, Executor, MySqlPool, SqliteConnection, SqlitePool,
    migrate::Migrator,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Store, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/central");

/// Longest wait for a connection before the caller is told that central is busy.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Statements that a connection keeps prepared: a sale knows about 300. The server's own limit
/// (`max_prepared_stmt_count`, 16,382 unless changed) holds for all connections together.
const KEPT_BY_WRITER: usize = 350;
const KEPT_BY_READER: usize = 128;
const OLDEST_MARIADB: (u32, u32) = (10, 6);
const OLDEST_MYSQL: (u32, u32) = (8, 0);

impl Store {
    /// Opens `sqlite:PATH` or `mysql://…`, checks it and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] and [`StoreError::Newer`] say what to do.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        store.check().await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens a database that is there, and leaves its schema as it is.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] where there is none.
    pub async fn open_as_it_is(url: &str) -> Result<Self, StoreError> {
        let path = url.strip_prefix("sqlite:");
        let path = path.map(|path| Path::new(path.trim_start_matches("//")));
        if let Some(path) = path.filter(|path| !path.is_file()) {
            let said = format!("there is no database at {}", path.display());
            return Err(StoreError::Unfit(said));
        }
        let store = Self::connect(url).await?;
        store.check().await?;
        Ok(store)
    }

    /// Makes the schema of an empty database as it was after this migration.
    ///
    /// # Errors
    /// When a migration fails.
    pub async fn migrate_to(&self, version: i64) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run_to(version, writer).await?,
            Self::MySql { writer, .. } => MIGRATIONS.run_to(version, writer).await?,
        }
        Ok(())
    }

    async fn connect(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Self::connect_sqlite(path.trim_start_matches("//")).await;
        }
        if url.starts_with("mysql://") || url.starts_with("mariadb://") {
            return Self::connect_mysql(url).await;
        }
        Err(StoreError::Unfit(
            "DATABASE_URL must begin with sqlite: or mysql:// (for MySQL and MariaDB)".into(),
        ))
    }

    async fn connect_sqlite(path: &str) -> Result<Self, StoreError> {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Unfit(format!("cannot make {}: {e}", folder.display())))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ACQUIRE)
            // Ticket ids are random: with the default of 2 MiB every upload would read its index anew.
            .pragma("cache_size", "-65536")
            .pragma("wal_autocheckpoint", "8000")
            .pragma("temp_store", "memory")
            .statement_cache_capacity(500);
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(ACQUIRE)
                .after_release(|connection, _| Box::pin(is_at_rest(connection)))
        };
        let writer: SqlitePool = pool()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        let reader = pool().max_connections(8).connect_with(options).await?;
        Ok(Self::Sqlite { writer, reader })
    }

    async fn connect_mysql(url: &str) -> Result<Self, StoreError> {
        let options = MySqlConnectOptions::from_str(url)?;
        let writes = options.clone().statement_cache_capacity(KEPT_BY_WRITER);
        let writer = mysql_pool(writes, "READ COMMITTED", 32).await?;
        let reads = options.statement_cache_capacity(KEPT_BY_READER);
        let reader = mysql_pool(reads, "REPEATABLE READ", 16).await?;
        Ok(Self::MySql { writer, reader })
    }

    async fn check(&self) -> Result<(), StoreError> {
        let Self::MySql { writer, .. } = self else {
            return Ok(());
        };
        let (version, collation): (String, String) =
            sqlx::query_as("SELECT VERSION(), @@collation_database")
                .fetch_one(writer)
                .await?;
        check_version(&version)?;
        if collation == "utf8mb4_bin" {
            return Ok(());
        }
        Err(StoreError::Unfit(format!(
            "the database's collation is {collation}, which takes different texts for equal: \
             run ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin before the first start"
        )))
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await?,
            Self::MySql { writer, .. } => MIGRATIONS.run(writer).await?,
        }
        Ok(())
    }
}

/// The newest migration that this program knows.
#[must_use]
pub fn newest_schema() -> i64 {
    let versions = MIGRATIONS.iter().map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

/// Where the disk is full or fails, SQLite ends the transaction by itself; the driver's roll-back then fails, and it
/// would refuse every later transaction on this connection as one within another. Such a connection is given up.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A roll-back that was left behind is carried out before this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn mysql_pool(
    options: MySqlConnectOptions,
    isolation: &'static str,
    size: u32,
) -> Result<MySqlPool, StoreError> {
    let pool = MySqlPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let text = match isolation {
                    "READ COMMITTED" => "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                    _ => "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                };
                connection.execute(text).await.map(|_| ())
            })
        })
        .connect_with(options)
        .await;
    match pool {
        // The pool keeps to itself what went wrong on the way.
        Err(sqlx::Error::PoolTimedOut) => Err(StoreError::Unfit(
            "the database server does not answer: does it run, and does DATABASE_URL name its address?".into(),
        )),
        pool => Ok(pool?),
    }
}

fn check_version(version: &str) -> Result<(), StoreError> {
    let mut numbers = version
        .split(['.', '-'])
        .map_while(|part| part.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let (name, oldest) = if version.contains("MariaDB") {
        ("MariaDB", OLDEST_MARIADB)
    } else {
        ("MySQL", OLDEST_MYSQL)
    };
    if found >= oldest {
        return Ok(());
    }
    Err(StoreError::Unfit(format!(
        "{name} {version} is too old: central needs {name} {}.{} or newer",
        oldest.0, oldest.1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_engines_are_refused_by_name() {
        for (version, good) in [
            ("10.11.6-MariaDB-0+deb12u1", true),
            ("10.5.1-MariaDB", false),
            ("8.0.36", true),
            ("5.7.44-log", false),
            ("garbage", false),
        ] {
            assert_eq!(check_version(version).is_ok(), good, "{version}");
        }
    }

    #[tokio::test]
    async fn an_installation_with_edited_roles_takes_the_right_to_open_events_over() {
        let before = MIGRATIONS.iter().filter(|one| one.version < 21);
        let before = Migrator::with_migrations(before.cloned().collect());
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect("sqlite::memory:").await.expect("a database");
        before.run(&pool).await.expect("the older program");
        for sql in [
            "INSERT INTO role_permissions (role_name, permission_name) VALUES ('client', 'events.manage'), ('venue_manager', 'events.manage')",
            "INSERT INTO roles (name, description, reach) VALUES ('desk', 'Helps', 'all')",
        ] {
            sqlx::query(sql)
                .execute(&pool)
                .await
                .expect("an edited role");
        }
        MIGRATIONS.run(&pool).await.expect("this program");
        let sql =
            "SELECT role_name FROM role_permissions WHERE permission_name = ? ORDER BY role_name";
        for (permission, roles) in [
            ("events.publish", vec!["super_admin", "venue_manager"]),
            (
                "events.manage",
                vec!["client", "super_admin", "venue_manager"],
            ),
        ] {
            let found = sqlx::query_scalar::<_, String>(sql).bind(permission);
            let found = found.fetch_all(&pool).await.expect("rows");
            assert_eq!(found, roles, "{permission}");
        }
    }
}
