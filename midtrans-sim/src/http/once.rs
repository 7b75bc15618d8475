//! The middleware of `Idempotency-Key` for the POSTs of both APIs.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::check_key;
use crate::{replay::KEY_LENGTH, simulator::Simulator};

const KEY: &str = "idempotency-key";

pub(super) async fn once(
    State(simulator): State<Arc<Simulator>>,
    request: Request,
    next: Next,
) -> Response {
    let key = request.headers().get(KEY);
    let key = key.and_then(|key| key.to_str().ok()).map(str::to_owned);
    let is_post = request.method() == Method::POST;
    let has_key = check_key(&simulator, request.headers()).is_ok();
    let Some(key) = key.filter(|key| is_post && has_key && key.len() <= KEY_LENGTH) else {
        return next.run(request).await;
    };
    if let Some((status, body)) = simulator.with(|world, now| world.replays.find(&key, now)) {
        return answer(status, body);
    }
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let status = parts.status.as_u16();
    if is_success(status, &body) {
        simulator.with(|world, now| world.replays.keep(&key, status, &body, now));
    }
    answer(status, body)
}

/// Core tells of failures in the body, under HTTP 200.
fn is_success(status: u16, body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let code = body["status_code"]
        .as_str()
        .and_then(|code| code.parse().ok());
    (200..300).contains(&code.unwrap_or(status)) && (200..300).contains(&status)
}

fn answer(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, Body::from(body)).into_response()
}
