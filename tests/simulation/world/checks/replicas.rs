//! Rules of the replicas: what one says of itself is so, and no cursor passes what it has not brought.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sync_protocol::{id::TicketId, ticket::Ticket};

use super::{
    super::{
        broken::{Held, broken, demand},
        device::Device,
    },
    Row,
};

/// What a replica holds of a ticket.
type Ruled = (
    [u8; 16],
    u64,
    i64,
    i64,
    i64,
    Option<[u8; 16]>,
    Option<u64>,
    bool,
);

/// A replica that calls itself complete equals central's tickets at the revision that it names.
pub fn a_replica_is_what_it_says(device: &Device, revisions: &BTreeMap<u64, Vec<Ticket>>) -> Held {
    const RULE: &str = "a replica that says complete is complete";
    let status = device.node().status().expect("a status");
    if !status.replica.complete {
        return Ok(());
    }
    let Some(tickets) = revisions.get(&status.replica.revision) else {
        return broken(
            RULE,
            format!("{} knows revision {}", device.name, status.replica.revision),
        );
    };
    let held = tickets_of(&device.connect("replica.db"));
    for ticket in tickets {
        let found = held.get(&ticket.id);
        // Rows of pages after the proof may be newer.
        let is_right = found.is_some_and(|(status, revision)| {
            *revision > ticket.revision
                || (*status == ticket.status.code() && *revision == ticket.revision)
        });
        demand(is_right, RULE, || {
            format!("{} holds {found:?} for {ticket:?}", device.name)
        })?;
    }
    Ok(())
}

fn tickets_of(replica: &Connection) -> BTreeMap<TicketId, (u8, u64)> {
    let mut statement = replica
        .prepare("SELECT id, status, revision FROM tickets")
        .expect("a replica");
    let rows = statement.query_map([], |row| {
        Ok((
            TicketId::from_bytes(row.get(0)?),
            (row.get(1)?, row.get(2)?),
        ))
    });
    rows.expect("rows")
        .collect::<Result<_, _>>()
        .expect("tickets")
}

/// At rest: the replica is complete, at central's revision, and holds central's tickets and rulings.
pub fn a_replica_equals_central(
    device: &Device,
    tickets: &[Ticket],
    rows: &[Row],
    revision: u64,
) -> Held {
    const RULE: &str = "at rest every replica equals central";
    let status = device.node().status().expect("a status");
    demand(
        status.replica.complete && status.replica.revision == revision,
        RULE,
        || {
            format!(
                "{} is {:?}, central at {revision}",
                device.name, status.replica
            )
        },
    )?;
    let replica = device.connect("replica.db");
    let held = tickets_of(&replica);
    let wanted: BTreeMap<_, _> = tickets
        .iter()
        .map(|ticket| (ticket.id, (ticket.status.code(), ticket.revision)))
        .collect();
    demand(held == wanted, RULE, || {
        format!("{} holds {held:?}, not {wanted:?}", device.name)
    })?;
    let (held, wanted) = (passages_of(&replica), ruled(rows));
    demand(held == wanted, RULE, || {
        format!("{} holds {held:?}, not {wanted:?}", device.name)
    })
}

fn passages_of(replica: &Connection) -> Vec<Ruled> {
    let mut statement = replica
        .prepare(
            "SELECT node, seq, lo_ms, at_ms, hi_ms, winner_node, winner_seq, is_undecidable \
             FROM passages ORDER BY node, seq",
        )
        .expect("a replica");
    let rows = statement.query_map([], |row| {
        let who = (row.get(0)?, row.get(1)?);
        let when = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((
            who.0,
            who.1,
            when.0,
            when.1,
            when.2,
            row.get(5)?,
            row.get(6)?,
            row.get(7)?,
        ))
    });
    rows.expect("rows")
        .collect::<Result<_, _>>()
        .expect("passages")
}

fn ruled(rows: &[Row]) -> Vec<Ruled> {
    let ruled = rows.iter().filter(|row| row.ruling.is_some());
    let passage = |row: &Row| {
        (
            *row.scan.node.as_bytes(),
            row.scan.seq,
            row.time.lo.0,
            row.time.at.0,
            row.time.hi.0,
            row.winner.map(|scan| *scan.node.as_bytes()),
            row.winner.map(|scan| scan.seq),
            row.ruling.as_deref() == Some("double_undecidable"),
        )
    };
    ruled.map(passage).collect()
}
