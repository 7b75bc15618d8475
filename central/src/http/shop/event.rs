//! One event and its order form.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::HEXLOWER;

use super::{card::Card, date, frame::Frame, problem, view, words};
use crate::{
    app::{App, orders::OrderError},
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        event::EventSetup,
        field::FieldError,
        identity::IdentityKind,
    },
    http::{posted::Posted, visitor::Visitor},
};

#[derive(Template)]
#[template(path = "shop/event.html")]
struct EventPage {
    page: Frame,
    card: Card,
    description: Vec<String>,
    terms: Vec<String>,
    days: Vec<(String, String)>,
    types: Vec<view::TypeRow>,
    filled: Filled,
    /// Field, code and sentence.
    errors: Vec<(String, &'static str, String)>,
    /// Made for this one form, so that sending it twice is one order.
    key: String,
}

/// What the buyer filled in; the identity number never comes back.
#[derive(Default)]
struct Filled {
    full_name: String,
    identity_type: String,
    email: String,
    whatsapp_number: String,
    language: String,
}

/// Names of the identity cards on the form.
const CARDS: [(IdentityKind, &str); 4] = [
    (IdentityKind::Ktp, "KTP"),
    (IdentityKind::Sim, "SIM"),
    (IdentityKind::StudentCard, "Student card"),
    (IdentityKind::Passport, "Passport"),
];

impl EventPage {
    fn cards(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let chosen = &self.filled.identity_type;
        CARDS
            .iter()
            .map(move |(kind, name)| (kind.name(), *name, kind.name() == chosen))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    match app.public_event(&slug).await.map_err(OrderError::from) {
        Ok(setup) => {
            let page = blank(&app, &visitor, &setup);
            page.page.send(StatusCode::OK, &page)
        }
        Err(error) => problem(&visitor, None, &as_unknown(error)),
    }
}

/// Takes the form: one order, then its page.
pub(super) async fn place(
    State(app): State<App>,
    Path(slug): Path<String>,
    posted: Posted,
) -> Response {
    let wish = order_form(&posted);
    match app.place_order(&slug, &posted.text("key"), &wish).await {
        Ok(placed) => {
            let number = placed.order.number;
            Redirect::to(&format!("/orders/{number}?access={}", placed.access)).into_response()
        }
        Err(OrderError::Invalid(errors)) => refused(&app, &slug, &posted, &errors).await,
        Err(error) => problem(&posted.visitor, Some(&slug), &as_unknown(error)),
    }
}

async fn refused(app: &App, slug: &str, posted: &Posted, errors: &[FieldError]) -> Response {
    let visitor = &posted.visitor;
    let setup = match app.public_event(slug).await {
        Ok(setup) => setup,
        Err(error) => return problem(visitor, None, &as_unknown(error.into())),
    };
    let mut again = blank(app, visitor, &setup);
    again.page = Frame::private(visitor).at(&format!("/events/{slug}"));
    let said = |error: &FieldError| {
        (
            error.field.clone(),
            error.code,
            words::field(error, visitor.language),
        )
    };
    again.errors = errors.iter().map(said).collect();
    again.filled = Filled {
        full_name: posted.text("full_name"),
        identity_type: posted.text("identity_type"),
        email: posted.text("email"),
        whatsapp_number: posted.text("whatsapp_number"),
        language: posted.text("language"),
    };
    again.types = view::TypeRow::all(&setup, app.clock.now(), visitor, |id| {
        posted.text(&quantity_field(id))
    });
    again.page.send(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

fn blank(app: &App, visitor: &Visitor, setup: &EventSetup) -> EventPage {
    let mut key = [0; 16];
    app.entropy.fill(&mut key);
    let event = &setup.event;
    let paragraphs = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let days = setup.days.iter();
    let opens = |at| date::moment(at, &event.time_zone, visitor.language);
    EventPage {
        page: Frame::public(visitor, app),
        card: Card::new(event, visitor.language),
        description: paragraphs(&event.description),
        terms: paragraphs(&event.terms),
        days: days
            .map(|day| (day.label.clone(), opens(day.opens_at)))
            .collect(),
        types: view::TypeRow::all(setup, app.clock.now(), visitor, |_| String::new()),
        filled: Filled::default(),
        errors: Vec::new(),
        key: HEXLOWER.encode(&key),
    }
}

fn quantity_field(id: &str) -> String {
    format!("quantity_{id}")
}

/// The form's fields as a request; a type of which none is wanted is no line.
fn order_form(posted: &Posted) -> OrderForm {
    let wanted = posted.fields().iter().filter_map(|(name, value)| {
        let id = name.strip_prefix("quantity_")?;
        let value = value.trim();
        if value.is_empty() || value == "0" {
            return None;
        }
        Some(ItemForm {
            ticket_type_id: id.to_owned(),
            // What is no number is refused as out of range.
            quantity: value.parse().unwrap_or(-1),
            attendees: Vec::new(),
        })
    });
    OrderForm {
        promo_codes: Vec::new(),
        buyer: BuyerForm {
            full_name: posted.text("full_name"),
            identity_type: posted.text("identity_type"),
            identity_number: posted.text("identity_number"),
            email: posted.text("email"),
            whatsapp_number: posted.text("whatsapp_number"),
            language: posted.text("language"),
        },
        items: wanted.collect(),
    }
}

fn as_unknown(error: OrderError) -> OrderError {
    match error {
        OrderError::Event(crate::app::events::EventError::Unknown) => OrderError::UnknownEvent,
        other => other,
    }
}
