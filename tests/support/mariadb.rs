//! The private MariaDB of a test run: an address, and fresh databases on it.
//!
//! Invariant: no test sees another's rows (each takes a [`MariaDb::fresh_database`]), and no server outlives the
//! run: `scripts/mariadb.sh` serves while a pipe is open that closes with the process holding it, kill -9
//! included. [`MariaDb::shared`] uses the server that `scripts/with-mariadb.sh` made for the whole run where there
//! is one, else one per process, so that `cargo test -p tests NAME` needs no preparation.
//!
//! The server's settings stand in the script only. Databases are not dropped: the folder goes with the server.
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, ensure};
use sqlx::{Connection, Executor, MySqlConnection};
use tokio::sync::OnceCell;

/// Names a server to use instead of starting one, as `mysql://user[:password]@host[:port]/[?socket=PATH]`.
pub const URL_VARIABLE: &str = "GERBANG_TEST_MARIADB_URL";

/// A running server. Dropping it stops the server if this value started it.
pub struct MariaDb {
    /// Scheme, user and host, without a slash at the end.
    server: String,
    /// The query with its question mark, or nothing.
    query: String,
    _process: Option<ServerProcess>,
}

impl MariaDb {
    /// The server of this test run: the one that [`URL_VARIABLE`] names, else one that this process starts once.
    ///
    /// # Panics
    /// When no server can be started: a test on MariaDB cannot say anything then.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<MariaDb> = OnceCell::const_new();
        let server = SHARED.get_or_try_init(|| async {
            match url_from_environment() {
                Some(url) => Ok(Self::at(&url, None)),
                None => tokio::task::spawn_blocking(Self::start).await?,
            }
        });
        server.await.expect("a MariaDB to test on")
    }

    /// Starts a server of its own and waits (about a second) until it answers.
    ///
    /// # Errors
    /// When MariaDB is not installed or does not start; the script says why on standard error.
    pub fn start() -> anyhow::Result<Self> {
        let (process, url) = ServerProcess::start()?;
        Ok(Self::at(&url, Some(process)))
    }

    /// The address of a database, through the socket where the server has one.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.server, self.query)
    }

    /// The same over TCP.
    #[must_use]
    pub fn tcp_url(&self, database: &str) -> String {
        format!("{}/{database}", self.server)
    }

    /// Creates an empty database and returns its address.
    ///
    /// # Panics
    /// When the server does not answer or refuses.
    pub async fn fresh_database(&self) -> String {
        self.create_database("utf8mb4_bin")
            .await
            .expect("a fresh database")
    }

    /// Creates an empty database with another collation than ours and returns its address.
    ///
    /// # Errors
    /// When the server does not answer, or does not know the collation.
    pub async fn create_database(&self, collation: &'static str) -> anyhow::Result<String> {
        let name = unique_name();
        let mut server = MySqlConnection::connect(&self.url("")).await?;
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE {collation}");
        server.execute(sqlx::AssertSqlSafe(create)).await?;
        server.close().await?;
        Ok(self.url(&name))
    }

    fn at(url: &str, process: Option<ServerProcess>) -> Self {
        let (server, query) = match url.split_once('?') {
            Some((server, query)) => (server, format!("?{query}")),
            None => (url, String::new()),
        };
        Self {
            server: server.trim_end_matches('/').to_owned(),
            query,
            _process: process,
        }
    }
}

/// Under nextest every test is a process of its own on the same server, hence the process id.
fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{count}", std::process::id())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how scripts/with-mariadb.sh hands over the run's server"
)]
fn url_from_environment() -> Option<String> {
    std::env::var(URL_VARIABLE)
        .ok()
        .filter(|url| !url.is_empty())
}

/// `scripts/mariadb.sh`, which serves until `hold` closes.
struct ServerProcess {
    script: Child,
    hold: Option<ChildStdin>,
}

impl ServerProcess {
    fn start() -> anyhow::Result<(Self, String)> {
        use std::os::unix::process::CommandExt;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/mariadb.sh");
        let mut script = Command::new(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A Ctrl-C at the tests must reach them first; the pipe then ends the server.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run {path}"))?;
        let hold = script.stdin.take();
        let answer = script
            .stdout
            .take()
            .context("the script's output was asked for")?;
        let process = Self { script, hold };
        let mut url = String::new();
        BufReader::new(answer).read_line(&mut url)?;
        ensure!(
            !url.is_empty(),
            "MariaDB did not start; scripts/mariadb.sh said why"
        );
        Ok((process, url.trim_end().to_owned()))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.hold.take());
        // The folder is gone when the script has ended. There is nobody to tell if waiting fails.
        let _ = self.script.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fresh_databases_are_empty_apart_and_as_central_wants_them() {
        let server = MariaDb::shared().await;
        let (one, two) = (server.fresh_database().await, server.fresh_database().await);
        assert_ne!(one, two);
        let mut connection = MySqlConnection::connect(&one).await.expect("connects");
        let settings: (String, String, u64) = sqlx::query_as(
            "SELECT @@collation_database, @@tx_isolation, @@innodb_flush_log_at_trx_commit",
        )
        .fetch_one(&mut connection)
        .await
        .expect("settings");
        assert_eq!(
            settings,
            ("utf8mb4_bin".to_owned(), "READ-COMMITTED".to_owned(), 1)
        );
        let (tables,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()",
        )
        .fetch_one(&mut connection)
        .await
        .expect("tables");
        assert_eq!(tables, 0);
    }

    #[test]
    fn a_server_leaves_nothing_behind() {
        let server = MariaDb::start().expect("starts");
        let (_, socket) = server.query.split_once("socket=").expect("a socket");
        let folder = std::path::Path::new(socket)
            .parent()
            .expect("in a folder")
            .to_owned();
        assert!(folder.join("data").is_dir());
        drop(server);
        assert!(!folder.exists(), "{} is still there", folder.display());
    }

    #[test]
    fn addresses_keep_the_query_behind_the_database() {
        let server = MariaDb::at("mysql://root@127.0.0.1:3307/?socket=/run/s", None);
        assert_eq!(
            server.url("a"),
            "mysql://root@127.0.0.1:3307/a?socket=/run/s"
        );
        assert_eq!(server.tcp_url("a"), "mysql://root@127.0.0.1:3307/a");
        assert_eq!(
            MariaDb::at("mysql://root@db", None).url("a"),
            "mysql://root@db/a"
        );
    }
}
