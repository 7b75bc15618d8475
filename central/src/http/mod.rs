//! HTTP: handlers extract, call `app` and render.
//!
//! Invariant: no SQL and no write begins here. Each part gives its routes as a `Router<App>`.

pub mod api;
pub mod caller;
mod headers;
pub mod health;
pub mod hooks;
pub mod limit;
pub mod metrics;
pub mod node;
pub mod panel;
pub mod posted;
mod refusal;
pub mod router;
mod same_site;
pub mod serve;
pub mod shop;
mod traffic;
pub mod visitor;
