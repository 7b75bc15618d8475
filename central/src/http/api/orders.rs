//! Orders: place, look, pay, give up, fetch the invoice.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    body::{OrderBody, OrderPlaced, OrderRequest},
    error::{ApiError, ErrorBody},
};
use crate::{
    app::{App, orders::OrderError},
    domain::channel::Channel,
};

/// The secret of the buyer's link.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Access {
    /// As given when the order was placed.
    pub(super) access: String,
}

pub(super) type AccessQuery = Result<Query<Access>, QueryRejection>;

/// Places an order: capacity is held until `hold_until`, and `pay_url` is where to pay.
#[utoipa::path(
    post,
    path = "/api/v1/orders",
    params(("Idempotency-Key" = String, Header,
        description = "8 to 64 letters, digits, - or _: the same request with the same key is the same order")),
    request_body = OrderRequest,
    responses(
        (status = 201, description = "Placed", body = OrderPlaced),
        (status = 200, description = "Placed before with this key", body = OrderPlaced),
        (status = 400, description = "`idempotency_key_form`, `body_malformed`", body = ErrorBody),
        (status = 404, description = "`unknown_event`", body = ErrorBody),
        (status = 409, description = "`sold_out`, `not_on_sale`, `idempotency_key_reused`", body = ErrorBody),
        (status = 422, description = "`invalid_fields` with the list of fields", body = ErrorBody),
    )
)]
pub(super) async fn place(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Json<OrderRequest>, JsonRejection>,
) -> Result<Response, ApiError> {
    let key = idempotency_key(&headers)?;
    let (event, form) = body?.0.into_form();
    let placed = app.place_order_by(Channel::Api, &event, key, &form).await?;
    let status = if placed.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(OrderPlaced::from(placed))).into_response())
}

/// The key of a request that is to be made once.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<&str, OrderError> {
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok());
    key.ok_or(OrderError::KeyForm)
}

/// An order, its payment and its tickets.
#[utoipa::path(
    get,
    path = "/api/v1/orders/{number}",
    params(("number" = String, Path), Access),
    responses(
        (status = 200, body = OrderBody),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
    )
)]
pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<Response, ApiError> {
    let view = app.find_order(&number, &access?.access).await?;
    Ok(Json(OrderBody::from(&view)).into_response())
}

/// Opens the payment of a pending order, or gives the open one again.
#[utoipa::path(
    post,
    path = "/api/v1/orders/{number}/payment",
    params(("number" = String, Path), Access),
    responses(
        (status = 200, body = OrderPlaced),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
        (status = 409, description = "`illegal_move`, `hold_ended`", body = ErrorBody),
        (status = 503, description = "`payment_not_started`, `payment_in_preparation`: try again", body = ErrorBody),
    )
)]
pub(super) async fn start_payment(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<Response, ApiError> {
    let placed = app.start_payment(&number, &access?.access).await?;
    Ok(Json(OrderPlaced::from(placed)).into_response())
}

/// Gives an unpaid order up; its capacity is free at once.
#[utoipa::path(
    post,
    path = "/api/v1/orders/{number}/cancel",
    params(("number" = String, Path), Access),
    responses(
        (status = 200, body = OrderBody),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
        (status = 409, description = "`illegal_move`: it is not pending", body = ErrorBody),
    )
)]
pub(super) async fn cancel(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<Response, ApiError> {
    let access = access?.0.access;
    app.cancel_order(&number, &access).await?;
    let view = app.find_order(&number, &access).await?;
    Ok(Json(OrderBody::from(&view)).into_response())
}

/// The invoice of a paid order with one page per ticket.
#[utoipa::path(
    get,
    path = "/api/v1/orders/{number}/invoice.pdf",
    params(("number" = String, Path), Access),
    responses(
        (status = 200, description = "The document", content_type = "application/pdf"),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
        (status = 409, description = "`not_paid`", body = ErrorBody),
    )
)]
pub(super) async fn invoice(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<Response, ApiError> {
    let pdf = app.invoice_pdf(&number, &access?.access).await?;
    // The number was found, so it is one of ours: letters, digits and a hyphen.
    let file = format!("inline; filename=\"{number}.pdf\"");
    let kind = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, file),
    ];
    Ok((kind, pdf).into_response())
}
