//! Webhooks of payment providers, under `/hooks`.

mod midtrans;

use axum::{Router, extract::DefaultBodyLimit, routing::post};

use crate::app::App;

/// Longest notice, bytes: theirs are below four thousand.
const BODY_BYTES: usize = 32 * 1024;

/// The routes of all providers.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/hooks/midtrans", post(midtrans::take))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}
