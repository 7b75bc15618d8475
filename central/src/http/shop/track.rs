//! Finding an order again: the form, the code from the letter, the link from the letter, and what they open.
//!
//! Invariants: the page after the form is the same whether or not there are orders. A link is opened by a button, because
//! programs that look at mail follow links by themselves; its secret stands in the query, which no log keeps.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{date, frame::Frame, order::words as status_words, words};
use crate::{
    app::{
        App,
        tracking::{Found, TrackingError, Wanted},
    },
    domain::{field::FieldError, identity::IdentityKind, money::Money},
    http::{caller::Caller, posted::Posted, refusal::Refusal, visitor::Visitor},
};

#[derive(Template)]
#[template(path = "shop/track.html")]
struct TrackPage {
    page: Frame,
    identity_type: String,
    email: String,
    /// The sentences that are wrong.
    errors: Vec<String>,
}

#[derive(Template)]
#[template(path = "shop/track_code.html")]
struct CodePage {
    page: Frame,
    ask: String,
    /// Number, word, day.
    orders: Vec<(String, &'static str, String)>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "shop/track_link.html")]
struct LinkPage {
    page: Frame,
    secret: String,
}

#[derive(Template)]
#[template(path = "shop/track_found.html")]
struct FoundPage {
    page: Frame,
    orders: Vec<FoundRow>,
}

/// One order that was found.
struct FoundRow {
    number: String,
    word: &'static str,
    event: String,
    day: String,
    total: String,
    url: String,
}

#[derive(Deserialize)]
pub(super) struct Secret {
    #[serde(default)]
    secret: String,
}

impl TrackPage {
    fn cards(&self) -> Vec<(&'static str, &str, bool)> {
        let name = |kind| match kind {
            IdentityKind::Ktp => "KTP",
            IdentityKind::Sim => "SIM",
            IdentityKind::StudentCard => self.page.say("Student card", "Kartu pelajar/mahasiswa"),
            IdentityKind::Passport => self.page.say("Passport", "Paspor"),
        };
        let card = |kind: IdentityKind| {
            let is_chosen = kind.name() == self.identity_type;
            (kind.name(), name(kind), is_chosen)
        };
        IdentityKind::ALL.into_iter().map(card).collect()
    }
}

pub(super) async fn show(visitor: Visitor) -> Response {
    let template = TrackPage {
        page: Frame::private(&visitor),
        identity_type: String::new(),
        email: String::new(),
        errors: Vec::new(),
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn ask(State(app): State<App>, caller: Caller, posted: Posted) -> Response {
    let text = |name: &str| posted.text(name);
    let (kind, number, email) = (
        text("identity_type"),
        text("identity_number"),
        text("email"),
    );
    let (visitor, group) = (&posted.visitor, caller.group());
    let asked = app.ask_for_orders(Wanted {
        identity_type: &kind,
        identity_number: &number,
        email: &email,
        language: visitor.language.tag(),
        caller: &group,
    });
    match asked.await {
        Ok(asked) => {
            let masked = asked.orders.iter().map(|order| {
                let (_, word, _) = status_words(order.status, visitor);
                (
                    order.number.clone(),
                    word,
                    day(order.created_at, "UTC", visitor),
                )
            });
            let template = CodePage {
                page: Frame::private(visitor).at("/track"),
                ask: asked.ask.to_string(),
                orders: masked.collect(),
                error: None,
            };
            template.page.send(StatusCode::OK, &template)
        }
        Err(error) => {
            let (status, errors) = said(&error, visitor);
            let template = TrackPage {
                page: Frame::private(visitor).at("/track"),
                identity_type: kind,
                email,
                errors,
            };
            template.page.send(status, &template)
        }
    }
}

pub(super) async fn code(State(app): State<App>, posted: Posted) -> Response {
    let visitor = &posted.visitor;
    let ask = posted.text("ask");
    let opened = match Uuid::parse_str(&ask) {
        Ok(id) => app.open_by_code(id, &posted.text("code")).await,
        Err(_) => Err(TrackingError::NoAccess),
    };
    match opened {
        Ok(found) => show_found(visitor, &found),
        Err(error) => {
            let (status, errors) = said(&error, visitor);
            let template = CodePage {
                page: Frame::private(visitor).at("/track"),
                ask,
                orders: Vec::new(),
                error: errors.into_iter().next(),
            };
            template.page.send(status, &template)
        }
    }
}

/// The page behind the link of a letter; nothing is used up by looking at it.
pub(super) async fn link(visitor: Visitor, Query(Secret { secret }): Query<Secret>) -> Response {
    let template = LinkPage {
        page: Frame::private(&visitor),
        secret,
    };
    template.page.send(StatusCode::OK, &template)
}

pub(super) async fn open(State(app): State<App>, posted: Posted) -> Response {
    let visitor = &posted.visitor;
    match app.open_by_link(&posted.text("secret")).await {
        Ok(found) => show_found(visitor, &found),
        Err(error) => {
            let (status, errors) = said(&error, visitor);
            let template = TrackPage {
                page: Frame::private(visitor).at("/track"),
                identity_type: String::new(),
                email: String::new(),
                errors,
            };
            template.page.send(status, &template)
        }
    }
}

fn show_found(visitor: &Visitor, found: &[Found]) -> Response {
    let row = |found: &Found| {
        let order = &found.order;
        let (_, word, _) = status_words(order.status, visitor);
        FoundRow {
            number: order.number.clone(),
            word,
            event: found.event.name.clone(),
            day: day(order.created_at, &found.event.time_zone, visitor),
            total: Money::new(order.total.minor, order.total.currency).text(visitor.language),
            url: found.url.clone(),
        }
    };
    let template = FoundPage {
        page: Frame::private(visitor).at("/track"),
        orders: found.iter().map(row).collect(),
    };
    template.page.send(StatusCode::OK, &template)
}

fn day(at: Timestamp, zone: &str, visitor: &Visitor) -> String {
    date::day(date::local(at, zone).date_naive(), visitor.language)
}

/// Status and sentences of an error.
fn said(error: &TrackingError, visitor: &Visitor) -> (StatusCode, Vec<String>) {
    let one = |sentence: &str| vec![sentence.to_owned()];
    match error {
        TrackingError::Invalid(fields) => {
            let sentence = |field: &FieldError| words::field(field, visitor.language);
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                fields.iter().map(sentence).collect(),
            )
        }
        TrackingError::TooOften | TrackingError::NoAccess => {
            let english = error.to_string();
            let indonesian = words::indonesian(error.code()).unwrap_or(&english);
            let status = match error {
                TrackingError::TooOften => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::FORBIDDEN,
            };
            (status, one(visitor.say(&english, indonesian)))
        }
        TrackingError::Store(_) => {
            tracing::error!(%error, "orders not looked for");
            let refusal = Refusal::INTERNAL;
            (
                refusal.status,
                one(visitor.say(refusal.english, refusal.indonesian)),
            )
        }
    }
}
