//! Wristband codes: short enough for a Code 128 along the band, and checked by a gate that has no network.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 2 | version (high four bits, now 1) and event tag (low twelve bits) |
//! | 3 | serial, big endian |
//! | 5 | HMAC-SHA256 under the event's wristband key over `"gerbang wristband v1" ‖ event id ‖ the 5 bytes above`, cut short |
//!
//! As text: RFC 4648 base32, 16 characters. A good code only says "genuine": the key is on every gate, so what lets
//! somebody in is the exchange that bound the wristband to a ticket ([`crate::merge`]). Rolls that were printed
//! elsewhere are imported as opaque texts; both kinds have a [`WristbandId`] that follows from the code alone.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{
    cbor::closed_enum,
    digest::Digest,
    id::{EventId, WristbandId},
    ticket::Revision,
};

/// Length of the text in characters.
pub const TEXT_LEN: usize = 16;
/// The largest serial.
pub const MAX_SERIAL: u32 = (1 << 24) - 1;
const HEAD_LEN: usize = 5;
const CODE_LEN: usize = 10;
const VERSION: u8 = 1;

closed_enum! {
    /// Whether a wristband may be used.
    pub enum WristbandStatus {
        /// Yes.
        Good = 1 => "good",
        /// No: its roll was lost, or it is broken.
        Void = 2 => "void",
    }
}

/// What a replica holds of one wristband: imported ones, and those that are void. The genuine rest needs no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Wristband {
    /// Which.
    #[n(0)]
    pub id: WristbandId,
    /// Whether it may be used.
    #[n(1)]
    pub status: WristbandStatus,
    /// The event's revision at which this row last changed.
    #[n(2)]
    pub revision: Revision,
}

/// A run of serials that was printed for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Roll {
    /// The first serial.
    #[n(0)]
    pub first: u32,
    /// The last serial.
    #[n(1)]
    pub last: u32,
    /// It must not be used any more: it was lost.
    #[n(2)]
    #[cbor(default)]
    pub void: bool,
}

impl Roll {
    /// Whether this serial is one of it.
    #[must_use]
    pub fn contains(&self, serial: u32) -> bool {
        (self.first..=self.last).contains(&serial)
    }
}

/// The key under which an event's wristband codes are made and checked.
#[derive(Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct WristbandKey(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 32],
);

impl std::fmt::Debug for WristbandKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WristbandKey(…)")
    }
}

/// Why a text is no genuine wristband code of this event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WristbandError {
    /// Not 16 base32 characters, or another version or event.
    #[error("this is no wristband code of this event")]
    Malformed,
    /// Looks right, but was not made with the event's key.
    #[error("this wristband code is not genuine")]
    NotGenuine,
}

/// Writes the code of a serial.
///
/// # Panics
/// Above [`MAX_SERIAL`]: central hands out none.
#[must_use]
pub fn code(event: EventId, serial: u32, key: &WristbandKey) -> String {
    assert!(serial <= MAX_SERIAL, "serials have 24 bits");
    let head = head(event, serial);
    let mut bytes = [0; CODE_LEN];
    bytes[..HEAD_LEN].copy_from_slice(&head);
    bytes[HEAD_LEN..].copy_from_slice(&tag(event, &head, key));
    BASE32_NOPAD.encode(&bytes)
}

/// Reads a cleaned text and checks it; the serial is genuine, not necessarily of a roll that was printed.
///
/// # Errors
/// [`WristbandError`].
pub fn verify(text: &str, event: EventId, key: &WristbandKey) -> Result<u32, WristbandError> {
    let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok();
    let bytes: Option<[u8; CODE_LEN]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let bytes = bytes.ok_or(WristbandError::Malformed)?;
    let serial = u32::from_be_bytes([0, bytes[2], bytes[3], bytes[4]]);
    let head = head(event, serial);
    if bytes[..HEAD_LEN] != head {
        return Err(WristbandError::Malformed);
    }
    let genuine: bool = tag(event, &head, key).ct_eq(&bytes[HEAD_LEN..]).into();
    genuine.then_some(serial).ok_or(WristbandError::NotGenuine)
}

/// The wristband with this serial.
#[must_use]
pub fn of_serial(event: EventId, serial: u32) -> WristbandId {
    let digest = Digest::of(
        "gerbang wristband v1",
        &[event.as_bytes(), &serial.to_be_bytes()],
    );
    id(&digest)
}

/// The wristband that bears this cleaned text, for rolls that were printed elsewhere.
#[must_use]
pub fn of_text(event: EventId, cleaned: &str) -> WristbandId {
    let digest = Digest::of(
        "gerbang imported wristband v1",
        &[event.as_bytes(), cleaned.as_bytes()],
    );
    id(&digest)
}

impl Wristband {
    /// The digest of every field; the manifest adds these up.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let (status, revision) = ([self.status.code()], self.revision.to_be_bytes());
        let parts: [&[u8]; 3] = [self.id.as_bytes(), &status, &revision];
        Digest::of("gerbang wristband row v1", &parts)
    }
}

fn id(digest: &Digest) -> WristbandId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    WristbandId::from_bytes(bytes)
}

fn head(event: EventId, serial: u32) -> [u8; HEAD_LEN] {
    let digest = Digest::of("gerbang wristband event v1", &[event.as_bytes()]);
    let [_, high, middle, low] = serial.to_be_bytes();
    let first = VERSION << 4 | digest.0[0] >> 4;
    [first, digest.0[1], high, middle, low]
}

fn tag(event: EventId, head: &[u8; HEAD_LEN], key: &WristbandKey) -> [u8; CODE_LEN - HEAD_LEN] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes keys of any length");
    mac.update(b"gerbang wristband v1");
    mac.update(event.as_bytes());
    mac.update(head);
    let full = mac.finalize().into_bytes();
    let mut tag = [0; CODE_LEN - HEAD_LEN];
    tag.copy_from_slice(&full[..CODE_LEN - HEAD_LEN]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENT: EventId = EventId::from_u128(5);
    const KEY: WristbandKey = WristbandKey([9; 32]);

    #[test]
    fn codes_are_short_and_frozen() {
        assert_eq!(code(EVENT, 1, &KEY).len(), TEXT_LEN);
        assert_eq!(
            verify(&code(EVENT, MAX_SERIAL, &KEY), EVENT, &KEY),
            Ok(MAX_SERIAL)
        );
        assert_eq!(code(EVENT, 258, &KEY), "DWNAAAICZQKF6QL5");
    }

    #[test]
    fn case_13_other_keys_and_events_are_refused() {
        let good = code(EVENT, 7, &KEY);
        let other = EventId::from_u128(6);
        let not_genuine = Err(WristbandError::NotGenuine);
        assert_eq!(verify(&good, EVENT, &WristbandKey([8; 32])), not_genuine);
        let malformed = Err(WristbandError::Malformed);
        assert_eq!(verify(&good, other, &KEY), malformed);
        assert_eq!(verify(&good[1..], EVENT, &KEY), malformed);
        assert_eq!(verify("", EVENT, &KEY), malformed);
        assert_ne!(of_serial(EVENT, 7), of_serial(other, 7));
        assert_ne!(of_text(EVENT, "A"), of_text(EVENT, "B"));
    }

    proptest! {
        #[test]
        fn every_serial_reads_back_and_one_wrong_character_never_does(serial in 0..=MAX_SERIAL, at in 0..TEXT_LEN, to in 0usize..32) {
            let text = code(EVENT, serial, &KEY);
            prop_assert_eq!(verify(&text, EVENT, &KEY), Ok(serial));
            let mut wrong = text.clone().into_bytes();
            wrong[at] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[to];
            let wrong = String::from_utf8(wrong).expect("ASCII");
            prop_assert!(wrong == text || verify(&wrong, EVENT, &KEY).is_err());
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = verify(&text, EVENT, &KEY);
        }
    }
}
