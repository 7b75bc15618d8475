//! Central in a test: the real `App` on a fresh database of either engine, with a clock moved by hand and
//! seeded randomness.
//!
//! A test of what the database does runs on both: `for engine in Engine::both() { … }`. Sales tests give their
//! own provider ([`TestCentral::with_provider`]); everybody else gets the desk, which asks nobody outside.
use std::sync::Arc;

use ambient::{Clock, ManualClock, SeededEntropy};
use central::{
    app::{
        App, gate_config::GateConfigs, live::Doors, offers::Offers, together::Together,
        vault::Vault, wait::Waits,
    },
    payments::{PaymentProvider, on_site::OnSite},
    store::Store,
};
use sync_protocol::time::Timestamp;
use tempfile::TempDir;

use crate::mariadb::MariaDb;

/// 2026-12-01 00:00 UTC, when every test begins.
pub const START: Timestamp = Timestamp(1_796_083_200_000);

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file.
    Sqlite,
    /// The run's private server.
    MariaDb,
}

impl Engine {
    /// Both, the quick one first.
    #[must_use]
    pub const fn both() -> [Self; 2] {
        [Self::Sqlite, Self::MariaDb]
    }
}

/// Central on a fresh database.
pub struct TestCentral {
    /// The real thing.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Address of its database.
    pub database_url: String,
    _folder: TempDir,
}

impl TestCentral {
    /// Central that takes money at the desk.
    pub async fn new(engine: Engine) -> Self {
        Self::with_provider(engine, Arc::new(OnSite)).await
    }

    /// Central with this payment provider.
    ///
    /// # Panics
    /// When there is no database to be had.
    pub async fn with_provider(engine: Engine, provider: Arc<dyn PaymentProvider>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database_url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("central.db").display()),
            Engine::MariaDb => MariaDb::shared().await.fresh_database().await,
        };
        let entropy = Arc::new(SeededEntropy::new(1));
        let clock = Arc::new(ManualClock::new(START, &*entropy));
        let app = App {
            store: Store::open(&database_url)
                .await
                .expect("a fresh database opens"),
            clock: clock.clone(),
            entropy,
            vault: Vault::new([7; 32]),
            provider,
            public_url: "http://central.test".into(),
            node_url: "https://central.test:8443".into(),
            authority: None,
            gates: GateConfigs::default(),
            waits: Waits::default(),
            doors: Doors::default(),
            rushes: central::app::rushes::Rushes::default(),
            mailer: None,
            offers: Offers::default(),
            together: Together::default(),
            pulse: central::app::pulse::Pulse::default(),
            reports: central::app::reports::Reports::default(),
        };
        Self {
            app,
            clock,
            database_url,
            _folder: folder,
        }
    }

    /// Changes the database behind central's back.
    ///
    /// # Panics
    /// When the statement is wrong.
    pub async fn execute(&self, statement: &'static str) {
        let done = match &self.app.store {
            Store::Sqlite { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
            Store::MySql { writer, .. } => sqlx::query(statement).execute(writer).await.map(drop),
        };
        done.expect(statement);
    }

    /// The time it is there.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
