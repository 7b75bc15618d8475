//! For search engines: what they may read, and the list of what is worth it.

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

use crate::{app::App, http::refusal::Refusal};

/// Orders are nobody's business, and carts and programs' addresses are of no use there.
const CLOSED: [&str; 5] = [
    "/orders/",
    "/events/*/cart",
    "/events/*/price",
    "/api/",
    "/panel",
];

pub(super) async fn rules(State(app): State<App>) -> Response {
    let closed: String = CLOSED
        .iter()
        .map(|path| format!("Disallow: {path}\n"))
        .collect();
    let text = format!(
        "User-agent: *\n{closed}Sitemap: {}/sitemap.xml\n",
        app.public_url
    );
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

pub(super) async fn sitemap(State(app): State<App>) -> Response {
    let events = match app.upcoming_events().await {
        Ok(events) => events,
        Err(error) => {
            tracing::error!(%error, "no sitemap");
            return Refusal::INTERNAL.answer();
        }
    };
    // Slugs are plain letters, so nothing needs an escape but the public address, which is the operator's.
    let address = |path: &str| {
        format!(
            "<url><loc>{}{path}</loc></url>\n",
            app.public_url.replace('&', "&amp;")
        )
    };
    let events: String = events
        .iter()
        .map(|listed| address(&format!("/events/{}", listed.event.slug)))
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}{events}</urlset>\n",
        address("/")
    );
    (
        StatusCode::OK,
        [(CONTENT_TYPE, "application/xml; charset=utf-8")],
        text,
    )
        .into_response()
}
