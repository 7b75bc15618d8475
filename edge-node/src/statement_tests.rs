//! How many statements a scan costs: counted at the connections themselves, by SQLite's own trace.

use std::cell::RefCell;

use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use sync_protocol::{merge::Ruling, scan::Action};

use crate::testing::{Gate, START, answer, code, manifest, passage_at_b, valid};

/// Most statements of one scan, BEGIN and COMMIT and the log's own trigger included.
const MOST: usize = 12;

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Counts what runs on this connection, on the thread that runs it.
pub(super) fn watch(connection: &Connection) {
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note));
}

#[expect(clippy::needless_pass_by_value, reason = "the signature is SQLite's")]
fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(_, text) = event {
        SEEN.with_borrow_mut(|seen| seen.push(text.to_owned()));
    }
}

fn statements<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    SEEN.with_borrow_mut(Vec::clear);
    let done = work();
    (done, SEEN.with_borrow_mut(std::mem::take))
}

/// A gate with so many tickets, of which the first has passed gate B so often.
fn gate(tickets: u128, passages: u64) -> Gate {
    let tickets: Vec<_> = (1..=tickets).map(valid).collect();
    let gate = Gate::with(&tickets);
    let mut news = answer(2, START);
    let passage = |seq| passage_at_b(1, seq, START, Ruling::Stray);
    news.page.passages = (1..=passages).map(passage).collect();
    news.page.manifest = Some(manifest(1, &tickets));
    gate.round(&news);
    // The first look after a round reads the event's rules again.
    assert_eq!(gate.show("rubbish").verdict.reason.name(), "unreadable");
    gate
}

#[test]
fn case_18_a_scan_costs_as_many_statements_with_thousands_of_tickets_as_with_one() {
    let cost = |tickets, passages| {
        let gate = gate(tickets, passages);
        let texts = [
            code(1).to_text(),
            code(1).to_text(),
            valid(1).number.to_string(),
            code(9_999_999).to_text(),
            "rubbish".to_owned(),
        ];
        texts.map(|text| {
            let (scan, seen) = statements(|| gate.node.scan(&text, Action::Entry, None));
            assert!(scan.seq.is_some(), "{scan:?}");
            assert!((1..=MOST).contains(&seen.len()), "{seen:#?}");
            seen.len()
        })
    };
    let least = cost(1, 0);
    assert_eq!(cost(3_000, 0), least, "whatever the number of tickets");
    assert_eq!(cost(1, 200), least, "and of earlier scans");
}

#[test]
fn case_18_a_scan_looks_up_decides_and_writes_under_one_write_lock() {
    let gate = gate(1, 0);
    let (_, seen) = statements(|| gate.show(&code(1).to_text()));
    let place = |start: &str| seen.iter().position(|text| text.starts_with(start));
    let begin = place("BEGIN IMMEDIATE").expect("the lock");
    let ticket = seen.iter().position(|text| text.contains("FROM tickets"));
    let insert = place("INSERT INTO scans").expect("the record");
    let commit = place("COMMIT").expect("the end");
    let ticket = ticket.expect("the look-up");
    assert!(
        begin < ticket && ticket < insert && insert < commit,
        "{seen:#?}"
    );
    let locks = seen.iter().filter(|text| text.starts_with("BEGIN"));
    assert_eq!(locks.count(), 1, "{seen:#?}");
    assert_eq!(commit, seen.len() - 1, "nothing after it: {seen:#?}");
}
