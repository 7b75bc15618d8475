//! One organiser: all that it has on.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{card::Card, frame::Frame, problem};
use crate::{
    app::App,
    http::{refusal::Refusal, visitor::Visitor},
};

#[derive(Template)]
#[template(path = "shop/organiser.html")]
struct OrganiserPage {
    page: Frame,
    name: String,
    cards: Vec<Card>,
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    match app.organiser_events(&slug).await {
        Ok(Some((name, events))) => {
            let page = OrganiserPage {
                page: Frame::public(&visitor, &app),
                name,
                cards: events
                    .iter()
                    .map(|listed| Card::listed(listed, visitor.language))
                    .collect(),
            };
            page.page.send(StatusCode::OK, &page)
        }
        Ok(None) => super::refused(&visitor, Refusal::NOT_FOUND, None),
        Err(error) => problem(&visitor, None, &error.into()),
    }
}
