//! Money back, as a buyer sees and asks for it on the order's page. Somebody of the organiser decides.

use std::collections::BTreeSet;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use documents::Language;

use super::{
    ProblemPage, date,
    frame::Frame,
    order::{Link, TicketRow},
    words,
};
use crate::{
    app::{
        App,
        refunds::{BuyersRefunds, RefundError},
    },
    domain::refund::{Refund, RefundStatus},
    http::{posted::Posted, visitor::Visitor},
};

/// Name of the boxes that are ticked.
const TICKET: &str = "ticket";

/// What the order's page says of refunds.
#[derive(Default)]
pub(super) struct RefundPart {
    /// Sum, day and status of each.
    pub(super) rows: Vec<(String, String, &'static str)>,
    /// Whether the page has the form.
    pub(super) may_ask: bool,
}

impl RefundPart {
    pub(super) fn new(found: &BuyersRefunds, zone: &str, visitor: &Visitor) -> Self {
        let language = visitor.language;
        let row = |refund: &Refund| {
            let asked = date::time(refund.requested_at, zone, language);
            (
                refund.amount.text(language),
                asked,
                word(refund.status, visitor),
            )
        };
        Self {
            rows: found.refunds.iter().map(row).collect(),
            may_ask: found.may_ask,
        }
    }
}

/// Asks for the tickets that were ticked; all of them are the whole order.
pub(super) async fn ask(
    State(app): State<App>,
    Link { number, access }: Link,
    posted: Posted,
) -> Response {
    let fields = posted.fields().iter();
    let ticked: Vec<String> = fields
        .filter(|(name, _)| name == TICKET)
        .map(|(_, value)| value.trim().to_owned())
        .collect();
    let note = posted.text("note");
    let order = format!("/orders/{number}?access={access}");
    let asked = match of_ticked(&app, (&number, &access), ticked).await {
        Ok(wanted) => app.request_refund(&number, &access, &wanted, &note).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(_) => Redirect::to(&order).into_response(),
        Err(error) => refused(&posted.visitor, &order, &error),
    }
}

/// The tickets to ask for: none named means the whole order, fees that stand beside the tickets included.
async fn of_ticked(
    app: &App,
    (number, access): (&str, &str),
    ticked: Vec<String>,
) -> Result<Vec<String>, RefundError> {
    let found = app.find_order(number, access).await?;
    let tickets = found.tickets.iter();
    let valid: BTreeSet<String> = tickets
        .filter(|ticket| ticket.gate.status.name() == "valid")
        .map(|ticket| ticket.gate.number.to_string())
        .collect();
    if ticked.is_empty() {
        return Err(RefundError::NoneChosen);
    }
    let ticked: BTreeSet<String> = ticked.into_iter().collect();
    let is_whole = ticked == valid;
    Ok(ticked.into_iter().filter(|_| !is_whole).collect())
}

fn refused(visitor: &Visitor, order: &str, error: &RefundError) -> Response {
    let (status, is_known) = match error {
        RefundError::UnknownOrder => (StatusCode::NOT_FOUND, false),
        RefundError::Event(_) | RefundError::Store(_) | RefundError::Order(_) => {
            tracing::error!(code = error.code(), %error, "refund not asked for");
            (StatusCode::INTERNAL_SERVER_ERROR, true)
        }
        _ => (StatusCode::CONFLICT, true),
    };
    let is_ours = status == StatusCode::INTERNAL_SERVER_ERROR;
    let code = if is_ours { "internal" } else { error.code() };
    let message = match (visitor.language, is_ours) {
        (Language::Indonesian, _) => {
            words::refund(code).map_or_else(|| error.to_string(), str::to_owned)
        }
        (Language::English, true) => "Something is wrong on our side: try again.".to_owned(),
        (Language::English, false) => error.to_string(),
    };
    let template = ProblemPage {
        page: Frame::private(visitor),
        code,
        message,
        back: is_known.then(|| order.to_owned()),
    };
    template.page.send(status, &template)
}

/// Boxes of the form: tickets that are still good.
pub(super) fn choices(tickets: &[TicketRow]) -> impl Iterator<Item = &TicketRow> {
    tickets.iter().filter(|ticket| ticket.is_valid)
}

fn word(status: RefundStatus, visitor: &Visitor) -> &'static str {
    match status {
        RefundStatus::Requested => visitor.say(
            "asked for, waits for the organiser",
            "diminta, menunggu penyelenggara",
        ),
        RefundStatus::Declined => visitor.say("declined", "ditolak"),
        RefundStatus::Void => visitor.say(
            "void: the payment did not come",
            "batal: pembayarannya tidak masuk",
        ),
        RefundStatus::Overtaken => visitor.say(
            "no longer needed: it went back another way",
            "tidak perlu lagi: sudah dikembalikan dengan cara lain",
        ),
        RefundStatus::Done => visitor.say("paid back", "sudah dikembalikan"),
        RefundStatus::Approved
        | RefundStatus::Sent
        | RefundStatus::Failed
        | RefundStatus::Manual => visitor.say(
            "agreed, the money is on its way",
            "disetujui, uang sedang dikirim",
        ),
    }
}
