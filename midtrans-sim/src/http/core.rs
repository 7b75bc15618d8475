//! Core API: status and the merchant's moves.
//!
//! Invariant: but for a wrong key the HTTP status is 200 and the body's `status_code` tells the
//! outcome, because that is the case a client must not get wrong.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::check_key;
use crate::{moves::Move, refusal::Refusal, simulator::Simulator, transaction::RefundOrder};

type Shared = State<Arc<Simulator>>;

pub(super) async fn status(
    State(simulator): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let found =
        check_key(&simulator, &headers).and_then(|()| simulator.with(|world, _| world.status(&id)));
    answer(found)
}

pub(super) async fn cancel(state: Shared, headers: HeaderMap, id: Path<String>) -> Response {
    make(&state, &headers, &id, Move::Cancel)
}

pub(super) async fn expire(state: Shared, headers: HeaderMap, id: Path<String>) -> Response {
    make(&state, &headers, &id, Move::Expire)
}

pub(super) async fn approve(state: Shared, headers: HeaderMap, id: Path<String>) -> Response {
    make(&state, &headers, &id, Move::Approve)
}

pub(super) async fn deny(state: Shared, headers: HeaderMap, id: Path<String>) -> Response {
    make(&state, &headers, &id, Move::Deny)
}

fn make(simulator: &Simulator, headers: &HeaderMap, id: &str, what: Move) -> Response {
    let made = check_key(simulator, headers)
        .and_then(|()| simulator.with(|world, now| world.make(id, what, now)));
    answer(made)
}

pub(super) async fn refund(
    State(simulator): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    answer(refund_order(&simulator, &headers, &id, &body, false))
}

pub(super) async fn refund_directly(
    State(simulator): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    answer(refund_order(&simulator, &headers, &id, &body, true))
}

fn refund_order(
    simulator: &Simulator,
    headers: &HeaderMap,
    id: &str,
    body: &[u8],
    is_direct: bool,
) -> Result<Map<String, Value>, Refusal> {
    check_key(simulator, headers)?;
    let order = parse_refund(body, is_direct)?;
    simulator.with(|world, now| world.refund(id, order, now))
}

fn parse_refund(body: &[u8], is_direct: bool) -> Result<RefundOrder, Refusal> {
    let body: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body).map_err(|_| Refusal::new(413, "JSON is not valid"))?
    };
    let amount = match &body["amount"] {
        Value::Null => None,
        value => Some(
            value
                .as_i64()
                .ok_or_else(|| Refusal::new(400, "amount must be a whole number"))?,
        ),
    };
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    Ok(RefundOrder {
        key: text("refund_key"),
        amount,
        reason: text("reason"),
        is_direct,
    })
}

fn answer(result: Result<Map<String, Value>, Refusal>) -> Response {
    match result {
        Ok(body) => Json(Value::Object(body)).into_response(),
        Err(refusal) => {
            let status = if refusal.code == 401 {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::OK
            };
            (status, Json(error_body(&refusal))).into_response()
        }
    }
}

fn error_body(refusal: &Refusal) -> Value {
    let mut body = json!({
        "status_code": refusal.code.to_string(),
        "status_message": refusal.messages.first(),
        "id": "00000000-0000-0000-0000-000000000000",
    });
    if refusal.code == 400 {
        body["status_message"] = json!("One or more parameters in the payload is invalid.");
        body["validation_messages"] = json!(refusal.messages);
    }
    body
}
