//! Refusals to nodes: an HTTP status that says whether trying again helps, and a `Refusal` in CBOR.

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use sync_protocol::wire::{self, v1::Refusal};

use crate::app::{nodes::NodeError, sync::SyncError};

/// A refusal on its way out.
#[derive(Debug)]
pub struct NodeRefusal {
    status: StatusCode,
    refusal: Refusal,
}

impl NodeRefusal {
    /// The request cannot be read.
    pub fn bad_request(code: &str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    fn new(status: StatusCode, code: &str, message: &str) -> Self {
        let refusal = Refusal {
            code: code.to_owned(),
            message: message.to_owned(),
            acknowledged: None,
        };
        Self { status, refusal }
    }

    /// Ours to mend: it is logged here, once, and the node learns only that it may try again.
    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a node's request failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "internal",
            "central has a problem of its own: try again",
        )
    }
}

impl From<NodeError> for NodeRefusal {
    fn from(error: NodeError) -> Self {
        let status = match &error {
            NodeError::Store(inner) => return Self::internal(inner),
            NodeError::MalformedCode(_) | NodeError::BadKey | NodeError::BadName => {
                StatusCode::BAD_REQUEST
            }
            NodeError::UnknownToken | NodeError::UnknownChallenge | NodeError::BadSignature => {
                StatusCode::UNAUTHORIZED
            }
            NodeError::UnknownCode
            | NodeError::ExpiredCode
            | NodeError::UsedCode
            | NodeError::NameTaken
            | NodeError::UnknownGate
            | NodeError::UnknownNode => StatusCode::FORBIDDEN,
        };
        Self::new(status, error.code(), &error.to_string())
    }
}

impl From<SyncError> for NodeRefusal {
    fn from(error: SyncError) -> Self {
        let status = match &error {
            SyncError::Store(inner) => return Self::internal(inner),
            SyncError::Event(inner) => return Self::internal(inner),
            SyncError::Overtaken => StatusCode::CONFLICT,
            SyncError::TooMany => StatusCode::PAYLOAD_TOO_LARGE,
            SyncError::Batch(_) | SyncError::Position(_) => StatusCode::UNPROCESSABLE_ENTITY,
            SyncError::UnknownNode | SyncError::Quarantined(_) | SyncError::OtherEvent => {
                StatusCode::FORBIDDEN
            }
        };
        Self::new(status, error.code(), &error.to_string())
    }
}

impl IntoResponse for NodeRefusal {
    fn into_response(self) -> Response {
        let body = wire::encode(&self.refusal);
        let headers = [
            (CONTENT_TYPE.as_str(), wire::CONTENT_TYPE.to_owned()),
            (wire::VERSION_HEADER, wire::NEWEST_VERSION.to_string()),
        ];
        (self.status, headers, body).into_response()
    }
}
