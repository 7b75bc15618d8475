//! Control of the simulation, for tests and the demo: no key, errors as `{"error": "..."}`.
//!
//! - `GET  /sim/transactions` every order with its page and attempts
//! - `GET  /sim/transactions/{order_id}`
//! - `POST /sim/transactions/{order_id}/drive` with a [`Drive`]; answers when the first attempt of
//!   every notice is over
//! - `POST /sim/transactions/{order_id}/resend` the last notice again, byte for byte
//! - `GET  /sim/notifications` attempts so far; `POST {"on": false}` stops new notices
//! - `POST /sim/faults` with [`Faults`]: what goes wrong with notices from now on; `{}` ends it
//! - `POST /sim/release` `{"order": "reversed"}` lets held notices go and ends all faults
//! - `POST /sim/balance` `{"amount": 0}` limits what can be refunded, `{"amount": null}` lifts it

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    drive::Drive,
    fault::{Faults, Release},
    refusal::Refusal,
    simulator::Simulator,
    world::{Order, World},
};

type Shared = State<Arc<Simulator>>;

#[derive(Deserialize)]
pub(super) struct Switch {
    on: bool,
}

#[derive(Deserialize)]
pub(super) struct Balance {
    amount: Option<i64>,
}

pub(super) async fn list(State(simulator): Shared) -> Json<Value> {
    let orders = simulator.with(|world, _| {
        let all = world.orders.iter();
        all.map(|(id, order)| describe(world, &simulator.base_url, id, order))
            .collect::<Vec<_>>()
    });
    Json(json!({ "orders": orders }))
}

pub(super) async fn one(State(simulator): Shared, Path(order_id): Path<String>) -> Response {
    let found = simulator.with(|world, _| {
        let order = world.orders.get(&order_id)?;
        Some(describe(world, &simulator.base_url, &order_id, order))
    });
    answer(found.ok_or_else(Refusal::unknown_transaction))
}

pub(super) async fn drive(
    State(simulator): Shared,
    Path(order_id): Path<String>,
    Json(drive): Json<Drive>,
) -> Response {
    let driven = simulator
        .with_delivery(|world, now| {
            world.drive(&order_id, &drive, now)?;
            let order = world
                .orders
                .get(&order_id)
                .ok_or_else(Refusal::unknown_transaction)?;
            Ok(describe(world, &simulator.base_url, &order_id, order))
        })
        .await;
    answer(driven)
}

pub(super) async fn resend(State(simulator): Shared, Path(order_id): Path<String>) -> Response {
    let sent = simulator
        .with_delivery(|world, _| world.resend(&order_id))
        .await;
    answer(sent.map(|()| json!({"resent": true})))
}

pub(super) async fn switch(State(simulator): Shared, Json(switch): Json<Switch>) -> Json<Value> {
    simulator.with(|world, _| world.is_notifying = switch.on);
    Json(json!({"on": switch.on}))
}

pub(super) async fn attempts(State(simulator): Shared) -> Json<Value> {
    let on = simulator.with(|world, _| world.is_notifying);
    Json(json!({"on": on, "attempts": simulator.attempts()}))
}

pub(super) async fn balance(State(simulator): Shared, Json(balance): Json<Balance>) -> Json<Value> {
    simulator.with(|world, _| world.balance = balance.amount);
    Json(json!({"amount": balance.amount}))
}

pub(super) async fn faults(State(simulator): Shared, Json(faults): Json<Faults>) -> Json<Value> {
    simulator.with(|world, _| world.faults = faults);
    Json(json!({"set": true}))
}

#[derive(Deserialize)]
pub(super) struct Go {
    #[serde(default)]
    order: Release,
}

/// Answers when the first attempt of each is over.
pub(super) async fn release(State(simulator): Shared, Json(go): Json<Go>) -> Json<Value> {
    let released = simulator.with_delivery(|world, _| world.release(go.order));
    Json(json!({"released": released.await}))
}

fn describe(world: &World, base_url: &str, order_id: &str, order: &Order) -> Value {
    let transactions: Vec<Value> = order
        .transactions
        .iter()
        .map(|transaction| {
            json!({
                "transaction_id": transaction.id,
                "row": transaction.row.name(),
                "channel": transaction.channel.name(),
                "gross_amount": transaction.gross_amount(),
                "refunded": transaction.refunded(),
            })
        })
        .collect();
    json!({
        "order_id": order_id,
        "token": order.token,
        "page": format!("{base_url}/snap/v2/vtweb/{}", order.token),
        "row": world.find(order_id).ok().map(|transaction| transaction.row.name()),
        "transactions": transactions,
    })
}

fn answer(result: Result<Value, Refusal>) -> Response {
    match result {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
            (status, Json(json!({"error": refusal.messages.join("; ")}))).into_response()
        }
    }
}
