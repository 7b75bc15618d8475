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
    Cell, Format, PIECE, hand_on, in_zone, note, send,
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
    let begun = async {
        let question = ticket_list::question(&here, Permission::OrdersExport).await?;
        note(&here, "tickets.export").await?;
        Ok::<_, StoreError>(question)
    };
    match begun.await {
        Ok(question) => {
            let title = here.say_fixed("Tickets", "Tiket");
            file(here, format, ("tickets", title), question)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn attendees(here: Here, format: Format) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let begun = async {
        let mut tx = here.app().store.read().await?;
        let question = attendee_list::question(&here, &mut tx, &event).await?;
        drop(tx);
        note(&here, "attendees.export").await?;
        Ok::<_, StoreError>(question)
    };
    match begun.await {
        Ok(question) => {
            let name = format!("{}-attendees", event.slug);
            let title = here.say_fixed("Attendees", "Peserta");
            file(here, format, (&name, title), question)
        }
        Err(error) => guard::failed(&error),
    }
}

fn file(here: Here, format: Format, names: (&str, &str), question: Question) -> Response {
    let zone = when::zone(question.only());
    let mut head = HEAD
        .map(|(english, indonesian)| here.say(english, indonesian).to_owned())
        .to_vec();
    head[SINCE] = in_zone(&head[SINCE], zone);
    send(format, names, head, move |filling| async move {
        let mut walk = None;
        loop {
            let rows = piece(&here, &question, &mut walk).await;
            if !hand_on(&filling, rows, |row| line(&here, &question, &row)).await {
                return;
            }
        }
    })
}

async fn piece(
    here: &Here,
    question: &Question,
    walk: &mut Option<Walk>,
) -> Result<Vec<TicketRow>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let begun = match walk.take() {
        Some(begun) => begun,
        None => Walk::begin(&mut tx, &question.seen(), &question.filter, None).await?,
    };
    walk.insert(begun).next(&mut tx, PIECE).await
}

fn line(here: &Here, question: &Question, row: &TicketRow) -> Vec<Cell> {
    let since = row.entered_at.or(row.exchanged_at);
    let row = shown(here, &question.events, row);
    vec![
        Cell::Text(row.number),
        Cell::Text(row.attendee),
        Cell::Text(row.event),
        Cell::Text(row.kind),
        Cell::Text(row.days),
        Cell::text(row.status.0),
        Cell::text(row.check_in.0),
        Cell::moment_or_none(since, when::zone(question.only())),
        Cell::Text(row.wristband),
        Cell::Text(row.order),
    ]
}
