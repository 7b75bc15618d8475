//! What gates speak: CBOR by POST under `/node/v1`, compressed both ways.
//!
//! Every byte is hostile until it decodes: lengths are bounded before and after decompression, versions are
//! negotiated first, and each refusal is a `Refusal` with a stable code. Nodes call this on a listener of their own
//! (TLS with central's authority), or through a reverse proxy where one is configured.

mod body;
mod refusal;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequestParts, State},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
    response::Response,
    routing::post,
};
use sync_protocol::{
    time::Timestamp,
    wire::{
        self,
        v1::{ChallengeRequest, EnrolRequest, SessionRequest, SyncRequest},
    },
};

use self::{
    body::{answer, read, version},
    refusal::NodeRefusal,
};
use crate::{
    app::{App, nodes::NodeError},
    domain::node::Node,
};

/// Longest body of a call that needs no token: codes, keys and signatures are far below it.
const MAX_STRANGERS_BODY: usize = 4_096;

type Answer = Result<Response, NodeRefusal>;

/// The routes of gates.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/node/v1/enrol", post(enrol))
        .route("/node/v1/challenge", post(challenge))
        .route("/node/v1/session", post(session))
        .layer(DefaultBodyLimit::max(MAX_STRANGERS_BODY))
        .route(
            "/node/v1/sync",
            post(sync).layer(DefaultBodyLimit::max(wire::MAX_BODY)),
        )
}

/// The node that a request's token belongs to; asked before the body is read, so that strangers cannot make central
/// hold large ones.
struct Caller(Node);

impl FromRequestParts<App> for Caller {
    type Rejection = NodeRefusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        version(&parts.headers)?;
        let token = bearer(&parts.headers).ok_or(NodeError::UnknownToken)?;
        Ok(Self(app.node_of_token(token).await?))
    }
}

/// When a request's head was there: its body may take seconds on a thin link, and would spoil the clock sample.
struct ReceivedAt(Timestamp);

impl FromRequestParts<App> for ReceivedAt {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(app.clock.now()))
    }
}

async fn enrol(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer {
    let version = version(&headers)?;
    let request: EnrolRequest = read(&headers, &body)?;
    let enrolled = app.enrol(&request).await?;
    tracing::info!(node = %enrolled.node, gate = %enrolled.gate, "node enrolled");
    Ok(answer(&headers, version, &enrolled))
}

async fn challenge(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer {
    let version = version(&headers)?;
    let request: ChallengeRequest = read(&headers, &body)?;
    let challenge = app.challenge(request.node).await?;
    Ok(answer(&headers, version, &challenge))
}

async fn session(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer {
    let version = version(&headers)?;
    let request: SessionRequest = read(&headers, &body)?;
    let session = app.open_session(&request).await?;
    Ok(answer(&headers, version, &session))
}

async fn sync(
    State(app): State<App>,
    ReceivedAt(received_at): ReceivedAt,
    Caller(node): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let version = version(&headers)?;
    let request: SyncRequest = read(&headers, &body)?;
    let round = app.sync(node.id, &request, received_at).await;
    let round = round.inspect_err(|error| {
        tracing::warn!(node = %node.id, name = node.name, code = error.code(), %error, "sync refused");
    })?;
    for parked in &round.parked {
        tracing::warn!(node = %node.id, seq = parked.seq, code = parked.refusal.code, "record set aside");
    }
    Ok(answer(&headers, version, &round))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
