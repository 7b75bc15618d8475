//! Clients that are slow on purpose: each is sent away, and nobody else waits for them.
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use central::http::{
    router::Protection,
    serve::{Listeners, serve},
};
use support::{
    central::{Engine, TestCentral},
    http::client,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Longer than any limit here, and shorter than what a real server allows.
const LONG: Duration = Duration::from_secs(15);

/// Central with limits of a second and two.
async fn open() -> (TestCentral, SocketAddr) {
    let central = TestCentral::new(Engine::Sqlite).await;
    let port = {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        free.expect("a port").local_addr().expect("an address")
    };
    let protection = Protection {
        header_time: Duration::from_secs(1),
        request_time: Duration::from_secs(2),
        ..Protection::default()
    };
    let listeners = Listeners {
        public: port,
        protection,
        nodes: None,
        metrics: None,
    };
    tokio::spawn(serve(
        central.app.clone(),
        listeners,
        std::future::pending(),
    ));
    while TcpStream::connect(port).await.is_err() {
        tokio::task::yield_now().await;
    }
    (central, port)
}

/// Sends the beginning at once and then one byte after the other, until the server ends it; gives what it said.
async fn drip(to: SocketAddr, start: &str, drops: &str) -> String {
    let stream = TcpStream::connect(to).await.expect("it listens");
    let (mut reads, mut writes) = stream.into_split();
    writes.write_all(start.as_bytes()).await.expect("open");
    let drops: Vec<u8> = drops.bytes().collect();
    let dripping = tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        for drop in drops {
            pace.tick().await;
            if writes.write_all(&[drop]).await.is_err() {
                break;
            }
        }
        // Silent from now on, and open.
        writes
    });
    let mut said = Vec::new();
    let ended = timeout(LONG, reads.read_to_end(&mut said)).await;
    assert!(ended.is_ok(), "the server waits for ever: {start:?}");
    dripping.abort();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_byte_by_byte_holds_no_place() {
    let (_central, address) = open().await;
    let header = "X-Slow: ".to_owned() + &"a".repeat(600);
    let upgrade = "PRI * HTTP/2.0";
    let (silent, slow_header, slow_preface) = tokio::join!(
        drip(address, "", ""),
        drip(address, "GET / HTTP/1.1\r\nHost: central\r\n", &header),
        drip(address, "", &upgrade[..5]),
    );
    for said in [silent, slow_header, slow_preface] {
        assert!(!said.starts_with("HTTP/1.1 200"), "{said}");
    }
    let post = "POST /api/v1/track HTTP/1.1\r\nHost: central\r\nContent-Type: application/json\r\n\
                Content-Length: 600\r\n\r\n";
    let body = drip(address, post, &" ".repeat(600)).await;
    assert!(body.starts_with("HTTP/1.1 408"), "{body}");
    let hook = post.replace("/api/v1/track", "/hooks/on_site");
    let hook = drip(address, &hook, &" ".repeat(600)).await;
    assert!(hook.starts_with("HTTP/1.1 4"), "{hook}");
    let url = format!("http://{address}/healthz");
    let others = client().get(url).send().await.expect("an answer");
    assert!(others.status().is_success(), "nobody else waits");
}
