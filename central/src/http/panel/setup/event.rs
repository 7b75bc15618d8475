//! The first step: what the event is, when and where. Who has a ticket hears of another place or time, so for an event
//! that has buyers somebody is asked first.

use super::page::{At, Body, Desk, Fault, actor, answer, done, meant, seen};
use crate::{
    app::catalog::{Change, DraftChange, EventChange},
    domain::{
        event::{Event, EventStatus},
        permission::Permission,
        readiness::Step,
        wall_clock,
    },
    http::panel::{
        card::{Card, Field, FormPart},
        door::Here,
        typed,
    },
};
use axum::response::Response;
use documents::Language;

const AT: At = At::Step(Step::Event);

pub(super) fn body(desk: &Desk<'_>) -> Body {
    let (here, event) = (desk.here, desk.event());
    Body {
        title: desk.say("Event", "Acara").to_owned(),
        lead: desk
            .say(
                "What people read about the event, and where and when it is.",
                "Yang dibaca orang tentang acara, serta tempat dan waktunya.",
            )
            .to_owned(),
        cards: vec![
            Card::new("about", desk.say("About the event", "Tentang acara")).form(
                place(texts(desk, event), desk, event)
                    .row(here, times(desk, event))
                    .button(desk.say("Save the event", "Simpan acara")),
            ),
        ],
        matrix: None,
    }
}

fn texts(desk: &Desk<'_>, event: &Event) -> FormPart {
    let here = desk.here;
    let slug = Field::line("slug", desk.say("Name in addresses", "Nama di alamat"))
        .value(&event.slug)
        .most(80)
        .fixed(!desk.is_draft())
        .hint(match desk.is_draft() {
            true => desk.say(
                "Small letters, digits and hyphens; it stays once the event is open.",
                "Huruf kecil, angka, dan tanda hubung; tetap setelah acara dibuka.",
            ),
            false => desk.say(
                "It stays, because links lead to it: for another name, make a copy of the event.",
                "Tetap, karena tautan mengarah ke sini: untuk nama lain, buat salinan acara.",
            ),
        });
    desk.form("event", "event")
        .row(
            here,
            [
                Field::line("name", desk.say("Name", "Nama"))
                    .value(&event.name)
                    .required(),
                slug,
            ],
        )
        .row(
            here,
            [Field::area(
                "summary",
                desk.say("Summary for lists", "Ringkasan untuk daftar"),
            )
            .value(&event.summary)
            .most(500)],
        )
        .row(
            here,
            [
                Field::area("description", desk.say("Description", "Keterangan"))
                    .value(&event.description)
                    .most(10_000),
            ],
        )
        .row(
            here,
            [Field::area(
                "terms",
                desk.say("Terms, one per line", "Ketentuan, satu per baris"),
            )
            .value(&event.terms)
            .most(10_000)],
        )
}

fn place(form: FormPart, desk: &Desk<'_>, event: &Event) -> FormPart {
    let here = desk.here;
    let is_fixed = is_fixed(here, event);
    form.row(
        here,
        [
            Field::line("venue", desk.say("Venue", "Tempat"))
                .value(&event.venue)
                .fixed(is_fixed)
                .hint(fixed_words(here, event))
                .required(),
            Field::line("city", desk.say("City", "Kota"))
                .value(&event.city)
                .fixed(is_fixed)
                .required()
                .most(100),
        ],
    )
    .row(
        here,
        [Field::line("address", desk.say("Address", "Alamat"))
            .value(&event.address)
            .fixed(is_fixed)
            .most(500)],
    )
}

fn times(desk: &Desk<'_>, event: &Event) -> [Field; 3] {
    let (here, zone) = (desk.here, desk.zone());
    let is_fixed = is_fixed(here, event);
    [
        Field::moment("starts", desk.say("Begins", "Mulai"))
            .value(wall_clock::typed(event.starts_at, zone))
            .fixed(is_fixed)
            .hint(fixed_words(here, event))
            .required(),
        Field::moment("ends", desk.say("Ends", "Selesai"))
            .value(wall_clock::typed(event.ends_at, zone))
            .fixed(is_fixed)
            .required(),
        match desk.is_draft() {
            true => zone_field(here, &event.time_zone),
            false => Field::line("zone", here.say("Time zone", "Zona waktu"))
                .value(&event.time_zone)
                .fixed(true)
                .hint(here.say(
                    "It stays: all times of the event are in it.",
                    "Tetap: semua waktu acara memakainya.",
                )),
        },
    ]
}

/// Where the clocks of the venue are looked up.
pub(super) fn zone_field(here: &Here, zone: &str) -> Field {
    let known = [
        ("Asia/Jakarta", "WIB · Asia/Jakarta"),
        ("Asia/Makassar", "WITA · Asia/Makassar"),
        ("Asia/Jayapura", "WIT · Asia/Jayapura"),
        ("Africa/Nairobi", "EAT · Africa/Nairobi"),
    ];
    let mut options: Vec<_> = known
        .iter()
        .map(|(name, words)| ((*name).to_owned(), (*words).to_owned()))
        .collect();
    if !known.iter().any(|(name, _)| *name == zone) {
        options.push((zone.to_owned(), zone.to_owned()));
    }
    Field::choice("zone", here.say("Time zone", "Zona waktu"), options).value(zone)
}

pub(in crate::http::panel) async fn save(here: Here) -> Response {
    let saved = try_save(&here).await;
    answer(&here, AT, saved).await
}

async fn try_save(here: &Here) -> Result<String, Fault> {
    let (event, form) = (meant(here)?, here.form());
    let draft = DraftChange {
        slug: Some(form.text("slug")).filter(|slug| !slug.is_empty()),
        time_zone: Some(form.text("zone")).filter(|zone| !zone.is_empty()),
        currency: None,
    };
    let change = change(here, event)?;
    if has_buyers(event) && change.is_news_for(event) {
        may_move(here, event)?;
        if here.form().text("sure") != "1" {
            return Err(super::move_days::ask_place(here, event, &change).await?);
        }
    }
    let (change, by) = (Change::Event(&draft, &change), actor(here));
    here.app()
        .change_as_seen(event.id, seen(here), &change, &by)
        .await?;
    let slug = draft.slug.as_deref().unwrap_or(&event.slug);
    Ok(done(here, AT, "saved").replace(
        &format!("/panel/events/{}/", event.slug),
        &format!("/panel/events/{slug}/"),
    ))
}

fn change(here: &Here, event: &Event) -> Result<EventChange, Fault> {
    let form = here.form();
    // The zone may change with the times, which are then meant in the new one.
    let zone = match form.text("zone") {
        zone if event.status == EventStatus::Draft && !zone.is_empty() => wall_clock::zone(&zone),
        _ => wall_clock::zone(&event.time_zone),
    };
    let moment = |field| typed::moment(&form.text(field), zone, None);
    let times = moment("starts").zip(moment("ends"));
    let (starts_at, ends_at) = times.ok_or(Fault::Said(
        "Enter when the event begins and when it ends.",
        "Isi waktu mulai dan waktu selesai acara.",
    ))?;
    // What a form shows has no seconds, so a moment that looks the same was not changed.
    let moved =
        |new, old| (wall_clock::typed(new, zone) != wall_clock::typed(old, zone)).then_some(new);
    Ok(EventChange {
        name: Some(form.text("name")),
        summary: Some(form.text("summary")),
        description: Some(form.text("description")),
        terms: Some(form.text("terms")),
        venue: Some(form.text("venue")),
        address: Some(form.text("address")),
        city: Some(form.text("city")),
        starts_at: moved(starts_at, event.starts_at),
        ends_at: moved(ends_at, event.ends_at),
        hold_ms: None,
    })
}

pub(super) const fn has_buyers(event: &Event) -> bool {
    matches!(
        event.status,
        EventStatus::Published | EventStatus::Closed | EventStatus::Postponed
    )
}

/// Whether place and times are not for whoever looks: the event is open, and opening it is not theirs.
pub(super) fn is_fixed(here: &Here, event: &Event) -> bool {
    has_buyers(event) && !here.may(Permission::EventsPublish, event)
}

/// How what is fixed is changed; nothing where it is not.
pub(super) fn fixed_words(here: &Here, event: &Event) -> &'static str {
    match (is_fixed(here, event), here.door.visitor.language) {
        (false, _) => "",
        (true, Language::English) => {
            "It stays while the event is open: ask an administrator to change it."
        }
        (true, Language::Indonesian) => "Tetap selama acara terbuka: mintalah admin mengubahnya.",
    }
}

/// Who has a ticket is written to by the installation, so moving an event that is open is for those who may open it.
pub(super) fn may_move(here: &Here, event: &Event) -> Result<(), Fault> {
    if !is_fixed(here, event) {
        return Ok(());
    }
    Err(Fault::Said(
        "The event is open to the public: ask an administrator to change its place, days or times.",
        "Acara sudah dibuka untuk umum: mintalah admin mengubah tempat, hari, atau waktunya.",
    ))
}
