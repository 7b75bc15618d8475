//! What is on sale.

use axum::{
    Json,
    extract::{Path, State},
};

use super::{
    body::{EventDetail, EventSummary},
    error::{ApiError, ErrorBody},
};
use crate::app::{App, orders::OrderError};

/// Published events, the soonest first.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    responses((status = 200, body = Vec<EventSummary>))
)]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<EventSummary>>, ApiError> {
    let events = app.published_events().await.map_err(OrderError::from)?;
    Ok(Json(events.iter().map(EventSummary::from).collect()))
}

/// One event with its days and ticket types.
#[utoipa::path(
    get,
    path = "/api/v1/events/{slug}",
    params(("slug" = String, Path, description = "The event's name in addresses")),
    responses(
        (status = 200, body = EventDetail),
        (status = 404, description = "`unknown_event`", body = ErrorBody),
    )
)]
pub(super) async fn show(
    State(app): State<App>,
    Path(slug): Path<String>,
) -> Result<Json<EventDetail>, ApiError> {
    let setup = app.public_event(&slug).await?;
    Ok(Json(EventDetail::new(&setup, app.clock.now())))
}
