//! One event and its order form.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use data_encoding::HEXLOWER;

use super::{page, problem, view};
use crate::{
    app::{App, orders::OrderError},
    domain::{
        buyer::BuyerForm,
        cart::{ItemForm, OrderForm},
        event::EventSetup,
        field::FieldError,
        identity::IdentityKind,
    },
};

#[derive(Template)]
#[template(path = "shop/event.html")]
struct EventPage {
    card: view::EventCard,
    description: Vec<String>,
    terms: Vec<String>,
    days: Vec<(String, String)>,
    types: Vec<view::TypeRow>,
    filled: Filled,
    errors: Vec<FieldError>,
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

pub(super) async fn show(State(app): State<App>, Path(slug): Path<String>) -> Response {
    match app.public_event(&slug).await.map_err(OrderError::from) {
        Ok(setup) => page(StatusCode::OK, &blank(&app, &setup)),
        Err(error) => problem(&as_unknown(error)),
    }
}

/// Takes the form: one order, then its page.
pub(super) async fn place(
    State(app): State<App>,
    Path(slug): Path<String>,
    form: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Response {
    let Ok(Form(fields)) = form else {
        return problem(&OrderError::Invalid(Vec::new()));
    };
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let wish = order_form(&fields);
    match app.place_order(&slug, &text("key"), &wish).await {
        Ok(placed) => {
            let number = placed.order.number;
            Redirect::to(&format!("/orders/{number}?access={}", placed.access)).into_response()
        }
        Err(OrderError::Invalid(errors)) => refused(&app, &slug, &fields, errors).await,
        Err(error) => problem(&as_unknown(error)),
    }
}

async fn refused(
    app: &App,
    slug: &str,
    fields: &BTreeMap<String, String>,
    errors: Vec<FieldError>,
) -> Response {
    let setup = match app.public_event(slug).await {
        Ok(setup) => setup,
        Err(error) => return problem(&as_unknown(error.into())),
    };
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let mut again = blank(app, &setup);
    again.errors = errors;
    again.filled = Filled {
        full_name: text("full_name"),
        identity_type: text("identity_type"),
        email: text("email"),
        whatsapp_number: text("whatsapp_number"),
        language: text("language"),
    };
    again.types = view::TypeRow::all(&setup, app.clock.now(), |id| text(&quantity_field(id)));
    page(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

fn blank(app: &App, setup: &EventSetup) -> EventPage {
    let mut key = [0; 16];
    app.entropy.fill(&mut key);
    let event = &setup.event;
    let paragraphs = |text: &str| {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let days = setup.days.iter();
    EventPage {
        card: view::EventCard::new(event),
        description: paragraphs(&event.description),
        terms: paragraphs(&event.terms),
        days: days
            .map(|day| (day.label.clone(), view::moment(day.opens_at, event)))
            .collect(),
        types: view::TypeRow::all(setup, app.clock.now(), |_| String::new()),
        filled: Filled::default(),
        errors: Vec::new(),
        key: HEXLOWER.encode(&key),
    }
}

fn quantity_field(id: &str) -> String {
    format!("quantity_{id}")
}

/// The form's fields as a request; a type of which none is wanted is no line.
fn order_form(fields: &BTreeMap<String, String>) -> OrderForm {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let wanted = fields.iter().filter_map(|(name, value)| {
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
        buyer: BuyerForm {
            full_name: text("full_name"),
            identity_type: text("identity_type"),
            identity_number: text("identity_number"),
            email: text("email"),
            whatsapp_number: text("whatsapp_number"),
            language: text("language"),
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
