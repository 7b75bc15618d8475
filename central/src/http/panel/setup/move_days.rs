//! Before people are written to: a page that says who will hear of another day, time or place, and asks once more.
//!
//! It carries the form that led here, and nothing was done yet.

use axum::http::StatusCode;

use super::page::{At, Desk, Fault};
use crate::{
    app::catalog::EventChange,
    domain::{event::Event, readiness::Step, schedule::DayMove},
    http::panel::{
        card::{Card, Cell, FormPart},
        door::Here,
        form::TOKEN,
    },
    store,
};

/// Every day, as bits.
const ALL_DAYS: i64 = 0xFFFF;

/// Asks before days move.
pub(super) async fn ask_days(
    here: &Here,
    event: &Event,
    moves: &[DayMove],
) -> Result<Fault, Fault> {
    let desk = Desk::open(here).await?;
    let mask = moves.iter().fold(0, |mask, one| mask | 1 << one.number);
    let span = |opens, closes| format!("{} – {}", desk.moment(opens), desk.moment(closes));
    let row = |one: &DayMove| {
        let old = desk
            .offer
            .setup
            .days
            .iter()
            .find(|day| day.number == one.number)?;
        Some(vec![
            Cell::text(&old.label),
            Cell::text(span(old.opens_at, old.closes_at)),
            Cell::text(span(one.opens_at, one.closes_at)),
        ])
    };
    let rows = moves.iter().filter_map(row).collect();
    ask(
        &desk,
        event,
        (At::Step(Step::Days), "days/change"),
        (mask, rows),
    )
    .await
}

/// Asks before the place or the times of the event change.
pub(super) async fn ask_place(
    here: &Here,
    event: &Event,
    change: &EventChange,
) -> Result<Fault, Fault> {
    let desk = Desk::open(here).await?;
    let mut rows = Vec::new();
    let mut told = |label: &'static str, old: String, new: String| {
        if old != new {
            rows.push(vec![Cell::text(label), Cell::text(old), Cell::text(new)]);
        }
    };
    let place = |venue: &str, address: &str, city: &str| format!("{venue}, {address}, {city}");
    let text = |new: &Option<String>, old: &String| new.clone().unwrap_or_else(|| old.clone());
    let (venue, address) = (
        text(&change.venue, &event.venue),
        text(&change.address, &event.address),
    );
    told(
        desk.say("Place", "Tempat"),
        place(&event.venue, &event.address, &event.city),
        place(&venue, &address, &text(&change.city, &event.city)),
    );
    let moment = |new: Option<_>, old| desk.moment(new.unwrap_or(old));
    told(
        desk.say("Begins", "Mulai"),
        desk.moment(event.starts_at),
        moment(change.starts_at, event.starts_at),
    );
    told(
        desk.say("Ends", "Selesai"),
        desk.moment(event.ends_at),
        moment(change.ends_at, event.ends_at),
    );
    ask(
        &desk,
        event,
        (At::Step(Step::Event), "event"),
        (ALL_DAYS, rows),
    )
    .await
}

/// How many tickets are good on these days, and how many letters that makes.
pub(super) async fn audience(
    here: &Here,
    event: &Event,
    mask: i64,
) -> Result<(i64, i64), store::StoreError> {
    let mut tx = here.app().store.read().await?;
    store::mailing::audience(&mut tx, event.id, mask).await
}

async fn ask(
    desk: &Desk<'_>,
    event: &Event,
    (at, action): (At, &str),
    (mask, rows): (i64, Vec<Vec<Cell>>),
) -> Result<Fault, Fault> {
    let here = desk.here;
    let (tickets, letters) = audience(here, event, mask).await?;
    let (tickets, letters) = (here.count(tickets), here.count(letters));
    let title = desk.say("Before buyers are told", "Sebelum pembeli diberi tahu");
    let lead = format!(
        "{tickets} {} {letters} {}",
        desk.say("tickets stay good.", "tiket tetap berlaku."),
        desk.say(
            "letters tell their buyers what changes, and that they may ask for their money back where the event allows it.",
            "surat memberi tahu pembelinya apa yang berubah, dan bahwa mereka boleh meminta uang kembali bila acara mengizinkan.",
        )
    );
    let mut form = FormPart::new(here, "sure", desk.action(action)).hidden("sure", "1");
    for (name, value) in here.form().pairs() {
        if ![TOKEN, "form", "sure"].contains(&name) {
            form = form.hidden(name, value);
        }
    }
    let words = format!(
        "{} ({letters})",
        desk.say("Change it and send the letters", "Ubah dan kirim surat")
    );
    let card = Card::new("sure", title)
        .lead(lead)
        .table(
            [
                Cell::text(desk.say("What", "Apa")),
                Cell::text(desk.say("Until now", "Sebelumnya")),
                Cell::text(desk.say("From now on", "Selanjutnya")),
            ],
            rows,
            "",
        )
        .form(form.button(words));
    let mut page = desk.page_of(at, title, vec![card]);
    page.back = Some((
        desk.path(at),
        desk.say("Leave it as it is", "Biarkan seperti semula")
            .to_owned(),
    ));
    page.next = None;
    Ok(Fault::Asked(Box::new(page.answer(StatusCode::OK))))
}
