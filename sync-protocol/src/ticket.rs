//! A ticket as a gate knows it: status and rules, never the code that opens a gate.
//!
//! Invariant: nothing here lets its holder make a working ticket or read a name. The signature is only on
//! the ticket itself, and the attendee line is sealed under a key made from that signature ([`crate::seal`]).

use crate::{cbor::closed_enum, digest::Digest, id::TicketId, number::TicketNumber};

/// Central's per-event number for a change; gapless, and visible in order.
pub type Revision = u64;

closed_enum! {
    /// Where a ticket stands.
    pub enum TicketStatus {
        /// Paid and good.
        Valid = 1 => "valid",
        /// Issued, but the money has not come.
        Unpaid = 2 => "unpaid",
        /// Withdrawn, or replaced by a re-issue.
        Revoked = 3 => "revoked",
        /// The money went back.
        Refunded = 4 => "refunded",
        /// Given to somebody else, who has a new ticket.
        Transferred = 5 => "transferred",
    }
}

/// All that a replica holds of one ticket.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Ticket {
    /// The ticket.
    #[n(0)]
    pub id: TicketId,
    /// The number printed under the QR.
    #[n(1)]
    pub number: TicketNumber,
    /// The event's number for the ticket type.
    #[n(2)]
    pub type_number: u16,
    /// Bit n set: good for event day n.
    #[n(3)]
    pub day_mask: u16,
    /// Where it stands.
    #[n(4)]
    pub status: TicketStatus,
    /// The event's revision at which this row last changed.
    #[n(5)]
    pub revision: Revision,
    /// The attendee line under [`crate::seal`]; empty when there is none.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// The same number on other tickets of the event: they are the same person's, and some of them are add-ons.
    #[n(7)]
    pub holder: Option<u64>,
    /// The name for the search by passphrase, under [`crate::search`]; empty where the event has none.
    #[n(8)]
    #[cbor(with = "minicbor::bytes")]
    pub search: Vec<u8>,
}

impl Ticket {
    /// The digest of every field; the manifest adds these up.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut fixed = [0; 37];
        fixed[..16].copy_from_slice(self.id.as_bytes());
        fixed[16..24].copy_from_slice(&self.number.value().to_be_bytes());
        fixed[24..26].copy_from_slice(&self.type_number.to_be_bytes());
        fixed[26..28].copy_from_slice(&self.day_mask.to_be_bytes());
        fixed[28] = self.status.code();
        fixed[29..].copy_from_slice(&self.revision.to_be_bytes());
        let lengths = [self.sealed.len(), self.search.len()].map(|len| (len as u64).to_be_bytes());
        let holder = self.holder.map(u64::to_be_bytes);
        let parts: [&[u8]; 5] = [
            &fixed,
            lengths.as_flattened(),
            &self.sealed,
            &self.search,
            holder.as_ref().map_or(&[], |bytes| bytes.as_slice()),
        ];
        Digest::of("gerbang ticket row v1", &parts)
    }
}
