//! The JSON API for buyers, under `/api/v1`.
//!
//! Invariant: routes and document come out of one list (`list`), so neither can have what the other lacks.
//! Handlers extract, call `app` and render; an order is shown to whoever has the secret of its link, and what is
//! personal is masked even then. Not here: the panel, and what gates speak (`http::node`).

mod body;
mod error;
mod events;
mod orders;
mod track;

pub(super) use body::sale_status;
pub(super) use error::status;

use std::sync::LazyLock;

use axum::{Json, Router, extract::DefaultBodyLimit};
use utoipa::{OpenApi, openapi};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// Longest request body, bytes: a hundred attendees with long names fit.
const BODY_BYTES: usize = 64 * 1024;

#[derive(OpenApi)]
#[openapi(info(
    title = "Gerbang",
    description = "Buy tickets without an account: list events, place an order, pay, fetch the tickets. \
        Moments are RFC 3339 in UTC; amounts are whole minor units of their currency."
))]
struct Document;

static DOCUMENT: LazyLock<openapi::OpenApi> = LazyLock::new(|| list().into_openapi());

/// The routes of the API.
pub fn routes() -> Router<App> {
    let (router, _) = list().split_for_parts();
    router.layer(DefaultBodyLimit::max(BODY_BYTES))
}

fn list() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(events::list))
        .routes(routes!(events::show))
        .routes(routes!(orders::place))
        .routes(routes!(orders::show))
        .routes(routes!(orders::start_payment))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::invoice))
        .routes(routes!(track::ask))
        .routes(routes!(track::code))
        .routes(routes!(track::link))
        .routes(routes!(track::tickets_mail))
        .routes(routes!(document))
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    responses((status = 200, description = "The OpenAPI document"))
)]
async fn document() -> Json<openapi::OpenApi> {
    Json(DOCUMENT.clone())
}
