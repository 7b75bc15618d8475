//! Scans and conflicts at the panel: filtered, turned, taken away, decided; and nothing of anybody else's.
use central::{app::conflict_decisions::Act, domain::conflict::ConflictId, store};
use support::{
    central::{Engine, TestCentral},
    festival::{festival, gate},
    naive_gate::NaiveGate,
    panel::Desk,
};
use sync_protocol::{
    id::{EventId, TicketId},
    scan::ScanId,
};

/// Both gates let the first ticket in; the second one's scan is the double.
async fn open(engine: Engine) -> (TestCentral, EventId, NaiveGate, Vec<TicketId>) {
    open_apart(engine, 90_000).await
}

/// The same, so many milliseconds between the two.
async fn open_apart(
    engine: Engine,
    apart_ms: i64,
) -> (TestCentral, EventId, NaiveGate, Vec<TicketId>) {
    let central = TestCentral::new(engine).await;
    let mut wish = festival();
    wish.gates = vec!["Gate A".into(), "=cmd()".into()];
    wish.types[1].gates = vec!["Gate A".into()];
    let event = central.publish(&wish).await;
    let tickets = central.sell(&event, 3).await;
    let mut north = central.enrol(&event, "Gate A", "north").await;
    let mut south = central.enrol(&event, "=cmd()", "south").await;
    for gate in [&mut north, &mut south] {
        gate.sync(&central).await;
    }
    north.admit(&central, tickets[0]);
    central.clock.advance_ms(apart_ms);
    south.admit(&central, tickets[0]);
    for gate in [&mut south, &mut north] {
        gate.sync(&central).await;
        gate.sync(&central).await;
    }
    (central, event.event.id, south, tickets)
}

async fn count(central: &TestCentral, event: EventId) -> u64 {
    let mut tx = central.app.store.read().await.expect("a snapshot");
    let of_one = store::overview::conflicts_of(&mut tx, event)
        .await
        .expect("reads");
    let all = store::overview::conflicts(&mut tx).await.expect("reads");
    let in_all = all.get(&event).copied().unwrap_or_default();
    assert_eq!(i64::try_from(of_one), Ok(in_all));
    of_one
}

#[tokio::test]
async fn a_conflict_is_decided_and_opened_again_and_its_ruling_stays() {
    for engine in Engine::both() {
        let (central, event, south, _) = open(engine).await;
        assert_eq!(count(&central, event).await, 1);
        let mut desk = central.admin().await;
        let path = "/panel/events/festival/conflicts";
        let page = desk.get(path).await.page;
        for shown in ["Admitted twice", "Gate A", "=cmd()", "Came second", "± "] {
            assert!(page.contains(shown), "{shown}:\n{page}");
        }
        let id = ConflictId::Scan(ScanId {
            node: south.id,
            seq: 1,
        });
        let id = id.to_string();
        let fields = [
            ("conflict", id.as_str()),
            ("act", "decide"),
            ("outcome", "fraud"),
            ("note", "A photograph of the ticket"),
        ];
        let seen = desk.post(path, &fields).await;
        assert!(seen.to().ends_with("done=decided"), "{}", seen.page);
        assert_eq!(count(&central, event).await, 0, "nothing is open");
        let page = desk.get("/panel/conflicts").await.page;
        assert!(page.contains("No conflict waits for you."), "{page}");
        let page = desk.get("/panel/conflicts?state=decided").await.page;
        for shown in [
            "Fraud",
            "Ayu Admin",
            "A photograph of the ticket",
            "Came second",
        ] {
            assert!(page.contains(shown), "{shown}:\n{page}");
        }
        let verified = central.app.verify_event(event).await.expect("reads");
        assert!(
            verified.faults.is_empty(),
            "no ruling was touched: {:?}",
            verified.faults
        );
        let seen = desk
            .post(path, &[("conflict", &id), ("act", "reopen")])
            .await;
        assert!(seen.to().ends_with("done=reopened"), "{}", seen.page);
        assert_eq!(count(&central, event).await, 1);
        let seen = desk.post(path, &[("conflict", &id), ("act", "note")]).await;
        assert_eq!(seen.status, 422, "a remark needs words");
        let page = desk.get("/panel/audit?action=conflict").await.page;
        assert!(page.contains("conflict.decide") && page.contains("conflict.reopen"));
        let kinds = desk.get(&format!("{path}?kind=unbound")).await.page;
        assert!(kinds.contains("Nothing fits"), "{kinds}");
    }
}

#[tokio::test]
async fn two_times_that_look_the_same_are_told_apart_and_no_outcome_is_chosen_before() {
    for (apart_ms, english, indonesian) in [
        (800, "Earlier by 0.8 s", "Lebih awal 0,8 dtk"),
        (0, "Same moment, so the rule", "Saat yang sama, jadi aturan"),
    ] {
        let (central, ..) = open_apart(Engine::Sqlite, apart_ms).await;
        let mut desk = central.admin().await;
        let path = "/panel/events/festival/conflicts";
        let page = desk.get(&format!("{path}?lang=id")).await.page;
        assert!(page.contains(indonesian), "{page}");
        let page = desk.get(&format!("{path}?lang=en")).await.page;
        for shown in [
            english,
            "<option value=\"\" selected>What was it?",
            ".000 ",
            " ms",
        ] {
            assert!(page.contains(shown), "{shown}:\n{page}");
        }
    }
}

#[tokio::test]
async fn a_conflict_of_another_event_is_neither_decided_nor_shown() {
    for engine in Engine::both() {
        let (central, event, south, _) = open(engine).await;
        let mut other = festival();
        other.slug = "elsewhere".into();
        other.client.slug = "competitor".into();
        let other = central.publish(&other).await;
        central.admin().await;
        let events = [other.event.id];
        let mut vina = central
            .person("vina@example.id", "venue_manager", None, &events)
            .await;
        let page = vina.get("/panel/conflicts?state=all").await.page;
        assert!(!page.contains("Came second"), "{page}");
        for path in [
            "conflicts",
            "scans",
            "conflicts.csv",
            "scans.csv",
            "live",
            "checks",
        ] {
            let seen = vina.get(&format!("/panel/events/festival/{path}")).await;
            assert_eq!(seen.status, 404, "{path}");
        }
        vina.get("/panel/events/elsewhere/conflicts").await;
        let id = ConflictId::Scan(ScanId {
            node: south.id,
            seq: 1,
        });
        let id = id.to_string();
        let fields = [
            ("conflict", id.as_str()),
            ("act", "decide"),
            ("outcome", "fraud"),
        ];
        let seen = vina
            .post("/panel/events/elsewhere/conflicts", &fields)
            .await;
        assert_eq!(seen.status, 422, "{}", seen.page);
        assert_eq!(count(&central, event).await, 1);
        let by = central::app::users::By::CommandLine;
        let foreign = (other.event.id, id.parse().expect("a name"));
        let refused = central
            .app
            .act_on_conflict(&by, foreign, Act::Reopen, "")
            .await;
        assert_eq!(
            refused.expect_err("not of this event").code(),
            "unknown_conflict"
        );
    }
}

/// The times of a list of scans, in its order.
fn times(page: &str) -> Vec<String> {
    let rows = page
        .split("<th scope=\"row\" class=\"p-when numbers\">")
        .skip(1);
    rows.filter_map(|row| row.split('<').next().map(str::to_owned))
        .collect()
}

fn next(page: &str) -> Option<String> {
    let mut links = page.split("href=\"").skip(1);
    let to = links.find_map(|rest| {
        let to = rest.split('"').next()?;
        to.contains("after=").then_some(to)
    })?;
    Some(to.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test]
async fn a_gate_of_another_event_filters_nothing() {
    for engine in Engine::both() {
        let (central, ..) = open(engine).await;
        let mut other = festival();
        other.slug = "elsewhere".into();
        other.client.slug = "competitor".into();
        let other = central.publish(&other).await;
        let node = central.enrol(&other, "Gate A", "far").await.id;
        let place = gate(&other, "Gate A");
        let mut desk = central.admin().await;
        // What was kept while another event was looked at.
        for query in [format!("gate={place}"), format!("node={node}")] {
            for file in ["scans", "scans.csv"] {
                let path = format!("/panel/events/festival/{file}?{query}");
                let seen = desk.get(&path).await;
                let count = match file {
                    "scans" => times(&seen.page).len(),
                    _ => seen.page.lines().count() - 1,
                };
                assert_eq!(count, 2, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn the_log_of_scans_is_filtered_turned_and_taken_away() {
    for engine in Engine::both() {
        let (central, event, mut south, tickets) = open(engine).await;
        for _ in 0..57 {
            central.clock.advance_ms(1_000);
            south.admit(&central, tickets[1]);
        }
        south.sync(&central).await;
        let mut desk: Desk = central.admin().await;
        let first = desk.get("/panel/events/festival/scans").await.page;
        let second = desk.get(&next(&first).expect("another page")).await.page;
        let mut seen = times(&first);
        seen.extend(times(&second));
        let mut sorted = seen.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(seen, sorted, "the newest first");
        assert_eq!(seen.len(), 59, "each once");
        let setup = central.app.event(event).await.expect("there");
        let place = gate(&setup, "Gate A");
        let number = {
            let mut tx = central.app.store.read().await.expect("a snapshot");
            let numbers = store::ticket::of_search(&mut tx, event, false, 10).await;
            let numbers = numbers.expect("reads");
            let own = numbers.iter().find(|one| one.gate.id == tickets[0]);
            own.expect("it was sold").gate.number.to_string()
        };
        for (query, want) in [
            (format!("gate={place}"), 1),
            (format!("node={}", south.id), 50),
            ("verdict=refuse".to_owned(), 0),
            ("ruling=changed".to_owned(), 1),
            ("ruling=nothing".to_owned(), 0),
            (format!("q={number}"), 2),
            ("q=nothing".to_owned(), 0),
            ("from=2026-12-02".to_owned(), 0),
            ("operator=7&reason=admitted".to_owned(), 50),
        ] {
            let page = desk
                .get(&format!("/panel/events/festival/scans?{query}"))
                .await
                .page;
            assert_eq!(times(&page).len(), want, "{query}");
        }
        let file = desk.get("/panel/events/festival/scans.csv").await.page;
        assert_eq!(file.lines().count(), 60, "all of them and a head");
        assert!(file.contains(",'=cmd(),"), "no formula: {file}");
        let file = desk.get("/panel/events/festival/conflicts.csv").await.page;
        assert!(
            file.contains("Admitted twice") && file.contains("'=cmd() / south"),
            "{file}"
        );
        let sheet = desk.bytes("/panel/conflicts.xlsx").await;
        assert!(sheet.starts_with(b"PK"), "a workbook");
        let page = desk.get("/panel/audit?action=scans").await.page;
        assert!(page.contains("scans.export"), "{page}");
    }
}
