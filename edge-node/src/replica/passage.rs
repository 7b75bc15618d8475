//! Passages: the admitted scans of all nodes as central rules them, doubles included. They decide beside the own log.

use rusqlite::{CachedStatement, Connection, Row, params};
use sync_protocol::{
    decide::Passage,
    flag::Flag,
    id::{GateId, NodeId, TicketId, WristbandId},
    manifest::Tally,
    merge::Ruling,
    moment::Interval,
    scan::{Action, ScanId},
    ticket::Revision,
    time::Timestamp,
    wire::v1::PassageChange,
};

use crate::{database::coded, error::NodeError};

/// What bears on the next verdict: neither what was taken back nor the record that did it.
macro_rules! standing {
    ($by:literal) => {
        concat!(
            "SELECT node, seq, ticket, wristband, action, gate, at_ms, day FROM passages WHERE ",
            $by,
            " AND ruling <> 5 AND action <> 5"
        )
    };
}

/// The order of `change` and `write`.
pub(super) const COLUMNS: &str = "node, seq, ticket, wristband, action, gate, lo_ms, at_ms, hi_ms, day, ruling, \
     winner_node, winner_seq, flag, revision, pass";

/// Admitted scans of a ticket, at whatever gate.
pub(super) fn of_ticket(
    connection: &Connection,
    ticket: TicketId,
) -> Result<Vec<Passage>, NodeError> {
    let sql = standing!("ticket = ?1");
    read(connection.prepare_cached(sql)?, ticket.as_bytes())
}

/// Admitted scans that name a wristband, at whatever gate.
pub(super) fn of_wristband(
    connection: &Connection,
    wristband: WristbandId,
) -> Result<Vec<Passage>, NodeError> {
    let sql = standing!("wristband = ?1");
    read(connection.prepare_cached(sql)?, wristband.as_bytes())
}

/// Admitted scans of which this gate heard, or heard anew, after a revision.
pub(super) fn heard_since(
    connection: &Connection,
    revision: Revision,
    ticket: Option<TicketId>,
    wristband: Option<WristbandId>,
) -> Result<Vec<Passage>, NodeError> {
    let by_ticket = standing!("ticket = ?1 AND revision > ?2");
    let by_wristband = standing!("wristband = ?1 AND revision > ?2");
    let named = [
        ticket.map(|id| (by_ticket, *id.as_bytes())),
        wristband.map(|id| (by_wristband, *id.as_bytes())),
    ];
    let mut heard = Vec::new();
    for (sql, id) in named.into_iter().flatten() {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![id, revision], passage)?;
        heard.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(heard)
}

fn read(mut statement: CachedStatement, id: &[u8; 16]) -> Result<Vec<Passage>, NodeError> {
    let rows = statement.query_map(params![id], passage)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn passage(row: &Row) -> rusqlite::Result<Passage> {
    Ok(Passage {
        scan: scan(row, 0)?,
        ticket: row.get::<_, Option<_>>(2)?.map(TicketId::from_bytes),
        wristband: row.get::<_, Option<_>>(3)?.map(WristbandId::from_bytes),
        action: coded(row, 4, Action::from_code)?,
        gate: GateId::from_bytes(row.get(5)?),
        at: Timestamp(row.get(6)?),
        day: row.get(7)?,
    })
}

fn scan(row: &Row, first: usize) -> rusqlite::Result<ScanId> {
    Ok(ScanId {
        node: NodeId::from_bytes(row.get(first)?),
        seq: row.get(first + 1)?,
    })
}

/// A row as central sent it.
pub(super) fn change(row: &Row) -> rusqlite::Result<PassageChange> {
    let flag: Option<u8> = row.get(13)?;
    Ok(PassageChange {
        scan: scan(row, 0)?,
        ticket: row.get::<_, Option<_>>(2)?.map(TicketId::from_bytes),
        wristband: row.get::<_, Option<_>>(3)?.map(WristbandId::from_bytes),
        action: coded(row, 4, Action::from_code)?,
        gate: GateId::from_bytes(row.get(5)?),
        time: Interval {
            lo: Timestamp(row.get(6)?),
            at: Timestamp(row.get(7)?),
            hi: Timestamp(row.get(8)?),
        },
        day: row.get(9)?,
        ruling: ruling(row)?,
        flag: flag.map(|_| coded(row, 13, Flag::from_code)).transpose()?,
        revision: row.get(14)?,
    })
}

/// The numbers of rulings in the column `ruling`; doubles that the clocks cannot decide have one of their own.
const RULINGS: [&str; 6] = [
    "counted",
    "double",
    "double_undecidable",
    "stray",
    "unbound",
    "undone",
];

fn ruling(row: &Row) -> rusqlite::Result<Ruling> {
    let place = |name: &str| RULINGS.iter().position(|known| *known == name);
    let code: usize = row.get(10)?;
    Ok(match RULINGS.get(code).copied() {
        Some("counted") => Ruling::Counted,
        Some("stray") => Ruling::Stray,
        Some("unbound") => Ruling::Unbound,
        Some("undone") => Ruling::Undone,
        Some(_) => Ruling::Double {
            winner: scan(row, 11)?,
            undecidable: Some(code) == place("double_undecidable"),
        },
        None => return Err(rusqlite::Error::IntegralValueOutOfRange(10, i64::MAX)),
    })
}

/// Takes in the rows of one page and keeps the tally of the pass; the same rule as for tickets.
pub(super) struct Intake<'tx> {
    insert: CachedStatement<'tx>,
    select: CachedStatement<'tx>,
    replace: CachedStatement<'tx>,
    pass: u64,
}

impl<'tx> Intake<'tx> {
    pub(super) fn new(connection: &'tx Connection, pass: u64) -> Result<Self, NodeError> {
        let write = |verb: &str, tail: &str| {
            format!(
                "{verb} INTO passages ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) {tail}"
            )
        };
        Ok(Self {
            insert: connection
                .prepare_cached(&write("INSERT", "ON CONFLICT (node, seq) DO NOTHING"))?,
            select: connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM passages WHERE node = ?1 AND seq = ?2"
            ))?,
            replace: connection.prepare_cached(&write("REPLACE", ""))?,
            pass,
        })
    }

    /// Takes in one row. One that this pass saw before only yields to a newer revision.
    pub(super) fn take(&mut self, new: &PassageChange, tally: &mut Tally) -> Result<(), NodeError> {
        if write(&mut self.insert, new, self.pass)? == 0 {
            let id = params![new.scan.node.as_bytes(), new.scan.seq];
            let read = |row: &Row| Ok((change(row)?, row.get::<_, u64>(15)?));
            let (old, pass) = self.select.query_row(id, read)?;
            if pass == self.pass {
                if new.revision <= old.revision {
                    return Ok(());
                }
                tally.remove(&old.digest());
            }
            write(&mut self.replace, new, self.pass)?;
        }
        tally.add(&new.digest());
        Ok(())
    }
}

fn write(
    statement: &mut CachedStatement,
    new: &PassageChange,
    pass: u64,
) -> Result<usize, NodeError> {
    let winner = match new.ruling {
        Ruling::Double { winner, .. } => Some(winner),
        Ruling::Counted | Ruling::Stray | Ruling::Unbound | Ruling::Undone => None,
    };
    let ruling = RULINGS.iter().position(|name| *name == new.ruling.name());
    Ok(statement.execute(params![
        new.scan.node.as_bytes(),
        new.scan.seq,
        new.ticket.map(|id| *id.as_bytes()),
        new.wristband.map(|id| *id.as_bytes()),
        new.action.code(),
        new.gate.as_bytes(),
        new.time.lo.0,
        new.time.at.0,
        new.time.hi.0,
        new.day,
        ruling,
        winner.map(|scan| *scan.node.as_bytes()),
        winner.map(|scan| scan.seq),
        new.flag.map(Flag::code),
        new.revision,
        pass,
    ])?)
}
