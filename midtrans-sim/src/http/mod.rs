//! The HTTP face: one address for Snap (`snap`, `page`), Core (`core`) and the control of the
//! simulation (`control`), with Midtrans' Basic auth and its two shapes of errors.

mod control;
mod core;
mod once;
mod page;
mod snap;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::HeaderMap,
    middleware,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{refusal::Refusal, simulator::Simulator};

/// Midtrans refuses Snap requests above about this size.
pub(crate) const BODY_LIMIT: usize = 16 * 1024;

pub(crate) fn router(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route(
            "/",
            get(|| async { Redirect::to("/sim/transactions").into_response() }),
        )
        .route("/snap/v1/transactions", post(snap::create))
        .route("/snap/v1/transactions/{token}/cancel", post(snap::cancel))
        .route("/snap/v2/vtweb/{token}", get(page::show).post(page::act))
        .route("/v2/{id}/status", get(core::status))
        .route("/v2/{id}/cancel", post(core::cancel))
        .route("/v2/{id}/expire", post(core::expire))
        .route("/v2/{id}/approve", post(core::approve))
        .route("/v2/{id}/deny", post(core::deny))
        .route("/v2/{id}/refund", post(core::refund))
        .route("/v2/{id}/refund/online/direct", post(core::refund_directly))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&simulator),
            once::once,
        ))
        .route("/sim/transactions", get(control::list))
        .route("/sim/transactions/{order_id}", get(control::one))
        .route("/sim/transactions/{order_id}/drive", post(control::drive))
        .route("/sim/transactions/{order_id}/resend", post(control::resend))
        .route(
            "/sim/notifications",
            get(control::attempts).post(control::switch),
        )
        .route("/sim/faults", post(control::faults))
        .route("/sim/release", post(control::release))
        .route("/sim/balance", post(control::balance))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(simulator)
}

/// The `Authorization` header of a server key: user name, empty password.
pub(crate) fn basic(server_key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{server_key}:")))
}

fn check_key(simulator: &Simulator, headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if given == Some(simulator.authorization.as_str()) {
        return Ok(());
    }
    Err(Refusal::new(
        401,
        "Access denied due to unauthorized transaction, please check client or server key",
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn authorization_matches_the_published_vector() {
        let want = "Basic U0ItTWlkLXNlcnZlci1hYmMxMjNjZGU0NTY6";
        assert_eq!(super::basic("SB-Mid-server-abc123cde456"), want);
    }
}
