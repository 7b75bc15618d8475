//! The attendees of one event: who is expected, who is in, and who is still to come. One row per person's ticket; add-ons
//! go with another ticket of the same person and are not listed. Identity numbers are the buyer's, and never here.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::Here,
    frame::Frame,
    guard,
    list::{List, PAGE},
    number,
    tab::Tab,
    ticket_list::{Question, Row, described, filter, papers, shown},
};
use crate::{
    domain::{
        event::{Event, TicketType},
        permission::Permission,
        ticket_search::{TicketFilter, TicketPlace, TicketSort},
    },
    http::refusal::Refusal,
    store::{self, StoreError, Tx},
};

#[derive(Template)]
#[template(path = "panel/attendees.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    /// Words and number.
    counts: Vec<(String, String)>,
}

/// What is asked of the event of the address.
pub(super) async fn question(
    here: &Here,
    tx: &mut Tx,
    event: &Event,
) -> Result<Question, StoreError> {
    let types = store::ticket_type::of_event(tx, event.id).await?;
    let asked = filter(here, Some(event.id), &types);
    Ok(Question {
        filter: TicketFilter {
            addon: Some(false),
            sort: TicketSort::from_name(here.door.asked("sort")).unwrap_or(TicketSort::Name),
            ..asked
        },
        events: BTreeMap::from([(event.id, event.clone())]),
        types,
    })
}

pub(super) async fn show(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match load(&here, event).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here, event: &Event) -> Result<Page, StoreError> {
    let mut tx = here.app().store.read().await?;
    let question = question(here, &mut tx, event).await?;
    let after = TicketPlace::parse(here.door.asked("after"));
    let (filter, seen) = (&question.filter, question.seen());
    let rows = store::ticket_list::page(&mut tx, &seen, filter, after.as_ref(), PAGE + 1).await?;
    let path = format!("/panel/events/{}/attendees", event.slug);
    let list = List::begin(here, "attendees", &path, ("Attendees", "Peserta")).search((
        "Name, ticket or order number",
        "Nama, nomor tiket atau pesanan",
    ));
    let main: Vec<_> = question
        .types
        .iter()
        .filter(|kind| !kind.addon)
        .cloned()
        .collect();
    let (list, rows) = described(here, list, &main, false)
        .files(here.may(Permission::OrdersExport, event))
        .empty((
            "Nobody has a ticket yet. People appear here as soon as an order is paid.",
            "Belum ada yang punya tiket. Peserta tampil di sini begitu sebuah pesanan dibayar.",
        ))
        .turned(rows, |row| row.place(filter.order()).text());
    // They stand around the list, and a search that is typed asks for the list alone.
    let counts = match here.door.wants_part {
        true => Vec::new(),
        false => counts(here, &mut tx, event, &main).await?,
    };
    let mut list = list.done(&mut tx).await?;
    list.bulk = papers(here, here.may(Permission::OrdersManage, event), &rows);
    Ok(Page {
        page: Frame::of_event(here, event, Tab::Attendees),
        counts,
        list,
        rows: rows
            .iter()
            .map(|row| shown(here, &question.events, row))
            .collect(),
    })
}

/// How many there are, came, and are awaited.
async fn counts(
    here: &Here,
    tx: &mut Tx,
    event: &Event,
    main: &[TicketType],
) -> Result<Vec<(String, String)>, StoreError> {
    let sold: i64 = main.iter().map(|kind| kind.taken).sum();
    let people = store::ticket_list::attendance(tx, event.id).await?;
    let count = |english, indonesian, number| {
        let number = number::grouped(number, here.door.visitor.language);
        (here.say(english, indonesian).to_owned(), number)
    };
    Ok(vec![
        count("sold or held", "terjual atau ditahan", sold),
        count("checked in", "sudah masuk", people.entered),
        count("still to come", "belum datang", people.awaited),
    ])
}
