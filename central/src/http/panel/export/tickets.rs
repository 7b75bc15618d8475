//! The lists of tickets and of attendees as files.

use axum::response::Response;

use super::{
    super::{
        attendee_list,
        door::Here,
        guard,
        ticket_list::{self, Question, shown},
        when,
    },
    Cell, Format, Lines, PIECE, Whole, heads,
};
use crate::{
    domain::permission::Permission,
    http::refusal::Refusal,
    store::{
        StoreError,
        ticket_list::{TicketRow, Walk},
    },
};

const HEAD: [(&str, &str); 10] = [
    ("Number", "Nomor"),
    ("Name", "Nama"),
    ("Event", "Acara"),
    ("Type", "Jenis"),
    ("Day", "Hari"),
    ("Status", "Status"),
    ("At the gates", "Di gerbang"),
    ("Since", "Sejak"),
    ("Wristband", "Gelang"),
    ("Order", "Pesanan"),
];

/// The column of moments.
const SINCE: usize = 7;

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    tickets(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    tickets(here, Format::Xlsx).await
}

pub(in crate::http::panel) async fn attendees_csv(here: Here) -> Response {
    attendees(here, Format::Csv).await
}

pub(in crate::http::panel) async fn attendees_xlsx(here: Here) -> Response {
    attendees(here, Format::Xlsx).await
}

async fn tickets(here: Here, format: Format) -> Response {
    match ticket_list::question(&here, Permission::OrdersExport).await {
        Ok(question) => {
            let title = here.say_fixed("Tickets", "Tiket");
            let names = ("tickets", title);
            file(here, format, ("tickets.export", names), question).await
        }
        Err(error) => guard::failed(&error),
    }
}

async fn attendees(here: Here, format: Format) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let asked = async {
        let mut tx = here.app().store.read().await?;
        attendee_list::question(&here, &mut tx, &event).await
    };
    match asked.await {
        Ok(question) => {
            let name = format!("{}-attendees", event.slug);
            let names = (name.as_str(), here.say_fixed("Attendees", "Peserta"));
            file(here, format, ("attendees.export", names), question).await
        }
        Err(error) => guard::failed(&error),
    }
}

async fn file(
    here: Here,
    format: Format,
    (act, names): (&'static str, (&str, &'static str)),
    question: Question,
) -> Response {
    let file = Whole {
        format,
        act,
        names,
        head: heads(&here, &HEAD, (&[SINCE], when::zone(question.only()))),
    };
    let walk = None;
    file.send(here, Tickets { question, walk }).await
}

struct Tickets {
    question: Question,
    /// How far it has come.
    walk: Option<Walk>,
}

impl Lines for Tickets {
    type Row = TicketRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<TicketRow>, StoreError> {
        let (seen, filter) = (self.question.seen(), &self.question.filter);
        let mut tx = here.app().store.read().await?;
        let begun = match self.walk.take() {
            Some(begun) => begun,
            None => Walk::begin(&mut tx, &seen, filter, None).await?,
        };
        self.walk.insert(begun).next(&mut tx, PIECE).await
    }

    fn line(&self, here: &Here, row: TicketRow) -> Vec<Cell> {
        let since = row.entered_at.or(row.exchanged_at);
        let row = shown(here, &self.question.events, &row);
        vec![
            Cell::Text(row.number),
            Cell::Text(row.attendee),
            Cell::Text(row.event),
            Cell::Text(row.kind),
            Cell::Text(row.days),
            Cell::text(row.status.0),
            Cell::text(row.check_in.0),
            Cell::moment_or_none(since, when::zone(self.question.only())),
            Cell::Text(row.wristband),
            Cell::Text(row.order),
        ]
    }
}
