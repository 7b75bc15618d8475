//! Finding an order again by an identity number. Answers have one shape whether or not there are orders.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    error::{ApiError, ErrorBody},
    event_body::{EventSummary, moment},
    orders::AccessQuery,
};
use crate::{
    app::{
        App,
        orders::OrderError,
        tracking::{Found, TrackingError, Wanted},
    },
    domain::tracking::MaskedOrder,
    http::caller::Caller,
};

/// Whose orders are looked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackRequest {
    /// `ktp`, `sim`, `student_card` or `passport`.
    pub identity_type: String,
    pub identity_number: String,
    /// The address that was given with the orders, to see masked statuses at once.
    #[serde(default)]
    pub email: String,
    /// Of the letter: `id` (default) or `en`.
    #[serde(default)]
    pub language: String,
}

/// The answer, whatever there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrackAnswer {
    /// What a code from the letter is sent with.
    pub ask: Uuid,
    /// Codes are taken until then; each is good for 15 minutes.
    pub expires_at: String,
    /// Always the same sentence.
    pub message: &'static str,
    /// Orders that were placed with the given address, masked.
    pub orders: Vec<MaskedBody>,
}

/// An order before a proof.
#[derive(Debug, Serialize, ToSchema)]
pub struct MaskedBody {
    /// Its beginning.
    pub number: String,
    pub status: &'static str,
    pub created_at: String,
}

/// A code from a letter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    pub code: String,
}

/// The secret of a link from a letter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    pub secret: String,
}

/// An order after the proof.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundBody {
    pub number: String,
    pub status: &'static str,
    pub event: EventSummary,
    pub total_minor: i64,
    pub currency: &'static str,
    pub created_at: String,
    /// The order's page, with the secret that the API takes as `access`.
    pub url: String,
}

/// Looks for orders: a code goes to the mail address of each, and nothing is told here.
#[utoipa::path(
    post,
    path = "/api/v1/track",
    request_body = TrackRequest,
    responses(
        (status = 200, description = "The same whether or not there are orders", body = TrackAnswer),
        (status = 400, description = "`body_malformed`", body = ErrorBody),
        (status = 422, description = "`invalid_fields`: no such number is possible", body = ErrorBody),
        (status = 429, description = "`asked_too_often`", body = ErrorBody),
    )
)]
pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<TrackRequest>, JsonRejection>,
) -> Result<Json<TrackAnswer>, ApiError> {
    let Json(wanted) = body?;
    let group = caller.group();
    let asked = app.ask_for_orders(Wanted {
        identity_type: &wanted.identity_type,
        identity_number: &wanted.identity_number,
        email: &wanted.email,
        language: &wanted.language,
        caller: &group,
    });
    let asked = asked.await?;
    Ok(Json(TrackAnswer {
        ask: asked.ask,
        expires_at: moment(asked.expires_at),
        message: "If there are orders with this number, a code was sent to the mail address of each.",
        orders: asked.orders.iter().map(MaskedBody::from).collect(),
    }))
}

/// Opens orders with the code from the letter, once.
#[utoipa::path(
    post,
    path = "/api/v1/track/{ask}/code",
    params(("ask" = Uuid, Path)),
    request_body = CodeRequest,
    responses(
        (status = 200, body = Vec<FoundBody>),
        (status = 400, description = "`body_malformed`", body = ErrorBody),
        (status = 403, description = "`no_access`, whatever is wrong", body = ErrorBody),
        (status = 422, description = "`body_malformed`: a field of another name", body = ErrorBody),
    )
)]
pub(super) async fn code(
    State(app): State<App>,
    Path(ask): Path<String>,
    body: Result<Json<CodeRequest>, JsonRejection>,
) -> Result<Json<Vec<FoundBody>>, ApiError> {
    let Json(typed) = body?;
    let ask = Uuid::parse_str(&ask).map_err(|_| TrackingError::NoAccess)?;
    let found = app.open_by_code(ask, &typed.code).await?;
    Ok(Json(found.iter().map(FoundBody::from).collect()))
}

/// Opens orders with the secret of the link from the letter, once.
#[utoipa::path(
    post,
    path = "/api/v1/track/link",
    request_body = LinkRequest,
    responses(
        (status = 200, body = Vec<FoundBody>),
        (status = 400, description = "`body_malformed`", body = ErrorBody),
        (status = 403, description = "`no_access`, whatever is wrong", body = ErrorBody),
        (status = 422, description = "`body_malformed`: a field of another name", body = ErrorBody),
    )
)]
pub(super) async fn link(
    State(app): State<App>,
    body: Result<Json<LinkRequest>, JsonRejection>,
) -> Result<Json<Vec<FoundBody>>, ApiError> {
    let Json(link) = body?;
    let found = app.open_by_link(&link.secret).await?;
    Ok(Json(found.iter().map(FoundBody::from).collect()))
}

/// Sends the tickets to the order's own mail address once more, three times a day at most.
#[utoipa::path(
    post,
    path = "/api/v1/orders/{number}/tickets-mail",
    params(("number" = String, Path), super::orders::Access),
    responses(
        (status = 202, description = "They are on their way"),
        (status = 404, description = "`unknown_order`", body = ErrorBody),
        (status = 409, description = "`not_paid`", body = ErrorBody),
        (status = 429, description = "`sent_often`", body = ErrorBody),
    )
)]
pub(super) async fn tickets_mail(
    State(app): State<App>,
    Path(number): Path<String>,
    access: AccessQuery,
) -> Result<StatusCode, ApiError> {
    app.send_tickets_again(&number, &access?.access).await?;
    Ok(StatusCode::ACCEPTED)
}

impl From<&MaskedOrder> for MaskedBody {
    fn from(order: &MaskedOrder) -> Self {
        Self {
            number: order.number.clone(),
            status: order.status.name(),
            created_at: moment(order.created_at),
        }
    }
}

impl From<&Found> for FoundBody {
    fn from(found: &Found) -> Self {
        let order = &found.order;
        Self {
            number: order.number.clone(),
            status: order.status.name(),
            event: EventSummary::from(&found.event),
            total_minor: order.total.minor,
            currency: order.total.currency.code(),
            created_at: moment(order.created_at),
            url: found.url.clone(),
        }
    }
}

impl From<TrackingError> for ApiError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::Invalid(fields) => OrderError::Invalid(fields).into(),
            TrackingError::Store(error) => OrderError::Store(error).into(),
            TrackingError::TooOften => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "asked_too_often",
                &error.to_string(),
            ),
            TrackingError::NoAccess => {
                Self::new(StatusCode::FORBIDDEN, "no_access", &error.to_string())
            }
        }
    }
}
