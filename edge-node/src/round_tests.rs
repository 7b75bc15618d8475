//! Pages that arrive whole, cut, twice, overtaken or wrong; acknowledgements; the order to erase.

use sync_protocol::{
    manifest::Gap,
    scan::Head,
    ticket::TicketStatus,
    wire::v1::{Order, Parked, Refusal, SyncAnswer},
};

use crate::{
    Node, NodeError,
    testing::{Gate, NODE_A, START, answer, code, config, manifest, ticket, valid},
};

/// Answers that bring tickets 1–30 in three pages.
fn pages() -> [SyncAnswer; 3] {
    let all: Vec<_> = (1..=30).map(valid).collect();
    let page = |n: u8| {
        let mut answer = answer(n, START);
        let from = usize::from(n - 1) * 10;
        answer.page.tickets = all[from..from + 10].to_vec();
        answer
    };
    let (mut first, second, mut last) = (page(1), page(2), page(3));
    first.page.config = Some(config());
    last.page.manifest = Some(manifest(5, &all));
    [first, second, last]
}

fn position(gate: &Gate) -> Option<Vec<u8>> {
    let request = gate.node.next_request(10, 2_000).expect("a request");
    request.position.map(|position| position.to_vec())
}

fn state(gate: &Gate) -> String {
    gate.node.status().expect("a status").replica.state
}

#[test]
fn case_14_a_first_sync_cut_after_any_page_goes_on_where_it_was() {
    let gate = Gate::new();
    assert_eq!((position(&gate), state(&gate).as_str()), (None, "empty"));
    let [first, second, last] = pages();
    assert!(gate.round(&first).more);
    let gate = gate.reopened();
    assert_eq!(
        (position(&gate), state(&gate).as_str()),
        (Some(vec![1]), "receiving")
    );
    assert_eq!(
        gate.enter(25),
        "replica_incomplete",
        "not here yet, and the gate knows it"
    );
    gate.round(&second);
    let gate = gate.reopened();
    assert_eq!(position(&gate), Some(vec![2]));
    let done = gate.round(&last);
    assert_eq!((done.more, done.gap, done.tickets), (false, None, 10));
    let status = gate.node.status().expect("a status");
    assert_eq!(status.replica.tickets["valid"], 30);
    assert_eq!(
        (status.replica.revision, status.replica.complete),
        (5, true)
    );
    assert_eq!(gate.enter(26), "admitted");
}

#[test]
fn case_14_a_row_that_changes_between_pages_counts_once_and_as_it_is_now() {
    let gate = Gate::new();
    let [first, second, mut last] = pages();
    let refunded = ticket(3, TicketStatus::Refunded, 4);
    last.page.tickets.push(refunded.clone());
    let mut all: Vec<_> = (1..=30).map(valid).collect();
    all[2] = refunded;
    last.page.manifest = Some(manifest(5, &all));
    for page in [&first, &second, &last] {
        assert_eq!(gate.round(page).gap, None);
    }
    assert_eq!(state(&gate), "complete");
    assert_eq!(gate.enter(3), "refunded");
}

#[test]
fn an_answer_that_was_overtaken_is_left_aside() {
    let gate = Gate::new();
    let [first, second, last] = pages();
    let request = gate.node.next_request(10, 2_000).expect("a request");
    gate.answered(&request, &first);
    gate.round(&second);
    let late = gate.answered(&request, &first);
    assert_eq!((late.more, late.tickets), (true, 0));
    assert_eq!(position(&gate), Some(vec![2]), "the place does not go back");
    assert_eq!(gate.round(&last).gap, None);
    assert_eq!(gate.node.status().expect("a status").replica.total, 30);
}

#[test]
fn case_14_a_manifest_that_does_not_match_keeps_the_old_data_and_says_how_many_are_missing() {
    let gate = Gate::with(&[valid(1), valid(2)]);
    let mut cut = answer(2, START.plus_ms(1_000));
    cut.page.manifest = Some(manifest(9, &(1..=39).map(valid).collect::<Vec<_>>()));
    let applied = gate.round(&cut);
    assert_eq!((applied.gap, applied.more), (Some(Gap::Missing(37)), false));
    let status = gate.node.status().expect("a status");
    assert_eq!(
        (status.replica.state.as_str(), status.replica.complete),
        ("37 missing", false)
    );
    assert_eq!(
        status.replica.revision, 1,
        "nothing is proven at the new revision"
    );
    assert_eq!(gate.enter(1), "admitted", "what it holds still decides");
    assert_eq!(gate.enter(7), "replica_incomplete");
    assert_eq!(
        position(&gate),
        None,
        "the next round fetches everything again"
    );
}

#[test]
fn fetching_everything_again_mends_rows_and_drops_those_that_central_has_no_more() {
    let gate = Gate::with(&(1..=9).map(valid).collect::<Vec<_>>());
    let mut wrong = answer(2, START);
    wrong.page.manifest = Some(manifest(2, &[valid(1)]));
    assert_eq!(gate.round(&wrong).gap, Some(Gap::Surplus(8)));
    // A central that was restored from a copy: fewer rows, and an older revision of one.
    let kept = [ticket(1, TicketStatus::Unpaid, 0), valid(2)];
    let mut first = answer(3, START);
    first.page.tickets = vec![kept[0].clone()];
    assert!(gate.round(&first).more);
    assert_eq!(
        gate.enter(9),
        "admitted",
        "until the last page, the rows of before decide"
    );
    let mut last = answer(4, START);
    last.page.tickets = vec![kept[1].clone()];
    last.page.manifest = Some(manifest(3, &kept));
    assert_eq!(gate.round(&last).gap, None);
    assert_eq!([gate.enter(1), gate.enter(2)], ["not_paid", "admitted"]);
    assert_eq!(gate.enter(8), "unknown_ticket");
}

#[test]
fn a_row_that_somebody_altered_is_found_and_mended() {
    let gate = Gate::with(&[ticket(1, TicketStatus::Refunded, 1), valid(2)]);
    let file = rusqlite::Connection::open(gate.home.path().join("replica.db")).expect("a file");
    file.execute(
        "UPDATE tickets SET status = 4, day_mask = 0 WHERE status = 1",
        [],
    )
    .expect("altered");
    let change = ticket(2, TicketStatus::Valid, 2);
    let all = [ticket(1, TicketStatus::Refunded, 1), change.clone()];
    let mut next = answer(2, START);
    next.page.tickets = vec![change];
    next.page.manifest = Some(manifest(2, &all));
    assert!(
        gate.round(&next).gap.is_some(),
        "the sum does not match any more"
    );
    let mut whole = answer(3, START);
    whole.page.tickets = all.to_vec();
    whole.page.manifest = Some(manifest(2, &all));
    assert_eq!(gate.round(&whole).gap, None);
    assert_eq!(gate.enter(2), "admitted");
}

#[test]
fn case_8_tombstones_refuse_and_older_news_cannot_undo_them() {
    let gate = Gate::with(&[valid(1), valid(2)]);
    let gone = [
        ticket(1, TicketStatus::Transferred, 3),
        ticket(2, TicketStatus::Revoked, 4),
    ];
    let mut news = answer(2, START);
    news.page.tickets = gone.to_vec();
    news.page.tickets.push(valid(1));
    news.page.manifest = Some(manifest(4, &gone));
    assert_eq!(gate.round(&news).gap, None);
    assert_eq!([gate.enter(1), gate.enter(2)], ["revoked"; 2]);
}

#[test]
fn records_are_sent_from_the_acknowledged_place_and_chain_up_to_the_signed_head() {
    let gate = Gate::with(&(1..=5).map(valid).collect::<Vec<_>>());
    (1..=5).for_each(|n| assert_eq!(gate.enter(n), "admitted"));
    let request = gate.node.next_request(10, 2_000).expect("a request");
    let mut head = Head::empty(NODE_A);
    for record in &request.records {
        head = head.follow(record).expect("it follows").0;
    }
    assert_eq!(
        request.upto.verify(&gate.node.key().verifying_key()),
        Ok(head)
    );
    assert_eq!(request.log, request.upto);

    let mut took = answer(2, START);
    took.acknowledged = 3;
    took.page.manifest = Some(manifest(1, &(1..=5).map(valid).collect::<Vec<_>>()));
    took.parked = vec![Parked {
        seq: 2,
        refusal: Refusal {
            code: "odd".to_owned(),
            message: "Odd.".to_owned(),
            acknowledged: None,
        },
    }];
    let applied = gate.answered(&request, &took);
    assert_eq!(
        (applied.acknowledged, applied.parked, applied.more),
        (3, 1, true)
    );
    let gate = gate.reopened();
    let next = gate.node.next_request(10, 2_000).expect("a request");
    assert_eq!(next.records, request.records[3..]);
    assert_eq!(next.previous.expect("the round before").round, took.round);
    let status = gate.node.status().expect("a status");
    assert_eq!((status.unsent, status.parked), (2, 1));
    took.acknowledged = 1;
    assert_eq!(
        gate.answered(&request, &took).acknowledged,
        3,
        "a late answer takes nothing back"
    );
}

#[test]
fn case_24_an_old_copy_of_the_disk_is_named() {
    let gate = Gate::with(&[valid(1)]);
    let mut ahead = answer(2, START);
    ahead.acknowledged = 12;
    assert_eq!(failure(&gate, &ahead).code(), "log_behind_central");
    assert_eq!(position(&gate), Some(vec![1]), "nothing of it was kept");
}

#[test]
fn an_answer_for_another_event_is_refused() {
    let gate = Gate::new();
    let mut other = answer(1, START);
    let mut config = config();
    config.event = sync_protocol::id::EventId::from_u128(99);
    other.page.config = Some(config);
    assert_eq!(failure(&gate, &other).code(), "other_event");
}

#[test]
fn case_16_a_revoked_node_erases_its_tickets_and_keeps_its_scans() {
    let gate = Gate::with(&(1..=200).map(valid).collect::<Vec<_>>());
    assert_eq!(gate.enter(1), "admitted");
    let mut revoked = answer(2, START);
    revoked.order = Some(Order::Erase);
    assert!(gate.round(&revoked).erased);
    let sealed = valid(200).sealed;
    let on_disk = |file| std::fs::read(gate.home.path().join(file)).unwrap_or_default();
    for file in ["replica.db", "replica.db-wal"] {
        assert!(
            !on_disk(file).windows(sealed.len()).any(|w| w == sealed),
            "{file}"
        );
    }
    let gate = gate.reopened();
    assert_eq!(gate.enter(2), "node_locked");
    let status = gate.node.status().expect("a status");
    assert_eq!(
        (status.replica.total, status.scans, status.unsent),
        (0, 2, 2)
    );
    let request = gate.node.next_request(10, 2_000).expect("a request");
    assert_eq!((request.records.len(), request.position), (2, None));
}

#[test]
fn an_erasure_that_was_cut_short_is_finished_at_the_next_start() {
    let gate = Gate::with(&[valid(1)]);
    {
        let mut log = crate::database::lock(&gate.node.log);
        let append = log.begin().expect("a write");
        let mut contact = append.contact().expect("contact");
        contact.is_erased = true;
        append.set_contact(&contact).expect("set");
        append.commit().expect("durable");
    }
    let gate = gate.reopened();
    assert_eq!(gate.node.status().expect("a status").replica.total, 0);
    assert_eq!(gate.enter(1), "node_locked");
}

#[test]
fn the_clock_sample_tells_how_wrong_the_wall_clock_is() {
    let gate = Gate::new();
    gate.clock.set_skew_ms(-3 * 3_600_000);
    assert!(gate.node.status().expect("a status").clock.is_none());
    let [first, ..] = pages();
    gate.round(&first);
    let clock = gate
        .node
        .status()
        .expect("a status")
        .clock
        .expect("a sample");
    assert_eq!(clock.offset_ms, -3 * 3_600_000);
    assert!(clock.error_ms <= 5);
    assert_eq!(gate.show(&code(1).to_text()).scanned_at, START);
}

fn failure(gate: &Gate, answer: &SyncAnswer) -> NodeError {
    let request = gate.node.next_request(10, 2_000).expect("a request");
    let reading = gate.node.clock().reading();
    let trip = sync_protocol::moment::Trip {
        boot: reading.boot,
        sent_ms: reading.mono_ms,
        got_ms: reading.mono_ms,
    };
    Node::apply(&gate.node, &request, answer, trip).expect_err("refused")
}
