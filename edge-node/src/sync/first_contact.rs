//! The very first connection, when all that is known of central is the fingerprint in the enrolment code.
//!
//! A chain is taken if one certificate in it has that fingerprint and the leaf verifies under it, name and dates
//! included. Showing the right authority beside a leaf it did not sign is not enough. Afterwards the authority
//! itself is pinned ([`super::trust::Trust::Authority`]) and this is never used again.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sync_protocol::enrol_code::Fingerprint;

use super::trust::under;

/// Trusts the authority with one fingerprint, once it has seen it.
#[derive(Debug)]
pub(super) struct FirstContact {
    authority: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl FirstContact {
    pub(super) fn new(authority: Fingerprint, provider: Arc<CryptoProvider>) -> Self {
        Self {
            authority,
            provider,
        }
    }
}

impl ServerCertVerifier for FirstContact {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let named = intermediates
            .iter()
            .find(|certificate| Fingerprint::of(certificate) == self.authority)
            .ok_or(CertificateError::UnknownIssuer)?;
        let verifier = under(named, &self.provider).map_err(|_| CertificateError::BadEncoding)?;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
