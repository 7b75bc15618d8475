//! Rules of true times and rulings, after every upload.

use central::domain::ingest::admitted;

use super::{
    super::{
        broken::{Held, demand},
        device::Device,
        oracle::{Admitted, Must, Rules, rulings},
    },
    Row, Said,
    logs::{deed_of, may_be_mistaken},
};

/// Central's time of a scan is an interval, and the truth lies in it.
pub fn every_interval_contains_the_truth(devices: &[Device], rows: &[Row]) -> Held {
    for row in rows.iter().filter(|row| !may_be_mistaken(devices, row)) {
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
pub fn rulings_are_the_oracles(devices: &[Device], rules: &Rules, rows: &[Row]) -> Held {
    let scans: Vec<Admitted> = rows
        .iter()
        .filter_map(|row| admitted_scan(devices, row))
        .collect();
    let book = rulings(rules, &scans);
    for row in rows {
        let said = row.told.as_ref().map(|told| (must(told), told.ticket));
        let wanted = book.get(&row.scan);
        demand(said.as_ref() == wanted, "rulings are the oracle's", || {
            format!("{row:?} is ruled {said:?}, not {wanted:?}")
        })?;
    }
    Ok(())
}

fn admitted_scan(devices: &[Device], row: &Row) -> Option<Admitted> {
    let deed = deed_of(devices, row).expect("looked for before");
    let subjects = admitted(&deed.record)?;
    Some(Admitted {
        scan: row.scan,
        ticket: subjects.ticket,
        wristband: subjects.wristband,
        gate: row.gate,
        action: row.action,
        undoes: deed.record.answers,
        believed: row.time,
        day: row.day,
        truly: (!may_be_mistaken(devices, row)).then_some(deed.at),
    })
}

fn must(told: &Said) -> Must {
    let lost = |undecidable| Must::Lose(told.winner.expect("a double has a winner"), undecidable);
    match told.ruling.as_str() {
        "counted" => Must::Count,
        "stray" => Must::Stray,
        "unbound" => Must::Unbound,
        "undone" => Must::Undone,
        "double" => lost(false),
        "double_undecidable" => lost(true),
        other => panic!("a ruling that nobody knows: {other}"),
    }
}
