//! Refusals to nodes: an HTTP status that says whether trying again helps, and a `Refusal` in CBOR.
//!
//! Invariant: every refusal is counted under its stable code, here, when it goes out.

use axum::{
    extract::rejection::BytesRejection,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use sync_protocol::{
    scan::ChainFault,
    wire::{self, v1::Refusal},
};

use crate::{
    app::{nodes::NodeError, sync::SyncError, wait::WaitError},
    counter,
    domain::batch::BatchFault,
};

/// A refusal on its way out.
#[derive(Debug)]
pub struct NodeRefusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    acknowledged: Option<u64>,
}

impl NodeRefusal {
    /// The request cannot be read.
    pub fn bad_request(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// There is no such call.
    pub fn unknown_call() -> Self {
        let message = "central knows no such call: update the older program";
        Self::new(StatusCode::NOT_FOUND, "unknown_call", message)
    }

    fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self {
            status,
            code,
            message: message.to_owned(),
            acknowledged: None,
        }
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

impl From<BytesRejection> for NodeRefusal {
    fn from(rejection: BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let message = "the body is longer than this call needs";
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", message);
        }
        Self::bad_request("malformed_body", "the body did not arrive whole")
    }
}

impl From<NodeError> for NodeRefusal {
    fn from(error: NodeError) -> Self {
        let status = match &error {
            NodeError::Store(inner) => return Self::internal(inner),
            NodeError::MalformedCode(_)
            | NodeError::BadKey
            | NodeError::BadName
            | NodeError::BadReason => StatusCode::BAD_REQUEST,
            NodeError::UnknownToken | NodeError::UnknownChallenge | NodeError::BadSignature => {
                StatusCode::UNAUTHORIZED
            }
            NodeError::UnknownCode
            | NodeError::ExpiredCode
            | NodeError::UsedCode
            | NodeError::NameTaken
            | NodeError::UnknownGate
            | NodeError::UnknownNode
            | NodeError::Revoked
            | NodeError::NotQuarantined => StatusCode::FORBIDDEN,
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
        Self {
            acknowledged: held(&error),
            ..Self::new(status, error.code(), &error.to_string())
        }
    }
}

impl From<WaitError> for NodeRefusal {
    fn from(error: WaitError) -> Self {
        Self::new(StatusCode::FORBIDDEN, error.code(), &error.to_string())
    }
}

/// How far central has the log, where records are missing before those that were sent: it may have been restored
/// from an older copy of its database, and the node sends again from there.
const fn held(error: &SyncError) -> Option<u64> {
    match error {
        SyncError::Batch(BatchFault::Chain(ChainFault::Gap { expected, found }))
            if *found > *expected =>
        {
            expected.checked_sub(1)
        }
        _ => None,
    }
}

impl IntoResponse for NodeRefusal {
    fn into_response(self) -> Response {
        counter::refused(self.code);
        let body = wire::encode(&Refusal {
            code: self.code.to_owned(),
            message: self.message,
            acknowledged: self.acknowledged,
        });
        let headers = [
            (CONTENT_TYPE.as_str(), wire::CONTENT_TYPE.to_owned()),
            (wire::VERSION_HEADER, wire::NEWEST_VERSION.to_string()),
        ];
        (self.status, headers, body).into_response()
    }
}
