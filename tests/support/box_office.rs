//! Central for tests of real programs: its database is also open here, so a test sells and refunds tickets while
//! `central serve` runs on it, and holds the codes that guests show.
//!
//! The event is on today and has three gates; every ticket is good for one entry.
use std::path::{Path, PathBuf};

use ambient::{SystemClock, SystemEntropy};
use anyhow::{Context as _, Result};
use central::{
    app::{
        App, gate_config::GateConfigs, live::Doors, offers::Offers, together::Together,
        trail::Actor, vault::Vault, wait::Waits,
    },
    domain::{event::EventSetup, new_event::NewDay},
    payments::on_site::OnSite,
    store::{self, Store},
};
use sync_protocol::{
    id::{EventId, TicketId},
    ticket::{Ticket, TicketStatus},
    wire::v1::PassageChange,
};
use tokio::process::Command;

use crate::{festival, program};

/// The event's gates.
pub const GATES: [&str; 3] = ["North", "South", "East"];
const MASTER_KEY: [u8; 32] = [7; 32];
const HOUR: i64 = 3_600_000;

/// Central's database and what was sold from it.
pub struct BoxOffice {
    /// The same app as the running program's, on the same database.
    pub app: App,
    /// The event.
    pub event: EventSetup,
    folder: PathBuf,
    url: String,
}

/// A sold ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    /// The ticket.
    pub id: TicketId,
    /// The text in its QR.
    pub code: String,
}

impl BoxOffice {
    /// A fresh database in `folder` with the event, published.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn open(folder: &Path) -> Result<Self> {
        Self::open_at(folder, url(folder)).await
    }

    /// The same in the empty database at this address; programs run in `folder`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn open_at(folder: &Path, url: String) -> Result<Self> {
        let app = App {
            store: Store::open(&url).await?,
            clock: std::sync::Arc::new(SystemClock::new()),
            entropy: std::sync::Arc::new(SystemEntropy),
            vault: Vault::new(MASTER_KEY),
            provider: std::sync::Arc::new(OnSite),
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
        let event = publish(&app).await?;
        Ok(Self {
            app,
            event,
            folder: folder.to_owned(),
            url,
        })
    }

    /// The program `central` on this database, ready for arguments.
    ///
    /// # Errors
    /// When it was not built.
    pub fn central(&self) -> Result<Command> {
        let mut central = program::command("central")?;
        self.prepare(&mut central);
        Ok(central)
    }

    /// Tells a command which database and key are meant.
    pub fn prepare(&self, central: &mut Command) {
        let key: String = MASTER_KEY
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        central
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.url)
            .env("GERBANG_MASTER_KEY", key);
    }

    /// The event's id.
    #[must_use]
    pub const fn id(&self) -> EventId {
        self.event.event.id
    }

    /// Sells so many tickets, in the order of their ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sell(&self, count: u32) -> Result<Vec<Sold>> {
        let before = self.revision().await?;
        let kind = self.event.types[0].id;
        let names = ["Ayu Lestari", "Budi Santoso", "Citra Nurhaliza"];
        self.app
            .issue_tickets_in_bulk(self.id(), kind, count, &names)
            .await?;
        let rows = self.changed_since(before).await?;
        let mut sold = self.codes(&rows).await?;
        sold.sort_unstable_by_key(|sold| sold.id);
        Ok(sold)
    }

    /// Gives the money back, each ticket at a revision of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refund(&self, tickets: &[Sold]) -> Result<()> {
        for sold in tickets {
            let mut tx = self.app.store.begin().await?;
            let mut now = store::revision::take(&mut tx, self.id()).await?;
            let mut row = self.row(&mut tx, sold.id).await?;
            now.manifest.remove(&row);
            (row.status, row.revision) = (TicketStatus::Refunded, now.manifest.revision);
            now.manifest.add(&row);
            let store::Tx::Sqlite(sqlite) = &mut tx else {
                anyhow::bail!("the box office keeps its books in SQLite");
            };
            sqlx::query("UPDATE tickets SET status = ?, revision = ? WHERE id = ?")
                .bind(row.status.name())
                .bind(i64::try_from(row.revision)?)
                .bind(row.id.0)
                .execute(&mut **sqlite)
                .await?;
            store::revision::put(&mut tx, self.id(), &now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The event's revision.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revision(&self) -> Result<u64> {
        let mut tx = self.app.store.read().await?;
        let now = store::revision::read(&mut tx, self.id()).await?;
        Ok(now.manifest.revision)
    }

    /// Ticket rows that changed after a revision, as gates get them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_since(&self, revision: u64) -> Result<Vec<Ticket>> {
        let place = central::domain::position::TicketPlace { revision, id: None };
        let mut tx = self.app.store.read().await?;
        Ok(store::change::tickets(&mut tx, self.id(), &place, 1_000_000).await?)
    }

    /// Every ruled scan, as gates get it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passages(&self) -> Result<Vec<PassageChange>> {
        let place = central::domain::position::ScanPlace::default();
        let mut tx = self.app.store.read().await?;
        Ok(store::change::passages(&mut tx, self.id(), &place, 1_000_000).await?)
    }

    async fn row(&self, tx: &mut store::Tx, ticket: TicketId) -> Result<Ticket> {
        let store::Tx::Sqlite(sqlite) = &mut *tx else {
            anyhow::bail!("the box office keeps its books in SQLite");
        };
        let revision: i64 = sqlx::query_scalar("SELECT revision FROM tickets WHERE id = ?")
            .bind(ticket.0)
            .fetch_one(&mut **sqlite)
            .await?;
        let place = central::domain::position::TicketPlace {
            revision: u64::try_from(revision)? - 1,
            id: None,
        };
        let rows = store::change::tickets(tx, self.id(), &place, 1_000).await?;
        let found = rows.into_iter().find(|row| row.id == ticket);
        found.context("it was sold here")
    }

    /// The texts of tickets, signed as central signs them.
    async fn codes(&self, rows: &[Ticket]) -> Result<Vec<Sold>> {
        let mut tx = self.app.store.read().await?;
        let (_, key) = self.app.signing_key(&mut tx, self.id()).await?;
        let question = "SELECT key_slot, issued_at FROM tickets WHERE id = ?";
        let mut sold = Vec::with_capacity(rows.len());
        for row in rows {
            let (key_slot, issued_at): (i64, i64) = match &mut tx {
                store::Tx::Sqlite(tx) => {
                    let asked = sqlx::query_as(question).bind(row.id.0);
                    asked.fetch_one(&mut **tx).await?
                }
                store::Tx::MySql(tx) => {
                    let asked = sqlx::query_as(question).bind(row.id.0);
                    asked.fetch_one(&mut **tx).await?
                }
            };
            let payload = sync_protocol::code::Payload {
                key_slot: u8::try_from(key_slot)?,
                ticket: row.id,
                type_number: row.type_number,
                day_mask: row.day_mask,
                issued_at: u32::try_from(issued_at)?,
            };
            let code = sync_protocol::code::TicketCode::sign(payload, self.id(), &key);
            sold.push(Sold {
                id: row.id,
                code: code.to_text(),
            });
        }
        Ok(sold)
    }
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("central.db").display())
}

/// The festival of other tests, moved to today and given three gates.
async fn publish(app: &App) -> Result<EventSetup> {
    let opens_at = app.clock.now().plus_ms(-HOUR);
    let mut wish = festival::festival();
    wish.gates = GATES.map(str::to_owned).to_vec();
    wish.days = (0..2)
        .map(|number| NewDay {
            opens_at: opens_at.plus_ms(number * 24 * HOUR),
            closes_at: opens_at.plus_ms((number + 1) * 24 * HOUR),
            ..wish.days[0].clone()
        })
        .collect();
    wish.days[1].local_date = "2026-12-02".into();
    (wish.starts_at, wish.ends_at) = (opens_at, opens_at.plus_ms(48 * HOUR));
    wish.types.truncate(1);
    wish.types[0].sale_until = wish.ends_at;
    let event = app.create_event(&wish, &Actor::System).await?;
    app.publish_event(event, &Actor::System).await?;
    Ok(app.event(event).await?)
}
