//! All routes, with what every answer carries: a request id, a time limit, security headers, and words for whatever
//! no handler answered. What the public reaches has rate limits besides, refuses forms of other sites, and is sent
//! compressed.

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    middleware,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    timeout::{RequestBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

use super::{
    api,
    caller::{self, Proxies},
    headers, health, hooks,
    limit::{self, Limits, Strictness},
    node, panel, refusal, same_site, shop, traffic,
};
use crate::app::App;

/// A large page over a thin link is sent within this time, or asked for again.
const LIMIT: Duration = Duration::from_secs(120);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How the public is kept at bay.
#[derive(Clone, Debug)]
pub struct Protection {
    /// Whose word on the caller's address is believed.
    pub proxies: Proxies,
    /// How strict the rate limits are.
    pub strictness: Strictness,
    /// Longest wait for the headers of a request, and for the next request on a connection.
    pub header_time: Duration,
    /// Longest pause within a body: who sends drop by drop holds a place for nothing.
    pub body_pause: Duration,
    /// Longest time for a whole request, however steadily its body drips.
    pub request_time: Duration,
}

impl Default for Protection {
    fn default() -> Self {
        Self {
            proxies: Proxies::default(),
            strictness: Strictness::default(),
            header_time: Duration::from_secs(20),
            body_pause: Duration::from_secs(10),
            request_time: LIMIT,
        }
    }
}

/// What people and payment providers call.
pub fn public(app: App) -> Router {
    public_with(app, &Protection::default())
}

/// The same with settings.
pub fn public_with(app: App, protection: &Protection) -> Router {
    finish(protected(public_routes(&app), &app, protection), app)
}

/// What gates call.
pub fn nodes(app: App) -> Router {
    finish(
        node::routes()
            .merge(health::routes())
            .fallback(refusal::not_found),
        app,
    )
}

/// Both on one listener, for a reverse proxy that has the certificate.
pub fn all(app: App, protection: &Protection) -> Router {
    finish(
        protected(public_routes(&app).merge(node::routes()), &app, protection),
        app,
    )
}

fn public_routes(app: &App) -> Router<App> {
    Router::new()
        .merge(api::routes())
        .merge(hooks::routes())
        .merge(shop::routes())
        .merge(panel::routes(app))
        .merge(health::routes())
        .merge(web_assets::router())
}

/// From the inside out: the later a layer stands, the sooner it sees a request.
fn protected(routes: Router<App>, app: &App, protection: &Protection) -> Router<App> {
    let limits = Limits::new(app, protection.strictness);
    routes
        .fallback(refusal::not_found)
        .layer(RequestBodyTimeoutLayer::new(protection.body_pause))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            protection.request_time,
        ))
        .layer(CatchPanicLayer::custom(refusal::panicked))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            same_site::check,
        ))
        .layer(middleware::from_fn_with_state(limits, limit::check))
        .layer(middleware::from_fn_with_state(
            protection.proxies.clone(),
            caller::note,
        ))
        .layer(middleware::from_fn_with_state(app.clone(), refusal::dress))
        .layer(CompressionLayer::new().compress_when(is_text))
}

fn finish(routes: Router<App>, app: App) -> Router {
    let ids = Ids(app.clone());
    let span = |request: &Request| {
        let id = request.extensions().get::<RequestId>();
        let id = id
            .and_then(|id| id.header_value().to_str().ok())
            .unwrap_or_default();
        // The path alone: a query may hold the secret of an order's link.
        tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
    };
    let ids_and_log = ServiceBuilder::new()
        .map_request(own_id)
        .layer(SetRequestIdLayer::new(REQUEST_ID, ids))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID));
    routes
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LIMIT,
        ))
        .layer(CatchPanicLayer::custom(refusal::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), headers::add))
        .layer(middleware::from_fn(traffic::measure))
        .layer(ids_and_log)
        .with_state(app)
}

/// Pages, JSON and the like are worth compressing; documents and what gates get are packed already. What is told as it
/// happens must not wait to be packed.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &axum::http::Extensions) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        let is_told = kind.starts_with("text/event-stream");
        !is_told && (kind.starts_with("text/") || kind.starts_with("application/json"))
    })
}

/// Makes request ids; those that a client sends are not believed.
#[derive(Clone)]
struct Ids(App);

impl MakeRequestId for Ids {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = self.0.new_id(self.0.clock.now()).to_string();
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

/// A client's own request id stays out of our logs.
fn own_id(mut request: Request) -> Request {
    request.headers_mut().remove(&REQUEST_ID);
    request
}
