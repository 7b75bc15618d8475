//! The HTTP transport against real TLS servers.

use ambient::{ManualClock, SeededEntropy};
use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use sync_protocol::{enrol_code::Fingerprint, time::Timestamp};

use super::*;
use crate::sync::test_server::{Authority, Server};

/// 2030-01-01.
const NOW: Timestamp = Timestamp(1_893_456_000_000);
const GOOD: (i32, i32) = (2025, 2040);

fn time(wall: Timestamp, heard: Timestamp) -> Arc<TrustedTime> {
    let clock = Arc::new(ManualClock::new(wall, &SeededEntropy::new(1)));
    Arc::new(TrustedTime::new(clock, heard))
}

fn echo() -> Router {
    let echo = async |headers: HeaderMap, body: Bytes| {
        let plain = match headers.get("content-encoding") {
            Some(_) => decompress(&body, wire::MAX_BODY).expect("zstd"),
            None => body.to_vec(),
        };
        let packed = compress(&plain).expect("worth it");
        (
            [("content-encoding", "zstd"), ("gerbang-protocol", "1")],
            packed,
        )
    };
    Router::new().route("/node/v1/sync", post(echo))
}

async fn ask(
    server: &Server,
    trust: &Trust,
    time: Arc<TrustedTime>,
) -> Result<Answered, TransportError> {
    let transport = HttpTransport::new(&server.address, trust, time).expect("a transport");
    let body = b"scan".repeat(1_000);
    transport.call("/node/v1/sync", body, Some("token")).await
}

fn pinned(authority: &Authority) -> Trust {
    Trust::Authority(authority.der.to_vec())
}

fn untrusted(answer: &Result<Answered, TransportError>) -> bool {
    matches!(answer, Err(TransportError::Untrusted(_)))
}

#[tokio::test]
async fn the_pinned_authority_is_accepted_and_bodies_travel_compressed() {
    let authority = Authority::new();
    let server = authority.serve(GOOD, echo()).await;
    let answer = ask(&server, &pinned(&authority), time(NOW, NOW)).await;
    let expected = Answered {
        status: 200,
        version: Some(1),
        body: b"scan".repeat(1_000),
    };
    assert_eq!(answer, Ok(expected));
}

#[tokio::test]
async fn another_authority_is_refused() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = theirs.serve(GOOD, echo()).await;
    for trust in [pinned(&ours), Trust::WebPki] {
        let answer = ask(&server, &trust, time(NOW, NOW)).await;
        assert!(untrusted(&answer), "{trust:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_clock_of_1970_is_helped_by_what_central_said() {
    let authority = Authority::new();
    let later = authority.serve((2029, 2040), echo()).await;
    let trust = pinned(&authority);
    let at_boot = ask(&later, &trust, time(Timestamp(0), Timestamp(0))).await;
    assert!(
        untrusted(&at_boot),
        "not yet valid at build time: {at_boot:?}"
    );
    let after_a_sync = ask(&later, &trust, time(Timestamp(0), NOW)).await;
    assert!(after_a_sync.is_ok(), "{after_a_sync:?}");
    let expired = authority.serve((2025, 2029), echo()).await;
    let turned_back = ask(&expired, &trust, time(Timestamp(0), NOW)).await;
    assert!(
        untrusted(&turned_back),
        "a clock set back revives nothing: {turned_back:?}"
    );
}

#[tokio::test]
async fn first_contact_wants_the_fingerprint_and_a_leaf_under_it() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let trust = Trust::Fingerprint(Fingerprint::of(&ours.der));
    let right = ours.serve(GOOD, echo()).await;
    assert!(ask(&right, &trust, time(NOW, NOW)).await.is_ok());
    let other = theirs.serve(GOOD, echo()).await;
    assert!(untrusted(&ask(&other, &trust, time(NOW, NOW)).await));
    let pretender = theirs.serve_showing(&ours.der, GOOD, echo()).await;
    assert!(untrusted(&ask(&pretender, &trust, time(NOW, NOW)).await));
    let expired = ours.serve((2025, 2029), echo()).await;
    assert!(untrusted(&ask(&expired, &trust, time(NOW, NOW)).await));
}

#[tokio::test]
async fn a_bomb_and_an_endless_body_are_not_read() {
    let authority = Authority::new();
    let bomb = async || {
        let packed = zstd::bulk::compress(&vec![0; wire::MAX_BODY + 1], 3).expect("packs");
        ([("content-encoding", "zstd")], packed)
    };
    let endless = async || vec![0; wire::MAX_BODY + 1];
    let html = async || ([("content-encoding", "zstd")], "<html>login</html>");
    let odd = async || ([("content-encoding", "br")], "?");
    for router in [
        Router::new().route("/node/v1/sync", post(bomb)),
        Router::new().route("/node/v1/sync", post(endless)),
        Router::new().route("/node/v1/sync", post(html)),
        Router::new().route("/node/v1/sync", post(odd)),
    ] {
        let server = authority.serve(GOOD, router).await;
        let answer = ask(&server, &pinned(&authority), time(NOW, NOW)).await;
        assert!(
            matches!(answer, Err(TransportError::Unreadable(_))),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let authority = Authority::new();
    let login = async || (StatusCode::FOUND, [("location", "/node/v1/other")]).into_response();
    let other = async || "scan taken";
    let router = Router::new()
        .route("/node/v1/sync", post(login))
        .route("/node/v1/other", post(other));
    let server = authority.serve(GOOD, router).await;
    let answer = ask(&server, &pinned(&authority), time(NOW, NOW)).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(302));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let authority = Authority::new();
    let server = authority.serve(GOOD, echo()).await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("https://{}", gone.local_addr().expect("bound"));
    drop(gone);
    let transport = HttpTransport::new(&address, &pinned(&authority), time(NOW, NOW));
    let answer = transport
        .expect("a transport")
        .call("/x", Vec::new(), None)
        .await;
    assert!(
        matches!(answer, Err(TransportError::Unreachable(_))),
        "{answer:?}"
    );
    drop(server);
}

#[test]
fn addresses_are_checked() {
    let fingerprint = Trust::Fingerprint(Fingerprint([0; 16]));
    for (address, trust, code) in [
        ("https://tickets.example", &Trust::WebPki, None),
        (" https://tickets.example:8443/ ", &Trust::WebPki, None),
        ("http://127.0.0.1:8080", &Trust::WebPki, None),
        (
            "http://127.0.0.1:8080",
            &fingerprint,
            Some("address_needs_tls"),
        ),
        ("tickets.example", &Trust::WebPki, Some("bad_address")),
        ("ftp://tickets.example", &Trust::WebPki, Some("bad_address")),
        (
            "https://tickets.example/shop",
            &Trust::WebPki,
            Some("bad_address"),
        ),
        (
            "https://a:b@tickets.example",
            &Trust::WebPki,
            Some("bad_address"),
        ),
        ("", &Trust::WebPki, Some("bad_address")),
    ] {
        let made = HttpTransport::new(address, trust, time(NOW, NOW));
        assert_eq!(made.err().map(|error| error.code()), code, "{address}");
    }
}

#[tokio::test]
async fn a_long_upload_is_no_silence_and_a_silent_central_is() {
    let authority = Authority::new();
    let slow = async |body: Bytes| {
        // Longer than the silence below, as a thin link would take.
        tokio::time::sleep(Duration::from_millis(300)).await;
        body
    };
    let router = Router::new()
        .route("/node/v1/sync", post(slow))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let server = authority.serve(GOOD, router).await;
    let mut transport = HttpTransport::new(&server.address, &pinned(&authority), time(NOW, NOW))
        .expect("a transport");
    transport.silence = Duration::from_millis(100);
    let mut long = vec![0; 200_000];
    ambient::Entropy::fill(&SeededEntropy::new(3), &mut long);
    let answer = transport.call("/node/v1/sync", long, None).await;
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
    let answer = transport.call("/node/v1/sync", vec![1], None).await;
    assert_eq!(
        answer,
        Err(TransportError::Unreachable("no answer in time".to_owned()))
    );
}
