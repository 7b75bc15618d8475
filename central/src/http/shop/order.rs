//! One order: where the buyer lands after paying, and comes back to.

use askama::Template;
use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use documents::Language;
use serde::Deserialize;

use super::{page, problem, view};
use crate::{
    app::{
        App,
        orders::{OrderError, OrderView},
    },
    domain::{money::Money, order::OrderStatus},
};

/// The order's number and the secret of the buyer's link; what a provider adds to the address is not believed and not
/// read. Without a secret there is no such order.
pub(super) struct Link {
    number: String,
    access: String,
}

#[derive(Deserialize)]
struct Access {
    access: String,
}

impl FromRequestParts<App> for Link {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let query = Query::<Access>::from_request_parts(parts, app).await;
        match (path, query) {
            (Ok(Path(number)), Ok(Query(Access { access }))) => Ok(Self { number, access }),
            _ => Err(problem(&OrderError::UnknownOrder)),
        }
    }
}

#[derive(Template)]
#[template(path = "shop/order.html")]
struct OrderPage {
    number: String,
    access: String,
    status: &'static str,
    sentence: &'static str,
    card: view::EventCard,
    hold_until: String,
    total: String,
    lines: Vec<(String, u32, String)>,
    tickets: Vec<(String, String, &'static str)>,
    is_pending: bool,
    is_paid: bool,
    pay_url: Option<String>,
}

pub(super) async fn show(State(app): State<App>, Link { number, access }: Link) -> Response {
    match app.find_order(&number, &access).await {
        Ok(order) => page(StatusCode::OK, &OrderPage::new(&order, access)),
        Err(error) => problem(&error),
    }
}

pub(super) async fn start_payment(
    State(app): State<App>,
    Link { number, access }: Link,
) -> Response {
    match app.start_payment(&number, &access).await {
        Ok(placed) => back(&placed.order.number, &access),
        Err(error) => problem(&error),
    }
}

pub(super) async fn cancel(State(app): State<App>, Link { number, access }: Link) -> Response {
    match app.cancel_order(&number, &access).await {
        Ok(order) => back(&order.number, &access),
        Err(error) => problem(&error),
    }
}

/// To the order's page; number and secret were found, so they are plain.
fn back(number: &str, access: &str) -> Response {
    Redirect::to(&format!("/orders/{number}?access={access}")).into_response()
}

impl OrderPage {
    fn new(found: &OrderView, access: String) -> Self {
        let order = &found.order;
        let event = &found.setup.event;
        let text = |minor| Money::new(minor, order.total.currency).text(Language::English);
        let is_pending = order.status == OrderStatus::Pending;
        let payment = found.payment.as_ref().filter(|_| is_pending);
        let (status, sentence) = words(order.status);
        let lines = found.items.iter();
        let tickets = found.tickets.iter();
        Self {
            number: order.number.clone(),
            access,
            status,
            sentence,
            card: view::EventCard::new(event),
            hold_until: view::moment(order.hold_until, event),
            total: order.total.text(Language::English),
            lines: lines
                .map(|item| {
                    let name = found.type_name(item.ticket_type).to_owned();
                    (name, item.quantity, text(item.amount_minor()))
                })
                .collect(),
            tickets: tickets
                .map(|ticket| {
                    let name = found.type_name(ticket.ticket_type).to_owned();
                    let number = ticket.gate.number.to_string();
                    (number, name, ticket.gate.status.name())
                })
                .collect(),
            is_pending,
            is_paid: order.status.is_settled(),
            pay_url: payment.and_then(|payment| payment.redirect_url.clone()),
        }
    }
}

const fn words(status: OrderStatus) -> (&'static str, &'static str) {
    match status {
        OrderStatus::Pending => (
            "Waiting for payment",
            "Your tickets are held for you. If you have just paid, reload this page in a moment.",
        ),
        OrderStatus::Paid => ("Paid", "Thank you. Your tickets are ready."),
        OrderStatus::PartlyRefunded => ("Partly refunded", "Part of the money went back to you."),
        OrderStatus::Refunded => ("Refunded", "The money went back to you."),
        OrderStatus::Expired => (
            "Expired",
            "The time to pay has ended and the tickets were given back. You can place a new order.",
        ),
        OrderStatus::Cancelled => ("Cancelled", "This order was given up before it was paid."),
        OrderStatus::Failed => (
            "Payment failed",
            "The payment failed. You can place a new order.",
        ),
    }
}
