//! A TLS server on a port of its own, with an authority made for the test.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate authority.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate.
    pub(super) der: CertificateDer<'static>,
}

/// A server that runs until it is dropped.
pub(super) struct Server {
    /// Such as `https://127.0.0.1:40001`.
    pub(super) address: String,
    handle: Handle<SocketAddr>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der = params.self_signed(&key).expect("signs").der().clone();
        Self {
            issuer: Issuer::new(params, key),
            der,
        }
    }

    /// A server for 127.0.0.1 with a leaf that is good in these years, showing leaf and authority.
    pub(super) async fn serve(&self, years: (i32, i32), router: Router) -> Server {
        self.serve_showing(&self.der, years, router).await
    }

    /// The same, but it shows another certificate beside its leaf.
    pub(super) async fn serve_showing(
        &self,
        shown: &CertificateDer<'static>,
        years: (i32, i32),
        router: Router,
    ) -> Server {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let leaf = params.signed_by(&key, &self.issuer).expect("signs");
        let chain = vec![leaf.der().clone(), shown.clone()];
        start(chain, &key, router).await
    }
}

async fn start(chain: Vec<CertificateDer<'static>>, key: &KeyPair, router: Router) -> Server {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let handle = Handle::new();
    let config = RustlsConfig::from_config(Arc::new(config));
    let server = axum_server::bind_rustls(SocketAddr::from(([127, 0, 0, 1], 0)), config)
        .handle(handle.clone())
        .serve(router.into_make_service());
    tokio::spawn(server);
    let address = handle.listening().await.expect("it listens");
    Server {
        address: format!("https://{address}"),
        handle,
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
