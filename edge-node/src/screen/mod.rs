//! The screen of the gate: a page on this machine that shows each verdict full size.
//!
//! Invariant: what is green here is in the log, because the page shows only what the [`Door`] returned; and a
//! browser that has lost the program shows no verdict at all. Nothing is loaded from any other address, so it
//! works with central and the whole network gone.
//!
//! | noun | file |
//! | --- | --- |
//! | who may ask | [`guard`] |
//! | routes | `handler` |
//! | page, stage, panel, what pages hear | [`page`], [`stage`], [`panel`], `events` and `templates/gate` |
//! | counters | `metrics` |
//! | language and action | [`choice`], [`words`] |
//!
//! It decides nothing: it asks the door.

pub mod choice;
mod events;
pub mod guard;
mod handler;
mod metrics;
pub mod page;
pub mod panel;
pub mod place_time;
pub mod stage;
pub mod words;

use std::{future::Future, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use self::guard::Guard;
use crate::{camera::Eye, door::Door, reason_text::Language};

/// A code and an action are a few hundred bytes.
const MAX_BODY: usize = 8 * 1024;

/// How the screen is opened.
#[derive(Clone)]
pub struct Options {
    /// Where it listens. Anything but loopback lets others on the network scan.
    pub listen: SocketAddr,
    /// For browsers that ask for no language we speak.
    pub language: Language,
    /// What was counted, for `GET /metrics` on this machine alone; `None` = nothing is.
    pub counters: Option<PrometheusHandle>,
    /// The camera: how it stands, and what it sees.
    pub eye: Eye,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8780)),
            language: Language::English,
            counters: None,
            eye: Eye::default(),
        }
    }
}

/// Why the screen did not open or went away.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// The address is taken, or not ours.
    #[error("the screen cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server ended by itself.
    #[error("the screen stopped: {0}")]
    Serve(std::io::Error),
}

impl ScreenError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "address_in_use",
            Self::Serve(_) => "screen_stopped",
        }
    }
}

/// A screen that listens, but does not answer yet.
pub struct Listening {
    listener: TcpListener,
    /// Where it listens: the port that was given where the option said 0.
    pub address: SocketAddr,
}

struct Screen {
    door: Arc<Door>,
    language: Language,
    port: u16,
    counters: Option<PrometheusHandle>,
}

/// Takes the address.
///
/// # Errors
/// [`ScreenError::Listen`].
pub async fn listen(address: SocketAddr) -> Result<Listening, ScreenError> {
    let refused = |source| ScreenError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Listening { listener, address })
}

/// Answers until `stop`, then closes the door and finishes what is being answered.
///
/// # Errors
/// [`ScreenError::Serve`].
pub async fn serve(
    listening: Listening,
    door: Arc<Door>,
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ScreenError> {
    let options = Options {
        listen: listening.address,
        ..options
    };
    let router = router(Arc::clone(&door), options);
    let stop = async move {
        stop.await;
        door.close();
    };
    axum::serve(listening.listener, router)
        .with_graceful_shutdown(stop)
        .await
        .map_err(ScreenError::Serve)
}

/// All routes, guarded.
pub fn router(door: Arc<Door>, options: Options) -> Router {
    let guard = Guard(options.listen);
    let is_private = options.listen.ip().is_loopback();
    let screen = Arc::new(Screen {
        door,
        language: options.language,
        port: options.listen.port(),
        counters: options.counters.filter(|_| is_private),
    });
    Router::new()
        .route("/", get(handler::page))
        .route("/stage", get(handler::stage))
        .route("/panel", get(handler::panel))
        .route("/events", get(events::events))
        .route("/mode", post(handler::mode))
        .route("/scan", post(handler::scan))
        .route("/api/scan", post(handler::api_scan))
        .route("/api/status", get(handler::api_status))
        .route("/metrics", get(metrics::metrics))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .merge(web_assets::router())
        .layer(middleware::from_fn_with_state(guard, guard::guard))
        .with_state(screen)
}

/// Resolves when the person or the system says so.
pub async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            return interrupted.await.unwrap_or_default();
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupted.await.unwrap_or_default();
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
