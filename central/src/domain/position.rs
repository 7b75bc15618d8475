//! The place in the changes that a replica has reached: central's words, opaque to the node.
//!
//! Rows come in the order of (revision, id), tickets, ruled scans and wristbands apart. A row that changes while a node reads
//! pages gets a later revision and comes again, so nothing is missed. Once all are exhausted in one snapshot the
//! place is that snapshot's revision, and an idle node costs no question at all.

use minicbor::{Decode, Encode};
use sync_protocol::{
    id::{TicketId, WristbandId},
    scan::ScanId,
    ticket::Revision,
    wire::{self, v1::Page},
};

/// A place in the changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Position {
    /// In the tickets.
    #[n(0)]
    pub tickets: TicketPlace,
    /// In the ruled scans.
    #[n(1)]
    pub passages: ScanPlace,
    /// In the wristbands.
    #[n(2)]
    pub wristbands: WristbandPlace,
}

/// A place in the tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TicketPlace {
    /// All of the revisions before this one were read.
    #[n(0)]
    pub revision: Revision,
    /// And of this one, those up to this id; `None` = all.
    #[n(1)]
    pub id: Option<TicketId>,
}

/// A place in the ruled scans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ScanPlace {
    /// All of the revisions before this one were read.
    #[n(0)]
    pub revision: Revision,
    /// And of this one, those up to this scan; `None` = all.
    #[n(1)]
    pub scan: Option<ScanId>,
}

/// A place in the wristbands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WristbandPlace {
    /// All of the revisions before this one were read.
    #[n(0)]
    pub revision: Revision,
    /// And of this one, those up to this id; `None` = all.
    #[n(1)]
    pub id: Option<WristbandId>,
}

/// The bytes are no position that central gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the position is none that central gave: fetch the replica anew")]
pub struct BadPosition;

impl Position {
    /// Reads what a node sent back.
    ///
    /// # Errors
    /// [`BadPosition`].
    pub fn read(bytes: Option<&[u8]>) -> Result<Self, BadPosition> {
        let sane = |position: &Self| {
            let most = u64::try_from(i64::MAX).unwrap_or(u64::MAX);
            let seq = position.passages.scan.map_or(0, |scan| scan.seq);
            let revisions = [
                position.tickets.revision,
                position.passages.revision,
                position.wristbands.revision,
                seq,
            ];
            revisions.iter().all(|number| *number <= most)
        };
        let Some(bytes) = bytes else {
            return Ok(Self::default());
        };
        wire::decode(bytes).ok().filter(sane).ok_or(BadPosition)
    }

    /// The bytes that a node sends back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Everything up to a revision was read.
    #[must_use]
    pub const fn at(revision: Revision) -> Self {
        Self {
            tickets: TicketPlace { revision, id: None },
            passages: ScanPlace {
                revision,
                scan: None,
            },
            wristbands: WristbandPlace { revision, id: None },
        }
    }

    /// The place after these rows.
    #[must_use]
    pub fn after(mut self, page: &Page) -> Self {
        if let Some(last) = page.tickets.last() {
            self.tickets = TicketPlace {
                revision: last.revision,
                id: Some(last.id),
            };
        }
        if let Some(last) = page.passages.last() {
            self.passages = ScanPlace {
                revision: last.revision,
                scan: Some(last.scan),
            };
        }
        if let Some(last) = page.wristbands.last() {
            self.wristbands = WristbandPlace {
                revision: last.revision,
                id: Some(last.id),
            };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_round_trip_and_others_are_refused() {
        let position = Position {
            tickets: TicketPlace {
                revision: 5,
                id: Some(TicketId::from_u128(7)),
            },
            ..Position::at(3)
        };
        assert_eq!(Position::read(Some(&position.to_bytes())), Ok(position));
        assert_eq!(Position::read(None), Ok(Position::default()));
        assert_eq!(Position::read(Some(&[1, 2, 3])), Err(BadPosition));
        let wild = Position::at(u64::MAX).to_bytes();
        assert_eq!(Position::read(Some(&wild)), Err(BadPosition));
    }
}
