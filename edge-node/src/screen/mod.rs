//! The screen of the gate: a page on this machine that shows each verdict full size.
//!
//! Invariant: what is green here is in the log, because the page shows only what the [`Door`] returned; and a
//! browser that has lost the program shows no verdict at all. Nothing is loaded from any other address, so it
//! works with central and the whole network gone.
//!
//! | noun | file |
//! | --- | --- |
//! | who may ask, and what they may do | [`guard`], [`crew`], `kiosk` |
//! | the gate's page, and what it hears | `handler`, `answered`, [`page`], [`stage`], [`panel`], `events`, and `templates/gate` |
//! | the other pages | `sign_in`, `decide`, `find`, `ready` with `trial` |
//! | programs | `api`, `metrics` |
//! | language and action, look, words | [`choice`], [`look`], [`words`], [`tool_words`] |
//!
//! It decides nothing: it asks the door.

mod answered;
mod api;
pub mod choice;
pub mod crew;
mod decide;
pub mod devices;
mod events;
mod find;
pub mod guard;
mod handler;
pub(crate) mod kiosk;
pub mod look;
mod metrics;
pub mod page;
pub mod panel;
pub mod place_time;
mod ready;
mod sign_in;
pub mod stage;
mod standing;
mod test_code;
pub mod tool_words;
mod traffic;
mod trial;
mod typed;
pub mod words;

use std::{future::Future, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
    serve::ListenerExt as _,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use self::{
    answered::Answered, devices::Devices, guard::Guard, kiosk::Kiosk, standing::Kept, trial::Trial,
};
use crate::{door::Door, pin::Pin, reason_text::Language};

/// A code and an action are a few hundred bytes.
const MAX_BODY: usize = 8 * 1024;

/// How the screen is opened.
#[derive(Clone)]
pub struct Options {
    /// Where it listens. Anything but loopback lets others on the network scan.
    pub listen: SocketAddr,
    /// For browsers that ask for no language we speak.
    pub language: Language,
    /// The node's folder, for the page before doors.
    pub home: Option<PathBuf>,
    /// Camera and scanners.
    pub devices: Devices,
    /// What ends kiosk mode, beside a supervisor.
    pub pin: Option<Arc<Pin>>,
    /// It begins in kiosk mode.
    pub is_kiosk: bool,
    /// What was counted, for `GET /metrics` on this machine alone; `None` = nothing is.
    pub counters: Option<PrometheusHandle>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8780)),
            language: Language::English,
            home: None,
            devices: Devices::default(),
            pin: None,
            is_kiosk: false,
            counters: None,
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
    home: Option<PathBuf>,
    devices: Devices,
    pin: Option<Arc<Pin>>,
    kiosk: Kiosk,
    kept: Arc<Kept>,
    trial: Trial,
    answered: Arc<Answered>,
    /// Only this machine can ask.
    is_private: bool,
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
    // A verdict is small, and waits for no other packet to go with it.
    let at_once = listening.listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "verdicts may come a little later");
        }
    });
    axum::serve(at_once, router)
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
        home: options.home,
        devices: options.devices,
        pin: options.pin,
        kiosk: Kiosk::new(options.is_kiosk),
        kept: Arc::default(),
        trial: Trial::default(),
        answered: Arc::default(),
        is_private,
        counters: options.counters.filter(|_| is_private),
    });
    let ticks = DefaultBodyLimit::max(find::MOST_BODY);
    Router::new()
        .route("/", get(handler::page))
        .route("/stage", get(handler::stage))
        .route("/panel", get(handler::panel))
        .route("/events", get(events::events))
        .route("/mode", post(handler::mode))
        .route("/scan", post(handler::scan))
        .route("/preview", get(devices::preview))
        .route("/look", post(look::look))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/lock", post(sign_in::lock))
        .route("/decide", get(decide::page).post(decide::decide))
        .route("/find", get(find::page).post(find::find).layer(ticks))
        .route("/ready", get(ready::page))
        .route("/ready/code.svg", get(ready::code))
        .route("/ready/tried", get(trial::tried))
        .route("/kiosk", get(kiosk::page).post(kiosk::enter))
        .route("/kiosk/leave", post(kiosk::leave))
        .route("/api/scan", post(api::scan))
        .route("/api/status", get(api::status))
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
