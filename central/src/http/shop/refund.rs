//! Money back, as a buyer sees and asks for it on the order's page. Somebody of the organiser decides.

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
    http::{api::refusal_status, posted::Posted, refusal::Refusal, visitor::Visitor},
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
            let asked = date::moment(refund.requested_at, zone, language);
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
    // On the page nothing ticked is a slip, not the whole order.
    let asked = match ticked.is_empty() {
        true => Err(RefundError::NoneChosen),
        false => app.request_refund(&number, &access, &ticked, &note).await,
    };
    match asked {
        Ok(_) => Redirect::to(&order).into_response(),
        Err(error) => refused(&posted.visitor, &order, &error),
    }
}

fn refused(visitor: &Visitor, order: &str, error: &RefundError) -> Response {
    let status = refusal_status(error);
    let is_ours = status == StatusCode::INTERNAL_SERVER_ERROR;
    if is_ours {
        tracing::error!(code = error.code(), %error, "refund not asked for");
    }
    let code = if is_ours {
        Refusal::INTERNAL.code
    } else {
        error.code()
    };
    let message = match (visitor.language, is_ours) {
        (_, true) => Refusal::INTERNAL.sentence(visitor.language).to_owned(),
        (Language::Indonesian, false) => {
            words::refund(code).map_or_else(|| error.to_string(), str::to_owned)
        }
        (Language::English, false) => error.to_string(),
    };
    let is_known = status != StatusCode::NOT_FOUND;
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
