//! Rules of true times and rulings, after every upload.

use central::domain::ingest::admitted;
use sync_protocol::config::EntryRule;

use super::{
    super::{
        broken::{Held, demand},
        device::Device,
        oracle::{Admitted, Must, rulings},
    },
    Row,
    logs::deed_of,
};

/// Central's time of a scan is an interval, and the truth lies in it.
pub fn every_interval_contains_the_truth(devices: &[Device], rows: &[Row]) -> Held {
    for row in rows {
        let deed = deed_of(devices, row).expect("looked for before");
        demand(
            row.time.lo <= deed.at && deed.at <= row.time.hi,
            "every interval contains the true time",
            || {
                format!(
                    "{:?} at {:?}, truly {:?}: {:?}",
                    row.scan, row.time, deed.at, deed.record
                )
            },
        )?;
    }
    Ok(())
}

/// Central rules as somebody who saw everything.
pub fn rulings_are_the_oracles(devices: &[Device], rule: EntryRule, rows: &[Row]) -> Held {
    let scans: Vec<Admitted> = rows
        .iter()
        .filter_map(|row| admitted_scan(devices, row))
        .collect();
    let must = rulings(rule, &scans);
    for row in rows {
        let said = row.ruling.as_deref().map(|ruling| said(row, ruling));
        let wanted = must.get(&row.scan);
        demand(said.as_ref() == wanted, "rulings are the oracle's", || {
            format!("{row:?} is ruled {said:?}, not {wanted:?}")
        })?;
    }
    Ok(())
}

fn admitted_scan(devices: &[Device], row: &Row) -> Option<Admitted> {
    let deed = deed_of(devices, row).expect("looked for before");
    Some(Admitted {
        scan: row.scan,
        ticket: admitted(&deed.record)?,
        action: row.action,
        believed: row.time,
        day: row.day,
        truly: deed.at,
    })
}

fn said(row: &Row, ruling: &str) -> Must {
    let lost = |undecidable| Must::Lose(row.winner.expect("a double has a winner"), undecidable);
    match ruling {
        "counted" => Must::Count,
        "stray" => Must::Stray,
        "double" => lost(false),
        "double_undecidable" => lost(true),
        other => panic!("a ruling that nobody knows: {other}"),
    }
}
