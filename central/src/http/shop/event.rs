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
    card::Card,
    date,
    frame::Frame,
    problem, structured,
    sum::Sum,
    view::{Group, Shelf},
};
use crate::{
    app::{App, calendar, events::EventError, orders::OrderError},
    domain::{
        event::{Event, EventStatus, TicketType, Visibility},
        offer::Offer,
        promo,
    },
    http::visitor::Visitor,
    store::StoreError,
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
    code: CodeField,
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
    /// Shown to whoever sets the event up: nothing can be bought.
    is_preview: bool,
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
            let setup = &offer.setup;
            let url = format!("{}/events/{}", app.public_url, setup.event.slug);
            let text = calendar::file(setup, setup.days.iter(), &url, app.clock.now());
            let kind = [(CONTENT_TYPE, "text/calendar; charset=utf-8")];
            (kind, text.unwrap_or_default()).into_response()
        }
        Err(error) => problem(&visitor, None, &known(error)),
    }
}

/// The page as it would be if the event were on sale, for whoever sets it up.
///
/// # Errors
/// When the database fails.
pub(in crate::http) async fn preview(
    app: &App,
    visitor: &Visitor,
    offer: &Offer,
) -> Result<Response, StoreError> {
    let mut offer = offer.clone();
    if offer.setup.event.status == EventStatus::Draft {
        offer.setup.event.status = EventStatus::Published;
    }
    let page = EventPage::with(app, visitor, &offer, &Basket::default()).await;
    let page = page.map_err(|error| match error {
        OrderError::Store(error) => error,
        _ => StoreError::Corrupt("a page that cannot be shown"),
    })?;
    let page = EventPage {
        page: Frame::private(visitor),
        is_preview: true,
        ..page
    };
    Ok(page.page.send(StatusCode::OK, &page))
}

impl EventPage {
    async fn of(
        app: &App,
        visitor: &Visitor,
        slug: &str,
        basket: &Basket,
    ) -> Result<Self, OrderError> {
        let offer = app.offer(slug).await.map_err(known)?;
        let sum = Sum::of(app, visitor, slug, basket).await;
        let page = Self::with(app, visitor, &offer, basket).await?;
        Ok(Self { sum, ..page })
    }

    /// The page of an offer, without the price of what was chosen.
    async fn with(
        app: &App,
        visitor: &Visitor,
        offer: &Offer,
        basket: &Basket,
    ) -> Result<Self, OrderError> {
        let event = &offer.setup.event;
        let stock = app.stock(event.id).await?;
        let organiser = app.organiser(event.client).await?;
        let notice = notice(event, visitor);
        let promos = app.promos_of(event.id, &basket.codes()).await?;
        let shelf = Shelf {
            offer,
            stock: &stock,
            basket,
            promos: &promos,
            visitor,
            now: app.clock.now(),
            is_sold: notice.is_none(),
        };
        let groups = shelf.groups();
        let url = format!("{}/events/{}", app.public_url, event.slug);
        Ok(Self {
            page: Frame::public(visitor, app),
            card: Card::new(event, visitor.language),
            address: event.address.clone(),
            organiser,
            description: paragraphs(&event.description),
            terms: paragraphs(&event.terms),
            days: days(offer, visitor),
            is_on_sale: groups.iter().any(Group::is_on_sale),
            groups,
            code: CodeField::new(&shelf),
            sum: Sum::default(),
            notice,
            message: encoded(&format!("{} {url}", event.name)),
            structured: structured::of(offer, &stock, &url, shelf.now),
            url,
            is_preview: false,
        })
    }
}

/// Where codes are typed that open hidden types.
struct CodeField {
    /// The event has something to open, or somebody typed a code.
    is_shown: bool,
    /// What was typed.
    typed: String,
    /// What came of it: colour and sentence.
    said: Option<(&'static str, &'static str)>,
}

impl CodeField {
    fn new(shelf: &Shelf<'_>) -> Self {
        let (offer, codes) = (shelf.offer, shelf.basket.codes());
        let hidden: Vec<_> = offer
            .setup
            .types
            .iter()
            .filter(|kind| is_hidden(kind))
            .collect();
        let is_open = |kind: &&TicketType| offer.is_open(kind, &codes, shelf.promos, shelf.now);
        let is_known = |code: &String| {
            let code = promo::normal(code);
            offer.is_access_code(&code) || shelf.promos.iter().any(|promo| promo.code == code)
        };
        let say = |colour, english, indonesian| (colour, shelf.visitor.say(english, indonesian));
        let said = match () {
            () if codes.is_empty() => None,
            () if hidden.iter().any(is_open) => Some(say(
                "success",
                "Your code is good: its tickets are shown below.",
                "Kode diterima: tiketnya tampil di bawah.",
            )),
            () if codes.iter().all(is_known) => Some(say(
                "success",
                "Your code is good: choose tickets to see its price.",
                "Kode diterima: pilih tiket untuk melihat harganya.",
            )),
            () => Some(say(
                "danger",
                "This event knows no such code: check its spelling.",
                "Acara ini tidak mengenal kode itu: periksa ejaannya.",
            )),
        };
        Self {
            is_shown: shelf.is_sold && (!hidden.is_empty() || !codes.is_empty()),
            typed: codes.join(" "),
            said,
        }
    }
}

fn is_hidden(kind: &TicketType) -> bool {
    kind.visibility == Visibility::Hidden
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
        EventStatus::Postponed if event.waits_for_days() => (
            "warning",
            "This event is postponed. Tickets stay valid; the new date will be told here.",
            "Acara ini ditunda. Tiket tetap berlaku; tanggal baru diumumkan di sini.",
        ),
        EventStatus::Postponed => (
            "warning",
            "This event was postponed to the date shown here. Tickets stay valid. The sale opens again later.",
            "Acara ini diundur ke tanggal di halaman ini. Tiket tetap berlaku. Penjualan dibuka lagi nanti.",
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
