//! Rehearsal tickets: they read like tickets, so that cameras, scanners, gates and people can be tried before doors, and
//! never count.
//!
//! The text is as long as a ticket code's and made of the same letters, but it says of itself that it is none (the high
//! four bits are 15), names no ticket, and is signed under a label of its own. So it can neither become a ticket nor be
//! made of one, and a gate needs no list of them. It may be shown again and again until its time is over.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 1 | 15 (high four bits) and key slot (low four bits) |
//! | 16 | serial, random |
//! | 4 | zero |
//! | 4 | good until, unix seconds, big endian |
//! | 64 | Ed25519 signature over `"gerbang rehearsal v1" ‖ event id ‖ the 25 bytes above` |

use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{Signer, SigningKey};

use crate::{
    code::{CODE_LEN, CodeError, EventKeys, PAYLOAD_LEN, TEXT_LEN},
    id::EventId,
    time::Timestamp,
};

const MARK: u8 = 15;
const DOMAIN: &[u8] = b"gerbang rehearsal v1";

/// A rehearsal ticket's code, checked or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RehearsalCode {
    payload: [u8; PAYLOAD_LEN],
    signature: [u8; 64],
}

impl RehearsalCode {
    /// Signs one. `slot` is the key's; `until` is in unix seconds.
    ///
    /// # Panics
    /// If the key slot is above 15: central hands out no other.
    #[must_use]
    pub fn sign(event: EventId, slot: u8, serial: &[u8; 16], until: u32, key: &SigningKey) -> Self {
        assert!(slot < 16, "key slots are 0 to 15");
        let mut payload = [0; PAYLOAD_LEN];
        payload[0] = MARK << 4 | slot;
        payload[1..17].copy_from_slice(serial);
        payload[21..].copy_from_slice(&until.to_be_bytes());
        let signature = key.sign(&signed_bytes(event, &payload)).to_bytes();
        Self { payload, signature }
    }

    /// Reads the text exactly as central writes it.
    ///
    /// # Errors
    /// [`CodeError::Malformed`]; a ticket's code is none either.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let malformed = |_| CodeError::Malformed;
        if text.len() != TEXT_LEN {
            return Err(CodeError::Malformed);
        }
        let bytes = BASE32_NOPAD.decode(text.as_bytes());
        let bytes: [u8; CODE_LEN] = bytes
            .map_err(|_| CodeError::Malformed)?
            .try_into()
            .map_err(|_| CodeError::Malformed)?;
        let (payload, signature) = bytes.split_at(PAYLOAD_LEN);
        if payload[0] >> 4 != MARK || payload[17..21] != [0; 4] {
            return Err(CodeError::Malformed);
        }
        Ok(Self {
            payload: payload.try_into().map_err(malformed)?,
            signature: signature.try_into().map_err(malformed)?,
        })
    }

    /// The text for the QR.
    #[must_use]
    pub fn to_text(&self) -> String {
        BASE32_NOPAD.encode(&[&self.payload[..], &self.signature].concat())
    }

    /// Checks the signature for `event`; gives until when the ticket may be shown.
    ///
    /// # Errors
    /// [`CodeError::UnknownKey`] or [`CodeError::BadSignature`].
    pub fn verify(&self, event: EventId, keys: &EventKeys) -> Result<Timestamp, CodeError> {
        let signed = signed_bytes(event, &self.payload);
        keys.verify(self.payload[0] & 15, &signed, &self.signature)?;
        let until = [21, 22, 23, 24].map(|place| self.payload[place]);
        Ok(Timestamp(i64::from(u32::from_be_bytes(until)) * 1_000))
    }
}

fn signed_bytes(event: EventId, payload: &[u8; PAYLOAD_LEN]) -> Vec<u8> {
    [DOMAIN, event.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        code::{Payload, TicketCode},
        id::TicketId,
    };
    use proptest::prelude::*;

    const EVENT: EventId = EventId::from_u128(1);

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn keys() -> EventKeys {
        let mut keys = EventKeys::default();
        keys.insert(3, key().verifying_key().as_bytes());
        keys
    }

    #[test]
    fn case_13_a_rehearsal_ticket_is_none_and_no_ticket_is_one() {
        let text = RehearsalCode::sign(EVENT, 3, &[9; 16], 1_764_547_200, &key()).to_text();
        assert_eq!(text.len(), TEXT_LEN);
        assert_eq!(TicketCode::parse(&text), Err(CodeError::UnknownVersion));
        let code = RehearsalCode::parse(&text).expect("its own text");
        let until = Timestamp(1_764_547_200_000);
        assert_eq!(code.verify(EVENT, &keys()), Ok(until));
        let other = EventId::from_u128(2);
        assert_eq!(code.verify(other, &keys()), Err(CodeError::BadSignature));
        let payload = Payload {
            key_slot: 3,
            ticket: TicketId::from_u128(9),
            type_number: 0,
            day_mask: 0,
            issued_at: 1_764_547_200,
        };
        let ticket = TicketCode::sign(payload, EVENT, &key());
        assert!(RehearsalCode::parse(&ticket.to_text()).is_err());
        // The ticket's signature under the other mark proves nothing.
        let mut bytes = BASE32_NOPAD
            .decode(ticket.to_text().as_bytes())
            .expect("base32");
        bytes[0] |= 0xf0;
        let forged = RehearsalCode::parse(&BASE32_NOPAD.encode(&bytes)).expect("well formed");
        assert_eq!(forged.verify(EVENT, &keys()), Err(CodeError::BadSignature));
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_refused(bit in 0usize..CODE_LEN * 8) {
            let text = RehearsalCode::sign(EVENT, 3, &[9; 16], 1_764_547_200, &key()).to_text();
            let mut bytes = BASE32_NOPAD.decode(text.as_bytes()).expect("base32");
            bytes[bit / 8] ^= 1 << (bit % 8);
            let altered = RehearsalCode::parse(&BASE32_NOPAD.encode(&bytes));
            prop_assert!(altered.and_then(|code| code.verify(EVENT, &keys())).is_err());
        }

        #[test]
        fn parsing_never_panics_and_has_one_spelling(text in ".{0,200}") {
            if let Ok(code) = RehearsalCode::parse(&text) {
                prop_assert_eq!(code.to_text(), text);
            }
        }
    }
}
