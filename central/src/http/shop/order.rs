//! One order: where the buyer lands after paying, and comes back to.
//!
//! While it is pending the page asks for news by itself, and is fetched anew once there are some: what a provider
//! adds to the address is not believed and not read. The provider is not told the secret of the buyer's link either; a
//! browser that comes back without it is led on by its cookie, or told how to find the order.

use askama::Template;
use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderName, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    card::Card,
    date,
    frame::Frame,
    problem,
    refund::{self, RefundPart},
    sum::adjustment,
};
use crate::{
    app::{
        App,
        orders::{OrderError, OrderView},
    },
    domain::{money::Money, order::OrderStatus},
    http::{posted::Posted, visitor::Visitor},
};

/// Tells htmx to fetch the page anew.
const REFRESH: HeaderName = HeaderName::from_static("hx-refresh");

/// The order's number and the secret of the buyer's link. Without a secret there is no such order.
pub(super) struct Link {
    pub(super) number: String,
    pub(super) access: String,
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
            _ => Err(problem(
                &Visitor::of(parts, app),
                None,
                &OrderError::UnknownOrder,
            )),
        }
    }
}

#[derive(Template)]
#[template(path = "shop/order.html")]
struct OrderPage {
    page: Frame,
    number: String,
    access: String,
    status: &'static str,
    /// Of the page's sign: `success`, `warning`, `secondary`.
    colour: &'static str,
    word: &'static str,
    sentence: &'static str,
    card: Card,
    hold_until: String,
    /// For the countdown: the end, and what it is here now.
    hold_until_ms: i64,
    now_ms: i64,
    total: String,
    lines: Vec<(String, u32, String)>,
    adjustments: Vec<(String, String, bool)>,
    tickets: Vec<TicketRow>,
    refunds: RefundPart,
    is_pending: bool,
    is_paid: bool,
    is_over: bool,
    is_disputed: bool,
    pay_url: Option<String>,
}

/// For a browser that does not know the order.
#[derive(Template)]
#[template(path = "shop/arrival.html")]
struct ArrivalPage {
    page: Frame,
}

/// One ticket.
pub(super) struct TicketRow {
    number: String,
    kind: String,
    attendee: String,
    status: &'static str,
    pub(super) is_valid: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(number): Path<String>,
    link: Result<Link, Response>,
) -> Response {
    let access = match link {
        Ok(Link { access, .. }) => access,
        Err(_) => return arrive(&visitor, &number),
    };
    match app.find_order(&number, &access).await {
        Ok(order) => {
            let is_pending = order.order.status == OrderStatus::Pending;
            let remembered = access.clone();
            let refunds = app.refunds_of_buyer(&number, &access).await;
            let page = OrderPage::new(&app, &visitor, &order, access);
            let zone = &order.setup.event.time_zone;
            // The order is worth showing even where its refunds cannot be read.
            let refunds = refunds.map(|found| RefundPart::new(&found, zone, &visitor));
            let page = OrderPage {
                refunds: refunds.unwrap_or_default(),
                ..page
            };
            let mut answer = page.page.send(StatusCode::OK, &page);
            if is_pending {
                visitor.remember_order(&mut answer, &number, &remembered);
            }
            answer
        }
        Err(error) => problem(&visitor, None, &error),
    }
}

/// Somebody comes without the secret: back from the payment provider, or by a link that was cut.
fn arrive(visitor: &Visitor, number: &str) -> Response {
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match visitor.order_access() {
        Some(access) if is_plain(access) && is_plain(number) => back(number, access),
        _ => {
            let template = ArrivalPage {
                page: Frame::private(visitor),
            };
            template.page.send(StatusCode::NOT_FOUND, &template)
        }
    }
}

/// What was last seen.
#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    seen: String,
}

/// Whether anything is new: if so, the page is to be fetched anew.
pub(super) async fn status(
    State(app): State<App>,
    visitor: Visitor,
    Link { number, access }: Link,
    Query(Seen { seen }): Query<Seen>,
) -> Response {
    match app.order_status(&number, &access).await {
        Ok(order) if order.status.name() == seen => StatusCode::NO_CONTENT.into_response(),
        Ok(_) => ([(REFRESH, "true")], StatusCode::OK).into_response(),
        Err(error) => problem(&visitor, None, &error),
    }
}

pub(super) async fn start_payment(
    State(app): State<App>,
    Link { number, access }: Link,
    posted: Posted,
) -> Response {
    match app.start_payment(&number, &access).await {
        Ok(placed) => back(&placed.order.number, &access),
        Err(error) => problem(&posted.visitor, None, &error),
    }
}

pub(super) async fn cancel(
    State(app): State<App>,
    Link { number, access }: Link,
    posted: Posted,
) -> Response {
    match app.cancel_order(&number, &access).await {
        Ok(order) => back(&order.number, &access),
        Err(error) => problem(&posted.visitor, None, &error),
    }
}

/// Sends the tickets once more, to the order's own address.
pub(super) async fn send_again(
    State(app): State<App>,
    Link { number, access }: Link,
    posted: Posted,
) -> Response {
    match app.send_tickets_again(&number, &access).await {
        Ok(()) => back(&number, &access),
        Err(error) => problem(&posted.visitor, None, &error),
    }
}

/// To the order's page; number and secret were found, so they are plain.
fn back(number: &str, access: &str) -> Response {
    Redirect::to(&format!("/orders/{number}?access={access}")).into_response()
}

impl OrderPage {
    fn new(app: &App, visitor: &Visitor, found: &OrderView, access: String) -> Self {
        let language = visitor.language;
        let order = &found.order;
        let event = &found.setup.event;
        let text = |minor| Money::new(minor, order.total.currency).text(language);
        let is_pending = order.status == OrderStatus::Pending;
        let payment = found.payment.as_ref().filter(|_| is_pending);
        let lines = found.items.iter();
        let (colour, word, sentence) = match found.is_disputed() {
            true => disputed(visitor),
            false => words(order.status, visitor),
        };
        Self {
            page: Frame::private(visitor),
            number: order.number.clone(),
            access,
            status: order.status.name(),
            colour,
            word,
            sentence,
            card: Card::new(event, language),
            hold_until: date::time(order.hold_until, &event.time_zone, language),
            hold_until_ms: order.hold_until.0,
            now_ms: app.clock.now().0,
            total: order.total.text(language),
            lines: lines
                .map(|item| {
                    let name = found.sold_name(item).to_owned();
                    (name, item.quantity, text(item.amount_minor()))
                })
                .collect(),
            adjustments: found
                .adjustments
                .iter()
                .map(|it| adjustment(it, &text))
                .collect(),
            tickets: tickets(found, visitor),
            refunds: RefundPart::default(),
            is_pending,
            is_paid: order.status.is_settled(),
            is_disputed: found.is_disputed(),
            is_over: matches!(
                order.status,
                OrderStatus::Expired | OrderStatus::Cancelled | OrderStatus::Failed
            ),
            pay_url: payment.and_then(|payment| payment.redirect_url.clone()),
        }
    }
}

impl OrderPage {
    /// Whether any ticket opens a gate.
    fn has_tickets(&self) -> bool {
        self.choices().next().is_some()
    }

    /// Tickets whose money can be asked for.
    fn choices(&self) -> impl Iterator<Item = &TicketRow> {
        refund::choices(&self.tickets)
    }
}

fn tickets(found: &OrderView, visitor: &Visitor) -> Vec<TicketRow> {
    let row = |ticket: &crate::domain::ticket::SoldTicket| {
        let status = ticket.gate.status.name();
        TicketRow {
            number: ticket.gate.number.to_string(),
            kind: found.ticket_name(ticket).to_owned(),
            attendee: ticket.attendee.clone(),
            is_valid: status == "valid",
            status: match status {
                "valid" => visitor.say("valid", "berlaku"),
                "unpaid" => visitor.say("not paid", "belum dibayar"),
                "revoked" => visitor.say("revoked", "dicabut"),
                "refunded" => visitor.say("refunded", "dikembalikan"),
                _ => visitor.say("transferred", "dialihkan"),
            },
        }
    };
    found.tickets.iter().map(row).collect()
}

/// The same of an order whose money the buyer's bank holds.
fn disputed(visitor: &Visitor) -> (&'static str, &'static str, &'static str) {
    (
        "warning",
        visitor.say("Payment disputed", "Pembayaran disengketakan"),
        visitor.say(
            "Your bank holds the money until the dispute is decided. Until then the tickets open no gate.",
            "Bank Anda menahan uangnya sampai sengketa diputuskan. Sampai saat itu tiketnya tidak membuka gerbang.",
        ),
    )
}

/// Colour, word and sentence of a status.
pub(super) fn words(
    status: OrderStatus,
    visitor: &Visitor,
) -> (&'static str, &'static str, &'static str) {
    let say = |colour,
               english: (&'static str, &'static str),
               indonesian: (&'static str, &'static str)| {
        (
            colour,
            visitor.say(english.0, indonesian.0),
            visitor.say(english.1, indonesian.1),
        )
    };
    match status {
        OrderStatus::Pending => say(
            "warning",
            (
                "Waiting for payment",
                "Your tickets are held for you until the time below. This page notices by itself when you have paid.",
            ),
            (
                "Menunggu pembayaran",
                "Tiket disimpan untuk Anda sampai waktu di bawah. Halaman ini tahu sendiri begitu Anda membayar.",
            ),
        ),
        OrderStatus::Paid => say(
            "success",
            ("Paid", "Thank you. Your tickets are ready."),
            ("Lunas", "Terima kasih. Tiket Anda sudah siap."),
        ),
        OrderStatus::PartlyRefunded => say(
            "success",
            (
                "Partly refunded",
                "Part of the money goes back to you; how far it is stands below. The other tickets stay valid.",
            ),
            (
                "Sebagian dikembalikan",
                "Sebagian uang dikembalikan kepada Anda; sejauh mana, lihat di bawah. Tiket lainnya tetap berlaku.",
            ),
        ),
        OrderStatus::Refunded => say(
            "secondary",
            (
                "Refunded",
                "The money goes back to you; how far it is stands below. The tickets are no longer valid.",
            ),
            (
                "Dikembalikan",
                "Uangnya dikembalikan kepada Anda; sejauh mana, lihat di bawah. Tiketnya tidak berlaku lagi.",
            ),
        ),
        OrderStatus::Expired => say(
            "secondary",
            (
                "Expired",
                "The time to pay has ended and the tickets were given back. You can place a new order.",
            ),
            (
                "Kedaluwarsa",
                "Waktu pembayaran sudah habis dan tiketnya dilepas. Anda dapat memesan lagi.",
            ),
        ),
        OrderStatus::Cancelled => say(
            "secondary",
            ("Cancelled", "This order was given up before it was paid."),
            ("Dibatalkan", "Pesanan ini dibatalkan sebelum dibayar."),
        ),
        OrderStatus::Failed => say(
            "secondary",
            (
                "Payment failed",
                "The payment failed. You can place a new order.",
            ),
            (
                "Pembayaran gagal",
                "Pembayarannya gagal. Anda dapat memesan lagi.",
            ),
        ),
    }
}
