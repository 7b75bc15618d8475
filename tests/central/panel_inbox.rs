//! What the inbox of conflicts holds besides scans, and how long a decision holds.
use central::{
    app::{App, conflict_decisions::Act, rushes::Rushes, users::By},
    domain::{
        conflict::{ConflictId, Kind, Outcome},
        conflict_search::{ConflictFilter, State},
        node::NodeStatus,
    },
    store,
};
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    naive_gate::NaiveGate,
};
use sync_protocol::{
    id::{EventId, NodeId, TicketId},
    ticket::TicketStatus,
};

const INBOX: &str = "/panel/conflicts";

async fn open(engine: Engine) -> (TestCentral, EventId, NaiveGate, NaiveGate, Vec<TicketId>) {
    let central = TestCentral::new(engine).await;
    let event = central.publish(&festival()).await;
    let tickets = central.sell(&event, 3).await;
    let mut north = central.enrol(&event, "Gate A", "north").await;
    let mut south = central.enrol(&event, "Gate B", "south").await;
    for gate in [&mut north, &mut south] {
        gate.sync(&central).await;
        gate.sync(&central).await;
    }
    (central, event.event.id, north, south, tickets)
}

async fn count(central: &TestCentral, event: EventId) -> u64 {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let of_one = store::overview::conflicts_of(&mut tx, event).await;
    let of_one = of_one.expect("reads");
    let all = store::overview::conflicts(&mut tx).await.expect("reads");
    let in_all = all.get(&event).copied().unwrap_or_default();
    assert_eq!(i64::try_from(of_one), Ok(in_all));
    of_one
}

async fn decide(central: &TestCentral, event: EventId, conflict: ConflictId) {
    let (by, act) = (By::CommandLine, Act::Decide(Outcome::Technical));
    let decided = central.app.act_on_conflict(&by, (event, conflict), act, "");
    decided.await.expect("it is open");
}

async fn quarantine(central: &TestCentral, node: NodeId) {
    let mut tx = central.app.store.begin().await.expect("a transaction");
    let done = store::node::quarantine(&mut tx, node, "log_forked").await;
    assert!(done.expect("writes"));
    tx.commit().await.expect("stored");
}

/// The scans that a filter lists.
async fn listed(central: &TestCentral, event: EventId, state: State) -> Vec<Option<Kind>> {
    let filter = ConflictFilter {
        state,
        kind: None,
        number: None,
    };
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let page = store::conflict_list::page(&mut tx, &[event], &filter, None, 50).await;
    page.expect("reads")
        .into_iter()
        .map(|one| one.kind)
        .collect()
}

#[tokio::test]
async fn the_fifty_first_record_is_seen_when_fifty_are_decided() {
    for engine in Engine::both() {
        let (central, event, mut north, ..) = open(engine).await;
        for number in 1..=51 {
            north.append(format!("no record at all: {number}").into_bytes());
        }
        let (request, now) = (north.request(), central.now());
        let answer = central.app.sync(north.id, &request, now).await;
        assert_eq!(answer.expect("taken").parked.len(), 51);
        assert_eq!(count(&central, event).await, 51);
        let first = central.app.other_conflicts(event, State::Open).await;
        let first = first.expect("reads");
        assert_eq!(first.len(), 50);
        let mut desk = central.admin().await;
        let page = desk.get("/panel/events/festival/conflicts").await.page;
        assert!(page.contains("More records may wait"), "{page}");
        for one in &first {
            decide(&central, event, one.id).await;
        }
        let rest = central.app.other_conflicts(event, State::Open).await;
        let rest = rest.expect("reads");
        assert_eq!(rest.len(), 1);
        assert!(first.iter().all(|one| one.id != rest[0].id));
        assert_eq!(count(&central, event).await, 1);
        let page = desk.get(INBOX).await.page;
        assert!(page.contains(&rest[0].id.to_string()), "{page}");
        let decided = central.app.other_conflicts(event, State::Decided).await;
        assert_eq!(decided.expect("reads").len(), 50);
    }
}

#[tokio::test]
async fn a_quarantined_node_is_in_the_inbox_and_in_the_count() {
    for engine in Engine::both() {
        let (central, event, north, ..) = open(engine).await;
        let mut desk = central.admin().await;
        assert_eq!(count(&central, event).await, 0);
        quarantine(&central, north.id).await;
        assert_eq!(count(&central, event).await, 1);
        let page = desk.get(INBOX).await.page;
        assert!(
            page.contains("north") && page.contains("log_forked"),
            "{page}"
        );
        let page = desk.get("/panel").await.page;
        assert!(page.contains("Conflicts to look at"), "{page}");
        decide(&central, event, ConflictId::Node(north.id)).await;
        assert_eq!(count(&central, event).await, 0);
        let page = desk.get(INBOX).await.page;
        assert!(!page.contains("log_forked"), "{page}");
        let page = desk.get("/panel/conflicts?state=decided").await.page;
        assert!(page.contains("log_forked"), "{page}");
        // The next quarantine is another matter.
        let released = central.app.release_node(north.id, "looked at").await;
        released.expect("it was quarantined");
        quarantine(&central, north.id).await;
        assert_eq!(count(&central, event).await, 1);
    }
}

#[tokio::test]
async fn a_release_never_overtakes_a_revocation() {
    for engine in Engine::both() {
        let (central, _, north, ..) = open(engine).await;
        quarantine(&central, north.id).await;
        central.app.revoke_node(north.id).await.expect("revoked");
        // Whoever releases has read "quarantined" before.
        let mut tx = central.app.store.begin().await.expect("a transaction");
        let released = store::node::release(&mut tx, north.id).await;
        assert!(!released.expect("writes"), "it is revoked");
        tx.commit().await.expect("stored");
        let refused = central.app.release_node(north.id, "too late").await;
        assert!(refused.is_err());
        let nodes = central.app.nodes(None).await.expect("nodes");
        let node = nodes.iter().find(|one| one.id == north.id);
        assert_eq!(node.expect("there").status, NodeStatus::Revoked);
    }
}

#[tokio::test]
async fn a_decided_scan_that_becomes_a_double_is_open_again() {
    for engine in Engine::both() {
        let (central, event, mut north, mut south, tickets) = open(engine).await;
        let setup = central.app.event(event).await.expect("there");
        central
            .set_status(&setup, tickets[0], TicketStatus::Refunded)
            .await;
        central.clock.advance_ms(60_000);
        south.admit(&central, tickets[0]);
        central.clock.advance_ms(60_000);
        let scan = north.admit(&central, tickets[0]);
        north.sync(&central).await;
        let open = listed(&central, event, State::Open).await;
        assert_eq!(open, [Some(Kind::AfterRevocation)]);
        decide(&central, event, ConflictId::Scan(scan)).await;
        assert_eq!(count(&central, event).await, 0);
        assert_eq!(listed(&central, event, State::Decided).await.len(), 1);
        // The other gate was first, and is heard of later.
        south.sync(&central).await;
        let open = listed(&central, event, State::Open).await;
        assert!(open.contains(&Some(Kind::Double)), "{open:?}");
        assert_eq!(count(&central, event).await, open.len() as u64);
        assert!(listed(&central, event, State::Decided).await.is_empty());
        // And it can be decided as what it is now.
        decide(&central, event, ConflictId::Scan(scan)).await;
        let decided = listed(&central, event, State::Decided).await;
        assert_eq!(decided, [Some(Kind::Double)]);
    }
}

#[tokio::test]
async fn two_decisions_are_not_both_told_done() {
    for engine in Engine::both() {
        let (central, _, mut north, mut south, tickets) = open(engine).await;
        north.admit(&central, tickets[0]);
        central.clock.advance_ms(90_000);
        let scan = south.admit(&central, tickets[0]);
        for gate in [&mut north, &mut south] {
            gate.sync(&central).await;
        }
        let mut desk = central.admin().await;
        let path = "/panel/events/festival/conflicts";
        desk.get(path).await;
        let id = ConflictId::Scan(scan).to_string();
        let fields = |outcome| [("conflict", id.as_str()), ("act", "decide"), outcome];
        let seen = desk.post(path, &fields(("outcome", "fraud"))).await;
        assert!(seen.to().ends_with("done=decided"), "{}", seen.page);
        let seen = desk.post(path, &fields(("outcome", "mistake"))).await;
        assert_eq!(seen.status, 422);
        assert!(seen.page.contains("meanwhile"), "{}", seen.page);
        let page = desk.get(&format!("{path}?state=decided")).await.page;
        assert!(page.contains("p-mark-calm\">Fraud<"), "the first: {page}");
        let again = [("conflict", id.as_str()), ("act", "reopen")];
        desk.post(path, &again).await;
        let seen = desk.post(path, &fields(("outcome", "mistake"))).await;
        assert!(seen.to().ends_with("done=decided"), "{}", seen.page);
    }
}

/// Whoever is let in by hand, without a scan, shows as a gate that is faster than people walk.
#[tokio::test]
async fn a_rush_is_in_the_overviews_count_until_somebody_decides() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.rules.most_per_minute = 2;
        let event = central.publish(&wish).await;
        let tickets = central.sell(&event, 3).await;
        let mut north = central.enrol(&event, "Gate A", "north").await;
        north.sync(&central).await;
        for ticket in tickets {
            north.admit(&central, ticket);
        }
        let mut desk = central.admin().await;
        let page = desk.get("/panel").await.page;
        assert!(!page.contains("Conflicts to look at"), "{page}");
        north.sync(&central).await;
        let page = desk.get("/panel").await.page;
        assert!(page.contains("Conflicts to look at"), "{page}");
        let id = event.event.id;
        let others = central.app.other_conflicts(id, State::Open).await;
        let rush = others.expect("reads").remove(0);
        decide(&central, id, rush.id).await;
        let page = desk.get("/panel").await.page;
        assert!(!page.contains("Conflicts to look at"), "{page}");
    }
}

/// What is known waits for a decision, however long. A server that is started anew knows no rush, and reads none of an event
/// that is over for days to tell of it.
#[tokio::test]
async fn a_rush_of_an_event_that_is_over_is_known_and_not_looked_for() {
    for engine in Engine::both() {
        let central = TestCentral::new(engine).await;
        let mut wish = festival();
        wish.rules.most_per_minute = 2;
        let event = central.publish(&wish).await;
        let tickets = central.sell(&event, 3).await;
        let mut north = central.enrol(&event, "Gate A", "north").await;
        north.sync(&central).await;
        for ticket in tickets {
            north.admit(&central, ticket);
        }
        north.sync(&central).await;
        let event = central.app.event(event.event.id).await.expect("there");
        let closes = event.days.iter().map(|day| day.closes_at).max();
        let closes = closes.expect("a day").max(event.event.ends_at);
        let open = async |app: &App| {
            let open = app.open_rushes(&[&event.event]).await;
            open.expect("reads").values().sum::<i64>()
        };
        let anew = || App {
            rushes: Rushes::default(),
            ..central.app.clone()
        };
        // Its gates still bring what they held back.
        central.clock.set(closes.plus_ms(71 * 3_600_000));
        assert_eq!(open(&central.app).await, 1, "{engine:?}");
        assert_eq!(open(&anew()).await, 1, "{engine:?}");
        central.clock.set(closes.plus_ms(72 * 3_600_000));
        assert_eq!(open(&anew()).await, 0, "{engine:?}: not looked for");
        assert_eq!(open(&central.app).await, 1, "{engine:?}: known");
        let id = event.event.id;
        let others = central.app.other_conflicts(id, State::Open).await;
        decide(&central, id, others.expect("reads").remove(0).id).await;
        assert_eq!(open(&central.app).await, 0, "{engine:?}: decided");
    }
}
