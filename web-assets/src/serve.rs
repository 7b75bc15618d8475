//! Answers `/assets/…` from memory.
//!
//! An address of this binary is immutable and kept for a year. One of another version (a page that was open
//! while the program was replaced) gets today's file, to be asked for again next time.

use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};

use crate::file::{VERSION, content_type, read, read_gzip};

/// Serves the embedded files under `/assets/`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{version}/{*name}", get(asset))
}

async fn asset(Path((version, name)): Path<(String, String)>, asked: HeaderMap) -> Response {
    let Some(plain) = read(&name).filter(|_| !name.ends_with(".gz")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", *VERSION);
    let lifetime = if version == *VERSION {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let common = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type(&name))),
        (CACHE_CONTROL, HeaderValue::from_static(lifetime)),
        (VARY, HeaderValue::from_static("accept-encoding")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let tag = [(ETAG, etag.clone())];
    if asked
        .get(IF_NONE_MATCH)
        .is_some_and(|known| *known == *etag)
    {
        return (StatusCode::NOT_MODIFIED, common, tag).into_response();
    }
    match read_gzip(&name).filter(|_| takes_gzip(&asked)) {
        Some(packed) => {
            let encoding = [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            (common, tag, encoding, Body::from(packed)).into_response()
        }
        None => (common, tag, Body::from(plain)).into_response(),
    }
}

/// Whether the client said so, and did not take it back with `q=0`.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let values = asked.get_all(ACCEPT_ENCODING).into_iter();
    let mut codings = values
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','));
    codings.any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains(&quality.trim());
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
