//! The shop's pages: what is on sale, one event with its order form, one order with its tickets.
//!
//! Invariants: pages work without scripts; everything is escaped by the templates; an order's page is for whoever
//! has the secret of its link (the router's headers keep it from caches and other sites). A form that is refused comes back filled in, the
//! identity number excepted. Paying is a link and not a redirect, because forms may only lead to ourselves.

mod event;
mod order;
mod view;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    app::{App, orders::OrderError},
    domain::event::Event,
};

/// Longest form, bytes.
const BODY_BYTES: usize = 32 * 1024;

/// The routes of the shop.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(list))
        .route("/events/{slug}", get(event::show))
        .route("/events/{slug}/orders", post(event::place))
        .route("/orders/{number}", get(order::show))
        .route("/orders/{number}/payment", post(order::start_payment))
        .route("/orders/{number}/cancel", post(order::cancel))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

#[derive(Template)]
#[template(path = "shop/events.html")]
struct EventsPage {
    events: Vec<view::EventCard>,
}

#[derive(Template)]
#[template(path = "shop/problem.html")]
struct ProblemPage {
    code: &'static str,
    message: String,
}

async fn list(State(app): State<App>) -> Response {
    let events: Result<Vec<Event>, OrderError> =
        app.published_events().await.map_err(OrderError::from);
    match events {
        Ok(events) => page(
            StatusCode::OK,
            &EventsPage {
                events: events.iter().map(view::EventCard::new).collect(),
            },
        ),
        Err(error) => problem(&error),
    }
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "page not rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn problem(error: &OrderError) -> Response {
    let status = super::api::status(error);
    let mut message = error.to_string();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(code = error.code(), %error, "shop page failed");
        "Something went wrong on our side: try again.".clone_into(&mut message);
    }
    // Its words are for programs; on a page the key is a field of the form.
    if matches!(error, OrderError::KeyForm | OrderError::KeyReused) {
        "This form was used already: open the event again.".clone_into(&mut message);
    }
    let code = error.code();
    page(status, &ProblemPage { code, message })
}
