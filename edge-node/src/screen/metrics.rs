//! The counters as Prometheus reads them: on this machine alone, because they tell how busy the gate is.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::Screen;
use crate::{counter, node::Node};

/// `GET /metrics`.
pub(super) async fn metrics(State(screen): State<Arc<Screen>>) -> Response {
    let Some(counters) = &screen.counters else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Ok(unsent) = screen.ask(Node::unsent).await {
        counter::unsent(unsent);
    }
    let text = counters.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
