//! One event: what it is, when and where, and what can be bought of it.
//!
//! Choosing is a form that leads to the cart by its address, so nothing is kept here. Hidden types show by
//! `?code=…`. A page of an event that is not sold says why instead of offering anything.

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};

use super::{
    basket::Basket,
    calendar,
    card::Card,
    date,
    frame::Frame,
    problem, structured,
    sum::Sum,
    view::{Group, Shelf},
};
use crate::{
    app::{App, events::EventError, orders::OrderError},
    domain::{
        event::{Event, EventStatus},
        offer::Offer,
    },
    http::visitor::Visitor,
};

#[derive(Template)]
#[template(path = "shop/event.html")]
struct EventPage {
    page: Frame,
    card: Card,
    address: String,
    organiser: Option<(String, String)>,
    description: Vec<String>,
    terms: Vec<String>,
    days: Vec<(String, String)>,
    groups: Vec<Group>,
    code: String,
    sum: Sum,
    /// Why nothing is sold: colour and sentence.
    notice: Option<(&'static str, &'static str)>,
    /// Something can be chosen.
    is_on_sale: bool,
    url: String,
    /// Name and address, for a message.
    message: String,
    /// For search engines; escaped for its place in a script element.
    structured: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let basket = Basket::of_query(query.as_deref());
    match EventPage::of(&app, &visitor, &slug, &basket).await {
        Ok(page) => page.page.send(StatusCode::OK, &page),
        Err(error) => problem(&visitor, None, &error),
    }
}

/// The event for a calendar.
pub(super) async fn ics(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    match app.offer(&slug).await {
        Ok(offer) => {
            let text = calendar::of(&offer.setup, &app.public_url, app.clock.now());
            ([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
        }
        Err(error) => problem(&visitor, None, &known(error)),
    }
}

impl EventPage {
    async fn of(
        app: &App,
        visitor: &Visitor,
        slug: &str,
        basket: &Basket,
    ) -> Result<Self, OrderError> {
        let offer = app.offer(slug).await.map_err(known)?;
        let event = &offer.setup.event;
        let stock = app.stock(event.id).await?;
        let organiser = app.organiser(event.client).await?;
        let notice = notice(event, visitor);
        let shelf = Shelf {
            offer: &offer,
            stock: &stock,
            basket,
            visitor,
            now: app.clock.now(),
            is_sold: notice.is_none(),
        };
        let groups = shelf.groups();
        let url = format!("{}/events/{slug}", app.public_url);
        Ok(Self {
            page: Frame::public(visitor, app),
            card: Card::new(event, visitor.language),
            address: event.address.clone(),
            organiser,
            description: paragraphs(&event.description),
            terms: paragraphs(&event.terms),
            days: days(&offer, visitor),
            is_on_sale: groups.iter().any(Group::is_on_sale),
            groups,
            code: basket.code.clone(),
            sum: Sum::of(app, visitor, slug, basket).await,
            notice,
            message: encoded(&format!("{} {url}", event.name)),
            structured: structured::of(&offer, &stock, &url, shelf.now),
            url,
        })
    }
}

impl Group {
    fn is_on_sale(&self) -> bool {
        self.types.iter().any(|kind| kind.is_on_sale) || self.parts.iter().any(Self::is_on_sale)
    }
}

fn days(offer: &Offer, visitor: &Visitor) -> Vec<(String, String)> {
    let zone = &offer.setup.event.time_zone;
    let opens = |at| date::moment(at, zone, visitor.language);
    offer
        .setup
        .days
        .iter()
        .map(|day| (day.label.clone(), opens(day.opens_at)))
        .collect()
}

/// A text as a part of an address, whatever it is.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Lines that say something.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Why an event is not sold.
pub(super) fn notice(event: &Event, visitor: &Visitor) -> Option<(&'static str, &'static str)> {
    let (colour, english, indonesian) = match event.status {
        EventStatus::Published => return None,
        EventStatus::Closed | EventStatus::Draft => (
            "secondary",
            "The sale of this event is closed.",
            "Penjualan acara ini sudah ditutup.",
        ),
        EventStatus::Cancelled => (
            "danger",
            "This event is cancelled. Whoever bought a ticket gets a message about the money.",
            "Acara ini dibatalkan. Pembeli tiket mendapat kabar tentang uangnya.",
        ),
        EventStatus::Postponed => (
            "warning",
            "This event is postponed. Tickets stay valid; the new date will be told here.",
            "Acara ini ditunda. Tiket tetap berlaku; tanggal baru diumumkan di sini.",
        ),
        EventStatus::Completed => (
            "secondary",
            "This event is over.",
            "Acara ini sudah selesai.",
        ),
    };
    Some((colour, visitor.say(english, indonesian)))
}

/// To a visitor, an event that is not there and a draft are the same.
pub(super) fn known(error: EventError) -> OrderError {
    match error {
        EventError::Unknown => OrderError::UnknownEvent,
        other => OrderError::Event(other),
    }
}
