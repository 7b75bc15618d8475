//! What stands between the steward and the door: trials, answers that were not heard, the page's own action, kiosk mode.

use std::time::Duration;

use futures_util::StreamExt as _;
use sync_protocol::operator::Role;

use super::*;
use crate::{
    pin::Pin,
    test_code,
    testing::{SECRET, config_with, operator},
};

const FORM: &str = "application/x-www-form-urlencoded";

fn scans(home: &tempfile::TempDir) -> u64 {
    let log = rusqlite::Connection::open(home.path().join("log.db")).expect("a file");
    let count = "SELECT count(*) FROM scans";
    log.query_row(count, (), |row| row.get(0)).expect("a count")
}

#[tokio::test]
async fn the_test_code_is_no_scan_whatever_types_it_and_the_readiness_page_hears_of_it() {
    let (router, home) = screen();
    let waits = get(&router, "/ready/tried?lang=en", &[]).await.text;
    assert!(!waits.contains("just read the test code"), "{waits}");
    let typed = test_code::TEXT.to_lowercase().replace(' ', "+");
    let headers = [("hx-request", "true")];
    let body = format!("code={typed}&lang=en&action=exit");
    let part = post(&router, "/scan", FORM, body, &headers).await.text;
    assert!(part.contains("It is no ticket"), "{part}");
    assert!(part.contains("verdict-ready"), "{part}");
    let call = call(&router, format!(r#"{{"code":"{}"}}"#, test_code::TEXT), &[]).await;
    assert!(call.text.contains("test_code"), "{}", call.text);
    let tried = get(&router, "/ready/tried?lang=id", &[]).await.text;
    assert!(tried.contains("baru saja membaca kode uji"), "{tried}");
    assert_eq!(scans(&home), 0);
}

#[tokio::test]
async fn an_answer_that_is_asked_for_again_is_the_same_and_one_attempt() {
    let (router, home) = screen();
    let asked = |n: u32| format!("&lang=en&action=entry&page=7&n={n}");
    let first = show(&router, 1, &asked(1)).await.text;
    let again = show(&router, 1, &asked(1)).await.text;
    assert!(first.contains("verdict-admit") && again.contains("verdict-admit"));
    assert_eq!(scans(&home), 1);
    // Another number, another page and another code are attempts of their own.
    let next = show(&router, 1, &asked(2)).await.text;
    assert!(next.contains("Ticket already used"), "{next}");
    let elsewhere = show(&router, 1, "&lang=en&action=entry&page=8&n=2")
        .await
        .text;
    assert!(elsewhere.contains("Ticket already used"), "{elsewhere}");
    let other = show(&router, 2, &asked(2)).await.text;
    assert!(other.contains("Guest 2"), "{other}");
    assert_eq!(scans(&home), 4);
}

#[tokio::test]
async fn nobody_is_told_the_answer_to_a_code_that_they_do_not_show() {
    let (router, _home) = screen();
    show(&router, 1, "&lang=en&action=entry&page=7&n=1").await;
    let body = "code=guessed-code-here&lang=en&action=entry&page=7&n=1".to_owned();
    let headers = [("hx-request", "true")];
    let told = post(&router, "/scan", FORM, body, &headers).await.text;
    assert!(!told.contains("Guest 1"), "{told}");
    assert!(told.contains("verdict-refuse"), "{told}");
}

#[tokio::test]
async fn the_pages_action_goes_with_it_to_the_other_pages_and_back() {
    let gate = Gate::with(&[valid(1)]);
    gate.hears(config_with(vec![operator(1, Role::Supervisor)]));
    let router = router(Arc::new(gate.node), Options::default());
    let secret = format!("login=op1&secret={SECRET}&action=exit");
    let signed_in = post(&router, "/sign-in", FORM, secret, &[]).await;
    assert_eq!(signed_in.headers["location"], "/?action=exit");
    let cookie = signed_in.headers["set-cookie"].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let headers = [("cookie", cookie.as_str())];
    let page = get(&router, "/?lang=en&action=exit", &headers).await.text;
    for kept in ["/ready?action=exit", "/decide?action=exit"] {
        assert!(page.contains(kept), "{kept}\n{page}");
    }
    let field = r#"<input type="hidden" name="action" value="exit">"#;
    for place in ["/decide", "/kiosk", "/ready"] {
        let other = get(&router, &format!("{place}?lang=en&action=exit"), &headers)
            .await
            .text;
        assert!(
            other.contains(r#"href="/?action=exit""#),
            "{place}\n{other}"
        );
    }
    // Refused: nobody has been in, so nobody can leave. The decision about it stays on the way out.
    let body = format!("code={}&action=exit&lang=en", code(1).to_text());
    let refused = post(&router, "/scan", FORM, body, &headers).await.text;
    assert!(refused.contains(field), "{refused}");
    let decided = "say=admit:1&action=exit&lang=en".to_owned();
    let decided = post(&router, "/decide", FORM, decided, &headers).await.text;
    assert!(
        decided.contains("data-home=\"/?lang=en&amp;action=exit\""),
        "{decided}"
    );
    let out = post(
        &router,
        "/sign-out",
        FORM,
        "action=exit".to_owned(),
        &headers,
    )
    .await;
    assert_eq!(out.headers["location"], "/sign-in?lang=en&action=exit");
}

#[tokio::test]
async fn kiosk_mode_begins_where_somebody_can_end_it_and_keeps_what_the_page_does() {
    let gate = Gate::with(&[valid(1)]);
    gate.hears(config_with(vec![
        operator(2, Role::Validator),
        operator(3, Role::ExchangeOfficer),
    ]));
    let (node, pin) = (Arc::new(gate.node), gate.home.path().join("kiosk.pin"));
    let door = Arc::new(Door::new(Arc::clone(&node), None, Action::Entry));
    let options = Options {
        pin: Some(Arc::new(Pin::at(&pin))),
        ..Options::default()
    };
    let router = super::super::router(Arc::clone(&door), options);
    let secret = format!("login=op2&secret={SECRET}");
    let signed_in = post(&router, "/sign-in", FORM, secret, &[]).await;
    let cookie = signed_in.headers["set-cookie"].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let headers = [("cookie", cookie.as_str())];
    // A validator is no supervisor, and a damaged PIN is none.
    for damaged in [false, true] {
        if damaged {
            std::fs::write(&pin, "damaged").expect("written");
        }
        let asked = "action=exit&lang=en".to_owned();
        let shut = post(&router, "/kiosk", FORM, asked, &headers).await;
        assert!(
            shut.text.contains("Nobody could leave kiosk mode"),
            "{}",
            shut.text
        );
        let page = get(&router, "/?lang=en&action=exit", &headers).await.text;
        assert!(!page.contains("data-kiosk"), "{page}");
        assert!(!page.contains("action=\"/kiosk\""), "{page}");
    }
    Pin::store(&pin, "4711", &ambient::SeededEntropy::new(1)).expect("stored");
    let locked = post(&router, "/kiosk", FORM, "action=exit".to_owned(), &headers).await;
    assert_eq!(locked.headers["location"], "/?action=exit");
    assert_eq!(door.action(), Action::Exit);
    // Somebody else's sign-in changes nothing at the locked screen, and sends nobody in a circle.
    let secret = format!("login=op3&secret={SECRET}&lang=en");
    let other = post(&router, "/sign-in", FORM, secret, &[]).await;
    let other = other.headers["set-cookie"].to_str().expect("text");
    let other = other.split(';').next().expect("a pair").to_owned();
    assert_eq!(door.action(), Action::Exit);
    let page = get(&router, "/?lang=en", &[("cookie", other.as_str())]).await;
    assert!(page.text.contains("data-kiosk"), "{}", page.text);
    let left = post(
        &router,
        "/kiosk/leave",
        FORM,
        "pin=4711".to_owned(),
        &headers,
    )
    .await;
    assert_eq!(left.headers["location"], "/?action=exit");
}

#[tokio::test]
async fn a_kiosk_that_nobody_can_leave_says_what_to_do() {
    let Gate {
        node, home: _home, ..
    } = Gate::with(&[valid(1)]);
    let options = Options {
        is_kiosk: true,
        ..Options::default()
    };
    let router = router(Arc::new(node), options);
    let page = get(&router, "/kiosk?lang=en", &[]).await.text;
    assert!(page.contains("set a PIN with edge-node pin"), "{page}");
}

#[tokio::test]
async fn a_screen_that_looked_at_nothing_does_not_say_go() {
    let (router, _home) = screen();
    let page = get(&router, "/ready?lang=en", &[]).await.text;
    assert!(page.contains("NO GO"), "{page}");
    assert!(page.contains("nothing was looked at"), "{page}");
    let page = get(&router, "/ready?lang=id", &[]).await.text;
    assert!(page.contains("tidak ada yang diperiksa"), "{page}");
}

#[tokio::test]
async fn a_crew_that_cannot_be_read_for_a_moment_takes_no_page_away() {
    let (router, home) = screen();
    let request = Request::get("/events?lang=en").header("host", "127.0.0.1:8780");
    let request = request.body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let mut events = answer.into_body().into_data_stream();
    let mut next = async || {
        let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await;
        let event = event.expect("it comes").expect("open").expect("bytes");
        String::from_utf8_lossy(&event).into_owned()
    };
    assert!(next().await.contains("event: hello"));
    assert!(next().await.contains("event: beat"));
    let file = rusqlite::Connection::open(home.path().join("replica.db")).expect("a file");
    file.execute_batch("ALTER TABLE event_config RENAME TO away")
        .expect("gone");
    // One beat may have been on its way already.
    for _ in 0..2 {
        assert!(next().await.contains("event: beat"));
    }
    file.execute_batch("ALTER TABLE away RENAME TO event_config")
        .expect("back");
    assert!(next().await.contains("event: beat"));
}
