//! `central serve`.

use std::{process::ExitCode, sync::Arc};

use axum_server::tls_rustls::RustlsConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::signal::unix::{SignalKind, signal};

use super::open::{Opened, open};
use crate::{
    app::authority::Leaf,
    config::Config,
    http::serve::{Listeners, serve},
};

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    // Listening for signals first: whoever starts central may stop it at any moment.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let Opened { app, authority } = open(config).await?;
    let nodes = match (config.node_listen()?, authority) {
        (Some(address), Some(authority)) => {
            let leaf = authority.leaf(&config.node_names(), app.clock.now())?;
            Some((address, tls(&leaf)?))
        }
        _ => None,
    };
    tracing::info!(
        public = %config.public_url(),
        nodes = %config.node_url(),
        provider = app.provider.name(),
        "central is open"
    );
    let listeners = Listeners {
        public: config.listen,
        nodes,
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

fn tls(leaf: &Leaf) -> anyhow::Result<RustlsConfig> {
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
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
