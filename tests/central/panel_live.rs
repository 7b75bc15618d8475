//! The door as it happens: what is told, to whom, how often it is asked for, and when it ends.
use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderName, Request, header},
};
use central::http::router;
use futures_util::StreamExt as _;
use support::{
    central::{Engine, TestCentral},
    festival::festival,
    naive_gate::NaiveGate,
    panel::{ADMIN, Desk, PASSWORD},
};
use sync_protocol::id::TicketId;
use tokio::time::timeout;
use tower::ServiceExt as _;

/// Longer than anything here takes; a test that waits for nothing ends by it.
const PATIENCE: Duration = Duration::from_secs(30);
const STREAM: &str = "/panel/events/festival/live/stream";

/// Somebody who watches.
struct Watch {
    body: BodyDataStream,
    rest: String,
}

/// One message of the stream.
#[derive(Debug, Default)]
struct Told {
    event: String,
    id: String,
    data: String,
}

impl Watch {
    async fn open(central: &TestCentral, desk: &Desk, last: Option<&str>) -> Self {
        let cookies = desk.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::get(STREAM)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::ACCEPT_ENCODING, "gzip, zstd, br")
            .header(header::COOKIE, cookies.join("; "));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answered = router::public(central.app.clone()).oneshot(request).await;
        let answer = answered.expect("a router always answers");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(
            !answer.headers().contains_key(header::CONTENT_ENCODING),
            "it is told at once and not packed"
        );
        Self {
            body: answer.into_body().into_data_stream(),
            rest: String::new(),
        }
    }

    /// The next message; `None` = the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((message, rest)) = self.rest.split_once("\n\n") {
                let told = read(message);
                self.rest = rest.to_owned();
                if !told.event.is_empty() {
                    return Some(told);
                }
                continue;
            }
            let piece = timeout(PATIENCE, self.body.next())
                .await
                .expect("it goes on");
            let piece = piece?.expect("a piece");
            self.rest
                .push_str(std::str::from_utf8(&piece).expect("text"));
        }
    }

    /// Until so many entries are told.
    async fn until(&mut self, entries: usize) -> Told {
        loop {
            let told = self.next().await.expect("the stream goes on");
            if told.data.contains(&format!("data-entries=\"{entries}\"")) {
                return told;
            }
        }
    }
}

fn read(message: &str) -> Told {
    let mut told = Told::default();
    for line in message.lines() {
        match line.split_once(": ") {
            Some(("event", text)) => text.clone_into(&mut told.event),
            Some(("id", text)) => text.clone_into(&mut told.id),
            Some(("data", text)) => told.data.push_str(text),
            _ => {}
        }
    }
    told
}

/// A festival whose day is on, a gate that has synced, and some tickets.
async fn open(engine: Engine) -> (TestCentral, NaiveGate, Vec<TicketId>) {
    let central = TestCentral::new(engine).await;
    let event = central.publish(&festival()).await;
    let tickets = central.sell(&event, 4).await;
    let opens_at = event.days[0].opens_at;
    central.clock.set(opens_at.plus_ms(3_600_000));
    let mut gate = central.enrol(&event, "Gate A", "north").await;
    gate.sync(&central).await;
    (central, gate, tickets)
}

#[tokio::test]
async fn what_happens_at_the_door_is_told_to_all_who_watch_by_one_watcher() {
    for engine in Engine::both() {
        let (central, mut gate, tickets) = open(engine).await;
        let desk = central.admin().await;
        let mut first = Watch::open(&central, &desk, None).await;
        let mut second = Watch::open(&central, &desk, None).await;
        for watch in [&mut first, &mut second] {
            let told = watch.until(0).await;
            assert!(told.data.contains("Gate A") && told.data.contains("Still to come"));
        }
        assert_eq!(central.app.doors.watched(), 1, "one watcher for both");
        gate.admit(&central, tickets[0]);
        gate.admit(&central, tickets[1]);
        gate.sync(&central).await;
        let told = first.until(2).await;
        second.until(2).await;
        // What a browser has seen is not told again when it comes back: the next message is of something new.
        let mut back = Watch::open(&central, &desk, Some(&told.id)).await;
        gate.admit(&central, tickets[2]);
        gate.sync(&central).await;
        let next = back.next().await.expect("the stream goes on");
        assert_ne!(next.id, told.id);
        drop((first, second, back));
        let ended = async {
            while central.app.doors.watched() > 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, ended)
            .await
            .expect("nobody watches, so nobody asks");
    }
}

/// Whoever came and gave the ticket back is neither awaited nor taken off those who are.
#[tokio::test]
async fn a_ticket_that_came_and_went_back_is_not_taken_off_twice() {
    for engine in Engine::both() {
        let (central, mut gate, tickets) = open(engine).await;
        gate.admit(&central, tickets[0]);
        gate.sync(&central).await;
        let event = central.app.event_by_slug("festival").await.expect("there");
        let id = event.event.id;
        let to_come = async || central.app.door_sums(id).await.expect("sums").to_come;
        assert_eq!(to_come().await, 3);
        central
            .execute("UPDATE tickets SET status = 'refunded' WHERE id IN (SELECT counted_ticket_id FROM scans)")
            .await;
        assert_eq!(to_come().await, 3, "the others still come");
    }
}

#[tokio::test]
async fn the_page_shows_without_scripts_what_the_stream_tells() {
    let (central, mut gate, tickets) = open(Engine::Sqlite).await;
    gate.admit(&central, tickets[0]);
    gate.sync(&central).await;
    let mut desk = central.admin().await;
    for path in [
        "/panel/events/festival/live",
        "/panel/events/festival/live?wall=1",
    ] {
        let page = desk.get(path).await.page;
        for shown in [
            "data-entries=\"1\"",
            "Inside now",
            "p-spark",
            "Nobody was refused.",
        ] {
            assert!(page.contains(shown), "{path}: {shown}\n{page}");
        }
    }
    let page = desk.get("/panel/events/festival/live").await.page;
    let as_of = page.split_once("As of <span class=\"numbers\">");
    let clock = as_of.and_then(|(_, rest)| rest.split('<').next());
    // Where only seconds went by nothing is told, so a clock with seconds would stand still.
    let is_to_the_minute = clock.is_some_and(|clock| clock.split(':').count() == 2);
    assert!(is_to_the_minute, "{clock:?}");
    central.clock.advance_ms(5 * 60_000);
    let page = desk.get("/panel/events/festival/live").await.page;
    assert!(
        page.contains("Silent gates") && page.contains("5 min ago"),
        "{page}"
    );
    let page = desk.get("/panel").await.page;
    assert!(page.contains("Nodes silent or in quarantine"), "{page}");
    // A browser that opens the stream's address is led to the page.
    let seen = desk.get(STREAM).await;
    assert_eq!(seen.to(), "/panel/events/festival/live");
}

#[tokio::test]
async fn opening_the_door_page_asks_nothing_while_it_is_watched() {
    let (central, mut gate, tickets) = open(Engine::Sqlite).await;
    let event = gate.event;
    let mut desk = central.admin().await;
    let mut watch = Watch::open(&central, &desk, None).await;
    watch.until(0).await;
    gate.admit(&central, tickets[0]);
    gate.sync(&central).await;
    watch.until(1).await;
    // The same look for all, until there is a new one: no question makes two that are one and the same.
    let seen = || async { central.app.door_seen(event).await.expect("it is watched") };
    let looked = async {
        loop {
            let (first, second) = (seen().await, seen().await);
            if std::sync::Arc::ptr_eq(&first, &second) {
                return first;
            }
        }
    };
    let looked = timeout(PATIENCE, looked).await.expect("looks are rare");
    assert_eq!(looked.entries, 1);
    let page = desk.get("/panel/events/festival/live").await.page;
    assert!(page.contains("data-entries=\"1\""), "{page}");
    assert_eq!(central.app.doors.watched(), 1);
}

#[tokio::test]
async fn a_page_that_waits_for_a_node_is_no_sign_of_life() {
    let (central, ..) = open(Engine::Sqlite).await;
    let desk = central.admin().await;
    // Both began at this moment; one is only left open, the other is used.
    let waits = (HeaderName::from_static("gerbang-waits"), "1");
    let stream = (header::ACCEPT, "text/event-stream");
    let page = "/panel/events/festival/checks";
    for (header, alive) in [(Some(waits.clone()), 303), (Some(stream), 303), (None, 200)] {
        let mut open = Desk::new(&central);
        open.sign_in(ADMIN, PASSWORD).await;
        open.headers.extend(header);
        for _ in 0..2 {
            central.clock.advance_ms(25 * 60_000);
            assert_eq!(open.get(page).await.status, 200);
        }
        central.clock.advance_ms(25 * 60_000);
        assert_eq!(open.get(page).await.status, alive);
    }
    // A script that looks for its part of the page is told to lead the whole page to the sign-in, and back from there.
    let mut open = Desk::new(&central);
    open.sign_in(ADMIN, PASSWORD).await;
    open.headers = vec![waits, (HeaderName::from_static("hx-request"), "true")];
    for page in [page, "/panel/events/festival/gate-rules"] {
        assert_eq!(open.get(page).await.status, 200);
    }
    central.clock.advance_ms(75 * 60_000);
    for page in [page, "/panel/events/festival/gate-rules"] {
        let seen = open.get(page).await;
        assert_eq!(seen.status, 401, "{page}");
        let way = format!("/panel/sign-in?next={}", page.replace('/', "%2F"));
        let led = seen.headers.get("hx-redirect");
        assert_eq!(
            led.map(|led| led.as_bytes()),
            Some(way.as_bytes()),
            "{:?}",
            seen.headers
        );
    }
    drop(desk);
}

#[tokio::test]
async fn the_stream_ends_with_the_session_and_with_the_right() {
    let (central, ..) = open(Engine::Sqlite).await;
    let mut desk = central.admin().await;
    let mut watch = Watch::open(&central, &desk, None).await;
    watch.until(0).await;
    desk.get("/panel").await;
    desk.post("/panel/sign-out", &[]).await;
    let last = loop {
        let told = watch.next().await.expect("it says that it ends");
        if told.event != "now" {
            break told;
        }
    };
    assert_eq!(last.event, "end");
    assert!(watch.next().await.is_none(), "and then it ends");
    // Somebody whose role is taken away.
    let event = central.app.event_by_slug("festival").await.expect("there");
    let events = [event.event.id];
    let vina = central
        .person("vina@example.id", "venue_manager", None, &events)
        .await;
    let mut watch = Watch::open(&central, &vina, None).await;
    watch.until(0).await;
    let mut admin = Desk::new(&central);
    admin.sign_in(ADMIN, PASSWORD).await;
    admin.get("/panel/staff").await;
    let user = vina.user.expect("signed in");
    admin.get(&format!("/panel/staff/{user}")).await;
    let active = format!("/panel/staff/{user}/active");
    admin.post(&active, &[("active", "0")]).await;
    while let Some(told) = watch.next().await {
        assert!(told.event == "now" || told.event == "end");
    }
}
