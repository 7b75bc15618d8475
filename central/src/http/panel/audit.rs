//! The audit trail as a list: who did what to what, with a way to the thing. As a file it is `audit_file`'s.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{
    door::Here,
    frame::Frame,
    guard,
    list::{List, Making, PAGE, few::options},
    nav::Section,
    trail_acts::{act, thing},
    trail_words, when,
};
use crate::{
    domain::{
        account::Account,
        id::{OrderId, UserId},
        order_search::Place,
    },
    store::{
        self, StoreError, Tx,
        audit_list::{Actor, TrailFilter, TrailRow},
    },
};

/// What acts begin with, and the words for it.
const AREAS: [(&str, &str, &str); 13] = [
    ("user.", "Accounts", "Akun"),
    ("role.", "Roles", "Peran"),
    ("client.", "Organisers", "Penyelenggara"),
    ("event.", "Events", "Acara"),
    ("order", "Orders", "Pesanan"),
    ("payment.", "Payments", "Pembayaran"),
    ("refund", "Refunds", "Pengembalian dana"),
    ("promo", "Promo codes", "Kode promo"),
    ("letter.", "Letters", "Surat"),
    ("node.", "Nodes", "Perangkat"),
    ("staff.", "Gate staff", "Petugas gerbang"),
    ("wristband.", "Wristbands", "Gelang"),
    ("conflict", "Conflicts", "Konflik"),
];
const KINDS: [(&str, &str, &str); 5] = [
    ("staff", "Any person", "Siapa pun"),
    ("system", "The system", "Sistem"),
    ("provider", "Payment provider", "Penyedia pembayaran"),
    ("node", "A node", "Perangkat"),
    ("buyer", "A buyer", "Pembeli"),
];

const SORTS: [(&str, (&str, &str)); 2] = [
    ("latest", ("Latest first", "Terbaru dahulu")),
    ("oldest", ("Oldest first", "Terlama dahulu")),
];

#[derive(Template)]
#[template(path = "panel/audit.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    when: String,
    ago: String,
    who: String,
    /// The act in words, and its stable name, by which it is searched for.
    act: Option<&'static str>,
    action: String,
    /// What kind of thing it was done to.
    subject: String,
    path: Option<String>,
    detail: Vec<(String, String)>,
}

pub(super) async fn list(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let mut tx = here.app().store.read().await?;
    let accounts = store::account::all(&mut tx).await?;
    let filter = filter(here, &mut tx).await?;
    let rows = match filter {
        Some(filter) => {
            let from = Place::parse(here.door.asked("after"));
            let from = from.map(|place| (Timestamp(place.value), place.id));
            store::audit_list::page(&mut tx, &filter, from, PAGE + 1).await?
        }
        // What was searched for is nowhere.
        None => Vec::new(),
    };
    let place = |row: &TrailRow| {
        Place {
            value: row.at.0,
            id: row.id,
        }
        .text()
    };
    let (making, rows) = described(here, &accounts).turned(rows, place);
    let list = making.done(&mut tx).await?;
    let mut shown = Vec::new();
    for row in rows {
        let path = path(&mut tx, &row).await?;
        shown.push(line(here, row, path));
    }
    Ok(Page {
        page: Frame::inside(here, Section::Audit),
        list,
        rows: shown,
    })
}

fn described<'a>(here: &'a Here, accounts: &[Account]) -> Making<'a> {
    let words = |(value, english, indonesian): &(&str, &str, &str)| {
        (
            (*value).to_owned(),
            here.say(english, indonesian).to_owned(),
        )
    };
    let people = accounts
        .iter()
        .map(|account| (account.id.0.to_string(), account.name.clone()));
    let who: Vec<_> = KINDS.iter().map(words).chain(people).collect();
    List::begin(
        here,
        "audit",
        "/panel/audit",
        ("Audit trail", "Jejak audit"),
    )
    .search((
        "Order number, e-mail of an account, event, or act",
        "Nomor pesanan, e-mail akun, acara, atau tindakan",
    ))
    .choice("who", ("Who", "Siapa"), ("Everybody", "Semua"), who)
    .choice(
        "action",
        ("About", "Tentang"),
        ("Everything", "Semua"),
        AREAS.iter().map(words).collect::<Vec<_>>(),
    )
    .day("from", ("From", "Dari"))
    .day("until", ("until", "sampai"))
    .sort(options(here, &SORTS))
    .files(true)
    .empty((
        "Nothing was done yet. Whatever somebody does here leaves a row.",
        "Belum ada tindakan. Setiap tindakan di sini meninggalkan satu baris.",
    ))
}

/// Reads the address; `None` = what was searched for is nowhere.
pub(super) async fn filter(here: &Here, tx: &mut Tx) -> Result<Option<TrailFilter>, StoreError> {
    let asked = |name| here.door.asked(name).trim();
    let actor = KINDS
        .iter()
        .find(|(kind, ..)| *kind == asked("who"))
        .map(|(kind, ..)| Actor::Kind((*kind).to_owned()));
    let account = || Uuid::try_parse(asked("who")).ok().map(Actor::Account);
    let area = AREAS.iter().find(|(area, ..)| *area == asked("action"));
    let mut filter = TrailFilter {
        actor: actor.or_else(account),
        action: area.map_or_else(String::new, |(area, ..)| (*area).to_owned()),
        subject: None,
        from: when::day_begins(asked("from"), 0),
        until: when::day_begins(asked("until"), 1),
        is_oldest_first: asked("sort") == "oldest",
    };
    let search: String = asked("q").chars().take(100).collect();
    if search.is_empty() {
        return Ok(Some(filter));
    }
    filter.subject = subject(tx, &search).await?;
    if filter.subject.is_some() {
        return Ok(Some(filter));
    }
    // An act by its own name, such as `user.sign_in`.
    let is_act = search
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_');
    filter.action = search;
    Ok(is_act.then_some(filter))
}

/// The thing that a person means by a number, an address or a name.
async fn subject(tx: &mut Tx, search: &str) -> Result<Option<(&'static str, Uuid)>, StoreError> {
    if let Some(order) = store::order::by_number(tx, &search.to_uppercase()).await? {
        return Ok(Some(("order", order.id.0)));
    }
    let email = search.to_ascii_lowercase();
    if let Some(account) = store::account::by_email(tx, &email).await? {
        return Ok(Some(("user", account.id.0)));
    }
    if let Some(event) = store::event::by_slug(tx, search).await? {
        return Ok(Some(("event", event.id.0)));
    }
    Ok(Uuid::try_parse(search).ok().map(|id| ("node", id)))
}

/// The page of the thing that a row is about.
async fn path(tx: &mut Tx, row: &TrailRow) -> Result<Option<String>, StoreError> {
    let Some(id) = row.subject.filter(|id| !id.is_nil()) else {
        return Ok(None);
    };
    Ok(match row.subject_kind.as_str() {
        "order" => {
            let order = store::order::by_id(tx, OrderId(id)).await?;
            order.map(|order| format!("/panel/orders/{}", order.number))
        }
        "event" => {
            let event = store::event::by_id(tx, sync_protocol::id::EventId(id)).await?;
            event.map(|event| format!("/panel/events/{}", event.slug))
        }
        "user" => {
            let account = store::account::by_id(tx, UserId(id)).await?;
            account.map(|account| format!("/panel/staff/{}", account.id))
        }
        "node" => Some(format!("/panel/nodes/{id}")),
        _ => None,
    })
}

fn line(here: &Here, row: TrailRow, path: Option<String>) -> Row {
    let language = here.door.visitor.language;
    let by = trail_words::field("by", language).unwrap_or_default();
    let mut detail = trail_words::told(&row.detail, language);
    detail.retain(|(name, _)| name != by);
    Row {
        when: when::moment(row.at, when::HOME, language),
        ago: when::ago(row.at, here.app().clock.now(), language),
        who: who(here, &row),
        act: act(&row.action, language),
        action: row.action,
        subject: thing(&row.subject_kind, language).map_or(row.subject_kind, str::to_owned),
        path,
        detail,
    }
}

/// Whoever acted: the account's name, what a program wrote down, or the kind in words.
pub(super) fn who(here: &Here, row: &TrailRow) -> String {
    let by = || trail_words::by(&row.detail);
    if let Some(name) = row.actor.clone().or_else(by) {
        return match name.as_str() {
            "command line" => here.say("Command line", "Baris perintah").to_owned(),
            _ => name,
        };
    }
    let kind = KINDS.iter().find(|(kind, ..)| *kind == row.actor_kind);
    kind.map_or_else(
        || row.actor_kind.clone(),
        |(_, english, indonesian)| here.say(english, indonesian).to_owned(),
    )
}
