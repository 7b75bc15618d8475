//! For load balancers: `/healthz` says that the program runs, `/readyz` that it can also do its work, and if not, which
//! part is down. It tells no more than that: these addresses are open to everybody.
//!
//! Invariants: readiness takes no writer, so a long write is no reason to be taken for dead; one question at a time is
//! asked of the database, whoever asks and however often.

use std::sync::Arc;

use axum::{Extension, Router, extract::State, http::StatusCode, routing::get};
use tokio::sync::Mutex;

use super::refusal::OwnWords;
use crate::{
    app::App,
    store::{self, Store},
};

/// A SQLite database with less room than this on its disk will soon take no more orders.
const ROOM_BYTES: u64 = 256 * 1024 * 1024;
/// How long an answer holds: whoever asks more often is told the same again, and costs nothing.
const HOLDS_MS: i64 = 1_000;

type Answer = (StatusCode, String);

/// The last answer and when it was found; whoever waits for the lock waits for the question under way.
type Last = Arc<Mutex<Option<(i64, Answer)>>>;

/// The routes.
pub fn routes() -> Router<App> {
    let last = Last::default();
    let ready = async move |State(app): State<App>| {
        let (status, text) = remembered(&app, &last).await;
        (status, Extension(OwnWords), text)
    };
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
}

async fn remembered(app: &App, last: &Last) -> Answer {
    let mut last = last.lock().await;
    let age = |at: &i64| app.clock.reading().mono_ms - at;
    if let Some((_, answer)) = last.as_ref().filter(|(at, _)| age(at) < HOLDS_MS) {
        return answer.clone();
    }
    let answer = ready(app).await;
    *last = Some((app.clock.reading().mono_ms, answer.clone()));
    answer
}

async fn ready(app: &App) -> Answer {
    let parts = [
        ("database", database(app).await),
        ("schema", schema(app).await),
        ("disk", disk(app).await),
        ("worker", worker(app)),
    ];
    let is_ready = parts.iter().all(|(_, fault)| fault.is_none());
    let mut text = if is_ready { "ready\n" } else { "not ready\n" }.to_owned();
    for (part, fault) in parts {
        if let Some(fault) = fault {
            tracing::error!(part, fault, "not ready");
        }
        text.push_str(&format!("{part}: {}\n", fault.unwrap_or("ok")));
    }
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, text)
}

async fn database(app: &App) -> Option<&'static str> {
    let error = app.store.ping().await.err()?;
    tracing::error!(%error, "the database does not answer");
    Some("does not answer")
}

/// Another server may have brought the database further than this program knows, or not far enough yet.
async fn schema(app: &App) -> Option<&'static str> {
    match store::backup::schema(&app.store).await {
        Ok(Some(found)) if found == store::newest_schema() => None,
        Ok(Some(found)) if found > store::newest_schema() => Some("newer than this program"),
        Ok(_) => Some("older than this program"),
        Err(_) => Some("cannot be read"),
    }
}

async fn disk(app: &App) -> Option<&'static str> {
    let Store::Sqlite { .. } = app.store else {
        return None;
    };
    let Ok(Some(file)) = app.store.file().await else {
        return Some("cannot be read");
    };
    match rustix::fs::statvfs(&file) {
        Ok(disk) if disk.f_bavail.saturating_mul(disk.f_frsize) >= ROOM_BYTES => None,
        Ok(_) => Some("less than 256 MiB free"),
        Err(_) => Some("cannot be read"),
    }
}

fn worker(app: &App) -> Option<&'static str> {
    let step = app.pulse.hanging(app.clock.now())?;
    tracing::error!(step, "a step of the worker hangs");
    Some("hangs")
}
