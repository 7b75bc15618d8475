//! What the gate answers, and what is on the disk when it does.

use rusqlite::Connection;
use sync_protocol::{
    code::TicketCode,
    config::{EntryRule, EventConfig},
    id::{EventId, TicketId},
    merge::Ruling,
    scan::{Action, Head, Subject},
    ticket::TicketStatus,
    verdict::{Decision, Reason, Verdict},
};

use crate::{
    database::lock,
    testing::{
        EVENT, Gate, NODE_A, OPENS, START, answer, code, code_issued_at, config, event_key,
        manifest, passage_at_b, ticket, valid,
    },
};

#[test]
fn a_green_light_is_on_the_disk_already() {
    let gate = Gate::with(&[valid(1)]);
    let scan = gate.show(&code(1).to_text());
    assert_eq!(scan.verdict.reason, Reason::Admitted);
    assert_eq!(scan.attendee.as_deref(), Some("Guest 1"));
    // Another reader of the same files: what it sees was committed before the verdict came.
    let other = Connection::open(gate.home.path().join("log.db")).expect("the log");
    let stored: u64 = other
        .query_row("SELECT count(*) FROM scans WHERE decision = 1", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert_eq!(stored, 1);
    let gate = gate.reopened();
    assert_eq!(
        gate.enter(1),
        "already_used",
        "the program forgets, the disk does not"
    );
}

#[test]
fn case_3_the_second_showing_names_the_first_gate_and_time() {
    let gate = Gate::with(&[valid(1)]);
    assert_eq!(gate.enter(1), "admitted");
    gate.clock.advance_ms(10_000);
    let again = gate.show(&code(1).to_text());
    assert!(again.repeat, "a moment later at the same gate");
    let first = again.first.expect("the first showing");
    assert_eq!((first.gate.as_str(), first.at), ("Gate A", START));
    gate.clock.advance_ms(60_000);
    assert!(!gate.show(&code(1).to_text()).repeat);
}

#[test]
fn history_from_another_gate_refuses_with_its_name_and_time() {
    let gate = Gate::with(&[valid(1), valid(2)]);
    let at_b = START.plus_ms(-5_000);
    let mut news = answer(2, START);
    news.page.passages = vec![passage_at_b(1, 1, at_b, Ruling::Counted)];
    news.page.manifest = Some(manifest(2, &[valid(1), valid(2)]));
    gate.round(&news);
    let scan = gate.show(&code(1).to_text());
    assert_eq!(scan.verdict.reason, Reason::AlreadyUsed);
    let first = scan.first.expect("the first showing");
    assert_eq!((first.gate.as_str(), first.at), ("Gate B", at_b));
    assert_eq!(gate.enter(2), "admitted", "other tickets are untouched");
}

#[test]
fn an_own_scan_that_comes_back_from_central_counts_once_and_when_it_really_was() {
    let gate = Gate::with(&[valid(1)]);
    assert_eq!(gate.enter(1), "admitted");
    let corrected = START.plus_ms(-9_000);
    let mut back = passage_at_b(1, 1, corrected, Ruling::Counted);
    back.scan.node = NODE_A;
    let mut news = answer(2, START);
    news.page.passages = vec![back];
    news.page.manifest = Some(manifest(2, &[valid(1)]));
    news.acknowledged = 1;
    gate.round(&news);
    let first = gate.show(&code(1).to_text()).first.expect("the own scan");
    assert_eq!((first.gate.as_str(), first.at), ("Gate A", corrected));
}

#[test]
fn a_boot_without_a_clock_does_not_turn_the_order_of_own_scans_around() {
    let gate = Gate::with(&[valid(1)]);
    let mut news = answer(2, START);
    news.page.config = Some(EventConfig {
        entry_rule: EntryRule::ReEntry,
        revision: 2,
        ..config()
    });
    news.page.manifest = Some(manifest(2, &[valid(1)]));
    gate.round(&news);
    gate.clock.advance_ms(60_000);
    assert_eq!(gate.enter(1), "admitted");
    gate.clock.advance_ms(60_000);
    let out = gate.node.scan(&code(1).to_text(), Action::Exit, None);
    assert_eq!(out.verdict.decision, Decision::Admit);
    gate.clock.reboot(&ambient::SeededEntropy::new(2));
    gate.clock.set_skew_ms(-START.0);
    let back = gate.show(&code(1).to_text());
    assert_eq!(back.verdict.reason, Reason::Admitted);
    assert_eq!(back.scanned_at, START, "estimated before the exit");
    gate.clock.advance_ms(60_000);
    let again = gate.show(&code(1).to_text()).verdict;
    assert_eq!(again.decision, Decision::Refuse, "inside: {again:?}");
}

#[test]
fn the_same_ticket_in_two_hands_at_once_is_admitted_once() {
    let gate = Gate::with(&(1..=40).map(valid).collect::<Vec<_>>());
    let admitted = |n: u128| {
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..2).map(|_| scope.spawn(|| gate.enter(n))).collect();
            let said = hands.into_iter().map(|hand| hand.join().expect("no panic"));
            said.filter(|reason| *reason == "admitted").count()
        })
    };
    for n in 1..=40 {
        assert_eq!(admitted(n), 1, "ticket {n}");
    }
}

#[test]
fn two_programs_on_one_folder_admit_once_and_keep_one_chain() {
    let gate = Gate::with(&(1..=20).map(valid).collect::<Vec<_>>());
    let second = crate::Node::open(gate.home.path(), gate.clock.clone()).expect("a second program");
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            (1..=20)
                .map(|n| second.scan(&code(n).to_text(), Action::Entry, None))
                .collect::<Vec<_>>()
        });
        let own: Vec<_> = (1..=20).map(|n| gate.show(&code(n).to_text())).collect();
        let other = other.join().expect("no panic");
        let admitted = own
            .iter()
            .chain(&other)
            .filter(|s| s.verdict.admits())
            .count();
        assert_eq!(admitted, 20);
    });
    assert_eq!(chain(&gate).seq, 40);
}

#[test]
fn a_scan_that_cannot_be_stored_is_refused_with_the_cause_and_none_is_lost() {
    let gate = Gate::with(&(1..=400).map(valid).collect::<Vec<_>>());
    limit_log_pages(&gate, Some(0));
    let scans: Vec<_> = (1..=400).map(|n| gate.show(&code(n).to_text())).collect();
    let (green, red): (Vec<_>, Vec<_>) = scans.iter().partition(|scan| scan.verdict.admits());
    assert!(!red.is_empty(), "the disk filled up");
    for scan in red {
        assert_eq!(scan.verdict.decision, Decision::Refuse);
        assert_eq!(scan.verdict.reason, Reason::CannotStore);
        assert_eq!(scan.seq, None);
        assert!(
            scan.cause.as_deref().expect("a cause").contains("full"),
            "{:?}",
            scan.cause
        );
    }
    limit_log_pages(&gate, None);
    assert_eq!(
        usize::try_from(chain(&gate).seq).expect("small"),
        green.len()
    );
    let refused = scans
        .iter()
        .position(|s| !s.verdict.admits())
        .expect("one was refused");
    let n = u128::try_from(refused).expect("small") + 1;
    assert_eq!(
        gate.enter(n),
        "admitted",
        "with room again, the guest who was refused comes in"
    );
}

#[test]
fn a_log_that_turns_read_only_never_shows_green() {
    let gate = Gate::with(&[valid(1)]);
    pragma(&gate, "query_only", 1);
    let scan = gate.show(&code(1).to_text());
    assert_eq!(scan.verdict.reason, Reason::CannotStore);
    assert!(scan.cause.expect("a cause").contains("readonly"));
    pragma(&gate, "query_only", 0);
    assert_eq!(gate.enter(1), "admitted");
}

#[test]
fn refused_scans_are_records_too_and_hold_no_code() {
    let gate = Gate::with(&[valid(1), ticket(2, TicketStatus::Refunded, 1)]);
    let forged = TicketCode::sign(
        *code(1).claimed(),
        EVENT,
        &ed25519_dalek::SigningKey::from_bytes(&[9; 32]),
    );
    let other_event = TicketCode::sign(*code(1).claimed(), EventId::from_u128(99), &event_key());
    for (text, reason) in [
        (code(2).to_text(), "refunded"),
        (forged.to_text(), "bad_signature"),
        (other_event.to_text(), "bad_signature"),
        (code(3).to_text(), "unknown_ticket"),
        (TicketId::from_u128(1).to_string(), "unreadable"),
        (String::new(), "unreadable"),
        ("A".repeat(5_000), "unreadable"),
    ] {
        assert_eq!(gate.show(&text).verdict.reason.name(), reason);
    }
    let records = gate.node.next_request(1, 2_000).expect("a request").records;
    assert_eq!(records.len(), 7);
    let forged_bytes = forged.to_text();
    assert!(
        !records
            .iter()
            .any(|r| r.windows(20).any(|w| w == &forged_bytes.as_bytes()[..20]))
    );
}

/// Numbers stand in every replica, so one alone is never green: a stolen disk would print working tickets.
#[test]
fn case_30_a_number_typed_by_hand_asks_for_a_person() {
    let gate = Gate::with(&[valid(5)]);
    let number = valid(5).number.to_string();
    let scan = gate.show(&number.to_lowercase());
    assert_eq!(scan.verdict, Verdict::ask(Reason::TypedNumber));
    assert_eq!(scan.attendee, None, "a number opens no name");
    assert_eq!(gate.enter(5), "admitted", "asking uses nothing up");
    assert_eq!(gate.show(&number).verdict.reason, Reason::AlreadyUsed);
    assert_eq!(
        gate.show("0000-0000-0000").verdict.reason,
        Reason::UnknownTicket
    );
}

#[test]
fn sold_after_the_last_sync_follows_the_events_policy() {
    let gate = Gate::with(&[valid(1)]);
    let scan = gate.show(&code_issued_at(9, START).to_text());
    assert_eq!(scan.verdict.reason, Reason::SoldAfterLastSync);
    assert_eq!(scan.verdict.decision, Decision::Ask);
    assert!(scan.provisional);
    assert_eq!(scan.ticket.expect("the code names it").type_name, "VIP");
}

#[test]
fn before_the_first_sync_a_ticket_is_asked_about_and_rubbish_is_refused() {
    let gate = Gate::new();
    let scan = gate.show(&code(1).to_text());
    assert_eq!(scan.verdict.decision, Decision::Ask);
    assert_eq!(scan.verdict.reason, Reason::ReplicaIncomplete);
    assert_eq!(gate.show("rubbish").verdict.reason, Reason::Unreadable);
    assert_eq!(chain(&gate).seq, 2);
}

#[test]
fn the_lease_locks_by_centrals_time_whatever_the_wall_says() {
    let gate = Gate::with(&[valid(1)]);
    gate.clock.set_skew_ms(-365 * 24 * 3_600_000);
    gate.clock.advance_ms(73 * 3_600_000);
    assert_eq!(gate.enter(1), "node_locked");
    assert!(gate.node.status().expect("a status").locked);
}

#[test]
fn without_a_sample_in_this_boot_time_is_never_before_centrals_last_word() {
    let gate = Gate::with(&[valid(1)]);
    gate.clock.set_skew_ms(-START.0);
    gate.clock.reboot(&ambient::SeededEntropy::new(2));
    assert_eq!(gate.node.now_estimate().expect("a time"), START);
    assert_eq!(
        gate.enter(1),
        "admitted",
        "a board that wakes up in 1970 still opens the gate"
    );
    let scan = gate.show(&code(1).to_text());
    assert!(scan.scanned_at >= OPENS);
}

#[test]
fn one_object_per_scan_has_the_promised_fields() {
    let gate = Gate::with(&[valid(1)]);
    let json = serde_json::to_value(gate.show(&code(1).to_text())).expect("an object");
    assert_eq!(json["verdict"], "admit");
    assert_eq!(json["reason"], "admitted");
    assert_eq!(json["ticket"]["number"], valid(1).number.to_string());
    assert_eq!(json["ticket"]["type"], "VIP");
    assert_eq!(json["scanned_at"], crate::moment_text::rfc3339(START));
    assert_eq!(json["seq"], 1);
    assert!(json["took_ms"].as_f64().expect("a number") > 0.0);
    let again = serde_json::to_value(gate.show(&code(1).to_text())).expect("an object");
    assert_eq!(again["text"], "Ticket already used");
    assert_eq!(again["first"]["gate"], "Gate A");
}

/// Follows the whole log from its beginning.
fn chain(gate: &Gate) -> Head {
    let batch = lock(&gate.node.log)
        .unsent(0, 100_000)
        .expect("the records");
    let mut head = Head::empty(NODE_A);
    for bytes in &batch.records {
        let (next, record) = head.follow(bytes).expect("it follows");
        assert!(!matches!(record.subject, Subject::Wristband(_)));
        head = next;
    }
    head
}

/// Lets the log grow by no page more, or by as many as it likes.
fn limit_log_pages(gate: &Gate, more: Option<i64>) {
    let pages = lock(&gate.node.log)
        .connection()
        .pragma_query_value(None, "page_count", |row| row.get::<_, i64>(0))
        .expect("a count");
    pragma(
        gate,
        "max_page_count",
        more.map_or(1_000_000, |more| pages + more),
    );
}

fn pragma(gate: &Gate, name: &str, value: i64) {
    let log = lock(&gate.node.log);
    let set = log.connection().pragma(None, name, value, |_| Ok(()));
    set.expect("a setting");
}
