//! Listening: plain HTTP for people and webhooks, TLS with central's own authority for gates, until asked to stop.
//!
//! Nobody holds a place by being slow: headers have a time limit, and whoever keeps a connection open must answer. People
//! and webhooks are spoken to in HTTP/1 alone: telling the versions apart would wait for their first bytes without an end.
//! Stopping is graceful: no new connections, requests under way are finished within a limit, then the worker ends.

use std::{future::Future, net::SocketAddr, time::Duration};

use anyhow::Context as _;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use metrics_exporter_prometheus::PrometheusHandle;

use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use super::{
    metrics,
    router::{self, Protection},
};
use crate::{app::App, worker};

/// Longest wait for requests under way.
const GRACE: Duration = Duration::from_secs(10);

/// Longest wait for the worker's step: a letter or a provider that does not answer. Both are tried again later.
const WORKER_GRACE: Duration = Duration::from_secs(30);

/// Longest wait for a gate's headers, its next request, and its answer to a sign of life.
const GATE_SILENCE: Duration = Duration::from_secs(20);

/// Where to listen.
pub struct Listeners {
    /// For people and webhooks.
    pub public: SocketAddr,
    /// How it is protected.
    pub protection: Protection,
    /// For gates; `None` = they come through a proxy to the public one.
    pub nodes: Option<(SocketAddr, RustlsConfig)>,
    /// For Prometheus; `None` = nothing is counted.
    pub metrics: Option<(SocketAddr, PrometheusHandle)>,
}

/// Serves until `stop` is done.
///
/// # Errors
/// When an address cannot be listened on.
pub async fn serve(
    app: App,
    listeners: Listeners,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let handles = [Handle::new(), Handle::new(), Handle::new()];
    let waits = app.waits.clone();
    let stopped = CancellationToken::new();
    let stopping_worker = stopped.clone();
    let mut worker = tokio::spawn(worker::run(app.clone(), stopping_worker.clone()));
    let of_metrics = app.clone();
    let routes = match listeners.nodes {
        Some(_) => router::public_with(app.clone(), &listeners.protection),
        None => router::all(app.clone(), &listeners.protection),
    };
    let public = axum_server::bind(listeners.public).http1_only();
    let mut public = public.handle(handles[0].clone());
    let mut connections = public.http_builder().http1();
    connections
        .timer(TokioTimer::new())
        .header_read_timeout(listeners.protection.header_time);
    let public = public.serve(routes.into_make_service_with_connect_info::<SocketAddr>());
    let nodes = async {
        let Some((address, tls)) = listeners.nodes else {
            return Ok(());
        };
        let routes = router::nodes(app).into_make_service();
        let mut server = axum_server::bind_rustls(address, tls).handle(handles[1].clone());
        let connections = server.http_builder();
        connections
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(GATE_SILENCE);
        connections
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(GATE_SILENCE)
            .keep_alive_timeout(GATE_SILENCE);
        let served = server.serve(routes).await;
        served.with_context(|| cannot_listen(address, "NODE_LISTEN"))
    };
    let public = async {
        let served = public.await;
        served.with_context(|| cannot_listen(listeners.public, "LISTEN"))
    };
    let metrics = async {
        let Some((address, counters)) = listeners.metrics else {
            return Ok(());
        };
        let _tidying = AbortOnDrop(tokio::spawn(metrics::tidy(counters.clone())));
        let routes = metrics::routes(counters, of_metrics).into_make_service();
        let server = axum_server::bind(address).handle(handles[2].clone());
        let served = server.serve(routes).await;
        served.with_context(|| cannot_listen(address, "METRICS_LISTEN"))
    };
    let stopping = async {
        stop.await;
        tracing::info!("stopping");
        // Gates that wait for news and pages that are told of them are requests under way.
        waits.stop();
        stopped.cancel();
        handles
            .iter()
            .for_each(|handle| handle.graceful_shutdown(Some(GRACE)));
        std::future::pending::<()>().await;
    };
    let all = async { tokio::try_join!(public, nodes, metrics).map(drop) };
    let outcome = tokio::select! {
        outcome = all => outcome,
        () = stopping => Ok(()),
    };
    stopped.cancel();
    if tokio::time::timeout(WORKER_GRACE, &mut worker)
        .await
        .is_err()
    {
        tracing::warn!("the worker did not finish its step in time");
        worker.abort();
    }
    tracing::info!("stopped");
    outcome
}

/// A task that ends with whoever needs it.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn cannot_listen(address: SocketAddr, variable: &str) -> String {
    format!(
        "cannot listen on {address}: is another program there? Set {variable} to another address"
    )
}
