//! The cart: what was chosen with its price, whose names go on the tickets, and the buyer's form.
//!
//! What was chosen stands in the address (`GET`); a promo code is tried without scripts by sending the form to this
//! page (`POST`), which keeps all that was filled in but the identity number. Errors stand beside their fields, and
//! once more at the head with a way to each.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use data_encoding::HEXLOWER;

use super::{
    basket::Basket,
    card::Card,
    event::{encoded, known, notice, paragraphs},
    frame::Frame,
    problem,
    sum::Sum,
    words,
};
use crate::{
    app::{App, orders::OrderError},
    domain::{
        buyer::{BuyerForm, NAME_LENGTH},
        cart::{OrderForm, TICKETS},
        field::FieldError,
        identity::IdentityKind,
        offer::Offer,
        promo,
    },
    http::{posted::Posted, visitor::Visitor},
};

#[derive(Template)]
#[template(path = "shop/cart.html")]
struct CartPage {
    page: Frame,
    card: Card,
    /// The choice as hidden fields.
    chosen: Vec<(String, String)>,
    /// Back to choosing.
    change: String,
    promo: String,
    sum: Sum,
    terms: Vec<String>,
    filled: BTreeMap<String, String>,
    tickets: Vec<Ticket>,
    has_names: bool,
    /// Field of the form, code and sentence.
    errors: Vec<(String, &'static str, String)>,
    /// Made for this one form, so that sending it twice is one order.
    key: String,
}

/// One ticket to put a name on.
struct Ticket {
    field: String,
    kind: String,
    place: usize,
}

impl CartPage {
    /// What was filled into a field.
    fn filled(&self, field: &str) -> &str {
        self.filled.get(field).map_or("", String::as_str)
    }

    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        let found = self.errors.iter().find(|(wrong, _, _)| wrong == field);
        found.map(|(_, _, sentence)| sentence.as_str())
    }

    /// Value, name, and whether it was chosen.
    fn cards(&self) -> [(&'static str, &str, bool); 4] {
        let names = [
            (IdentityKind::Ktp, "KTP"),
            (IdentityKind::Sim, "SIM"),
            (
                IdentityKind::StudentCard,
                self.page.say("Student card", "Kartu pelajar/mahasiswa"),
            ),
            (IdentityKind::Passport, self.page.say("Passport", "Paspor")),
        ];
        let chosen = self.filled("identity_type");
        names.map(|(kind, name)| (kind.name(), name, kind.name() == chosen))
    }

    /// Tag, name, and whether documents are to be in it.
    fn languages(&self) -> [(&'static str, &'static str, bool); 2] {
        let filled = self.filled("language");
        let chosen = if filled.is_empty() {
            self.page.tag()
        } else {
            filled
        };
        [("id", "Indonesia"), ("en", "English")].map(|(tag, name)| (tag, name, tag == chosen))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let basket = Basket::of_query(query.as_deref());
    if basket.is_empty() {
        // Nothing was chosen; the slug is one of ours once it is found there.
        return Redirect::to(&format!("/events/{}?{}", encoded(&slug), basket.query()))
            .into_response();
    }
    let frame = Frame::private(&visitor);
    send(&app, &visitor, &slug, frame, &basket, &BTreeMap::new(), &[]).await
}

/// The same with what was filled in: a promo code is tried.
pub(super) async fn again(
    State(app): State<App>,
    Path(slug): Path<String>,
    posted: Posted,
) -> Response {
    refused(&app, &slug, &posted, &[], StatusCode::OK).await
}

/// Takes the form: one order, then its page.
pub(super) async fn place(
    State(app): State<App>,
    Path(slug): Path<String>,
    posted: Posted,
) -> Response {
    let basket = basket(&posted);
    let wish = order_form(&posted, &basket);
    if posted.text("terms").is_empty() {
        let sentence = "Accept the terms to place the order.";
        let error = FieldError::new("terms", "terms_not_accepted", sentence);
        return refused(
            &app,
            &slug,
            &posted,
            &[error],
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    match app.place_order(&slug, &posted.text("key"), &wish).await {
        Ok(placed) => {
            let number = placed.order.number;
            Redirect::to(&format!("/orders/{number}?access={}", placed.access)).into_response()
        }
        Err(OrderError::Invalid(errors)) => {
            refused(
                &app,
                &slug,
                &posted,
                &errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(error @ (OrderError::SoldOut(_) | OrderError::NotStored)) => {
            let sentence = words::order(&error, posted.visitor.language);
            let error = FieldError::new("items", error.code(), sentence);
            refused(&app, &slug, &posted, &[error], StatusCode::CONFLICT).await
        }
        Err(OrderError::Event(error)) => problem(&posted.visitor, Some(&slug), &known(error)),
        Err(error) => problem(&posted.visitor, Some(&slug), &error),
    }
}

fn basket(posted: &Posted) -> Basket {
    Basket::of(
        posted
            .fields()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

async fn refused(
    app: &App,
    slug: &str,
    posted: &Posted,
    errors: &[FieldError],
    status: StatusCode,
) -> Response {
    let basket = basket(posted);
    let kept = posted
        .fields()
        .iter()
        .filter(|(name, _)| name != "identity_number" && name != "token");
    let filled = kept
        .map(|(name, value)| (name.clone(), value.trim().to_owned()))
        .collect();
    let frame = Frame::private(&posted.visitor)
        .at(&format!("/events/{}/cart", encoded(slug)))
        .asking(&basket.query());
    let mut answer = send(app, &posted.visitor, slug, frame, &basket, &filled, errors).await;
    if answer.status() == StatusCode::OK {
        *answer.status_mut() = status;
    }
    answer
}

async fn send(
    app: &App,
    visitor: &Visitor,
    slug: &str,
    page: Frame,
    basket: &Basket,
    filled: &BTreeMap<String, String>,
    errors: &[FieldError],
) -> Response {
    let offer = match app.offer(slug).await {
        Ok(offer) => offer,
        Err(error) => return problem(visitor, None, &known(error)),
    };
    let event = &offer.setup.event;
    let basket = &basket.sorted(|code| offer.is_access_code(&promo::normal(code)));
    if notice(event, visitor).is_some() {
        return problem(visitor, Some(slug), &OrderError::NotOnSale);
    }
    let mut key = [0; 16];
    app.entropy.fill(&mut key);
    let tickets = tickets(&offer, basket);
    let say = |error: &FieldError| {
        (
            form_field(&error.field, basket),
            error.code,
            words::field(error, visitor.language),
        )
    };
    let cart = CartPage {
        card: Card::new(event, visitor.language),
        chosen: basket.fields(),
        change: format!("/events/{slug}?{}", basket.query()),
        promo: basket.promo.clone(),
        sum: Sum::of(app, visitor, slug, basket).await,
        terms: paragraphs(&event.terms),
        has_names: tickets.iter().any(|ticket| {
            filled
                .get(&ticket.field)
                .is_some_and(|name| !name.is_empty())
        }),
        filled: filled.clone(),
        tickets,
        errors: errors.iter().map(say).collect(),
        key: filled
            .get("key")
            .cloned()
            .unwrap_or_else(|| HEXLOWER.encode(&key)),
        page,
    };
    cart.page.send(StatusCode::OK, &cart)
}

/// The field of the form that a place in the request was made of.
fn form_field(place: &str, basket: &Basket) -> String {
    let bare = place.strip_prefix("buyer.").unwrap_or(place);
    let item = place
        .strip_prefix("items[")
        .and_then(|rest| rest.split_once("]."));
    let Some((at, part)) = item else {
        return if place.starts_with("promo_codes") {
            "promo".to_owned()
        } else {
            bare.to_owned()
        };
    };
    let id = at
        .parse()
        .ok()
        .and_then(|at| basket.id_at(at))
        .unwrap_or_default();
    let name = part
        .strip_prefix("attendees[")
        .and_then(|rest| rest.strip_suffix(']'));
    name.map_or_else(|| format!("quantity_{id}"), |place| name_field(id, place))
}

fn name_field(id: &str, place: impl std::fmt::Display) -> String {
    format!("name_{id}_{place}")
}

fn tickets(offer: &Offer, basket: &Basket) -> Vec<Ticket> {
    let of = |(id, count): (&str, usize)| {
        let kind = offer
            .setup
            .types
            .iter()
            .find(|kind| kind.id.to_string() == id);
        let name = kind.map(|kind| kind.name.clone()).unwrap_or_default();
        let id = id.to_owned();
        (0..count.min(TICKETS as usize)).map(move |at| Ticket {
            field: name_field(&id, at),
            kind: name.clone(),
            place: at + 1,
        })
    };
    basket
        .counts()
        .flat_map(of)
        .take(TICKETS as usize)
        .collect()
}

/// The form's fields as a request. A ticket without a name of its own gets the buyer's.
fn order_form(posted: &Posted, basket: &Basket) -> OrderForm {
    let full_name: String = posted
        .text("full_name")
        .chars()
        .take(NAME_LENGTH * 2)
        .collect();
    let names = |id: &str, count: usize| {
        let typed: Vec<String> = (0..count.min(TICKETS as usize))
            .map(|at| posted.text(&name_field(id, at)))
            .collect();
        if typed.iter().all(String::is_empty) {
            return Vec::new();
        }
        let own = |name: String| {
            if name.is_empty() {
                full_name.clone()
            } else {
                name
            }
        };
        typed.into_iter().map(own).collect()
    };
    OrderForm {
        items: basket.items(names),
        promo_codes: basket.codes(),
        buyer: BuyerForm {
            full_name: posted.text("full_name"),
            identity_type: posted.text("identity_type"),
            identity_number: posted.text("identity_number"),
            email: posted.text("email"),
            whatsapp_number: posted.text("whatsapp_number"),
            language: posted.text("language"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_find_their_fields() {
        let basket = Basket::of([("quantity_a", "1"), ("quantity_b", "2")]);
        for (place, want) in [
            ("buyer.full_name", "full_name"),
            ("language", "language"),
            ("items", "items"),
            ("items[1].quantity", "quantity_b"),
            ("items[0].ticket_type_id", "quantity_a"),
            ("items[1].attendees[1]", "name_b_1"),
            ("promo_codes[0]", "promo"),
            ("promo_codes", "promo"),
            ("items[9].quantity", "quantity_"),
        ] {
            assert_eq!(form_field(place, &basket), want, "{place}");
        }
    }
}
