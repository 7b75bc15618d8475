//! What was shown at the gate: a raw text, identified once, before any rule is asked.
//!
//! Order: a rehearsal ticket, a ticket code of this event, of another known event, a wristband, a typed ticket number, anything else. A
//! database id is never accepted as a code (acceptance case 18): only a signature or a checked number is.

use crate::{
    code::{CodeError, Payload, TicketCode},
    digest::Digest,
    id::{EventId, WristbandId},
    keyring::Keyring,
    number::TicketNumber,
    scanner_text::{self, MAX_LEN},
    time::Timestamp,
    wristband::WristbandError,
};

/// A text, identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A genuine ticket code of this event.
    Ticket {
        /// What central signed.
        payload: Payload,
        /// The signature, which opens the attendee line.
        signature: [u8; 64],
    },
    /// A ticket number typed by hand, check character right.
    Number(TicketNumber),
    /// A genuine ticket code of another event of the organiser.
    OtherEvent(EventId, Digest),
    /// Looks like a ticket code, but is not genuine.
    Forged(CodeError, Digest),
    /// A genuine wristband of this event.
    Wristband {
        /// Which.
        id: WristbandId,
        /// Its roll must not be used any more.
        void: bool,
    },
    /// A genuine rehearsal ticket of this event: nobody is let in by it.
    Rehearsal {
        /// Until then it may be shown.
        until: Timestamp,
        /// Of the text.
        digest: Digest,
    },
    /// Looks like a wristband of this event, but is not genuine or was never printed.
    FalseWristband(Digest),
    /// Nothing that Gerbang writes.
    Unreadable(Digest),
}

/// Identifies a text as a scanner, a camera or a person delivered it.
#[must_use]
pub fn identify(raw: &str, keyring: &Keyring) -> Shown {
    let digest = Digest::of("gerbang shown text v1", &[raw.as_bytes()]);
    if raw.len() > MAX_LEN {
        return Shown::Unreadable(digest);
    }
    let cleaned = scanner_text::clean(raw);
    if let Some(code) = scanner_text::find_rehearsal(&cleaned) {
        return match keyring.verify_rehearsal(&code) {
            Ok(until) => Shown::Rehearsal { until, digest },
            Err(error) => Shown::Forged(error, digest),
        };
    }
    match scanner_text::find_code(&cleaned) {
        Some(code) => identify_code(&code, keyring, digest),
        None => match scanner_text::find_wristband(&cleaned, |text| keyring.wristband(text)) {
            Ok((id, void)) => Shown::Wristband { id, void },
            Err(WristbandError::NotGenuine) => Shown::FalseWristband(digest),
            Err(WristbandError::Malformed) => {
                TicketNumber::parse(&cleaned).map_or(Shown::Unreadable(digest), Shown::Number)
            }
        },
    }
}

fn identify_code(code: &TicketCode, keyring: &Keyring, digest: Digest) -> Shown {
    let error = match keyring.verify(code) {
        Ok(payload) => {
            return Shown::Ticket {
                payload,
                signature: *code.signature(),
            };
        }
        Err(error) => error,
    };
    let other = keyring.other_event(code);
    other.map_or(Shown::Forged(error, digest), |event| {
        Shown::OtherEvent(event, digest)
    })
}
