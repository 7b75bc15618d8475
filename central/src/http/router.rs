//! All routes, with what every answer carries: a request id, a time limit, security headers, and a page for panics.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

use super::{api, health, hooks, node, shop};
use crate::app::App;

/// A large page over a thin link is sent within this time, or asked for again.
const LIMIT: Duration = Duration::from_secs(120);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What people and payment providers call.
pub fn public(app: App) -> Router {
    finish(public_routes(), app)
}

/// What gates call.
pub fn nodes(app: App) -> Router {
    finish(node::routes().merge(health::routes()), app)
}

/// Both on one listener, for a reverse proxy that has the certificate.
pub fn all(app: App) -> Router {
    finish(public_routes().merge(node::routes()), app)
}

fn public_routes() -> Router<App> {
    Router::new()
        .merge(api::routes())
        .merge(hooks::routes())
        .merge(shop::routes())
        .merge(health::routes())
        .merge(web_assets::router())
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
        .fallback(not_found)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LIMIT,
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::map_response(security_headers))
        .layer(ids_and_log)
        .with_state(app)
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

async fn not_found() -> Response {
    refuse(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is nothing at this address",
    )
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    refuse(
        status,
        "internal",
        "central has a problem of its own: try again",
    )
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

async fn security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            web_assets::CONTENT_SECURITY_POLICY,
        ),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    // What is personal or changes is never kept by a cache; assets say otherwise themselves.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
