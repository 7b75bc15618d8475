//! The assets as a browser asks for them.

use std::io::Read as _;

use axum::{body::to_bytes, http::Request};
use tower::ServiceExt as _;

use super::*;
use crate::url;

async fn ask(address: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(address);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let answer = router::<()>().oneshot(request).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, parts.headers, body.to_vec())
}

#[tokio::test]
async fn every_named_file_is_served_with_its_type() {
    for (name, kind, inside) in [
        ("bootstrap.css", "text/css; charset=utf-8", "Bootstrap"),
        (
            "bootstrap.js",
            "text/javascript; charset=utf-8",
            "Bootstrap",
        ),
        ("htmx.js", "text/javascript; charset=utf-8", "htmx"),
        (
            "icons.css",
            "text/css; charset=utf-8",
            "fonts/bootstrap-icons.woff2",
        ),
        ("app.css", "text/css; charset=utf-8", "--gerbang"),
        ("gate.css", "text/css; charset=utf-8", "verdict"),
        ("gate.js", "text/javascript; charset=utf-8", "scan"),
        ("favicon.svg", "image/svg+xml", "<svg"),
    ] {
        let (status, headers, body) = ask(&url(name), &[]).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        assert_eq!(headers[CONTENT_TYPE], kind, "{name}");
        assert!(String::from_utf8_lossy(&body).contains(inside), "{name}");
        assert!(
            !String::from_utf8_lossy(&body).contains("sourceMappingURL="),
            "{name}"
        );
    }
    let (status, headers, body) = ask(&url("fonts/bootstrap-icons.woff2"), &[]).await;
    assert_eq!(
        (status, &headers[CONTENT_TYPE]),
        (StatusCode::OK, &HeaderValue::from_static("font/woff2"))
    );
    assert!(body.starts_with(b"wOF2"));
}

#[tokio::test]
async fn gzip_holds_the_same_bytes() {
    let address = url("bootstrap.css");
    let (_, _, plain) = ask(&address, &[("accept-encoding", "br, gzip;q=0")]).await;
    let (_, headers, packed) = ask(&address, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(headers[CONTENT_ENCODING], "gzip");
    assert!(packed.len() * 4 < plain.len());
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(packed.as_slice());
    decoder.read_to_end(&mut unpacked).expect("valid gzip");
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn this_version_is_kept_and_another_is_asked_for_again() {
    let (_, headers, _) = ask(&url("app.css"), &[]).await;
    assert!(
        headers[CACHE_CONTROL]
            .to_str()
            .expect("text")
            .contains("immutable")
    );
    let etag = headers[ETAG].to_str().expect("text").to_owned();
    let (status, _, body) = ask(&url("app.css"), &[("if-none-match", &etag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    let (status, headers, _) = ask("/assets/older/app.css", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn nothing_else_is_there() {
    for address in [
        "/assets/x/none.css",
        "/assets/x/app.css.gz",
        "/assets/x/../Cargo.toml",
    ] {
        assert_eq!(
            ask(address, &[]).await.0,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
}
