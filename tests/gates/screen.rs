//! The steward's page after a refusal: the next guest needs no key, no click and no moment of waiting.
use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use edge_node::{
    door::Door,
    screen::{Options, router},
};
use support::central::Engine;
use sync_protocol::scan::Action;
use tower::ServiceExt;

use crate::venue::Venue;

/// Posts the page's form as htmx does; gives what is shown.
async fn show(screen: &Router, code: &str, is_htmx: bool) -> String {
    let mut request = Request::post("/scan")
        .header(header::HOST, "127.0.0.1:8780")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if is_htmx {
        request = request.header("hx-request", "true");
    }
    let body = Body::from(format!("code={code}&action=entry&lang=en"));
    let answer = screen
        .clone()
        .oneshot(request.body(body).expect("a request"));
    let answer = answer.await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let bytes = to_bytes(answer.into_body(), usize::MAX).await;
    String::from_utf8(bytes.expect("a body").to_vec()).expect("text")
}

#[tokio::test]
async fn case_35_after_every_kind_of_refusal_the_next_guest_is_admitted_at_once() {
    let venue = Venue::open(Engine::Sqlite, 10).await;
    let door = Door::new(Arc::clone(&venue.north.node), None, Action::Entry);
    let screen = router(Arc::new(door), Options::default());
    let admitted = show(&screen, venue.code(0), true).await;
    assert!(admitted.contains("verdict-admit"), "{admitted}");
    let refused = [
        venue.code(0).to_owned(),
        "rubbish".to_owned(),
        String::new(),
        venue.code(1)[..142].to_owned(),
        "0000-0000-0000".to_owned(),
        "A".repeat(1_000),
    ];
    for (place, text) in refused.iter().enumerate() {
        let is_htmx = place % 2 == 0;
        let no = show(&screen, text, is_htmx).await;
        assert!(no.contains("verdict-refuse"), "{text}: {no}");
        let stage = no.split("id=\"panel\"").next().expect("a start");
        for closes in ["<dialog", "modal", "confirm", "onclick", "disabled"] {
            assert!(!stage.contains(closes), "{closes}: {stage}");
        }
        if !is_htmx {
            assert!(
                stage.contains("autofocus"),
                "the page waits for a code: {stage}"
            );
        }
        let yes = show(&screen, venue.code(place + 1), is_htmx).await;
        assert!(yes.contains("verdict-admit"), "after {text}: {yes}");
    }
    let scans = u64::try_from(1 + 2 * refused.len()).expect("few");
    assert_eq!(venue.north.status().scans, scans);
}
