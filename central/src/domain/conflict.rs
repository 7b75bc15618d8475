//! Conflicts: what a venue manager must look at, by kind, with names that stay.
//!
//! A conflict is named by what it is about: a scan, a record that was set aside, a node, a node's speed. The name stays
//! when the kind changes, so what people remarked about it stays with it. [`Cursor`] is a place in the feed.

use std::{fmt, str::FromStr};

use sync_protocol::{flag::Flag, id::NodeId, scan::ScanId, time::Timestamp};
use uuid::Uuid;

use super::named::named_enum;

named_enum! {
    /// What kind of conflict it is.
    pub enum Kind {
        /// Two gates admitted on one ticket, or gave out two wristbands.
        Double => "double",
        /// A wristband was used of which no exchange is known.
        Unbound => "unbound",
        /// Admitted after the ticket was withdrawn, by a gate that had not heard of it.
        AfterRevocation => "after_revocation",
        /// Admitted by a gate that could have known that the ticket is not valid.
        NotValid => "not_valid",
        /// A record arrived that cannot be used.
        Parked => "parked",
        /// A node's log contradicts itself.
        Quarantined => "quarantined",
        /// A node let more people through than counts of silent gates assume.
        FasterThanAssumed => "faster_than_assumed",
    }
}

named_enum! {
    /// What a conflict was, as a person who looked into it says.
    pub enum Outcome {
        /// Somebody used a ticket that was not theirs, or a copy.
        Fraud => "fraud",
        /// Somebody at the gate made a mistake.
        Mistake => "mistake",
        /// Whoever came in was right to.
        Rightful => "rightful",
        /// A device or a network was at fault.
        Technical => "technical",
    }
}

impl Kind {
    /// Whether it is a scan's.
    #[must_use]
    pub const fn is_of_scans(self) -> bool {
        matches!(
            self,
            Self::Double | Self::Unbound | Self::AfterRevocation | Self::NotValid
        )
    }

    /// The kind of a scan, by its ruling's name and its flag; `None` = no conflict.
    #[must_use]
    pub fn of_scan(ruling: &str, flag: Option<Flag>) -> Option<Self> {
        match (ruling, flag) {
            ("double" | "double_undecidable", _) => Some(Self::Double),
            ("unbound", _) => Some(Self::Unbound),
            (_, Some(Flag::AfterRevocation)) => Some(Self::AfterRevocation),
            (_, Some(Flag::NotValid)) => Some(Self::NotValid),
            (_, None) => None,
        }
    }
}

/// Names a conflict for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictId {
    /// A scan.
    Scan(ScanId),
    /// A record that was set aside.
    Record(Uuid),
    /// A node's log.
    Node(NodeId),
    /// A node's speed, from this moment on.
    Rush(NodeId, Timestamp),
}

/// The text is none of [`ConflictId`]'s or [`Cursor`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no conflict: see `central conflicts`")]
pub struct BadName;

impl fmt::Display for ConflictId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scan(scan) => write!(f, "scan.{}.{}", scan.node, scan.seq),
            Self::Record(id) => write!(f, "record.{id}"),
            Self::Node(node) => write!(f, "node.{node}"),
            Self::Rush(node, from) => write!(f, "rush.{node}.{}", from.0),
        }
    }
}

impl FromStr for ConflictId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let parts: Vec<&str> = text.split('.').collect();
        Ok(match parts[..] {
            ["scan", node, seq] => Self::Scan(scan(node, seq)?),
            ["record", id] => Self::Record(read(id)?),
            ["node", node] => Self::Node(NodeId(read(node)?)),
            ["rush", node, from] => Self::Rush(NodeId(read(node)?), Timestamp(read(from)?)),
            _ => return Err(BadName),
        })
    }
}

/// A scan's place in the feed: it moves to the end when its ruling changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanPlace {
    /// Revision of its ruling.
    pub revision: u64,
    /// The scan.
    pub scan: ScanId,
}

/// A set-aside record's place in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParkedPlace {
    /// When it came.
    pub received_at: Timestamp,
    /// Its id.
    pub id: Uuid,
}

/// How far somebody has read the feed. What follows it is new or has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Among scans.
    pub scans: ScanPlace,
    /// Among records that were set aside.
    pub parked: ParkedPlace,
}

impl Default for Cursor {
    /// Before everything.
    fn default() -> Self {
        let scan = ScanId {
            node: NodeId(Uuid::nil()),
            seq: 0,
        };
        Self {
            scans: ScanPlace { revision: 0, scan },
            parked: ParkedPlace {
                received_at: Timestamp(i64::MIN),
                id: Uuid::nil(),
            },
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scans, parked) = (&self.scans, &self.parked);
        let ScanPlace { revision, scan } = scans;
        let at = parked.received_at.0;
        write!(
            f,
            "{revision}.{}.{}.{at}.{}",
            scan.node, scan.seq, parked.id
        )
    }
}

impl FromStr for Cursor {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let parts: Vec<&str> = text.split('.').collect();
        let [revision, node, seq, at, id] = parts[..] else {
            return Err(BadName);
        };
        Ok(Self {
            scans: ScanPlace {
                revision: place(revision)?,
                scan: scan(node, seq)?,
            },
            parked: ParkedPlace {
                received_at: Timestamp(read(at)?),
                id: read(id)?,
            },
        })
    }
}

fn scan(node: &str, seq: &str) -> Result<ScanId, BadName> {
    Ok(ScanId {
        node: NodeId(read(node)?),
        seq: place(seq)?,
    })
}

/// A number that the database can hold.
fn place(text: &str) -> Result<u64, BadName> {
    let number: i64 = read(text)?;
    u64::try_from(number).map_err(|_| BadName)
}

fn read<T: FromStr>(text: &str) -> Result<T, BadName> {
    text.parse().map_err(|_| BadName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_read_back() {
        let (node, id) = (NodeId::from_u128(7), Uuid::from_u128(9));
        let scan = ScanId { node, seq: 3 };
        for name in [
            ConflictId::Scan(scan),
            ConflictId::Record(id),
            ConflictId::Node(node),
            ConflictId::Rush(node, Timestamp(-60_000)),
        ] {
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        let cursor = Cursor {
            scans: ScanPlace { revision: 12, scan },
            parked: ParkedPlace {
                received_at: Timestamp(5),
                id,
            },
        };
        for cursor in [cursor, Cursor::default()] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "scan.7", "scan.x.3", "other.7", "node.7.8"] {
            assert_eq!(text.parse::<ConflictId>(), Err(BadName));
            assert_eq!(text.parse::<Cursor>(), Err(BadName));
        }
    }

    #[test]
    fn the_kind_of_a_scan_is_its_ruling_before_its_flag() {
        let flag = Some(Flag::AfterRevocation);
        for (ruling, flag, kind) in [
            ("double_undecidable", flag, Some("double")),
            ("unbound", None, Some("unbound")),
            ("counted", flag, Some("after_revocation")),
            ("stray", Some(Flag::NotValid), Some("not_valid")),
            ("counted", None, None),
        ] {
            assert_eq!(Kind::of_scan(ruling, flag).map(Kind::name), kind);
        }
    }
}
