//! Who is inside, as far as the replica knows: the questions of `sync_protocol::occupancy`, asked of the passages
//! without holding them all in memory.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::{
    id::{NodeId, TicketId},
    moment::Interval,
    occupancy::{Pass, Tally, Window},
    scan::{Action, ScanId},
    time::Timestamp,
};

use crate::{database::coded, error::NodeError};

/// How the tickets of all passages stand.
pub(super) fn tally(connection: &Connection, window: &Window) -> Result<Tally, NodeError> {
    // Innermost: the passes that may be in the window. `place` 1 = counted within it, so the first row of a ticket is
    // its last counted pass, if it has one.
    let sql = "SELECT coalesce(sum(inside), 0), coalesce(sum(inside AND unsure), 0),
                coalesce(sum(NOT inside AND unsure), 0)
         FROM (SELECT max(last_place AND last_action = 2) AS inside,
                      max(cut OR (last_place AND action <> last_action AND node <> last_node
                          AND lo_ms <= last_hi AND hi_ms >= last_lo)) AS unsure
               FROM (SELECT ticket, action, node, lo_ms, hi_ms, cut, first_value(place) OVER w AS last_place,
                            first_value(action) OVER w AS last_action, first_value(node) OVER w AS last_node,
                            first_value(lo_ms) OVER w AS last_lo, first_value(hi_ms) OVER w AS last_hi
                     FROM (SELECT ticket, action, node, seq, lo_ms, at_ms, hi_ms,
                                  ruling = 0 AND at_ms >= ?1 AND at_ms <= ?2 AS place,
                                  hi_ms > ?2 OR (lo_ms < ?1 AND action = 2) AS cut
                           FROM passages
                           WHERE action IN (2, 3) AND ticket IS NOT NULL AND ruling <> 5 AND lo_ms <= ?2 AND hi_ms >= ?1)
                     WINDOW w AS (PARTITION BY ticket ORDER BY place DESC, at_ms DESC, node DESC, seq DESC))
               GROUP BY ticket)";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(
        statement.query_row(params![window.since.0, window.as_of.0], |row| {
            Ok(Tally {
                inside: row.get(0)?,
                unsure_inside: row.get(1)?,
                unsure_outside: row.get(2)?,
            })
        })?,
    )
}

/// The passes of one ticket.
pub(super) fn passes(connection: &Connection, ticket: TicketId) -> Result<Vec<Pass>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT node, seq, action, lo_ms, at_ms, hi_ms, ruling = 0 FROM passages
         WHERE ticket = ?1 AND action IN (2, 3) AND ruling <> 5",
    )?;
    let pass = |row: &Row| {
        Ok(Pass {
            scan: ScanId {
                node: NodeId::from_bytes(row.get(0)?),
                seq: row.get(1)?,
            },
            ticket,
            action: coded(row, 2, Action::from_code)?,
            time: Interval {
                lo: Timestamp(row.get(3)?),
                at: Timestamp(row.get(4)?),
                hi: Timestamp(row.get(5)?),
            },
            counted: row.get(6)?,
        })
    };
    let rows = statement.query_map(params![ticket.as_bytes()], pass)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The ticket that a pass of this node still counts for, as central rules it.
pub(super) fn standing_pass(
    connection: &Connection,
    scan: ScanId,
) -> Result<Option<TicketId>, NodeError> {
    let mut statement = connection.prepare_cached(
        "SELECT ticket FROM passages
         WHERE node = ?1 AND seq = ?2 AND ticket IS NOT NULL AND action IN (2, 3) AND ruling <> 5",
    )?;
    let ticket = |row: &Row| Ok(TicketId::from_bytes(row.get(0)?));
    let found = statement.query_row(params![scan.node.as_bytes(), scan.seq], ticket);
    Ok(found.optional()?)
}

/// The last record of a node whose ruling has come back.
pub(super) fn last_ruled(connection: &Connection, node: NodeId) -> Result<u64, NodeError> {
    let sql = "SELECT coalesce(max(seq), 0) FROM passages WHERE node = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![node.as_bytes()], |row| row.get(0))?)
}

/// Wristbands in use of which no exchange is known.
pub(super) fn unbound(connection: &Connection) -> Result<u64, NodeError> {
    let sql = "SELECT count(DISTINCT wristband) FROM passages WHERE (ruling IN (1, 2, 4) OR flag IS NOT NULL) AND ruling = 4";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use ambient::{Entropy, SeededEntropy};
    use sync_protocol::{merge::Ruling, occupancy, wire::v1::PassageChange};

    use super::*;
    use crate::testing::{Gate, START, answer, passage_at_b};

    /// Any passage; several nodes, few tickets, clocks of every quality.
    fn passage(dice: &SeededEntropy, seq: u64) -> PassageChange {
        let below = |most: u64| dice.next_u64() % most;
        let (blur, at) = (below(3) * 30_000, below(9) * 20_000);
        let ms = |ms: u64| i64::try_from(ms).expect("small");
        let ruling = match below(6) {
            0 => Ruling::Stray,
            1 => Ruling::Undone,
            _ => Ruling::Counted,
        };
        let one = passage_at_b(u128::from(below(6)), seq, START.plus_ms(ms(at)), ruling);
        PassageChange {
            scan: ScanId {
                node: NodeId::from_u128(u128::from(below(3)) + 0xB0),
                seq,
            },
            action: if below(3) == 0 {
                Action::Exit
            } else {
                Action::Entry
            },
            time: Interval::around(one.time.at, ms(blur)),
            ..one
        }
    }

    fn pass(told: &PassageChange) -> Pass {
        Pass {
            scan: told.scan,
            ticket: told.ticket.expect("each has one"),
            action: told.action,
            time: told.time,
            counted: told.ruling == Ruling::Counted,
        }
    }

    #[test]
    fn case_29_the_replica_counts_as_the_pure_function_does() {
        let mut seen = Tally::default();
        for seed in 0..20 {
            let dice = SeededEntropy::new(seed);
            let gate = Gate::with(&[]);
            let mut news = answer(2, START);
            news.page.passages = (1..=40).map(|seq| passage(&dice, seq)).collect();
            gate.round(&news);
            let stands = |told: &&PassageChange| told.ruling != Ruling::Undone;
            let passes = news.page.passages.iter().filter(stands);
            let passes: Vec<Pass> = passes.map(pass).collect();
            for check_out in [0, 50_000, 110_000] {
                let moments = [START.plus_ms(check_out)];
                let window = Window::at(&moments, START.plus_ms(120_000));
                let found = gate.node.replica.inside(&window).expect("a count");
                assert_eq!(found, occupancy::tally(&window, &passes), "seed {seed}");
                seen += found;
            }
        }
        let all = [seen.inside, seen.unsure_inside, seen.unsure_outside];
        assert!(all.iter().all(|count| *count > 10), "{all:?}");
    }
}
