//! Refusals of the API: a status, a stable code, one sentence, and the fields that are wrong.
//!
//! Invariant: nothing that was typed is repeated, and nothing internal is shown; internals are logged once, here.

use axum::{
    Json,
    extract::rejection::{JsonRejection, QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{events::EventError, orders::OrderError},
    domain::field::FieldError,
    http::refusal::Refusal,
};

/// A refusal as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Stable name.
    pub code: &'static str,
    /// One sentence for the person.
    pub message: String,
    /// The fields that are wrong, each with its own code and sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldBody>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldBody {
    /// Its place in the request: `email`, `items[0].quantity`.
    pub field: String,
    /// Stable name.
    pub code: &'static str,
    /// One sentence that says what to do.
    pub message: String,
}

/// A refusal.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

impl From<FieldError> for FieldBody {
    fn from(error: FieldError) -> Self {
        Self {
            field: error.field,
            code: error.code,
            message: error.message,
        }
    }
}

/// The status that goes with an order's error.
#[must_use]
pub fn status(error: &OrderError) -> StatusCode {
    match error {
        OrderError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        OrderError::KeyForm => StatusCode::BAD_REQUEST,
        OrderError::UnknownEvent | OrderError::UnknownOrder => StatusCode::NOT_FOUND,
        OrderError::NotOnSale
        | OrderError::SoldOut(_)
        | OrderError::KeyReused
        | OrderError::Illegal(_)
        | OrderError::HoldEnded
        | OrderError::NotPaid
        | OrderError::ChangedMeanwhile
        | OrderError::SameAddress
        | OrderError::AnswerFirst => StatusCode::CONFLICT,
        OrderError::SentOften => StatusCode::TOO_MANY_REQUESTS,
        OrderError::NotStored | OrderError::PaymentInPreparation | OrderError::Provider(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        OrderError::Document(_) | OrderError::Event(_) | OrderError::Store(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> Self {
        let status = status(&error);
        let code = error.code();
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code, %error, "order request failed");
            return Self::new(status, code, Refusal::INTERNAL.english);
        }
        let mut refusal = Self::new(status, code, &error.to_string());
        if let OrderError::Invalid(fields) = error {
            refusal.body.fields = fields.into_iter().map(FieldBody::from).collect();
        }
        refusal
    }
}

impl From<EventError> for ApiError {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Unknown => OrderError::UnknownEvent.into(),
            other => OrderError::Event(other).into(),
        }
    }
}

impl From<JsonRejection> for ApiError {
    /// The parser's own words could repeat what was typed, so they are not passed on.
    fn from(rejection: JsonRejection) -> Self {
        let message = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "The body is too large.",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Send the body as application/json.",
            _ => "The body is not what this address takes: see /api/v1/openapi.json.",
        };
        Self::new(rejection.status(), "body_malformed", message)
    }
}

impl From<QueryRejection> for ApiError {
    fn from(_: QueryRejection) -> Self {
        let message = "Give the secret of the order's link as ?access=…";
        Self::new(StatusCode::BAD_REQUEST, "access_missing", message)
    }
}

impl ApiError {
    /// A query that is not what the document says.
    pub(super) fn query() -> Self {
        let message = "The query is not what this address takes: see /api/v1/openapi.json.";
        Self::new(StatusCode::BAD_REQUEST, "query_malformed", message)
    }

    pub(super) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        let body = ErrorBody {
            code,
            message: message.to_owned(),
            fields: Vec::new(),
        };
        Self { status, body }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        response
    }
}
