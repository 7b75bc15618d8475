//! Forms of other sites: a request that changes something and was made by another site's page is refused.
//!
//! Invariant: a browser's own word decides (`Sec-Fetch-Site`, else `Origin`), which no page can forge. Programs send
//! neither and pass: what they may do, they prove with a secret. Forms carry a token besides (`visitor`), for
//! browsers that say nothing. Webhooks and gates are programs and not asked.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, Method,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::Response,
};

use super::refusal::Refusal;
use crate::app::App;

pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let changes_nothing = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let path = request.uri().path();
    let is_for_programs = path.starts_with("/hooks/") || path.starts_with("/node/");
    if changes_nothing || is_for_programs || is_own(request.headers(), &app.public_url) {
        return next.run(request).await;
    }
    tracing::info!("a form of another site is refused");
    Refusal::OTHER_SITE.answer()
}

fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(ORIGIN.as_str()) else {
        return true;
    };
    let host = text(HOST.as_str());
    let is_this_host = origin
        .split_once("://")
        .is_some_and(|(_, own)| Some(own) == host);
    // Behind a proxy that changes the host, buyers know us by the public address.
    is_this_host || origin == public_url
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_our_own_pages_and_programs_may_change_things() {
        for (headers, want) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://shop.example"),
                ],
                false,
            ),
            (&[("origin", "https://shop.example")], true),
            (
                &[
                    ("origin", "http://127.0.0.1:8080"),
                    ("host", "127.0.0.1:8080"),
                ],
                true,
            ),
            (
                &[
                    ("origin", "http://127.0.0.1:8081"),
                    ("host", "127.0.0.1:8080"),
                ],
                false,
            ),
            (
                &[("origin", "https://evil.example"), ("host", "shop.example")],
                false,
            ),
            (&[("origin", "https://shop.example.evil.example")], false),
            (&[("origin", "null"), ("host", "null")], false),
        ] {
            let pairs = headers.iter().map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            let map: HeaderMap = pairs.collect();
            assert_eq!(is_own(&map, "https://shop.example"), want, "{headers:?}");
        }
    }
}
