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
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
    response::Response,
    routing::{any, post},
};
use sync_protocol::{
    time::Timestamp,
    wire::{
        self,
        v1::{ChallengeRequest, EnrolRequest, SessionRequest, SyncRequest, WaitRequest},
    },
};

use self::{
    body::{answer, read, read_upto, version},
    refusal::NodeRefusal,
};
use crate::{
    app::{App, nodes::NodeError},
    domain::node::Node,
};

/// Longest body of every call but a round: codes, keys and signatures are far below it.
const MAX_SMALL_BODY: usize = 4_096;

type Answer = Result<Response, NodeRefusal>;

/// The routes of gates.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/node/v1/enrol", post(enrol))
        .route("/node/v1/challenge", post(challenge))
        .route("/node/v1/session", post(session))
        .route("/node/v1/wait", post(wait))
        .route("/node/v1/{*call}", any(unknown_call))
        .layer(DefaultBodyLimit::max(MAX_SMALL_BODY))
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

/// A body within its limit; what is longer or cut off is refused in words that a node reads.
struct Body(Bytes);

impl FromRequest<App> for Body {
    type Rejection = NodeRefusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(Bytes::from_request(request, app).await?))
    }
}

async fn enrol(State(app): State<App>, headers: HeaderMap, Body(body): Body) -> Answer {
    let version = version(&headers)?;
    let request: EnrolRequest = read_upto(&headers, &body, MAX_SMALL_BODY)?;
    let enrolled = app.enrol(&request).await?;
    tracing::info!(node = %enrolled.node, gate = %enrolled.gate, "node enrolled");
    Ok(answer(&headers, version, &enrolled))
}

async fn challenge(State(app): State<App>, headers: HeaderMap, Body(body): Body) -> Answer {
    let version = version(&headers)?;
    let request: ChallengeRequest = read_upto(&headers, &body, MAX_SMALL_BODY)?;
    let challenge = app.challenge(request.node).await?;
    Ok(answer(&headers, version, &challenge))
}

async fn session(State(app): State<App>, headers: HeaderMap, Body(body): Body) -> Answer {
    let version = version(&headers)?;
    let request: SessionRequest = read_upto(&headers, &body, MAX_SMALL_BODY)?;
    let session = app.open_session(&request).await?;
    Ok(answer(&headers, version, &session))
}

async fn sync(
    State(app): State<App>,
    ReceivedAt(received_at): ReceivedAt,
    Caller(node): Caller,
    headers: HeaderMap,
    Body(body): Body,
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

/// Answers when there is news of the event, or after a while: a change reaches a gate in less than its interval.
async fn wait(
    State(app): State<App>,
    Caller(node): Caller,
    headers: HeaderMap,
    Body(body): Body,
) -> Answer {
    let version = version(&headers)?;
    let request: WaitRequest = read_upto(&headers, &body, MAX_SMALL_BODY)?;
    let news = app.wait(&node, &request).await?;
    Ok(answer(&headers, version, &news))
}

async fn unknown_call() -> NodeRefusal {
    NodeRefusal::unknown_call()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
