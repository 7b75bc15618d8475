//! What every answer says to browsers: no frames, no guessing of types, no other site's files, no keeping.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::app::App;

const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

pub(super) async fn add(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A year: whoever came by https once is not led to http again.
    let transport = app
        .public_url
        .starts_with("https:")
        .then_some("max-age=31536000");
    let transport = transport.map(|value| (header::STRICT_TRANSPORT_SECURITY, value));
    let always = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            web_assets::CONTENT_SECURITY_POLICY,
        ),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        // What is personal or changes is never kept by a cache; assets say otherwise themselves.
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in always.into_iter().chain(transport) {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
