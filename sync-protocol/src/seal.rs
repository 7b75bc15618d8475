//! The attendee line: a name that appears at the gate only when the ticket itself is shown.
//!
//! XChaCha20-Poly1305 under a key made by HKDF-SHA256 from the ticket's own signature, bound to the ticket
//! id. Central signs, seals and forgets the key; the replica holds the sealed line without the signature.
//! A ticket is immutable (a new name is a new ticket), so each key seals exactly one line and the nonce can
//! come from the same derivation.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::id::TicketId;

/// The line does not open with this ticket: it was altered, or belongs to another ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the attendee line does not belong to this ticket")]
pub struct SealError;

/// Seals `line` for the ticket that carries `signature`.
#[must_use]
pub fn seal(ticket: TicketId, signature: &[u8; 64], line: &str) -> Vec<u8> {
    let (cipher, nonce) = cipher(signature);
    let payload = Payload {
        msg: line.as_bytes(),
        aad: ticket.as_bytes(),
    };
    cipher.encrypt(&nonce, payload).unwrap_or_default()
}

/// Opens a sealed line with the signature of the ticket that was shown.
///
/// # Errors
/// [`SealError`] when it does not belong to this ticket.
pub fn open(ticket: TicketId, signature: &[u8; 64], sealed: &[u8]) -> Result<String, SealError> {
    let (cipher, nonce) = cipher(signature);
    let payload = Payload {
        msg: sealed,
        aad: ticket.as_bytes(),
    };
    let line = cipher.decrypt(&nonce, payload).map_err(|_| SealError)?;
    String::from_utf8(line).map_err(|_| SealError)
}

fn cipher(signature: &[u8; 64]) -> (XChaCha20Poly1305, XNonce) {
    let mut okm = Zeroizing::new([0u8; 56]);
    let expanded =
        Hkdf::<Sha256>::new(None, signature).expand(b"gerbang attendee line v1", &mut *okm);
    assert!(expanded.is_ok(), "56 bytes are within what HKDF gives");
    let mut key = [0u8; 32];
    key.copy_from_slice(&okm[..32]);
    let mut nonce = [0u8; 24];
    nonce.copy_from_slice(&okm[32..]);
    (XChaCha20Poly1305::new(&key.into()), nonce.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_ticket_itself() {
        let ticket = TicketId::from_u128(1);
        let sealed = seal(ticket, &[7; 64], "Siti Nurhaliza");
        assert_eq!(
            open(ticket, &[7; 64], &sealed).as_deref(),
            Ok("Siti Nurhaliza")
        );
        assert_eq!(
            open(ticket, &[8; 64], &sealed),
            Err(SealError),
            "another signature"
        );
        assert_eq!(
            open(TicketId::from_u128(2), &[7; 64], &sealed),
            Err(SealError),
            "another ticket"
        );
        assert_eq!(
            open(ticket, &[7; 64], &[]),
            Err(SealError),
            "nothing sealed"
        );
        assert!(
            !sealed.windows(4).any(|w| w == b"Siti"),
            "the name is not in clear"
        );
    }
}
