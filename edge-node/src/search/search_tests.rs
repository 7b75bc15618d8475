//! Tests of the search on a node: what closes it, and a replica that begins anew under it.

use sync_protocol::{
    config::EventConfig,
    rights::Rights,
    search::Cost,
    ticket::{Revision, TicketStatus},
};

use super::*;
use crate::testing::{EVENT, Gate, START, answer, config, manifest, ticket};

const PHRASE: &str = "kopi tubruk pagi";

fn named(n: u128, revision: Revision, name: &str) -> Ticket {
    let ticket = ticket(n, TicketStatus::Valid, revision);
    let key = IndexKey::new(&[9; 32]);
    Ticket {
        search: key.seal_name(ticket.id, name),
        ..ticket
    }
}

fn locked(salt: u8) -> SearchLock {
    let passphrase = Passphrase::new(PHRASE).expect("a passphrase");
    let key = IndexKey::new(&[9; 32]);
    search::lock(EVENT, &key, &passphrase, [salt; 16], Cost::LEAST).expect("a lock")
}

/// A synced gate of an event with a search, which is open.
fn open() -> Gate {
    let gate = Gate::new();
    let tickets = [named(1, 1, "Siti Rahma"), named(2, 1, "Siti Aminah")];
    let mut first = answer(1, START);
    first.page.config = Some(EventConfig {
        search: Some(locked(3)),
        ..config()
    });
    first.page.tickets = tickets.to_vec();
    first.page.manifest = Some(manifest(1, &tickets));
    assert_eq!(gate.round(&first).gap, None);
    gate.node.unlock_search(PHRASE).expect("open");
    assert_eq!(names(&gate), ["Siti Rahma", "Siti Aminah"]);
    gate
}

fn names(gate: &Gate) -> Vec<String> {
    let found = gate.node.search("siti", 10).expect("open");
    found.into_iter().map(|one| one.name).collect()
}

#[test]
fn a_replica_that_is_fetched_anew_takes_its_names_with_it() {
    let gate = open();
    let mut wrong = answer(2, START);
    wrong.page.manifest = Some(manifest(2, &[]));
    assert!(gate.round(&wrong).gap.is_some());
    assert_eq!(names(&gate).len(), 2, "what it has goes on being found");
    let tickets = [named(2, 1, "Siti Aminah"), named(3, 1, "Siti Zubaidah")];
    let mut anew = answer(3, START);
    anew.page.tickets = tickets[1..].to_vec();
    assert!(gate.round(&anew).more);
    assert_eq!(names(&gate).len(), 3, "old and new, until the last page");
    let mut last = answer(4, START);
    last.page.tickets = tickets[..1].to_vec();
    last.page.manifest = Some(manifest(2, &tickets));
    assert_eq!(gate.round(&last).gap, None);
    assert_eq!(names(&gate), ["Siti Aminah", "Siti Zubaidah"]);
}

#[test]
fn another_lock_closes_it_and_a_withdrawn_right_does_so_at_once() {
    let gate = open();
    let mut changed = answer(2, START);
    changed.page.config = Some(EventConfig {
        search: Some(locked(4)),
        ..config()
    });
    gate.round(&changed);
    let refused = gate.node.search("siti", 1).expect_err("closed");
    assert_eq!(refused.code(), "search_locked");
    assert!(lock(&gate.node.search.open).is_none(), "nothing is kept");

    let gate = open();
    let mut withdrawn = answer(2, START);
    withdrawn.rights = Some(Rights::parse("entry").expect("a right"));
    gate.round(&withdrawn);
    assert!(lock(&gate.node.search.open).is_none(), "nobody had to ask");
}

#[test]
fn a_wrong_passphrase_makes_the_right_one_wait() {
    let gate = open();
    gate.node.lock_search();
    let code = |typed| match gate.node.unlock_search(typed) {
        Ok(_) => "open",
        Err(error) => error.code(),
    };
    for wait_ms in [1_000, 2_000, 4_000] {
        assert_eq!(code("teh tarik malam"), "wrong_passphrase");
        gate.clock.advance_ms(wait_ms - 1);
        assert_eq!(code(PHRASE), "search_too_soon");
        gate.clock.advance_ms(1);
    }
    assert_eq!(code(""), "passphrase_length", "which is no try");
    assert_eq!(code(PHRASE), "open");
}

/// Central is believed, but not to the point of eating a gate's memory.
#[test]
fn a_hostile_lock_is_refused_by_name() {
    let gate = Gate::new();
    let mut hostile = answer(1, START);
    hostile.page.config = Some(EventConfig {
        search: Some(SearchLock {
            memory_kib: u32::MAX,
            rounds: u32::MAX,
            ..locked(3)
        }),
        ..config()
    });
    hostile.page.manifest = Some(manifest(1, &[]));
    gate.round(&hostile);
    let refused = gate.node.unlock_search(PHRASE).expect_err("refused");
    assert_eq!(refused.code(), "search_lock_cost");
}
