//! The JSON API for buyers, under `/api/v1`.
//!
//! Invariant: routes and document come out of one list (`list`), so neither can have what the other lacks.
//! Handlers extract, call `app` and render; an order is shown to whoever has the secret of its link, and what is
//! personal is masked even then. Not here: the panel, and what gates speak (`http::node`).

mod body;
mod error;
mod event_body;
mod events;
mod orders;
mod quote_body;
mod refunds;
mod track;

pub(super) use error::status;
pub(super) use event_body::sale_status;
pub(super) use refunds::refusal_status;

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

static DOCUMENT: LazyLock<openapi::OpenApi> =
    LazyLock::new(|| with_common_answers(list().into_openapi()));

/// What any address may answer: status, and what its codes say.
const COMMON: [(&str, &str); 2] = [
    ("400", "`request_malformed`: the address cannot be read"),
    (
        "429",
        "`too_many_requests`: wait as long as Retry-After says",
    ),
];
/// The same of an address that takes a body.
const COMMON_OF_POST: [(&str, &str); 3] = [
    (
        "403",
        "`other_site`: a browser sent it from another site's page",
    ),
    ("413", "`body_malformed`: the body is too large"),
    ("415", "`body_malformed`: the body is not application/json"),
];

/// The routes of the API.
pub fn routes() -> Router<App> {
    let (router, _) = list().split_for_parts();
    router.layer(DefaultBodyLimit::max(BODY_BYTES))
}

fn list() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(events::list))
        .routes(routes!(events::show))
        .routes(routes!(events::quote))
        .routes(routes!(orders::place))
        .routes(routes!(orders::show))
        .routes(routes!(orders::start_payment))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::invoice))
        .routes(routes!(refunds::ask, refunds::list))
        .routes(routes!(track::ask))
        .routes(routes!(track::code))
        .routes(routes!(track::link))
        .routes(routes!(track::tickets_mail))
        .routes(routes!(document))
}

/// Layers answer for every address alike, so their answers are written down once.
fn with_common_answers(mut document: openapi::OpenApi) -> openapi::OpenApi {
    let answer = |what: &str| {
        let body = openapi::Ref::from_schema_name("ErrorBody");
        let content = openapi::ContentBuilder::new().schema(Some(body)).build();
        let answer = openapi::ResponseBuilder::new().description(what);
        openapi::RefOr::T(answer.content("application/json", content).build())
    };
    for item in document.paths.paths.values_mut() {
        let gets = item.get.iter_mut().map(|it| (it, &COMMON_OF_POST[..0]));
        let posts = item.post.iter_mut().map(|it| (it, &COMMON_OF_POST[..]));
        for (operation, more) in gets.chain(posts) {
            for (status, what) in COMMON.iter().chain(more) {
                let known = &mut operation.responses.responses;
                known
                    .entry((*status).to_owned())
                    .or_insert_with(|| answer(what));
            }
        }
    }
    document
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    responses((status = 200, description = "The OpenAPI document", content_type = "application/json"))
)]
async fn document() -> Json<openapi::OpenApi> {
    Json(DOCUMENT.clone())
}
