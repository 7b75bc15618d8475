//! What is looked for among an event's scans, and the place at which a page of them ends. Pure.

use sync_protocol::{
    id::{EventId, GateId, NodeId, OperatorId, TicketId},
    scan::ScanId,
    time::Timestamp,
    verdict::{Decision, Reason},
};
use uuid::Uuid;

use super::named::named_enum;

named_enum! {
    /// What the merge says, as a filter.
    pub enum Ruled {
        /// It counts.
        Counted => "counted",
        /// It lost to another.
        Double => "double",
        /// A wristband of no ticket.
        Unbound => "unbound",
        /// An exit of nobody who was inside.
        Stray => "stray",
        /// It was taken back.
        Undone => "undone",
        /// It admitted nobody, so there is nothing to rule.
        Nothing => "nothing",
        /// It was ruled otherwise before.
        Changed => "changed",
    }
}

/// The filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanFilter {
    /// The event.
    pub event: EventId,
    /// At this gate.
    pub gate: Option<GateId>,
    /// By this node.
    pub node: Option<NodeId>,
    /// With this operator.
    pub operator: Option<OperatorId>,
    /// With this colour.
    pub decision: Option<Decision>,
    /// For this reason.
    pub reason: Option<Reason>,
    /// Ruled so.
    pub ruled: Option<Ruled>,
    /// Of this ticket, or of a wristband that was bound to it.
    pub ticket: Option<TicketId>,
    /// From then.
    pub from: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

/// Where a page ends: the last scan's corrected time and name. Newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanMoment {
    /// Its time.
    pub at: Timestamp,
    /// Its name.
    pub scan: ScanId,
}

impl ScanMoment {
    /// For an address.
    #[must_use]
    pub fn text(&self) -> String {
        let (node, seq) = (self.scan.node, self.scan.seq);
        format!("{}.{node}.{seq}", self.at.0)
    }

    /// Reads what [`ScanMoment::text`] wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (at, node, seq) = (parts.next()?, parts.next()?, parts.next()?);
        let seq: u64 = seq.parse().ok()?;
        // A number that the database can hold.
        i64::try_from(seq).ok()?;
        parts.next().is_none().then_some(())?;
        Some(Self {
            at: Timestamp(at.parse().ok()?),
            scan: ScanId {
                node: NodeId(Uuid::try_parse(node).ok()?),
                seq,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_an_address_and_nothing_else_is_one() {
        let place = ScanMoment {
            at: Timestamp(-5),
            scan: ScanId {
                node: NodeId::from_u128(7),
                seq: 3,
            },
        };
        assert_eq!(ScanMoment::parse(&place.text()), Some(place));
        let text = place.text();
        for bad in [
            "",
            "5",
            "x.y.z",
            "5.7.3",
            &format!("{text}.1"),
            "1.2.18446744073709551615",
        ] {
            assert_eq!(ScanMoment::parse(bad), None, "{bad}");
        }
    }
}
