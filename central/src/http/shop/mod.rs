//! The shop's pages: what is on, one event, the cart with its order form, one order with its tickets.
//!
//! Invariants: pages work without scripts, which only add comfort; everything is escaped by the templates; an
//! order's page is for whoever has the secret of its link (the router's headers keep it from caches and other
//! sites). A form carries its page's token ([`super::posted`]) and comes back filled in when it is refused, the identity
//! number excepted. Paying is a link and not a redirect, because forms may only lead to ourselves.

mod basket;
mod card;
mod cart;
mod date;
mod event;
mod frame;
mod list;
mod order;
mod organiser;
mod refund;
mod robots;
mod structured;
mod sum;
mod track;
mod view;
mod words;

pub(super) use self::{event::preview, words::indonesian};

use askama::Template;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

use self::frame::Frame;
use super::{refusal::Refusal, visitor::Visitor};
use crate::app::{App, orders::OrderError};

/// Longest form, bytes.
const BODY_BYTES: usize = 32 * 1024;

/// The routes of the shop.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(list::show))
        .route("/events/{slug}", get(event::show))
        .route("/events/{slug}/calendar.ics", get(event::ics))
        .route("/events/{slug}/price", get(sum::show))
        .route("/events/{slug}/cart", get(cart::show).post(cart::again))
        .route("/events/{slug}/orders", post(cart::place))
        .route("/organisers/{slug}", get(organiser::show))
        .route("/robots.txt", get(robots::rules))
        .route("/sitemap.xml", get(robots::sitemap))
        .route("/orders/{number}", get(order::show))
        .route("/orders/{number}/status", get(order::status))
        .route("/orders/{number}/payment", post(order::start_payment))
        .route("/orders/{number}/cancel", post(order::cancel))
        .route("/orders/{number}/tickets-mail", post(order::send_again))
        .route("/orders/{number}/refunds", post(refund::ask))
        .route("/track", get(track::show).post(track::ask))
        .route("/track/code", post(track::code))
        .route("/track/link", get(track::link).post(track::open))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

#[derive(Template)]
#[template(path = "shop/problem.html")]
struct ProblemPage {
    page: Frame,
    code: &'static str,
    message: String,
    /// Where to go from here.
    back: Option<String>,
}

/// The page of an error; `slug` leads back to its event.
fn problem(visitor: &Visitor, slug: Option<&str>, error: &OrderError) -> Response {
    let status = super::api::status(error);
    let mut message = words::order(error, visitor.language);
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(code = error.code(), %error, "shop page failed");
        let said = visitor.say(Refusal::INTERNAL.english, Refusal::INTERNAL.indonesian);
        said.clone_into(&mut message);
    }
    // Its words are for programs; on a page the key is a field of the form.
    if matches!(error, OrderError::KeyForm | OrderError::KeyReused) {
        let said = visitor.say(
            "This form was used already: open the event again.",
            "Formulir ini sudah dipakai: buka acaranya lagi.",
        );
        said.clone_into(&mut message);
    }
    let is_gone = matches!(error, OrderError::UnknownEvent);
    let template = ProblemPage {
        page: Frame::private(visitor),
        code: error.code(),
        message,
        back: slug
            .filter(|_| !is_gone)
            .map(|slug| format!("/events/{slug}")),
    };
    template.page.send(status, &template)
}

/// The page of a refusal that no handler made, with the request's number where it was our fault.
pub(super) fn refused(visitor: &Visitor, refusal: Refusal, number: Option<&str>) -> Response {
    let mut message = visitor.say(refusal.english, refusal.indonesian).to_owned();
    if let Some(number) = number {
        let tell = visitor.say(
            "If it goes on, tell us this number:",
            "Jika terus terjadi, beri tahu kami nomor ini:",
        );
        message.push_str(&format!(" {tell} {number}"));
    }
    let template = ProblemPage {
        page: Frame::private(visitor),
        code: refusal.code,
        message,
        back: None,
    };
    template.page.send(refusal.status, &template)
}
