//! The screen's routes in process, with a real node behind them.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use sync_protocol::{scan::Action, seal, ticket::Ticket};
use tower::ServiceExt as _;

use super::Options;
use crate::{
    door::Door,
    node::Node,
    testing::{Gate, code, valid},
};

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

fn router(node: Arc<Node>, options: Options) -> Router {
    super::router(Arc::new(Door::new(node, None, Action::Entry)), options)
}

/// A gate with tickets 1 to 3, its screen, and its folder.
fn screen() -> (Router, tempfile::TempDir) {
    screen_with(&[
        valid(1),
        valid(2),
        named(3, "<script>alert(1)</script> & 'Co'"),
    ])
}

fn screen_with(tickets: &[Ticket]) -> (Router, tempfile::TempDir) {
    let Gate { node, home, .. } = Gate::with(tickets);
    (router(Arc::new(node), Options::default()), home)
}

fn named(n: u128, name: &str) -> Ticket {
    let ticket = valid(n);
    let sealed = seal::seal(ticket.id, code(n).signature(), name);
    Ticket { sealed, ..ticket }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(router: &Router, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(address).header("host", "127.0.0.1:8780");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(Body::empty()).expect("a request")).await
}

async fn post(
    router: &Router,
    address: &str,
    kind: &str,
    body: String,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::post(address).header("content-type", kind);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "127.0.0.1:8780");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(Body::from(body)).expect("a request")).await
}

async fn show(router: &Router, n: u128, more: &str) -> Answer {
    let body = format!("code={}{more}", code(n).to_text());
    let headers = [("hx-request", "true"), ("sec-fetch-site", "same-origin")];
    post(
        router,
        "/scan",
        "application/x-www-form-urlencoded",
        body,
        &headers,
    )
    .await
}

async fn call(router: &Router, body: String, headers: &[(&str, &str)]) -> Answer {
    post(router, "/api/scan", "application/json", body, headers).await
}

#[tokio::test]
async fn the_page_says_where_it_is_and_loads_nothing_from_elsewhere() {
    let (router, _home) = screen();
    let page = get(&router, "/", &[("accept-language", "id-ID,id;q=0.9")]).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["lang=\"id\"", "Gate A", "Festival", "Siap", "verdict-ready"] {
        assert!(page.text.contains(text), "{text}\n{}", page.text);
    }
    for foreign in [
        "http://", "https://", "//cdn", "<script>", "style=", "onclick",
    ] {
        assert!(!page.text.contains(foreign), "{foreign}");
    }
    let policy = page.headers["content-security-policy"]
        .to_str()
        .expect("text");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let asset = page
        .text
        .split('"')
        .find(|part| part.ends_with("gate.js"))
        .expect("a script");
    assert_eq!(get(&router, asset, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_scan_is_green_once_and_red_with_gate_and_time_the_second_time() {
    let (router, _home) = screen();
    let first = show(&router, 1, "&lang=en&action=entry").await;
    for text in [
        "verdict-admit",
        "ENTER",
        "Welcome",
        "Guest 1",
        "VIP",
        "<circle",
    ] {
        assert!(first.text.contains(text), "{text}\n{}", first.text);
    }
    assert_eq!(first.headers["hx-trigger"], "scanned");
    assert!(!first.text.contains("<html"), "htmx gets the part alone");
    let again = show(&router, 1, "&lang=id&action=entry").await;
    for text in [
        "verdict-refuse",
        "TOLAK",
        "Tiket sudah dipakai",
        "Gate A",
        "20:00:00",
    ] {
        assert!(again.text.contains(text), "{text}\n{}", again.text);
    }
    let panel = get(&router, "/panel?lang=en", &[]).await;
    for text in ["✓ 1", "✕ 1", "VIP", "Unsent scans"] {
        assert!(panel.text.contains(text), "{text}\n{}", panel.text);
    }
    assert!(
        !panel.text.contains("Guest 1"),
        "names stay with the ticket"
    );
}

#[tokio::test]
async fn without_a_script_the_form_gives_the_whole_page() {
    let (router, _home) = screen();
    let body = format!("code={}&action=exit&lang=en", code(2).to_text());
    let page = post(
        &router,
        "/scan",
        "application/x-www-form-urlencoded",
        body,
        &[],
    )
    .await;
    assert!(page.text.starts_with("<!doctype html>"));
    assert!(
        page.text.contains("STOP") && page.text.contains("Not inside"),
        "{}",
        page.text
    );
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().collect();
    let kept = |cookie: &&axum::http::HeaderValue| cookie.as_bytes().starts_with(b"lang-8780=en;");
    assert!(cookies.iter().any(kept), "{cookies:?}");
}

#[tokio::test]
async fn markup_in_a_name_or_a_code_is_inert() {
    let (router, _home) = screen();
    let shown = show(&router, 3, "&lang=en").await;
    assert!(shown.text.contains("verdict-admit"));
    assert!(!shown.text.contains("<script>"), "{}", shown.text);
    assert!(
        shown.text.contains("alert(1)"),
        "it is shown as text: {}",
        shown.text
    );
    let body = "code=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E&action=%3Cb%3E&lang=%22%3E".to_owned();
    let page = post(
        &router,
        "/scan",
        "application/x-www-form-urlencoded",
        body,
        &[],
    )
    .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("onerror") && !page.text.contains("<b>"));
}

#[tokio::test]
async fn a_verdict_is_shown_whatever_else_cannot_be_read() {
    let (router, home) = screen();
    let file = rusqlite::Connection::open(home.path().join("replica.db")).expect("a file");
    file.execute_batch("DROP TABLE event_config").expect("gone");
    let part = show(&router, 1, "&lang=en&action=entry").await;
    let body = format!("code={}&lang=en", code(1).to_text());
    let form = "application/x-www-form-urlencoded";
    let whole = post(&router, "/scan", form, body, &[]).await;
    for answer in [part, whole] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert!(answer.text.contains("verdict-refuse"), "{}", answer.text);
        assert!(answer.text.contains("STOP"), "{}", answer.text);
    }
}

#[tokio::test]
async fn programs_scan_and_ask_in_json() {
    let (router, _home) = screen();
    let body = format!(r#"{{"code":"{}","action":"entry"}}"#, code(1).to_text());
    let scan: serde_json::Value =
        serde_json::from_str(&call(&router, body, &[]).await.text).expect("JSON");
    assert_eq!(
        (&scan["verdict"], &scan["reason"], &scan["seq"]),
        (&"admit".into(), &"admitted".into(), &1.into())
    );
    let status = get(&router, "/api/status", &[]).await;
    let status: serde_json::Value = serde_json::from_str(&status.text).expect("JSON");
    assert_eq!(
        (&status["scans"], &status["unsent"]),
        (&1.into(), &1.into())
    );
    assert!(status["link"].is_null(), "no driver here");
    for (body, code) in [
        (r#"{"code":"x","action":"delete"}"#, "unknown_action"),
        (r#"{"code":"x","operator":"me"}"#, "bad_request"),
        ("{", "bad_request"),
        ("", "bad_request"),
    ] {
        let answer = call(&router, body.to_owned(), &[]).await;
        assert!(answer.status.is_client_error(), "{body}");
        assert!(answer.text.contains(code), "{body}: {}", answer.text);
    }
    let long = call(
        &router,
        format!(r#"{{"code":"{}"}}"#, "A".repeat(9_000)),
        &[],
    )
    .await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn another_name_or_another_page_scans_nothing() {
    let (router, _home) = screen();
    let body = || format!(r#"{{"code":"{}"}}"#, code(1).to_text());
    for (headers, status) in [
        (
            &[("host", "gate.evil.example")][..],
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (&[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (&[("origin", "http://evil.example")], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(
            call(&router, body(), headers).await.status,
            status,
            "{headers:?}"
        );
    }
    let form = format!("code={}", code(1).to_text());
    let evil = [("sec-fetch-site", "cross-site")];
    let refused = post(
        &router,
        "/scan",
        "application/x-www-form-urlencoded",
        form,
        &evil,
    )
    .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let text_form = post(&router, "/api/scan", "text/plain", body(), &[]).await;
    assert_eq!(text_form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut rebound = Request::get("/api/status")
        .body(Body::empty())
        .expect("a request");
    rebound
        .headers_mut()
        .insert("host", "evil.example:8780".parse().expect("a value"));
    assert_eq!(
        send(&router, rebound).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    let status = get(&router, "/api/status", &[]).await;
    assert!(status.text.contains(r#""scans":0"#), "{}", status.text);
}

#[tokio::test]
async fn it_stops_when_told_and_says_when_the_address_is_taken() {
    let first = super::listen(([127, 0, 0, 1], 0).into())
        .await
        .expect("a port");
    let taken = super::listen(first.address).await;
    assert_eq!(
        taken.err().map(|error| error.code()),
        Some("address_in_use")
    );
    let Gate {
        node, home: _home, ..
    } = Gate::with(&[valid(1)]);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopping = async { stopped.await.unwrap_or_default() };
    let door = Arc::new(Door::new(Arc::new(node), None, Action::Entry));
    let serving = super::serve(first, door, Options::default(), stopping);
    let serving = tokio::spawn(serving);
    stop.send(()).expect("it is still there");
    serving.await.expect("no panic").expect("it ended well");
}

#[path = "exchange_tests.rs"]
mod exchange;

#[path = "glass_tests.rs"]
mod glass;

#[path = "attack_tests.rs"]
mod attack;
