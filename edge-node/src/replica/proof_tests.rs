//! Rows that the disk lost or altered since they were taken in.

use crate::testing::{Gate, START, answer, config, manifest, valid};

fn state_after(sql: &str) -> (String, bool) {
    let gate = Gate::with(&(1..=9).map(valid).collect::<Vec<_>>());
    let file = rusqlite::Connection::open(gate.home.path().join("replica.db")).expect("a file");
    file.execute_batch(sql).expect("altered");
    gate.node.verify_replica().expect("verified");
    let position = gate.node.next_request(1, 1).expect("a request").position;
    let replica = gate.node.status().expect("a status").replica;
    assert_eq!(
        replica.complete,
        position.is_some(),
        "incomplete is fetched again"
    );
    (replica.state, replica.complete)
}

#[test]
fn rows_that_are_not_what_was_taken_in_are_found_without_a_sync() {
    let differ = "the tickets differ from central's";
    for (sql, state) in [
        ("", "complete"),
        ("DELETE FROM tickets WHERE number = 1000003", "1 missing"),
        (
            "UPDATE tickets SET day_mask = 3 WHERE number = 1000003",
            differ,
        ),
        (
            "UPDATE tickets SET status = 5 WHERE number = 1000003",
            differ,
        ),
        (
            "UPDATE tickets SET status = 99 WHERE number = 1000003",
            differ,
        ),
        (
            "UPDATE tickets SET day_mask = -1 WHERE number = 1000003",
            differ,
        ),
        (
            "UPDATE tickets SET id = x'00' WHERE number = 1000003",
            differ,
        ),
    ] {
        let is_complete = state == "complete";
        assert_eq!(state_after(sql), (state.to_owned(), is_complete), "{sql}");
    }
}

#[test]
fn a_fetch_that_is_under_way_and_one_that_never_began_are_no_damage() {
    let gate = Gate::new();
    gate.node.verify_replica().expect("verified");
    assert_eq!(gate.node.status().expect("a status").replica.state, "empty");
    let mut first = answer(1, START);
    first.page.config = Some(config());
    first.page.tickets = vec![valid(1)];
    gate.round(&first);
    gate.node.verify_replica().expect("verified");
    assert_eq!(
        gate.node.status().expect("a status").replica.state,
        "receiving"
    );
    let mut last = answer(2, START);
    last.page.tickets = vec![valid(2)];
    last.page.manifest = Some(manifest(1, &[valid(1), valid(2)]));
    assert_eq!(gate.round(&last).gap, None);
    // A full fetch again: rows of the pass before still decide and are in no sum.
    let mut wrong = answer(3, START);
    wrong.page.manifest = Some(manifest(2, &[valid(1)]));
    assert!(gate.round(&wrong).gap.is_some());
    gate.round(&first);
    gate.node.verify_replica().expect("verified");
    let position = gate.node.next_request(1, 1).expect("a request").position;
    assert_eq!(position.map(|place| place.to_vec()), Some(vec![1]));
}
