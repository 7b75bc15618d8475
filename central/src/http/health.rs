//! For load balancers: `/healthz` says that the program runs, `/readyz` that it can also do its work, and if not, which
//! part is down. It tells no more than that: these addresses are open to everybody.

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::{
    app::App,
    store::{self, Store},
};

/// A SQLite database with less room than this on its disk will soon take no more orders.
const ROOM_BYTES: u64 = 256 * 1024 * 1024;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
}

async fn ready(State(app): State<App>) -> (StatusCode, String) {
    let parts = [
        ("database", database(&app).await),
        ("schema", schema(&app).await),
        ("disk", disk(&app).await),
        ("worker", worker(&app)),
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
