//! Organisers as a list: searched, filtered by whether something of theirs is on sale, turned, and as files.
//!
//! What is sold is read out of the counters of ticket types, which are few. What it brought stands in the reports: here it
//! would be a sum over every order.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    door::Here,
    export::{Cell, Few, Format, head},
    frame::Frame,
    guard,
    list::{
        List, Making,
        few::{Rank, finds, options},
    },
    nav::Section,
};
use crate::{
    app::users::ClientRow,
    domain::{
        event::{Event, EventStatus},
        id::ClientId,
    },
    store::{self, StoreError, Tx},
};

#[derive(Template)]
#[template(path = "panel/clients.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    client: ClientRow,
    counts: Counts,
}

/// What its events come to.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// Events that are on sale and not over.
    open: i64,
    /// Tickets that are held or sold.
    sold: i64,
}

const OPEN: [(&str, (&str, &str)); 2] = [
    (
        "with",
        ("With events on sale", "Dengan acara yang sedang dijual"),
    ),
    (
        "without",
        ("Without events on sale", "Tanpa acara yang sedang dijual"),
    ),
];
const SORTS: [(&str, (&str, &str)); 3] = [
    ("name", ("By name", "Menurut nama")),
    ("events", ("Most events first", "Acara terbanyak dahulu")),
    ("sold", ("Most sold first", "Penjualan terbanyak dahulu")),
];
const HEAD: [(&str, &str); 7] = [
    ("Organiser", "Penyelenggara"),
    ("Short name", "Nama pendek"),
    ("E-mail", "E-mail"),
    ("Events", "Acara"),
    ("On sale", "Dijual"),
    ("Sold", "Terjual"),
    ("Accounts", "Akun"),
];

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let rows = found(here).await?;
    let (making, rows) = described(here).cut(rows, |row| rank(here, row));
    Ok(Page {
        page: Frame::inside(here, Section::Clients),
        list: making.done(&mut here.app().store.read().await?).await?,
        rows,
    })
}

fn described(here: &Here) -> Making<'_> {
    let title = ("Organisers", "Penyelenggara");
    List::begin(here, "clients", "/panel/clients", title)
        .search((
            "Name, short name or e-mail",
            "Nama, nama pendek, atau e-mail",
        ))
        .choice(
            "open",
            ("On sale", "Dijual"),
            ("Any", "Semua"),
            options(here, &OPEN),
        )
        .sort(options(here, &SORTS))
        .files(true)
        .empty((
            "There is no organiser yet. Take the first one in.",
            "Belum ada penyelenggara. Daftarkan yang pertama.",
        ))
}

/// All organisers that fit what the address asks for, in its order.
async fn found(here: &Here) -> Result<Vec<Row>, StoreError> {
    let mut tx = here.app().store.read().await?;
    let counts = counted(here, &mut tx).await?;
    let clients = store::client::all(&mut tx).await?.into_iter();
    let row = |client: ClientRow| Row {
        counts: counts.get(&client.id).copied().unwrap_or_default(),
        client,
    };
    let mut rows: Vec<Row> = clients.map(row).filter(|row| fits(here, row)).collect();
    rows.sort_by_cached_key(|row| rank(here, row));
    Ok(rows)
}

fn rank(here: &Here, Row { client, counts }: &Row) -> Rank {
    let most = match here.door.asked("sort") {
        "events" => client.events,
        "sold" => counts.sold,
        _ => 0,
    };
    Rank::new([-most, 0], client.name.to_lowercase(), client.id.0)
}

fn fits(here: &Here, Row { client, counts }: &Row) -> bool {
    let is_open = match here.door.asked("open") {
        "with" => counts.open > 0,
        "without" => counts.open == 0,
        _ => true,
    };
    is_open && finds(here, &[&client.name, &client.slug, &client.email])
}

async fn counted(here: &Here, tx: &mut Tx) -> Result<BTreeMap<ClientId, Counts>, StoreError> {
    let (now, sold) = (here.app().clock.now(), store::overview::sold(tx).await?);
    let is_open = |event: &Event| event.status == EventStatus::Published && event.ends_at > now;
    let mut all: BTreeMap<ClientId, Counts> = BTreeMap::new();
    for event in store::event::all(tx).await? {
        let counts = all.entry(event.client).or_default();
        counts.open += i64::from(is_open(&event));
        counts.sold += sold.get(&event.id).map_or(0, |(taken, _)| *taken);
    }
    Ok(all)
}

pub(super) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(super) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let file = Few {
        format,
        act: "clients.export",
        names: ("organisers", here.say_fixed("Organisers", "Penyelenggara")),
        head: head(here, &HEAD),
    };
    file.send(here, found(here).await, cells).await
}

fn cells(Row { client, counts }: Row) -> Vec<Cell> {
    vec![
        Cell::Text(client.name),
        Cell::Text(client.slug),
        Cell::Text(client.email),
        Cell::count(client.events),
        Cell::count(counts.open),
        Cell::count(counts.sold),
        Cell::count(client.accounts),
    ]
}
