//! The search by name from central to the gate: who may, with which passphrase, and what it follows.
use support::{central::Engine, real_gate::RealGate};
use sync_protocol::{
    rights::Rights,
    scan::Action,
    search::Passphrase,
    ticket::TicketStatus,
    verdict::{Decision, Reason},
};

use crate::venue::{HOUR, Venue};

pub const PHRASE: &str = "kopi tubruk pagi";
const OTHER: &str = "teh tarik malam";

pub fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text).expect("a passphrase")
}

/// Turns the search on; how many names were sealed.
pub async fn turn_on(venue: &Venue) -> u64 {
    let (event, app) = (venue.event.event.id, &venue.central.app);
    let on = app.turn_search_on(event, phrase(PHRASE), &mut |_| ()).await;
    on.expect("it goes on")
}

/// The names that are found.
fn names(gate: &RealGate, question: &str) -> Vec<String> {
    let found = gate.node.search(question, 100).expect("it is open");
    found.into_iter().map(|one| one.name).collect()
}

fn refusal(gate: &RealGate, question: &str) -> &'static str {
    let found = gate.node.search(question, 100);
    found.expect_err("it is not open").code()
}

fn unlock(gate: &RealGate, typed: &str) -> &'static str {
    match gate.node.unlock_search(typed) {
        Ok(_) => "open",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn case_17_a_node_without_the_right_searches_nothing() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 3).await;
        let (central, event) = (&venue.central, &venue.event);
        turn_on(&venue).await;
        let may = Rights::parse("exchange,entry,exit,unpair").expect("known rights");
        let scanner = central
            .open_gate_that_may(event, "Gate A", "scanner", may)
            .await;
        scanner.sync(central).await;
        venue.sync().await;
        assert_eq!(unlock(&scanner, PHRASE), "not_allowed");
        assert_eq!(
            unlock(&scanner, OTHER),
            "not_allowed",
            "it tells nothing more"
        );
        assert_eq!(refusal(&scanner, "ayu"), "not_allowed");
        assert!(!scanner.status().search.offered);
        assert_eq!(scanner.enter(venue.code(0)), "admitted", "it scans");

        assert_eq!(unlock(&venue.north, PHRASE), "open");
        assert_eq!(names(&venue.north, "ayu").len(), 3);
        let (request, mut answer) = venue.north.send(central).await.expect("taken");
        answer.rights = Some(may);
        venue.north.take_in(&request, &answer).expect("taken in");
        let search = venue.north.status().search;
        assert!(
            !search.offered && search.unlocked_since.is_none(),
            "closed at once"
        );
        assert_eq!(refusal(&venue.north, "ayu"), "not_allowed");
        assert_eq!(
            unlock(&venue.south, PHRASE),
            "open",
            "of the other gate nothing was taken"
        );
    }
}

#[tokio::test]
async fn the_search_goes_on_gets_another_passphrase_and_goes_off() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 30).await;
        let (event, app, gate) = (venue.event.event.id, &venue.central.app, &venue.north);
        assert_eq!(unlock(gate, PHRASE), "search_not_offered");
        assert_eq!(turn_on(&venue).await, 30);
        assert_eq!(
            unlock(gate, PHRASE),
            "search_not_offered",
            "it has not heard"
        );
        venue.sync().await;
        assert_eq!(refusal(gate, "ayu"), "search_locked");
        assert_eq!(unlock(gate, OTHER), "wrong_passphrase");
        assert_eq!(unlock(gate, PHRASE), "search_too_soon", "it waits");
        venue.pass(1_000);
        assert_eq!(unlock(gate, PHRASE), "open");
        assert_eq!(
            gate.status().search.unlocked_since,
            Some(venue.central.now())
        );
        assert_eq!(names(gate, "LESTÁRI").len(), 30);

        let sold = venue.central.sell_to(&venue.event, 0, 5, &["Budi Santoso"]);
        assert_eq!(sold.await.len(), 5);
        assert!(names(gate, "budi").is_empty());
        gate.sync(&venue.central).await;
        assert_eq!(names(gate, "budi"), ["Budi Santoso"; 5]);
        assert_eq!(turn_on(&venue).await, 0, "all are sealed");
        let again = app.turn_search_on(event, phrase(OTHER), &mut |_| ()).await;
        assert_eq!(again.expect_err("another").code(), "search_is_on");

        let newest = "SELECT MAX(revision) FROM tickets";
        let before = venue.number(newest).await;
        let change = app.change_search_passphrase(event, phrase(OTHER));
        change.await.expect("changed");
        assert_eq!(
            venue.number(newest).await,
            before,
            "no name is sealed again"
        );
        assert_eq!(names(gate, "budi").len(), 5, "until it hears of it");
        gate.sync(&venue.central).await;
        assert_eq!(refusal(gate, "budi"), "search_locked");
        assert_eq!(unlock(gate, PHRASE), "wrong_passphrase");
        venue.pass(1_000);
        assert_eq!(unlock(gate, OTHER), "open");
        assert_eq!(names(gate, "santoso").len(), 5);

        let off = app.turn_search_off(event, &mut |_| ()).await;
        assert_eq!(off.expect("it goes off"), 35);
        gate.sync(&venue.central).await;
        assert_eq!(refusal(gate, "budi"), "search_not_offered");
        let sealed = "SELECT COUNT(*) FROM tickets WHERE LENGTH(search) > 0";
        assert_eq!(venue.number(sealed).await, 0);
        assert_eq!(gate_number(gate, sealed), 0);
        let off = app.turn_search_off(event, &mut |_| ()).await;
        assert_eq!(off.expect_err("it is off").code(), "search_is_off");
        let change = app.change_search_passphrase(event, phrase(OTHER)).await;
        assert_eq!(change.expect_err("it is off").code(), "search_is_off");
        let told = "SELECT COUNT(*) FROM audit_log WHERE action LIKE 'event.search%' AND actor_kind = 'system'";
        assert_eq!(venue.number(told).await, 6);
        let secrets =
            "SELECT COUNT(*) FROM audit_log WHERE detail LIKE '%kopi%' OR detail LIKE '%tarik%'";
        assert_eq!(venue.number(secrets).await, 0);
    }
}

pub fn gate_number(gate: &RealGate, question: &str) -> i64 {
    let replica = rusqlite::Connection::open(gate.home.path().join("replica.db")).expect("a file");
    let found = replica.query_row(question, [], |row| row.get(0));
    found.expect(question)
}

#[tokio::test]
async fn a_short_passphrase_locks_nothing() {
    let venue = Venue::open(Engine::Sqlite, 1).await;
    let (event, app) = (venue.event.event.id, &venue.central.app);
    let short = app
        .turn_search_on(event, phrase("kopi tubruk"), &mut |_| ())
        .await;
    assert_eq!(short.expect_err("short").code(), "passphrase_too_short");
    turn_on(&venue).await;
    let short = app.change_search_passphrase(event, phrase("short")).await;
    assert_eq!(short.expect_err("short").code(), "passphrase_too_short");
}

/// Whoever seals names dies between two batches; replicas stay exact, sales go on, and the same command ends it.
#[tokio::test]
async fn what_was_interrupted_goes_on_and_every_replica_is_exact_meanwhile() {
    for engine in Engine::both() {
        let venue = Venue::open(engine, 2_400).await;
        let (event, app) = (venue.event.event.id, venue.central.app.clone());
        let dying = app.clone();
        let killed = tokio::spawn(async move {
            let mut die = |done| panic!("killed after {done}");
            dying.turn_search_on(event, phrase(PHRASE), &mut die).await
        });
        assert!(killed.await.expect_err("it was killed").is_panic());
        venue.sync().await;
        assert_eq!(unlock(&venue.north, PHRASE), "open");
        let at_first = venue.north.node.search("ayu", 5_000).expect("open").len();
        assert_eq!(at_first, 1_000);
        venue.central.sell_to(&venue.event, 0, 3, &["Budi"]).await;
        let mut told = Vec::new();
        let on = app
            .turn_search_on(event, phrase(PHRASE), &mut |done| told.push(done))
            .await;
        assert_eq!(on.expect("it goes on"), 1_400);
        assert_eq!(told, [1_000, 1_400]);
        venue.sync().await;
        let found = venue.north.node.search("ayu", 5_000).expect("open").len();
        assert_eq!((found, names(&venue.north, "budi").len()), (2_400, 3));

        let dying = app.clone();
        let killed = tokio::spawn(async move {
            let mut die = |done| panic!("killed after {done}");
            dying.turn_search_off(event, &mut die).await
        });
        assert!(killed.await.expect_err("it was killed").is_panic());
        venue.sync().await;
        assert_eq!(refusal(&venue.north, "ayu"), "search_not_offered");
        let left = "SELECT COUNT(*) FROM tickets WHERE LENGTH(search) > 0";
        assert_eq!(venue.number(left).await, 1_403);
        assert_eq!(
            turn_on(&venue).await,
            2_403,
            "nothing of the old key is left"
        );
        venue.sync().await;
        assert_eq!(unlock(&venue.north, PHRASE), "open");
        let found = venue.north.node.search("ayu", 5_000).expect("open").len();
        assert_eq!(found, 2_400);
    }
}

#[tokio::test]
async fn what_is_found_is_told_and_admits_nobody() {
    for engine in Engine::both() {
        let mut venue = Venue::open(engine, 2).await;
        let sold = venue
            .central
            .sell_to(&venue.event, 1, 1, &["Zainuddin"])
            .await;
        turn_on(&venue).await;
        venue.sync().await;
        assert_eq!(unlock(&venue.north, PHRASE), "open");
        let find = |venue: &Venue| venue.north.node.search("zain", 5).expect("open");
        let found = find(&venue);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].ticket, &found[0].number),
            (sold[0].id, &sold[0].number)
        );
        assert_eq!(found[0].type_name, "VIP");
        assert_eq!(
            (found[0].status, &found[0].first),
            (TicketStatus::Valid, &None)
        );
        assert_eq!(venue.north.status().scans, 0, "a search is no scan");
        let typed = venue.north.show(&found[0].number, Action::Entry).verdict;
        assert_eq!(
            (typed.decision, typed.reason),
            (Decision::Ask, Reason::TypedNumber)
        );

        venue.pass(60_000);
        assert_eq!(venue.north.enter(&sold[0].code), "admitted");
        let first = find(&venue)[0].first.clone().expect("it was used");
        assert_eq!(
            (first.gate.as_str(), first.action),
            ("Gate A", Action::Entry)
        );
        assert_eq!(first.at, venue.central.now());

        let transferred = TicketStatus::Transferred;
        venue
            .central
            .set_status(&venue.event, sold[0].id, transferred)
            .await;
        let heir = venue
            .central
            .sell_to(&venue.event, 1, 1, &["Zain Malik"])
            .await;
        venue.sync().await;
        let found = find(&venue);
        assert_eq!(found[0].ticket, heir[0].id);
        assert_eq!(
            (found[1].name.as_str(), found[1].status),
            ("Zainuddin", transferred)
        );
        let typed = venue.north.show(&found[1].number, Action::Entry).verdict;
        assert_eq!(typed.decision, Decision::Refuse);

        venue.north.node.lock_search();
        assert_eq!(refusal(&venue.north, "zain"), "search_locked");
        assert_eq!(unlock(&venue.north, PHRASE), "open");
        venue.north.restart();
        assert_eq!(
            refusal(&venue.north, "zain"),
            "search_locked",
            "a restart forgets"
        );
        assert_eq!(unlock(&venue.north, PHRASE), "open");
        venue.pass(24 * HOUR);
        assert_eq!(venue.north.status().search.unlocked_since, None);
        assert_eq!(
            refusal(&venue.north, "zain"),
            "node_locked",
            "its lease is over"
        );
    }
}
