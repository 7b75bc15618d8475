//! What is on sale, and what it would cost.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    error::{ApiError, ErrorBody},
    event_body::{EventDetail, ListedEvent},
    quote_body::{QuoteBody, QuoteRequest},
};
use crate::{
    app::{App, orders::OrderError},
    domain::listing::{self, Filter},
};

/// What is looked for; what is left out is not asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Each of these words is in the name, the summary or the place.
    q: Option<String>,
    /// The city, as listed.
    city: Option<String>,
    /// A month such as `2026-12`; what is no month is not asked.
    month: Option<String>,
    /// A category of tickets, as listed.
    category: Option<String>,
    /// A ticket costs at most so much.
    max_price_minor: Option<i64>,
}

/// What opens hidden types.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Opening {
    /// An access code of hidden ticket types, or a promo code that is for one of them.
    code: Option<String>,
}

/// Events that have not ended, the soonest first.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    params(Wanted),
    responses(
        (status = 200, body = Vec<ListedEvent>),
        (status = 400, description = "`query_malformed`", body = ErrorBody),
    )
)]
pub(super) async fn list(
    State(app): State<App>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<ListedEvent>>, ApiError> {
    let Query(wanted) = wanted.map_err(|_| ApiError::query())?;
    let filter = Filter {
        words: wanted.q.unwrap_or_default(),
        city: wanted.city.unwrap_or_default(),
        month: wanted.month.as_deref().and_then(listing::month),
        category: wanted.category.unwrap_or_default(),
        most_minor: wanted.max_price_minor,
    };
    let events = app.upcoming_events().await.map_err(OrderError::from)?;
    let found = events.iter().filter(|listed| filter.fits(listed));
    Ok(Json(found.map(ListedEvent::from).collect()))
}

/// One event with its days, ticket types, fees and taxes.
#[utoipa::path(
    get,
    path = "/api/v1/events/{slug}",
    params(("slug" = String, Path, description = "The event's name in addresses"), Opening),
    responses(
        (status = 200, body = EventDetail),
        (status = 400, description = "`query_malformed`", body = ErrorBody),
        (status = 404, description = "`unknown_event`", body = ErrorBody),
    )
)]
pub(super) async fn show(
    State(app): State<App>,
    Path(slug): Path<String>,
    opening: Result<Query<Opening>, QueryRejection>,
) -> Result<Json<EventDetail>, ApiError> {
    let Query(opening) = opening.map_err(|_| ApiError::query())?;
    let offer = app.offer(&slug).await?;
    let stock = app
        .stock(offer.setup.event.id)
        .await
        .map_err(OrderError::from)?;
    let codes: Vec<String> = opening.code.into_iter().collect();
    let promos = app.promos_of(offer.setup.event.id, &codes).await;
    let promos = promos.map_err(OrderError::from)?;
    Ok(Json(EventDetail::new(
        &offer,
        &stock,
        (&codes, &promos),
        app.clock.now(),
    )))
}

/// What a cart would cost now, by the very rules of an order; nothing is held.
#[utoipa::path(
    post,
    path = "/api/v1/events/{slug}/quotes",
    params(("slug" = String, Path, description = "The event's name in addresses")),
    request_body = QuoteRequest,
    responses(
        (status = 200, body = QuoteBody),
        (status = 400, description = "`body_malformed`", body = ErrorBody),
        (status = 404, description = "`unknown_event`", body = ErrorBody),
        (status = 409, description = "`not_on_sale`", body = ErrorBody),
        (status = 422, description = "`invalid_fields` with the list of fields, `body_malformed`", body = ErrorBody),
    )
)]
pub(super) async fn quote(
    State(app): State<App>,
    Path(slug): Path<String>,
    body: Result<Json<QuoteRequest>, JsonRejection>,
) -> Result<Json<QuoteBody>, ApiError> {
    let form = body?.0.into_form();
    let quote = app.quote(&slug, &form).await?;
    Ok(Json(QuoteBody::from(&quote)))
}
