//! `central serve`.

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use ambient::Clock;
use anyhow::Result;
use axum_server::tls_rustls::RustlsConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::signal::unix::{SignalKind, signal};

use super::open::{Opened, open};
use crate::{
    app::authority::{Authority, Leaf},
    config::Config,
    http::{
        caller::Proxies,
        limit::Strictness,
        router::Protection,
        serve::{Listeners, serve},
    },
    telemetry,
};

/// Certificates for gates are made anew this often; each is good for more than a year.
const RENEW: Duration = Duration::from_secs(30 * 86_400);

pub(super) async fn run(config: &Config) -> Result<ExitCode> {
    // Listening for signals first: whoever starts central may stop it at any moment.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let counters = match config.metrics_listen()? {
        Some(address) => Some((address, telemetry::count()?)),
        None => None,
    };
    let Opened { app, authority } = open(config).await?;
    let nodes = match (config.node_listen()?, authority) {
        (Some(address), Some(authority)) => {
            let names = config.node_names();
            Some(certified(address, authority, names, app.clock.clone())?)
        }
        _ => None,
    };
    tracing::info!(
        public = %config.public_url(),
        nodes = %config.node_url(),
        provider = app.provider.name(),
        "central is open"
    );
    match &app.mailer {
        Some(mailer) => tracing::info!(by = mailer.describe(), "mail leaves"),
        None => tracing::warn!(
            "mail waits in the outbox: set SMTP_HOST, or MAIL_FOLDER to try things out"
        ),
    }
    let listeners = Listeners {
        public: config.listen,
        protection: protection(config)?,
        nodes,
        metrics: counters,
    };
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let store = app.store.clone();
    serve(app, listeners, stop).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn protection(config: &Config) -> Result<Protection> {
    let proxies = config.trusted_proxies.as_deref().map(Proxies::parse);
    let strictness = config.rate_limits.as_deref().map(Strictness::parse);
    Ok(Protection {
        proxies: proxies.transpose()?.unwrap_or_default(),
        strictness: strictness.transpose()?.unwrap_or_default(),
        ..Protection::default()
    })
}

/// The address with a certificate that is renewed while central runs: a server that is not restarted for a year
/// must not become one that no gate trusts.
fn certified(
    address: SocketAddr,
    authority: Authority,
    names: Vec<String>,
    clock: Arc<dyn Clock>,
) -> Result<(SocketAddr, RustlsConfig)> {
    let tls = tls(&authority.leaf(&names, clock.now())?)?;
    let served = RustlsConfig::from_config(Arc::new(tls));
    let renewed = served.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(RENEW).await;
            if let Err(error) = renew(&renewed, &authority, &names, &*clock) {
                tracing::error!(%error, "the certificate for gates could not be renewed");
            }
        }
    });
    Ok((address, served))
}

fn renew(
    served: &RustlsConfig,
    authority: &Authority,
    names: &[String],
    clock: &dyn Clock,
) -> Result<()> {
    let tls = tls(&authority.leaf(names, clock.now())?)?;
    served.reload_from_config(Arc::new(tls));
    tracing::info!("the certificate for gates was renewed");
    Ok(())
}

fn tls(leaf: &Leaf) -> Result<rustls::ServerConfig> {
    let chain = leaf
        .chain
        .iter()
        .cloned()
        .map(CertificateDer::from)
        .collect();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf.key.to_vec()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
