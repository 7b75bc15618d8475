//! Whom the node takes for central, and by which time it judges certificates.
//!
//! Invariant: after enrolment a node that was given an authority trusts that one alone, whatever the public web
//! PKI says; during enrolment it trusts only a chain that holds the certificate whose fingerprint is in the code.
//! Dates are judged by the latest of system time, build time and the last time heard from central
//! ([`TrustedTime`]), so a Pi that boots in 1970 still connects. Called by `http`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ambient::Clock;
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    time_provider::TimeProvider,
};
use rustls_pki_types::{CertificateDer, UnixTime};
use sync_protocol::{enrol_code::Fingerprint, time::Timestamp};

use super::first_contact::FirstContact;

/// When this program was built, in unix seconds: it cannot be earlier than that.
const BUILT_AT: &str = env!("GERBANG_BUILT_AT");

/// Whom to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Central's own authority alone (DER), pinned at enrolment.
    Authority(Vec<u8>),
    /// Whoever presents a chain with the certificate of this fingerprint; for the enrolment only.
    Fingerprint(Fingerprint),
    /// The public web PKI.
    WebPki,
}

/// Why no TLS configuration could be made.
#[derive(Debug, thiserror::Error)]
#[error("the certificate authority that was pinned at enrolment cannot be used: {0}")]
pub struct TrustError(String);

/// The time by which certificates are judged; never earlier than what the node knows to have passed.
pub struct TrustedTime {
    clock: Arc<dyn Clock>,
    central_ms: AtomicI64,
}

impl TrustedTime {
    /// Starts with the last time that central told, as the node remembers it.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, last_central: Timestamp) -> Self {
        Self {
            clock,
            central_ms: AtomicI64::new(last_central.0),
        }
    }

    /// Central told its time. It never goes back.
    pub fn heard(&self, central: Timestamp) {
        self.central_ms.fetch_max(central.0, Ordering::Relaxed);
    }

    /// The latest of the three.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let built = BUILT_AT.parse().unwrap_or(0_i64).saturating_mul(1_000);
        let heard = self.central_ms.load(Ordering::Relaxed);
        Timestamp(self.clock.now().0.max(built).max(heard))
    }
}

impl std::fmt::Debug for TrustedTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TrustedTime").field(&self.now()).finish()
    }
}

impl TimeProvider for TrustedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let ms = u64::try_from(self.now().0).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

/// The TLS side of a connection to central.
///
/// # Errors
/// When the pinned authority is no certificate.
pub fn client_config(trust: &Trust, time: Arc<TrustedTime>) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(trust, &provider)?;
    let mut config = ClientConfig::builder_with_details(provider, time)
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn verifier(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    match trust {
        Trust::Authority(der) => under(&CertificateDer::from(der.as_slice()), provider)
            .map(|verifier| verifier as Arc<dyn ServerCertVerifier>),
        Trust::Fingerprint(print) => Ok(Arc::new(FirstContact::new(*print, provider.clone()))),
        Trust::WebPki => {
            let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            build(roots, provider).map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        }
    }
}

/// Verifies chains under one authority.
pub(super) fn under(
    authority: &CertificateDer<'_>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TrustError> {
    let mut roots = RootCertStore::empty();
    roots
        .add(authority.clone().into_owned())
        .map_err(|error| TrustError(error.to_string()))?;
    build(roots, provider)
}

fn build(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TrustError> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| TrustError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::{ManualClock, SeededEntropy};

    #[test]
    fn time_is_the_latest_of_clock_build_and_central() {
        let clock = Arc::new(ManualClock::new(Timestamp(0), &SeededEntropy::new(1)));
        let time = TrustedTime::new(clock.clone(), Timestamp(0));
        let built = time.now();
        assert!(
            built.0 > 1_700_000_000_000,
            "not before this was written: {built:?}"
        );
        time.heard(built.plus_ms(5_000));
        time.heard(built.plus_ms(1_000));
        assert_eq!(time.now(), built.plus_ms(5_000));
        clock.set(built.plus_ms(9_000));
        assert_eq!(time.now(), built.plus_ms(9_000));
    }

    #[test]
    fn a_damaged_authority_is_named() {
        let clock = Arc::new(ManualClock::new(Timestamp(0), &SeededEntropy::new(1)));
        let time = Arc::new(TrustedTime::new(clock, Timestamp(0)));
        assert!(client_config(&Trust::Authority(vec![1, 2, 3]), time).is_err());
    }
}
