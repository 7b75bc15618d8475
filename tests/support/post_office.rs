//! Who the tests' mail server says that it is: certificates of an authority made on the spot, good ones and bad ones.
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

/// An authority that nobody knows who was not told.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It is for another host.
    OtherName,
    /// It has expired.
    Expired,
}

impl Authority {
    /// A fresh one.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// Its certificate, as operators keep it.
    #[must_use]
    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// What a server on this machine needs to speak TLS.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn server(&self, flaw: Flaw) -> Arc<ServerConfig> {
        let name = match flaw {
            Flaw::OtherName => "mail.example.org",
            Flaw::None | Flaw::Expired => "127.0.0.1",
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        if flaw == Flaw::Expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &self.0).expect("a certificate");
        let chain = vec![leaf.der().clone(), self.0.der().clone()];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions();
        let builder = builder.expect("versions").with_no_client_auth();
        Arc::new(builder.with_single_cert(chain, key).expect("a pair"))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}
