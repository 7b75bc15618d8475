//! `POST /hooks/midtrans`.
//!
//! The answer steers how often they send it again: 2xx ends it, so everything that has an outcome gets one; 503
//! for what could not be checked now; 400 for what is no notice at all; and 401 for a wrong signature, which may
//! only mean that our key is being changed.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde_json::{Value, json};

use crate::app::{App, notices::NoticeOutcome};

/// Who sends notices here.
const PROVIDER: &str = "midtrans";

pub(super) async fn take(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    if app.provider.name() != PROVIDER {
        return answer(StatusCode::NOT_FOUND, "not_in_use");
    }
    match app.take_notice(&headers, &body).await {
        Ok(NoticeOutcome::BadSignature) => answer(StatusCode::UNAUTHORIZED, "bad_signature"),
        Ok(NoticeOutcome::Malformed) => answer(StatusCode::BAD_REQUEST, "malformed"),
        Ok(outcome) => answer(StatusCode::OK, outcome.name()),
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "notice not handled");
            answer(StatusCode::SERVICE_UNAVAILABLE, error.code())
        }
    }
}

fn answer(status: StatusCode, outcome: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "outcome": outcome })))
}
