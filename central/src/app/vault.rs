//! The vault: the one master key of an installation, and what is derived from it.
//!
//! Identity numbers, events' private keys and the certificate authority's key are stored sealed; identity
//! numbers, access links and tokens are found again by keyed digests. Each purpose has its own derived key, so
//! nothing sealed for one opens as another. The key comes from the configuration and is never printed.

use ambient::Entropy;
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The master key and what it can do.
#[derive(Clone)]
pub struct Vault(Zeroizing<[u8; 32]>);

/// Bytes that this vault did not seal for this purpose, or that were altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this was sealed under another master key: start central with the key it was made with")]
pub struct VaultError;

const NONCE_LEN: usize = 24;

impl Vault {
    /// A vault over this master key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        Self(Zeroizing::new(master))
    }

    /// Seals `secret` for `purpose`.
    ///
    /// # Panics
    /// Never for what fits into memory.
    #[must_use]
    pub fn seal(&self, purpose: &str, secret: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let payload = Payload {
            msg: secret,
            aad: purpose.as_bytes(),
        };
        let sealed = self.cipher(purpose).encrypt(&XNonce::from(nonce), payload);
        [nonce.as_slice(), &sealed.expect("memory can be encrypted")].concat()
    }

    /// Opens what [`Vault::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| VaultError)?;
        let payload = Payload {
            msg: body,
            aad: purpose.as_bytes(),
        };
        let open = self.cipher(purpose).decrypt(&XNonce::from(nonce), payload);
        open.map(Zeroizing::new).map_err(|_| VaultError)
    }

    /// A keyed digest of `value` for `purpose`: finds an equal value without storing it.
    #[must_use]
    pub fn digest(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let key = self.derive("digest", purpose);
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&*key).expect("any length is a key");
        mac.update(value);
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.derive("seal", purpose)).into())
    }

    fn derive(&self, use_: &str, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let label = format!("gerbang {use_} v1 {purpose}");
        let expanded = Hkdf::<Sha256>::new(None, &*self.0).expand(label.as_bytes(), &mut *key);
        assert!(expanded.is_ok(), "32 bytes are within what HKDF gives");
        key
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::SeededEntropy;

    #[test]
    fn opens_only_its_own_purpose_and_key() {
        let (vault, other) = (Vault::new([1; 32]), Vault::new([2; 32]));
        let sealed = vault.seal("identity", b"3171011708450001", &SeededEntropy::new(1));
        assert_eq!(
            vault.open("identity", &sealed).expect("opens").as_slice(),
            b"3171011708450001"
        );
        assert!(vault.open("event key", &sealed).is_err());
        assert!(other.open("identity", &sealed).is_err());
        assert!(vault.open("identity", &sealed[..10]).is_err());
        assert_eq!(
            vault.digest("identity", b"1"),
            vault.digest("identity", b"1")
        );
        assert_ne!(vault.digest("identity", b"1"), vault.digest("link", b"1"));
    }
}
