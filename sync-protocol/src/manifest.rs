//! The manifest: what a replica must hold at a revision, and how far it is from that.
//!
//! For tickets a count per status, for admitted scans and wristbands a count, and for each the sum, modulo 2²⁵⁶, of
//! the digests of all rows. Both sides keep it up to date row by row, so it costs nothing to state and proves
//! equality without listing the rows.

use crate::{
    digest::Digest,
    ticket::{Revision, Ticket, TicketStatus},
};

/// How many rows of one kind there are, and the sum of their digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Tally {
    /// Rows.
    #[n(0)]
    pub count: u64,
    /// Sum of their digests modulo 2²⁵⁶, little endian.
    #[n(1)]
    pub sum: Digest,
}

/// Counts and the multiset hashes of all that an event's gates hold.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Manifest {
    /// The event's revision it speaks of.
    #[n(0)]
    pub revision: Revision,
    /// How many tickets have each status, in the order of [`TicketStatus::ALL`].
    #[n(1)]
    pub counts: [u64; 5],
    /// Sum of the rows' digests modulo 2²⁵⁶, little endian.
    #[n(2)]
    pub sum: Digest,
    /// The admitted scans.
    #[n(3)]
    #[cbor(default)]
    pub passages: Tally,
    /// The wristbands that have a row.
    #[n(4)]
    #[cbor(default)]
    pub wristbands: Tally,
}

/// How a replica differs from the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Fewer tickets than central has.
    #[error("{0} missing")]
    Missing(u64),
    /// More tickets than central has.
    #[error("{0} too many")]
    Surplus(u64),
    /// As many, but not the same.
    #[error("the tickets differ from central's")]
    Different,
    /// The tickets are the same, but not the admitted scans.
    #[error("the scans of the event's gates differ from central's")]
    Passages,
    /// The tickets and scans are the same, but not the wristbands.
    #[error("the wristbands differ from central's")]
    Wristbands,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            count: 0,
            sum: Digest([0; 32]),
        }
    }
}

impl Tally {
    /// Counts a row in.
    pub fn add(&mut self, row: &Digest) {
        self.count += 1;
        self.sum = wide_sum(&self.sum, row, false);
    }

    /// Takes a row out again. A row that was never counted in leaves a sum that matches nothing.
    pub fn remove(&mut self, row: &Digest) {
        self.count = self.count.saturating_sub(1);
        self.sum = wide_sum(&self.sum, row, true);
    }
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            revision: 0,
            counts: [0; 5],
            sum: Digest([0; 32]),
            passages: Tally::default(),
            wristbands: Tally::default(),
        }
    }
}

impl Manifest {
    /// Counts a row in.
    pub fn add(&mut self, ticket: &Ticket) {
        self.counts[place(ticket.status)] += 1;
        self.sum = wide_sum(&self.sum, &ticket.digest(), false);
    }

    /// Takes a row out again, exactly as it was counted in.
    ///
    /// # Panics
    /// If no row of that status is counted: the caller removed what it never added.
    pub fn remove(&mut self, ticket: &Ticket) {
        let count = &mut self.counts[place(ticket.status)];
        assert!(*count > 0, "a ticket is removed that was never added");
        *count -= 1;
        self.sum = wide_sum(&self.sum, &ticket.digest(), true);
    }

    /// How many tickets there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether `replica` holds the same rows; the revision is not compared.
    ///
    /// # Errors
    /// The first [`Gap`], for the operator.
    pub fn prove(&self, replica: &Self) -> Result<(), Gap> {
        let (want, have) = (self.total(), replica.total());
        if want != have {
            return Err(match want > have {
                true => Gap::Missing(want - have),
                false => Gap::Surplus(have - want),
            });
        }
        if self.counts != replica.counts || self.sum != replica.sum {
            return Err(Gap::Different);
        }
        if self.passages != replica.passages {
            return Err(Gap::Passages);
        }
        let same = self.wristbands == replica.wristbands;
        same.then_some(()).ok_or(Gap::Wristbands)
    }
}

const fn place(status: TicketStatus) -> usize {
    status.code() as usize - 1
}

fn wide_sum(left: &Digest, right: &Digest, subtract: bool) -> Digest {
    let mut out = [0u8; 32];
    let mut carry = u16::from(subtract);
    for ((out, l), r) in out.iter_mut().zip(&left.0).zip(&right.0) {
        let r = if subtract { !r } else { *r };
        let sum = u16::from(*l) + u16::from(r) + carry;
        *out = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    Digest(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::TicketId, number::TicketNumber};
    use proptest::prelude::*;

    fn ticket(id: u128, status: TicketStatus) -> Ticket {
        Ticket {
            id: TicketId::from_u128(id),
            number: TicketNumber::new(1),
            type_number: 1,
            day_mask: 1,
            status,
            revision: 1,
            sealed: vec![1, 2],
            holder: None,
            search: Vec::new(),
        }
    }

    fn manifest(tickets: &[Ticket]) -> Manifest {
        let mut manifest = Manifest::default();
        tickets.iter().for_each(|t| manifest.add(t));
        manifest
    }

    #[test]
    fn case_14_a_replica_that_differs_is_not_proven() {
        let valid = |id| ticket(id, TicketStatus::Valid);
        let central = manifest(&[valid(1), valid(2), valid(3)]);
        for (name, replica, gap) in [
            (
                "equal, other order",
                vec![valid(3), valid(1), valid(2)],
                Ok(()),
            ),
            (
                "one missing",
                vec![valid(1), valid(2)],
                Err(Gap::Missing(1)),
            ),
            (
                "one too many",
                vec![valid(1), valid(2), valid(3), valid(4)],
                Err(Gap::Surplus(1)),
            ),
            (
                "another ticket",
                vec![valid(1), valid(2), valid(9)],
                Err(Gap::Different),
            ),
            (
                "another status",
                vec![valid(1), valid(2), ticket(3, TicketStatus::Revoked)],
                Err(Gap::Different),
            ),
        ] {
            assert_eq!(central.prove(&manifest(&replica)), gap, "{name}");
        }
    }

    proptest! {
        #[test]
        fn removing_undoes_adding(ids in prop::collection::vec(any::<u128>(), 0..20), extra: u128) {
            let rows: Vec<_> = ids.into_iter().map(|id| ticket(id, TicketStatus::Valid)).collect();
            let before = manifest(&rows);
            let mut after = before.clone();
            after.add(&ticket(extra, TicketStatus::Refunded));
            after.remove(&ticket(extra, TicketStatus::Refunded));
            prop_assert_eq!(before, after);
        }
    }
}
