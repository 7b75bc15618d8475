//! The third step: the days. A new one is suggested a day after the last; one that people have tickets for moves only
//! after somebody was asked (`move_days`).

use axum::response::Response;
use sync_protocol::time::Timestamp;

use super::{
    event::{fixed_words, has_buyers, is_fixed, may_move},
    move_days::ask_days,
    page::{At, Body, Desk, Fault, actor, answer, done, meant, seen},
};
use crate::{
    app::catalog::{Change, DayWish},
    domain::{
        event::{Day, Event},
        readiness::Step,
        schedule::{self, DayMove},
        wall_clock,
    },
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        typed,
    },
};

pub(super) const AT: At = At::Step(Step::Days);

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let lead = desk.say(
        "A ticket of a day is good from its opening to its closing, also after midnight.",
        "Tiket suatu hari berlaku dari buka sampai tutup, juga lewat tengah malam.",
    );
    let days = &desk.offer.setup.days;
    let last = days.iter().map(|day| day.number).max();
    let forms = days
        .iter()
        .flat_map(|day| day_forms(desk, day, Some(day.number) == last));
    Body {
        title: desk.say("Days", "Hari").to_owned(),
        lead: lead.to_owned(),
        cards: vec![
            Card::new("days", desk.say("Days of the event", "Hari acara"))
                .lead(match days.is_empty() {
                    true => desk.say(
                        "There is no day yet: add the first one below.",
                        "Belum ada hari: tambahkan yang pertama di bawah.",
                    ),
                    false => "",
                })
                .forms(forms),
            Card::new("add", desk.say("Add a day", "Tambah hari")).form(add_form(desk)),
        ],
        matrix: None,
    }
}

fn day_forms(desk: &Desk<'_>, day: &Day, is_last: bool) -> Vec<FormPart> {
    let (here, number) = (desk.here, (u16::from(day.number) + 1).to_string());
    let form = |key: &str| {
        desk.form(&format!("day-{key}-{number}"), "days/change")
            .hidden("do", key)
            .hidden("day", &number)
    };
    let (zone, is_fixed) = (desk.zone(), is_fixed(here, desk.event()));
    let heading = format!("{} {number}", desk.say("Day", "Hari"));
    let change = form("change")
        .row(
            here,
            [
                Field::line("label", heading)
                    .value(&day.label)
                    .required()
                    .most(100),
                Field::moment("opens", desk.say("Opens", "Buka"))
                    .value(typed::moment_text(day.opens_at, zone))
                    .fixed(is_fixed)
                    .hint(fixed_words(here, desk.event()))
                    .required(),
                Field::moment("closes", desk.say("Closes", "Tutup"))
                    .value(typed::moment_text(day.closes_at, zone))
                    .fixed(is_fixed)
                    .required(),
            ],
        )
        .button(desk.say("Save", "Simpan"))
        .quiet()
        .inline();
    let mut forms = vec![change];
    if is_last && desk.is_draft() {
        let words = format!("{} {}", desk.say("Take away", "Hapus"), day.label);
        let sure = desk.say("Take this day away?", "Hapus hari ini?");
        forms.push(form("remove").button(words).grave(sure));
    }
    forms
}

/// A day after the last one; for the first, from the event's opening to the hour of its closing.
fn suggested(desk: &Desk<'_>) -> (Timestamp, Timestamp) {
    let (event, zone) = (desk.event(), desk.zone());
    let last = desk.offer.setup.days.iter().max_by_key(|day| day.opens_at);
    let later = |at| wall_clock::days_later(at, 1, zone);
    last.map_or_else(
        || schedule::first_day(event.starts_at, event.ends_at, zone),
        |day| (later(day.opens_at), later(day.closes_at)),
    )
}

fn add_form(desk: &Desk<'_>) -> FormPart {
    let ((opens, closes), zone) = (suggested(desk), desk.zone());
    let label = format!(
        "{} {}",
        desk.say("Day", "Hari"),
        desk.offer.setup.days.len() + 1
    );
    FormPart::new(desk.here, "day-new", desk.action("days"))
        .row(
            desk.here,
            [
                Field::line("label", desk.say("What people call it", "Sebutannya"))
                    .value(label)
                    .required()
                    .most(100),
                Field::moment("opens", desk.say("Opens", "Buka"))
                    .value(wall_clock::typed(opens, zone))
                    .required(),
                Field::moment("closes", desk.say("Closes", "Tutup"))
                    .value(wall_clock::typed(closes, zone))
                    .required(),
            ],
        )
        .button(desk.say("Add the day", "Tambah hari"))
}

pub(in crate::http::panel) async fn add(here: Here) -> Response {
    let added = try_add(&here).await;
    answer(&here, AT, added).await
}

async fn try_add(here: &Here) -> Result<String, Fault> {
    let event = meant(here)?;
    let (opens_at, closes_at) = window(here, event)?;
    let wish = DayWish {
        label: here.form().text("label"),
        opens_at,
        closes_at,
    };
    here.app().add_day(event.id, &wish, &actor(here)).await?;
    Ok(done(here, AT, "saved"))
}

fn window(here: &Here, event: &Event) -> Result<(Timestamp, Timestamp), Fault> {
    let zone = wall_clock::zone(&event.time_zone);
    let moment = |field| typed::moment(&here.form().text(field), zone, None);
    moment("opens").zip(moment("closes")).ok_or(Fault::Said(
        "Enter when the day opens and when it closes.",
        "Isi kapan hari itu buka dan kapan tutup.",
    ))
}

pub(in crate::http::panel) async fn change(here: Here) -> Response {
    let changed = try_change(&here).await;
    answer(&here, AT, changed).await
}

async fn try_change(here: &Here) -> Result<String, Fault> {
    let (event, form, by) = (meant(here)?, here.form(), actor(here));
    let counted = form.text("day");
    if counted.is_empty() {
        return Err(Fault::Said("Choose a day.", "Pilih hari."));
    }
    let number = counted
        .parse::<u8>()
        .ok()
        .and_then(|day| day.checked_sub(1));
    let days = here.app().event(event.id).await?.days;
    let day = days
        .iter()
        .find(|day| Some(day.number) == number)
        .ok_or(Fault::Unknown)?;
    if form.text("do") == "remove" {
        here.app().remove_day(event.id, day.number, &by).await?;
        return Ok(done(here, AT, "removed"));
    }
    let moved = moved(here, event, day)?;
    if let Some(moved) = moved
        && has_buyers(event)
    {
        may_move(here, event)?;
        if form.text("sure") != "1" {
            return Err(ask_days(here, event, &[moved]).await?);
        }
    }
    let label = form.text("label");
    let change = Change::Day(day.number, &label, moved);
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    Ok(done(here, AT, "saved"))
}

/// What a form shows has no seconds, so a time that looks the same was not changed.
fn moved(here: &Here, event: &Event, day: &Day) -> Result<Option<DayMove>, Fault> {
    let zone = wall_clock::zone(&event.time_zone);
    let (opens_at, closes_at) = window(here, event)?;
    let is_same = |new, old| wall_clock::typed(new, zone) == wall_clock::typed(old, zone);
    if is_same(opens_at, day.opens_at) && is_same(closes_at, day.closes_at) {
        return Ok(None);
    }
    Ok(Some(DayMove {
        number: day.number,
        opens_at,
        closes_at,
    }))
}
