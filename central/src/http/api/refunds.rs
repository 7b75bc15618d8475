//! Refunds: what went back of an order, and asking for more. Somebody of the organiser decides, as on the page.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{ApiError, ErrorBody, status},
    event_body::moment,
    orders::{AccessQuery, idempotency_key},
};
use crate::{
    app::{
        App,
        orders::OrderError,
        refunds::{RefundError, RefundWish},
    },
    domain::refund::Refund,
};

/// What is to go back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Numbers of tickets, as printed on them; none for the whole order.
    #[serde(default)]
    pub tickets: Vec<String>,
    /// Why, for the organiser.
    #[serde(default)]
    pub note: String,
}

/// One refund.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundBody {
    pub id: uuid::Uuid,
    /// `requested`, `declined`, `approved`, `sent`, `done`, `failed` or `manual`; the last four are agreed and under way.
    pub status: &'static str,
    pub amount_minor: i64,
    pub currency: &'static str,
    pub requested_at: String,
    pub done_at: Option<String>,
}

/// All refunds of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundsBody {
    /// The oldest first.
    pub refunds: Vec<RefundBody>,
    /// Whether another one may be asked for now.
    pub may_ask: bool,
}

/// Asks for money back. The organiser decides; the tickets stay valid until then.
#[utoipa::path(
    post,
    path = "/api/v1/orders/{number}/refunds",
    params(("number" = String, Path), super::orders::Access, ("Idempotency-Key" = String, Header,
        description = "8 to 64 letters, digits, - or _: the same request with the same key is the same refund")),
    request_body = RefundRequest,
    responses(
        (status = 201, description = "Asked for", body = RefundBody),
        (status = 200, description = "Asked for before with this key", body = RefundBody),
        (status = 400, description = "`idempotency_key_form`, `body_malformed`", body = ErrorBody),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
        (status = 409, description = "`too_late`, `asked_before`, `not_paid`, `disputed`, `nothing_left`, \
            `unknown_ticket`, `ticket_gone`, `idempotency_key_reused`", body = ErrorBody),
        (status = 422, description = "`body_malformed`: a field of another name", body = ErrorBody),
    )
)]
pub(super) async fn ask(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
    headers: HeaderMap,
    body: Result<Json<RefundRequest>, JsonRejection>,
) -> Result<Response, ApiError> {
    let key = idempotency_key(&headers)?;
    let Json(wish) = body?;
    let wish = RefundWish {
        tickets: wish.tickets,
        note: wish.note,
    };
    let access = access?.0.access;
    let (refund, is_new) = app
        .request_refund_once(&number, &access, key, &wish)
        .await?;
    let status = match is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(RefundBody::from(&refund))).into_response())
}

/// What went back of an order, and what is asked for.
#[utoipa::path(
    get,
    path = "/api/v1/orders/{number}/refunds",
    params(("number" = String, Path), super::orders::Access),
    responses(
        (status = 200, body = RefundsBody),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<Json<RefundsBody>, ApiError> {
    let found = app.refunds_of_buyer(&number, &access?.access).await?;
    Ok(Json(RefundsBody {
        refunds: found.refunds.iter().map(RefundBody::from).collect(),
        may_ask: found.may_ask,
    }))
}

impl From<&Refund> for RefundBody {
    fn from(refund: &Refund) -> Self {
        Self {
            id: refund.id.0,
            status: refund.status.name(),
            amount_minor: refund.amount.minor,
            currency: refund.amount.currency.code(),
            requested_at: moment(refund.requested_at),
            done_at: refund.done_at.map(moment),
        }
    }
}

impl From<RefundError> for ApiError {
    fn from(error: RefundError) -> Self {
        match error {
            RefundError::UnknownOrder => OrderError::UnknownOrder.into(),
            RefundError::Store(error) => OrderError::Store(error).into(),
            RefundError::Event(error) => OrderError::Event(error).into(),
            RefundError::Order(error) => (*error).into(),
            other => Self::new(refusal_status(&other), other.code(), &other.to_string()),
        }
    }
}

/// The status that goes with a refund's error.
#[must_use]
pub fn refusal_status(error: &RefundError) -> StatusCode {
    match error {
        RefundError::UnknownOrder | RefundError::UnknownRefund => StatusCode::NOT_FOUND,
        RefundError::Event(_) | RefundError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        RefundError::Order(error) => status(error),
        _ => StatusCode::CONFLICT,
    }
}
