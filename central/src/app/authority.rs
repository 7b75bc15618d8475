//! Central's own certificate authority: made on the first start, trusted by the nodes that it enrols.
//!
//! Nodes pin the authority, never a leaf, so the leaf can be renewed at every start. The authority's key lies in
//! the database under the vault; several central servers share it. Called by `central serve` and `central node code`.

use chrono::{DateTime, Datelike as _, Days, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use sync_protocol::time::Timestamp;
use zeroize::Zeroizing;

use super::vault::Vault;
use crate::store::{self, Store, StoreError, Transient, tx::transact};

const CERTIFICATE: &str = "authority_certificate";
const KEY: &str = "authority_key";
const KEY_PURPOSE: &str = "authority key";
const AUTHORITY_DAYS: u64 = 30 * 365;
/// Longer than any season; renewed at every start.
const LEAF_DAYS: u64 = 397;

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Sealed under another master key.
    #[error(
        "the certificate authority was made with another master key: start central with that one"
    )]
    Sealed,
    /// A name that cannot stand in a certificate, or a key that is none.
    #[error("the certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Transient for AuthorityError {
    fn is_transient(&self) -> bool {
        // Another central server made it at the same moment: the next try finds it.
        matches!(self, Self::Store(StoreError::Duplicate))
            || matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// Central's own authority.
pub struct Authority {
    certificate: Vec<u8>,
    key: KeyPair,
}

/// A server's certificate with its issuer, and its key.
pub struct Leaf {
    /// DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// PKCS#8 DER.
    pub key: Zeroizing<Vec<u8>>,
}

impl Authority {
    /// The installation's authority, made if there is none yet.
    ///
    /// # Errors
    /// [`AuthorityError::Sealed`] when central runs with another master key.
    pub async fn load(
        store: &Store,
        vault: &Vault,
        entropy: &dyn ambient::Entropy,
        now: Timestamp,
    ) -> Result<Self, AuthorityError> {
        transact!(store, |tx| {
            let certificate = store::setting::get(tx, CERTIFICATE).await?;
            let key = store::setting::get(tx, KEY).await?;
            if let (Some(certificate), Some(sealed)) = (certificate, key) {
                return open(certificate, &sealed, vault);
            }
            let made = make(now)?;
            let sealed = vault.seal(KEY_PURPOSE, made.key.serialized_der(), entropy);
            store::setting::insert(tx, CERTIFICATE, &made.certificate).await?;
            store::setting::insert(tx, KEY, &sealed).await?;
            Ok(made)
        })
    }

    /// The certificate as DER: what nodes trust.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A fresh certificate for a server that is reached under these host names and addresses.
    ///
    /// # Errors
    /// [`AuthorityError::Certificate`] when a name cannot stand in a certificate.
    pub fn leaf(&self, names: &[String], now: Timestamp) -> Result<Leaf, AuthorityError> {
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "Gerbang central");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_DAYS);
        let key = KeyPair::generate()?;
        let issuer = Issuer::new(params_of_authority(now)?, &self.key);
        let leaf = params.signed_by(&key, &issuer)?;
        Ok(Leaf {
            chain: vec![leaf.der().to_vec(), self.certificate.clone()],
            key: Zeroizing::new(key.serialize_der()),
        })
    }
}

fn open(certificate: Vec<u8>, sealed: &[u8], vault: &Vault) -> Result<Authority, AuthorityError> {
    let key = vault.open(KEY_PURPOSE, sealed);
    let key = key.map_err(|_| AuthorityError::Sealed)?;
    let key = KeyPair::try_from(&PrivatePkcs8KeyDer::from(key.as_slice()))?;
    Ok(Authority { certificate, key })
}

fn make(now: Timestamp) -> Result<Authority, AuthorityError> {
    let key = KeyPair::generate()?;
    let certificate = params_of_authority(now)?.self_signed(&key)?;
    Ok(Authority {
        certificate: certificate.der().to_vec(),
        key,
    })
}

/// The name never changes: leaves are signed under it years later.
fn params_of_authority(now: Timestamp) -> Result<CertificateParams, AuthorityError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Gerbang central authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now, AUTHORITY_DAYS);
    Ok(params)
}

/// From two days ago: clocks that are a little behind, and zones, must not make a certificate invalid.
fn set_validity(params: &mut CertificateParams, now: Timestamp, days: u64) {
    let now = DateTime::<Utc>::from_timestamp_millis(now.0).unwrap_or_default();
    let from = now.checked_sub_days(Days::new(2)).unwrap_or(now);
    let until = now.checked_add_days(Days::new(days)).unwrap_or(now);
    let part = |part: u32| u8::try_from(part).unwrap_or(1);
    let [not_before, not_after] =
        [from, until].map(|at| date_time_ymd(at.year(), part(at.month()), part(at.day())));
    params.not_before = not_before;
    params.not_after = not_after;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_names_its_hosts_and_comes_with_the_authority() {
        let now = Timestamp(1_796_083_200_000);
        let authority = make(now).expect("an authority");
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = authority.leaf(&names, now).expect("a leaf");
        assert_eq!(leaf.chain[1], authority.certificate());
        let trusted = rustls_pki_types::CertificateDer::from(authority.certificate());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(trusted).expect("a root");
        let later = authority
            .leaf(&names, now.plus_ms(86_400_000))
            .expect("renewed");
        assert_ne!(later.chain[0], leaf.chain[0]);
        let refused = authority.leaf(&["kein größerer".to_owned()], now);
        assert!(matches!(refused, Err(AuthorityError::Certificate(_))));
    }
}
