//! Rules of the replicas: what one says of itself is so, and no cursor passes what it has not brought.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sync_protocol::{
    flag::Flag,
    id::{NodeId, TicketId, WristbandId},
    scan::ScanId,
    wristband::WristbandStatus,
};

use super::{
    super::{
        broken::{Held, demand},
        device::Device,
        hall::Hall,
    },
    Row, Said, Seen,
};

/// Where a ticket stands in a replica: its status and its revision.
type Standing = (u8, u64);
/// A passage in a replica: its bounds and what is said of it.
type Passage = ([i64; 3], Said);

/// A replica that calls itself complete equals what central showed at the revision that it names; no cursor passed
/// anything that it did not bring.
pub fn a_replica_is_what_it_says(device: &Device, revisions: &BTreeMap<u64, Vec<Seen>>) -> Held {
    let status = device.node().status().expect("a status");
    if !status.replica.complete {
        return Ok(());
    }
    let replica = device.connect("replica.db");
    let (tickets, passages) = (tickets_of(&replica), passages_of(&replica));
    let shown = revisions.get(&status.replica.revision);
    let shown = shown.map_or(&[][..], Vec::as_slice);
    let is_so = shown.iter().any(|seen| holds(&tickets, &passages, seen));
    demand(is_so, "a replica that says complete is complete", || {
        let wanted = shown.last().map(|seen| &seen.rows);
        let revision = status.replica.revision;
        format!(
            "{} at {revision} holds {tickets:?} {passages:?}, not {wanted:?}",
            device.name
        )
    })
}

/// Whether all that was shown is there. Rows of pages after the proof may be newer.
fn holds(
    tickets: &BTreeMap<TicketId, Standing>,
    passages: &BTreeMap<ScanId, Passage>,
    seen: &Seen,
) -> bool {
    let is_ticket_held = |(id, wanted): (TicketId, Standing)| {
        let found = tickets.get(&id);
        found.is_some_and(|found| *found == wanted || found.1 > wanted.1)
    };
    let is_passage_held = |(scan, wanted): (ScanId, Passage)| {
        let found = passages.get(&scan);
        found.is_some_and(|found| *found == wanted || found.1.revision > wanted.1.revision)
    };
    tickets_in(seen).all(is_ticket_held) && passages_in(&seen.rows).all(is_passage_held)
}

/// At rest: the replica is complete, at central's revision, and holds central's tickets and rulings.
pub fn a_replica_equals_central(device: &Device, seen: &Seen, revision: u64) -> Held {
    const RULE: &str = "at rest every replica equals central";
    let status = device.node().status().expect("a status");
    let is_there = status.replica.complete && status.replica.revision == revision;
    demand(is_there, RULE, || {
        format!(
            "{} is {:?}, central at {revision}",
            device.name, status.replica
        )
    })?;
    let replica = device.connect("replica.db");
    let (held, wanted) = (tickets_of(&replica), tickets_in(seen).collect());
    demand(held == wanted, RULE, || {
        format!("{} holds {held:?}, not {wanted:?}", device.name)
    })?;
    let (held, wanted) = (passages_of(&replica), passages_in(&seen.rows).collect());
    demand(held == wanted, RULE, || {
        format!("{} holds {held:?}, not {wanted:?}", device.name)
    })
}

/// At rest: the replica knows the imported wristbands and those that are void.
pub async fn wristbands_equal_centrals(device: &Device, hall: &Hall) -> Held {
    let sql = "SELECT id, status, revision FROM wristbands";
    let rows: Vec<(uuid::Uuid, String, i64)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    let wanted = rows.into_iter().map(|(id, status, revision)| {
        let status = WristbandStatus::from_name(&status).expect("a status");
        (id.into_bytes(), (status.code(), revision.unsigned_abs()))
    });
    let wanted: BTreeMap<[u8; 16], Standing> = wanted.collect();
    let held = wristbands_of(&device.connect("replica.db"));
    demand(
        held == wanted,
        "at rest every replica knows the wristbands",
        || format!("{} holds {held:?}, not {wanted:?}", device.name),
    )
}

fn wristbands_of(replica: &Connection) -> BTreeMap<[u8; 16], Standing> {
    let sql = "SELECT id, status, revision FROM wristbands";
    let mut statement = replica.prepare(sql).expect("a replica");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
    let rows = rows.expect("rows").collect::<Result<_, _>>();
    rows.expect("wristbands")
}

fn tickets_in(seen: &Seen) -> impl Iterator<Item = (TicketId, Standing)> + '_ {
    let standing = |ticket: &sync_protocol::ticket::Ticket| {
        (ticket.id, (ticket.status.code(), ticket.revision))
    };
    seen.tickets.iter().map(standing)
}

fn passages_in(rows: &[Row]) -> impl Iterator<Item = (ScanId, Passage)> + '_ {
    rows.iter().filter_map(|row| {
        let bounds = [row.time.lo.0, row.time.at.0, row.time.hi.0];
        Some((row.scan, (bounds, row.told.clone()?)))
    })
}

fn tickets_of(replica: &Connection) -> BTreeMap<TicketId, Standing> {
    let sql = "SELECT id, status, revision FROM tickets";
    let mut statement = replica.prepare(sql).expect("a replica");
    let rows = statement.query_map([], |row| {
        let standing = (row.get(1)?, row.get(2)?);
        Ok((TicketId::from_bytes(row.get(0)?), standing))
    });
    rows.expect("rows")
        .collect::<Result<_, _>>()
        .expect("tickets")
}

fn passages_of(replica: &Connection) -> BTreeMap<ScanId, Passage> {
    let sql = "SELECT node, seq, lo_ms, at_ms, hi_ms, ruling, ticket, wristband, winner_node, winner_seq, flag, revision \
               FROM passages";
    let mut statement = replica.prepare(sql).expect("a replica");
    let rows = statement.query_map([], |row| {
        let bounds = [row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((scan(row.get(0)?, row.get(1)?), (bounds, said(row)?)))
    });
    rows.expect("rows")
        .collect::<Result<_, _>>()
        .expect("passages")
}

fn said(row: &rusqlite::Row) -> rusqlite::Result<Said> {
    const RULINGS: [&str; 6] = [
        "counted",
        "double",
        "double_undecidable",
        "stray",
        "unbound",
        "undone",
    ];
    let winner: (Option<[u8; 16]>, Option<u64>) = (row.get(8)?, row.get(9)?);
    let flag: Option<u8> = row.get(10)?;
    Ok(Said {
        ruling: RULINGS[row.get::<_, usize>(5)?].to_owned(),
        ticket: row.get::<_, Option<_>>(6)?.map(TicketId::from_bytes),
        wristband: row.get::<_, Option<_>>(7)?.map(WristbandId::from_bytes),
        winner: winner.0.zip(winner.1).map(|(node, seq)| scan(node, seq)),
        flag: flag.map(|code| Flag::from_code(code).expect("a flag")),
        revision: row.get(11)?,
    })
}

const fn scan(node: [u8; 16], seq: u64) -> ScanId {
    ScanId {
        node: NodeId::from_bytes(node),
        seq,
    }
}
