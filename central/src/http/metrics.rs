//! The counters as Prometheus reads them, on a listener of their own: they tell how busy an event is, which is
//! nobody's business on the public address.

use axum::{
    Router,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;

/// `GET /metrics`.
pub fn routes(counters: PrometheusHandle) -> Router {
    let render = move || {
        let text = counters.render();
        std::future::ready(answer(text))
    };
    Router::new().route("/metrics", get(render))
}

fn answer(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
