//! Conflicts as far as they concern one node: doubles that it lost or won, its wristbands without a ticket, and its
//! admissions of tickets that were not valid any more. Kinds have central's names.

use rusqlite::{Connection, Row, params};
use sync_protocol::{
    flag::Flag,
    id::{GateId, NodeId, TicketId, WristbandId},
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::{database::coded, error::NodeError};

/// What kind of conflict it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A ticket was used twice, or two wristbands were given out.
    Double,
    /// A wristband was used of which no exchange is known.
    Unbound,
    /// The ticket had been withdrawn, and the gate could not know.
    AfterRevocation,
    /// The ticket was not valid, and the gate could have known.
    NotValid,
}

/// A scan that somebody at a gate should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What kind it is.
    pub kind: Kind,
    /// The ticket that it counts for.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// What the guest wanted.
    pub action: Action,
    /// The scan; of a double the one that lost.
    pub scan: Place,
    /// The scan that won.
    pub won: Option<Place>,
    /// The clocks cannot tell which was first.
    pub undecidable: bool,
}

/// A scan, where and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The scan.
    pub scan: ScanId,
    /// The gate.
    pub gate: GateId,
    /// Corrected time.
    pub at: Timestamp,
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Unbound => "unbound",
            Self::AfterRevocation => "after_revocation",
            Self::NotValid => "not_valid",
        }
    }
}

/// The first condition is the index's own, word for word, so that SQLite looks at conflicts alone.
const OF_NODE: &str =
    "SELECT c.ticket, c.wristband, c.action, c.ruling, c.flag, c.node, c.seq, c.gate, c.at_ms,
            w.node, w.seq, w.gate, w.at_ms
     FROM passages c LEFT JOIN passages w ON w.node = c.winner_node AND w.seq = c.winner_seq
     WHERE (c.ruling IN (1, 2, 4) OR c.flag IS NOT NULL) AND (c.node = ?1 OR c.winner_node = ?1)
     ORDER BY c.at_ms DESC LIMIT ?2";

/// Conflicts that concern `node`, the newest first.
pub(super) fn of_node(
    connection: &Connection,
    node: NodeId,
    most: usize,
) -> Result<Vec<Conflict>, NodeError> {
    let mut statement = connection.prepare_cached(OF_NODE)?;
    let rows = statement.query_map(params![node.as_bytes(), most], conflict)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn conflict(row: &Row) -> rusqlite::Result<Conflict> {
    let won: Option<[u8; 16]> = row.get(9)?;
    let ruling: u8 = row.get(3)?;
    let flag: Option<u8> = row.get(4)?;
    let kind = match (ruling, flag) {
        (1 | 2, _) => Kind::Double,
        (4, _) => Kind::Unbound,
        _ => match coded(row, 4, Flag::from_code)? {
            Flag::AfterRevocation => Kind::AfterRevocation,
            Flag::NotValid => Kind::NotValid,
        },
    };
    Ok(Conflict {
        kind,
        ticket: row.get::<_, Option<_>>(0)?.map(TicketId::from_bytes),
        wristband: row.get::<_, Option<_>>(1)?.map(WristbandId::from_bytes),
        action: coded(row, 2, Action::from_code)?,
        scan: place(row, 5)?,
        won: won.map(|_| place(row, 9)).transpose()?,
        undecidable: ruling == 2,
    })
}

/// A place out of four columns.
fn place(row: &Row, first: usize) -> rusqlite::Result<Place> {
    Ok(Place {
        scan: ScanId {
            node: NodeId::from_bytes(row.get(first)?),
            seq: row.get(first + 1)?,
        },
        gate: GateId::from_bytes(row.get(first + 2)?),
        at: Timestamp(row.get(first + 3)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::Replica;

    #[test]
    fn what_is_told_costs_nothing_in_an_event_of_a_million_scans() {
        let folder = tempfile::tempdir().expect("a folder");
        let replica = Replica::open(&folder.path().join("replica.db")).expect("it opens");
        let reader = replica.reader();
        let question = format!("EXPLAIN QUERY PLAN {OF_NODE}");
        let mut statement = reader.connection.prepare(&question).expect("it is SQL");
        let rows = statement.query_map(params![[0u8; 16], 10], |row| row.get::<_, String>(3));
        let plan: Vec<String> = rows
            .expect("a plan")
            .map(|row| row.expect("text"))
            .collect();
        let [conflicts, winner] = &plan[..] else {
            panic!("two steps and no sorting: {plan:?}");
        };
        assert!(conflicts.contains("USING INDEX passages_told"), "{plan:?}");
        assert!(winner.contains("SEARCH w USING PRIMARY KEY"), "{plan:?}");
    }
}
