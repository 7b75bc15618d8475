//! The ticket code: the text in the QR, signed by central, checked by a gate that has no network.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 1 | version (high four bits, now 1) and key slot (low four bits) |
//! | 16 | ticket id |
//! | 2 | ticket type number, big endian |
//! | 2 | event-day mask, big endian, bit n = event day n |
//! | 4 | issued at, unix seconds, big endian |
//! | 64 | Ed25519 signature over `"gerbang ticket v1" ‖ event id ‖ the 25 bytes above` |
//!
//! As text: RFC 4648 base32, upper case, no padding: 143 characters, QR version 6 at level M, and safe
//! for scanners that type. One text per ticket: parsing refuses unused bits, so there is no second spelling.
//! Who may sign: only central. A gate holds [`EventKeys`], which are public.

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};

use crate::id::{EventId, TicketId};

/// Length of the text in characters.
pub const TEXT_LEN: usize = 143;
pub(crate) const PAYLOAD_LEN: usize = 25;
pub(crate) const CODE_LEN: usize = PAYLOAD_LEN + 64;
const VERSION: u8 = 1;
const DOMAIN: &[u8] = b"gerbang ticket v1";

/// What the code says of the ticket; trust it only out of [`TicketCode::verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Which of the event's keys signed, 0–15.
    pub key_slot: u8,
    /// The ticket.
    pub ticket: TicketId,
    /// The event's number for the ticket type.
    pub type_number: u16,
    /// Bit n set: good for event day n.
    pub day_mask: u16,
    /// When central issued it, unix seconds.
    pub issued_at: u32,
}

/// Why a text is not a good ticket code of this event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not 143 base32 characters, or a spelling that central never writes.
    #[error("this is no ticket code")]
    Malformed,
    /// A code of a version that this program does not know.
    #[error("this ticket code is of a newer version: update the gate's program")]
    UnknownVersion,
    /// The event has no key in that slot, or has retired it.
    #[error("this ticket code was signed with a key that the event does not use")]
    UnknownKey,
    /// Altered, or signed by somebody else.
    #[error("this ticket code is not genuine")]
    BadSignature,
}

/// A parsed code whose signature is not yet checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketCode {
    payload: Payload,
    signature: [u8; 64],
}

/// An event's public keys by slot. A retired key is simply not in it any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventKeys(BTreeMap<u8, VerifyingKey>);

impl EventKeys {
    /// Adds or replaces the key of a slot; slots above 15, bytes that are no key, and weak keys (under which
    /// signatures prove nothing) are left out.
    pub fn insert(&mut self, slot: u8, key: &[u8; 32]) {
        match VerifyingKey::from_bytes(key) {
            Ok(key) if slot < 16 && !key.is_weak() => drop(self.0.insert(slot, key)),
            _ => {}
        }
    }

    /// Checks a signature of the key in a slot.
    pub(crate) fn verify(
        &self,
        slot: u8,
        signed: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), CodeError> {
        let key = self.0.get(&slot).ok_or(CodeError::UnknownKey)?;
        key.verify(signed, &Signature::from_bytes(signature))
            .map_err(|_| CodeError::BadSignature)
    }
}

impl TicketCode {
    /// Signs a ticket of `event`.
    ///
    /// # Panics
    /// If the key slot is above 15: central hands out no other.
    #[must_use]
    pub fn sign(payload: Payload, event: EventId, key: &SigningKey) -> Self {
        assert!(payload.key_slot < 16, "key slots are 0 to 15");
        let signature = key.sign(&signed_bytes(event, &payload)).to_bytes();
        Self { payload, signature }
    }

    /// Reads the text exactly as central writes it; [`crate::scanner_text`] cleans what scanners add.
    ///
    /// # Errors
    /// [`CodeError::Malformed`] or [`CodeError::UnknownVersion`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        if text.len() != TEXT_LEN {
            return Err(CodeError::Malformed);
        }
        let bytes = BASE32_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| CodeError::Malformed)?;
        let bytes: [u8; CODE_LEN] = bytes.try_into().map_err(|_| CodeError::Malformed)?;
        let (payload, signature) = bytes.split_at(PAYLOAD_LEN);
        let payload = Payload::from_bytes(payload.try_into().map_err(|_| CodeError::Malformed)?)?;
        Ok(Self {
            payload,
            signature: signature.try_into().map_err(|_| CodeError::Malformed)?,
        })
    }

    /// The text for the QR: [`TEXT_LEN`] characters.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut bytes = [0; CODE_LEN];
        bytes[..PAYLOAD_LEN].copy_from_slice(&self.payload.to_bytes());
        bytes[PAYLOAD_LEN..].copy_from_slice(&self.signature);
        BASE32_NOPAD.encode(&bytes)
    }

    /// What the code claims, unchecked; for finding the right event's keys only.
    #[must_use]
    pub const fn claimed(&self) -> &Payload {
        &self.payload
    }

    /// The signature, from which the attendee line's key is made.
    #[must_use]
    pub const fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// Checks the signature for `event`.
    ///
    /// # Errors
    /// [`CodeError::UnknownKey`] or [`CodeError::BadSignature`].
    pub fn verify(&self, event: EventId, keys: &EventKeys) -> Result<Payload, CodeError> {
        let signed = signed_bytes(event, &self.payload);
        keys.verify(self.payload.key_slot, &signed, &self.signature)?;
        Ok(self.payload)
    }
}

impl Payload {
    fn to_bytes(self) -> [u8; PAYLOAD_LEN] {
        let mut bytes = [0; PAYLOAD_LEN];
        bytes[0] = VERSION << 4 | self.key_slot;
        bytes[1..17].copy_from_slice(self.ticket.as_bytes());
        bytes[17..19].copy_from_slice(&self.type_number.to_be_bytes());
        bytes[19..21].copy_from_slice(&self.day_mask.to_be_bytes());
        bytes[21..25].copy_from_slice(&self.issued_at.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; PAYLOAD_LEN]) -> Result<Self, CodeError> {
        if bytes[0] >> 4 != VERSION {
            return Err(CodeError::UnknownVersion);
        }
        let mut ticket = [0; 16];
        ticket.copy_from_slice(&bytes[1..17]);
        Ok(Self {
            key_slot: bytes[0] & 15,
            ticket: TicketId::from_bytes(ticket),
            type_number: u16::from_be_bytes([bytes[17], bytes[18]]),
            day_mask: u16::from_be_bytes([bytes[19], bytes[20]]),
            issued_at: u32::from_be_bytes([bytes[21], bytes[22], bytes[23], bytes[24]]),
        })
    }
}

fn signed_bytes(event: EventId, payload: &Payload) -> Vec<u8> {
    [DOMAIN, event.as_bytes(), &payload.to_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENT: EventId = EventId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn keys(slot: u8, seed: u8) -> EventKeys {
        let mut keys = EventKeys::default();
        keys.insert(slot, key(seed).verifying_key().as_bytes());
        keys
    }

    fn payload() -> Payload {
        Payload {
            key_slot: 3,
            ticket: TicketId::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002A),
            type_number: 2,
            day_mask: 0b101,
            issued_at: 1_764_547_200,
        }
    }

    /// Frozen: a ticket sold today must open gates for ever.
    #[test]
    fn frozen_vector() {
        let text = include_str!("../vectors/ticket-code-v1.txt").trim();
        assert_eq!(TicketCode::sign(payload(), EVENT, &key(7)).to_text(), text);
        assert_eq!(text.len(), TEXT_LEN);
        let code = TicketCode::parse(text).expect("frozen text parses");
        assert_eq!(code.verify(EVENT, &keys(3, 7)), Ok(payload()));
    }

    #[test]
    fn case_13_refusals_have_their_names() {
        let good = TicketCode::sign(payload(), EVENT, &key(7));
        let other_event = EventId::from_u128(9);
        let cases = [
            (
                "another event",
                good.verify(other_event, &keys(3, 7)),
                CodeError::BadSignature,
            ),
            (
                "another event's key",
                good.verify(EVENT, &keys(3, 8)),
                CodeError::BadSignature,
            ),
            (
                "retired key slot",
                good.verify(EVENT, &keys(4, 7)),
                CodeError::UnknownKey,
            ),
        ];
        for (name, result, error) in cases {
            assert_eq!(result, Err(error), "{name}");
        }
    }

    #[test]
    fn parsing_is_strict() {
        let text = TicketCode::sign(payload(), EVENT, &key(7)).to_text();
        let unused_bits = format!(
            "{}{}",
            &text[..142],
            if text.ends_with('A') { 'B' } else { 'Z' }
        );
        let newer = format!("E{}", &text[1..]);
        for (name, text, error) in [
            ("empty", String::new(), CodeError::Malformed),
            ("truncated", text[..142].to_owned(), CodeError::Malformed),
            ("over-long", format!("{text}A"), CodeError::Malformed),
            ("lower case", text.to_lowercase(), CodeError::Malformed),
            (
                "padding",
                format!("{}=", &text[..142]),
                CodeError::Malformed,
            ),
            (
                "not ascii",
                format!("é{}", &text[2..]),
                CodeError::Malformed,
            ),
            ("unused bits set", unused_bits, CodeError::Malformed),
            ("newer version", newer, CodeError::UnknownVersion),
        ] {
            assert_eq!(TicketCode::parse(&text), Err(error), "{name}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(slot in 0u8..16, ticket: u128, type_number: u16, day_mask: u16, issued_at: u32) {
            let payload = Payload { key_slot: slot, ticket: TicketId::from_u128(ticket), type_number, day_mask, issued_at };
            let text = TicketCode::sign(payload, EVENT, &key(1)).to_text();
            prop_assert_eq!(text.len(), TEXT_LEN);
            prop_assert_eq!(TicketCode::parse(&text).expect("parses").verify(EVENT, &keys(slot, 1)), Ok(payload));
        }

        #[test]
        fn any_flipped_bit_is_refused(bit in 0usize..CODE_LEN * 8) {
            let text = TicketCode::sign(payload(), EVENT, &key(7)).to_text();
            let mut bytes = BASE32_NOPAD.decode(text.as_bytes()).expect("base32");
            bytes[bit / 8] ^= 1 << (bit % 8);
            let altered = TicketCode::parse(&BASE32_NOPAD.encode(&bytes));
            prop_assert!(altered.and_then(|code| code.verify(EVENT, &keys(3, 7))).is_err());
        }

        #[test]
        fn parsing_never_panics_and_has_one_spelling(text in ".{0,200}") {
            if let Ok(code) = TicketCode::parse(&text) {
                prop_assert_eq!(code.to_text(), text);
            }
        }
    }
}
