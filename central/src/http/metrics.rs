//! The counters as Prometheus reads them, on a listener of their own: they tell how busy an event is, which is
//! nobody's business on the public address. What is no count but a state is asked for at each reading.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{app::App, counter, store};

/// Measured times are put into their buckets this often, also where nobody reads them.
const TIDY: Duration = Duration::from_secs(5);

/// `GET /metrics`.
pub fn routes(counters: PrometheusHandle, app: App) -> Router {
    Router::new()
        .route("/metrics", get(read))
        .with_state((counters, app))
}

/// Keeps the counters small until it is dropped.
pub async fn tidy(counters: PrometheusHandle) {
    loop {
        tokio::time::sleep(TIDY).await;
        counters.run_upkeep();
    }
}

async fn read(State((counters, app)): State<(PrometheusHandle, App)>) -> Response {
    state(&app).await;
    let text = counters.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

async fn state(app: &App) {
    for (pool, open, idle) in app.store.connections() {
        counter::connections(pool, open, idle);
    }
    let now = app.clock.now();
    for (step, beat) in app.pulse.steps() {
        counter::step(step, now.ms_since(beat.at), beat.failures);
    }
    let waiting = async {
        let mut tx = app.store.read().await?;
        store::outbox::waiting(&mut tx).await
    };
    match waiting.await {
        Ok(waiting) => waiting
            .into_iter()
            .for_each(|(kind, count)| counter::outbox(kind, count)),
        Err(error) => tracing::error!(%error, "the outbox is not counted"),
    }
}
