//! Opening the real `App`: database, master key, payment provider, authority, in the order in which each can fail
//! with a sentence that says what to change.

use std::{process::ExitCode, sync::Arc};

use ambient::{Clock, SystemClock, SystemEntropy};
use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;

use super::output;
use crate::{
    app::{
        App, authority::Authority, events::EventError, gate_config::GateConfigs, live::Doors,
        offers::Offers, pulse::Pulse, reports::Reports, together::Together, vault::Vault,
        wait::Waits,
    },
    config::Config,
    domain::event::EventSetup,
    payments::{
        PaymentProvider,
        midtrans::{Midtrans, MidtransConfig},
        on_site::OnSite,
    },
    store::{self, Store, tx::transact},
};

/// What the sealed check says when it opens.
const CHECK: &[u8] = b"gerbang";
const CHECK_NAME: &str = "vault_check";

/// The app, and its authority where central listens for gates itself.
pub(super) struct Opened {
    pub(super) app: App,
    pub(super) authority: Option<Authority>,
}

/// Opens everything.
pub(super) async fn open(config: &Config) -> anyhow::Result<Opened> {
    let store = Store::open(config.database_url.expose_secret()).await;
    let store = store.context("the database cannot be used")?;
    let vault = Vault::new(config.master_key(&SystemEntropy)?);
    check_vault(&store, &vault).await?;
    let clock = SystemClock::new();
    let authority = match config.node_listen()? {
        Some(_) => Some(Authority::load(&store, &vault, &SystemEntropy, clock.now()).await?),
        None => None,
    };
    let app = App {
        store,
        clock: Arc::new(clock),
        entropy: Arc::new(SystemEntropy),
        vault,
        provider: provider(config)?,
        public_url: config.public_url().into(),
        node_url: config.node_url().into(),
        authority: authority.as_ref().map(|own| own.certificate().into()),
        gates: GateConfigs::default(),
        waits: Waits::default(),
        doors: Doors::default(),
        rushes: crate::app::rushes::Rushes::default(),
        mailer: config.mail.mailer()?,
        offers: Offers::default(),
        together: Together::default(),
        pulse: Pulse::default(),
        reports: Reports::default(),
    };
    Ok(Opened { app, authority })
}

/// Brings the schema up to date and does nothing else.
pub(super) async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    let store = Store::open(config.database_url.expose_secret()).await;
    store.context("the database cannot be used")?;
    output::line("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}

/// The event of this name or id, as people type it.
pub(super) async fn event(app: &App, name: &str) -> anyhow::Result<EventSetup> {
    let found = match name.parse() {
        Ok(id) => app.event(id).await,
        Err(_) => app.event_by_slug(name).await,
    };
    match found {
        Err(EventError::Unknown) => {
            bail!("there is no event {name}: see `central event list`")
        }
        found => Ok(found?),
    }
}

/// A database that was made with another master key is refused at once, not at the first sealed row.
async fn check_vault(store: &Store, vault: &Vault) -> anyhow::Result<()> {
    let sealed: Result<Vec<u8>, store::StoreError> = transact!(store, |tx| {
        if let Some(sealed) = store::setting::get(tx, CHECK_NAME).await? {
            return Ok(sealed);
        }
        let sealed = vault.seal(CHECK_NAME, CHECK, &SystemEntropy);
        store::setting::insert(tx, CHECK_NAME, &sealed).await?;
        Ok(sealed)
    });
    let opened = vault.open(CHECK_NAME, &sealed?);
    opened
        .map(drop)
        .context("the database was made with another master key")
}

fn provider(config: &Config) -> anyhow::Result<Arc<dyn PaymentProvider>> {
    let Some(key) = config.midtrans_server_key()? else {
        return Ok(Arc::new(OnSite));
    };
    let midtrans = match &config.midtrans_base_url {
        Some(url) => MidtransConfig::at(url, key),
        None if key.expose_secret().starts_with("SB-") => MidtransConfig::sandbox(key),
        None => MidtransConfig::production(key),
    };
    let midtrans = Midtrans::new(midtrans).context("the Midtrans client cannot be made")?;
    Ok(Arc::new(midtrans))
}
