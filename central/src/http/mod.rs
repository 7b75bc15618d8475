//! HTTP: handlers extract, call `app` and render.
//!
//! Invariant: no SQL and no write begins here. Each part gives its routes as a `Router<App>`.

pub mod api;
pub mod health;
pub mod hooks;
pub mod metrics;
pub mod node;
pub mod router;
pub mod serve;
pub mod shop;
