//! One ticket: whose it is, the order it came with, and all that gates saw of it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::id::TicketId;

use super::{
    door::{Here, Meant},
    frame::Frame,
    gates::scan_list::action_words,
    guard,
    nav::Section,
    order_step::{place, said},
    status,
    ticket_list::{check_in, days, wristband},
    when,
};
use crate::{
    domain::{event::Event, permission::Permission},
    http::refusal::Refusal,
    store::{self, StoreError},
};

#[derive(Template)]
#[template(path = "panel/ticket.html")]
struct Detail {
    page: Frame,
    number: String,
    status: status::Mark,
    check_in: status::Mark,
    facts: Vec<(String, String)>,
    order: String,
    has_papers: bool,
    /// `None` = not for this account.
    scans: Option<Vec<ScanRow>>,
}

/// A scan as a page shows it.
pub(super) struct ScanRow {
    pub(super) at: String,
    pub(super) action: String,
    pub(super) place: String,
    pub(super) reason: String,
    pub(super) ruling: String,
}

pub(super) async fn show(here: Here) -> Response {
    let Meant::Ticket(ticket, event) = &here.meant else {
        return Refusal::INTERNAL.answer();
    };
    match load(&here, *ticket, event).await {
        Ok(Some(template)) => template.page.send(StatusCode::OK, &template),
        Ok(None) => Refusal::NOT_FOUND.answer(),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, ticket: TicketId, event: &Event) -> Result<Option<Detail>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let Some(row) = store::ticket_list::by_id(&mut tx, ticket).await? else {
        return Ok(None);
    };
    let language = here.door.visitor.language;
    // To the second, by which the first scan wins, as the scans of the event are shown.
    let moment = |at| when::second(at, &event.time_zone, language);
    let scans = if here.may(Permission::ScansView, event) {
        let scans = store::timeline::scans_of_ticket(&mut tx, ticket).await?;
        Some(
            scans
                .iter()
                .map(|scan| shown(here, scan, &moment))
                .collect(),
        )
    } else {
        None
    };
    let fact =
        |english, indonesian, value: String| (here.say(english, indonesian).to_owned(), value);
    let mut facts = vec![
        fact("Name", "Nama", row.attendee.clone()),
        fact("Type", "Jenis", row.kind.clone()),
        fact("Day", "Hari", days(row.day_mask)),
        fact("Event", "Acara", event.name.clone()),
    ];
    if let Some(at) = row.exchanged_at {
        facts.push(fact("Exchanged", "Ditukar", moment(at)));
        facts.push(fact("Wristband", "Gelang", wristband(&row)));
    }
    if let Some(at) = row.entered_at {
        facts.push(fact("Let in", "Masuk", moment(at)));
    }
    Ok(Some(Detail {
        page: Frame::inside(here, Section::Tickets)
            .below("/panel/tickets", here.say("Tickets", "Tiket")),
        number: row.number.to_string(),
        status: status::ticket(row.status, language),
        check_in: check_in(here, &row),
        facts,
        has_papers: here.may(Permission::OrdersManage, event),
        order: row.order,
        scans,
    }))
}

fn shown(
    here: &Here,
    scan: &store::timeline::ScanRow,
    moment: &impl Fn(sync_protocol::time::Timestamp) -> String,
) -> ScanRow {
    let (ruling, reason) = said(here, scan);
    ScanRow {
        at: moment(scan.at),
        action: action_words(here, scan.action).to_owned(),
        place: place(scan),
        reason,
        ruling,
    }
}
