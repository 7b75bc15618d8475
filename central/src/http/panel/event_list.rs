//! Events as a list: those that the account sees, searched, filtered, turned, and as files. One of them is `event`'s.
//!
//! Nothing is done to several at once: opening, closing, postponing and cancelling each ask for what the one event lacks or
//! what becomes of its buyers.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::time::Timestamp;

use super::{
    door::Here,
    export::{Cell, Few, Format, head, in_zone},
    frame::Frame,
    guard,
    list::{
        List, Making,
        few::{Rank, finds, options},
    },
    nav::Section,
    number, status, when,
};
use crate::{
    domain::{
        event::{Event, EventStatus},
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError, client::ClientRow},
};

#[derive(Template)]
#[template(path = "panel/events.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    may_make: bool,
}

struct Row {
    path: String,
    name: String,
    organiser: String,
    place: String,
    begins: String,
    status: status::Mark,
    /// Since when somebody asks that it be opened.
    asked: String,
    sold: String,
}

/// An event with what a list says of it.
struct Item {
    event: Event,
    organiser: String,
    /// When somebody asked that it be opened, while it can be.
    asked_at: Option<Timestamp>,
    taken: i64,
    quota: i64,
}

const TIMES: [(&str, (&str, &str)); 3] = [
    ("coming", ("To come", "Akan datang")),
    ("running", ("Going on", "Berlangsung")),
    ("over", ("Over", "Selesai")),
];
const OPENINGS: [(&str, (&str, &str)); 1] = [("asked", ("Asked for", "Diminta"))];
const SORTS: [(&str, (&str, &str)); 4] = [
    ("soonest", ("Soonest first", "Paling awal dahulu")),
    ("latest", ("Latest first", "Paling akhir dahulu")),
    ("name", ("By name", "Menurut nama")),
    ("sold", ("Most sold first", "Penjualan terbanyak dahulu")),
];
/// The head of the file, before the moments.
const HEAD: [(&str, &str); 8] = [
    ("Event", "Acara"),
    ("Short name", "Nama pendek"),
    ("Status", "Status"),
    ("Organiser", "Penyelenggara"),
    ("Venue", "Tempat"),
    ("City", "Kota"),
    ("Sold", "Terjual"),
    ("Quota", "Kuota"),
];

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let (items, organisers) = seen(here).await?;
    let making = described(here, &organisers);
    let items = fitting(here, items, &organisers);
    let (making, items) = making.cut(items, |item| rank(here, item));
    Ok(Page {
        page: Frame::inside(here, Section::Events),
        list: making.done(&mut here.app().store.read().await?).await?,
        rows: items.into_iter().map(|item| row(here, item)).collect(),
        may_make: may_make(here),
    })
}

fn may_make(here: &Here) -> bool {
    let powers = &here.signed.powers;
    powers.may(Permission::EventsManage, Thing::List)
}

/// The events that the account sees, the soonest first, and their organisers, where there are several to choose from.
async fn seen(here: &Here) -> Result<(Vec<Item>, Vec<ClientRow>), StoreError> {
    let sight = here.signed.powers.sight(Permission::EventsView);
    let mut tx = here.app().store.read().await?;
    let clients = store::client::all(&mut tx).await?;
    let sold = store::overview::sold(&mut tx).await?;
    let openings = store::opening::waiting(&mut tx).await?;
    let events = store::event::all(&mut tx).await?.into_iter();
    let item = |event: Event| {
        let organiser = clients.iter().find(|client| client.id == event.client);
        let (taken, quota) = sold.get(&event.id).copied().unwrap_or_default();
        let asked = openings.iter().find(|opening| opening.event == event.id);
        let may_open = event.status.step(EventStatus::Published).is_ok();
        Item {
            asked_at: asked.filter(|_| may_open).map(|opening| opening.asked_at),
            organiser: organiser.map_or_else(String::new, |client| client.name.clone()),
            taken,
            quota,
            event,
        }
    };
    let seen = events.filter(|event| sight.shows(event.id, event.client));
    let items: Vec<Item> = seen.map(item).collect();
    let mut organisers = clients;
    organisers.retain(|client| items.iter().any(|item| item.event.client == client.id));
    if organisers.len() < 2 {
        organisers.clear();
    }
    Ok((items, organisers))
}

fn described<'a>(here: &'a Here, organisers: &[ClientRow]) -> Making<'a> {
    let language = here.door.visitor.language;
    let statuses = EventStatus::ALL.iter().map(|one| {
        let words = status::event(*one, language).0;
        (one.name().to_owned(), words.to_owned())
    });
    let any = ("Any", "Semua");
    let making = List::begin(here, "events", "/panel/events", ("Events", "Acara"))
        .search(("Search by name or place", "Cari nama atau tempat"))
        .choice("status", ("Status", "Status"), any, statuses);
    let making = if organisers.is_empty() {
        making
    } else {
        let options = organisers.iter();
        let options = options.map(|client| (client.slug.clone(), client.name.clone()));
        making.choice("client", ("Organiser", "Penyelenggara"), any, options)
    };
    making
        .choice("time", ("Time", "Waktu"), any, options(here, &TIMES))
        .choice(
            "opening",
            ("Opening", "Pembukaan"),
            any,
            options(here, &OPENINGS),
        )
        .day("from", ("Begins from", "Mulai dari"))
        .day("until", ("until", "sampai"))
        .sort(options(here, &SORTS))
        .files(true)
        .empty(nothing(here))
}

fn nothing(here: &Here) -> (&'static str, &'static str) {
    if may_make(here) {
        (
            "There is no event yet. Set the first one up.",
            "Belum ada acara. Siapkan yang pertama.",
        )
    } else {
        (
            "You see no event yet. Ask whoever made your account to give you one.",
            "Belum ada acara untuk Anda. Minta kepada pembuat akun Anda.",
        )
    }
}

/// Those that fit what the address asks for, in its order.
fn fitting(here: &Here, mut items: Vec<Item>, organisers: &[ClientRow]) -> Vec<Item> {
    let asked = here.door.asked("client");
    let client = organisers.iter().find(|client| client.slug == asked);
    let client = client.map(|client| client.id);
    items.retain(|item| {
        let is_of = client.is_none_or(|client| item.event.client == client);
        let is_asked = here.door.asked("opening") != "asked" || item.asked_at.is_some();
        is_of && is_asked && fits(here, &item.event)
    });
    items.sort_by_cached_key(|item| rank(here, item));
    items
}

fn rank(here: &Here, Item { event, taken, .. }: &Item) -> Rank {
    let (begins, slug, id) = (event.starts_at.0, event.slug.as_str(), event.id.0);
    match here.door.asked("sort") {
        "latest" => Rank::new([-begins, 0], slug, id),
        "name" => Rank::named(&event.name, id),
        "sold" => Rank::new([-taken, begins], slug, id),
        _ => Rank::new([begins, 0], slug, id),
    }
}

fn fits(here: &Here, event: &Event) -> bool {
    let (asked, now) = (|name| here.door.asked(name).trim(), here.app().clock.now());
    let status = EventStatus::from_name(asked("status"));
    let is_then = match asked("time") {
        "coming" => event.starts_at > now,
        "running" => event.starts_at <= now && now < event.ends_at,
        "over" => event.ends_at <= now,
        _ => true,
    };
    let (from, until) = (
        when::day_begins(asked("from"), 0),
        when::day_begins(asked("until"), 1),
    );
    is_then
        && status.is_none_or(|status| event.status == status)
        && from.is_none_or(|from| event.starts_at >= from)
        && until.is_none_or(|until| event.starts_at < until)
        && finds(here, &[&event.name, &event.venue, &event.city])
}

fn row(here: &Here, item: Item) -> Row {
    let (event, language) = (item.event, here.door.visitor.language);
    let asked = |at| {
        let ago = when::ago(at, here.app().clock.now(), language);
        format!("{} {ago}", here.say("Opening asked for", "Minta dibuka"))
    };
    Row {
        asked: item.asked_at.map(asked).unwrap_or_default(),
        path: format!("/panel/events/{}", event.slug),
        organiser: item.organiser,
        place: event.place(),
        begins: when::moment(event.starts_at, &event.time_zone, language),
        status: status::event(event.status, language),
        sold: number::of(item.taken, item.quota, language),
        name: event.name,
    }
}

pub(super) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(super) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let items = seen(here).await;
    let items = items.map(|(items, organisers)| fitting(here, items, &organisers));
    let mut head = head(here, &HEAD);
    head.push(in_zone(here.say("Begins", "Mulai"), when::HOME));
    head.push(in_zone(here.say("Ends", "Berakhir"), when::HOME));
    let file = Few {
        format,
        act: "events.export",
        names: ("events", here.say_fixed("Events", "Acara")),
        head,
    };
    file.send(here, items, |item| cells(here, item)).await
}

fn cells(here: &Here, item: Item) -> Vec<Cell> {
    let event = item.event;
    let status = status::event(event.status, here.door.visitor.language).0;
    vec![
        Cell::Text(event.name),
        Cell::Text(event.slug),
        Cell::text(status),
        Cell::Text(item.organiser),
        Cell::Text(event.venue),
        Cell::Text(event.city),
        Cell::count(item.taken),
        Cell::count(item.quota),
        Cell::moment(event.starts_at, when::HOME),
        Cell::moment(event.ends_at, when::HOME),
    ]
}
