//! Snap: opening and cancelling a page. Errors are `{"error_messages": [...]}` under the HTTP status.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::check_key;
use crate::{refusal::Refusal, request::SnapRequest, simulator::Simulator};

pub(super) async fn create(
    State(simulator): State<Arc<Simulator>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match open(&simulator, &headers, body) {
        Ok(token) => {
            let redirect_url = format!("{}/snap/v2/vtweb/{token}", simulator.base_url);
            let body = json!({"token": token, "redirect_url": redirect_url});
            (StatusCode::CREATED, Json(body)).into_response()
        }
        Err(refusal) => error(&refusal),
    }
}

fn open(
    simulator: &Simulator,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<String, Refusal> {
    check_key(simulator, headers)?;
    let body = body.map_err(|_| Refusal::new(413, "Request body is too large"))?;
    let body: Value =
        serde_json::from_slice(&body).map_err(|_| Refusal::new(400, "JSON is not valid"))?;
    let request = SnapRequest::parse(&body)?;
    simulator.with(|world, now| {
        let urls = notification_urls(headers, world.notification_url.as_deref());
        world.open_session(request, urls, now)
    })
}

/// The two headers that change where this transaction's notices go.
fn notification_urls(headers: &HeaderMap, usual: Option<&str>) -> Vec<String> {
    let listed = |name: &str| -> Vec<String> {
        let text = headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut urls = listed("x-override-notification");
    if urls.is_empty() {
        urls.extend(usual.map(str::to_owned));
        urls.extend(listed("x-append-notification"));
    }
    urls
}

pub(super) async fn cancel(
    State(simulator): State<Arc<Simulator>>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let cancelled = check_key(&simulator, &headers).and_then(|()| {
        simulator.with(|world, now| {
            world
                .cancel_session(&token)
                .map(|()| crate::wib::format(now))
        })
    });
    match cancelled {
        Ok(at) => Json(json!({"canceled_at": at})).into_response(),
        Err(refusal) => error(&refusal),
    }
}

fn error(refusal: &Refusal) -> Response {
    // Snap answers a taken order id as a validation error; 406 is Core's code for it.
    let code = if refusal.code == 406 {
        400
    } else {
        refusal.code
    };
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error_messages": refusal.messages}))).into_response()
}
