//! Gate staff as a list: everybody who signs in at gates, searched, filtered by where and as what they work, turned, and as
//! files. What is done to those that are chosen is `operator_bulk`'s, taking somebody in `operator_new`'s.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::EventId, operator::Role};

use super::{
    super::{
        door::Here,
        export::{Cell, Few, Format, head},
        frame::Frame,
        guard,
        list::{
            Bulk, List, Making,
            few::{Rank, finds, options},
        },
        nav::Section,
        status::{self, Mark},
    },
    operator_bulk,
};
use crate::{
    app::{staff::StaffMember, users::ClientRow},
    domain::event::Event,
    store::StoreError,
};

#[derive(Template)]
#[template(path = "panel/operators.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    login: String,
    email: String,
    standing: Mark,
    roles: Vec<String>,
}

/// What the choices of the list are made of.
struct Known {
    events: Vec<Event>,
    clients: Vec<ClientRow>,
}

const STANDINGS: [(&str, (&str, &str)); 2] = [
    ("active", ("Active", "Aktif")),
    ("disabled", ("Disabled", "Nonaktif")),
];
const SORTS: [(&str, (&str, &str)); 2] = [
    ("login", ("By login", "Menurut nama masuk")),
    ("name", ("By name", "Menurut nama")),
];
const HEAD: [(&str, &str); 5] = [
    ("Name", "Nama"),
    ("Login", "Nama masuk"),
    ("E-mail", "E-mail"),
    ("Works", "Bertugas"),
    ("Status", "Status"),
];

pub(in super::super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let known = known(here).await?;
    let staff = found(here, &known).await?;
    let (making, staff) = described(here, &known).cut(staff, |member| rank(here, member));
    let mut list = making.done(&mut here.app().store.read().await?).await?;
    let shown = staff.iter().map(|member| member.account.login.clone());
    let shown: Vec<String> = shown.collect();
    list.bulk = Bulk::new(here, operator_bulk::deeds(here), shown);
    let row = |member| row(here, &known.events, member);
    Ok(Page {
        page: Frame::inside(here, Section::Operators),
        list,
        rows: staff.into_iter().map(row).collect(),
    })
}

async fn known(here: &Here) -> Result<Known, StoreError> {
    Ok(Known {
        events: here.app().all_events().await?,
        clients: here.app().clients().await?,
    })
}

fn described<'a>(here: &'a Here, known: &Known) -> Making<'a> {
    let roles = role_options(here, "").into_iter();
    let roles = roles.map(|(name, words, _)| (name.to_owned(), words));
    let events = known.events.iter();
    let events = events.map(|event| (event.slug.clone(), event.name.clone()));
    let clients = known.clients.iter();
    let clients = clients.map(|client| (client.slug.clone(), client.name.clone()));
    let any = ("Any", "Semua");
    let title = ("Gate staff", "Petugas gerbang");
    List::begin(here, "operators", "/panel/operators", title)
        .search((
            "Name, login or e-mail",
            "Nama, nama masuk, atau e-mail",
        ))
        .choice("role", ("Role", "Peran"), any, roles)
        .choice("event", ("Event", "Acara"), ("All events", "Semua acara"), events)
        .choice("client", ("Organiser", "Penyelenggara"), any, clients)
        .choice("status", ("Status", "Status"), any, options(here, &STANDINGS))
        .sort(options(here, &SORTS))
        .files(true)
        .empty((
            "Nobody signs in at gates yet: gates work without it until somebody is taken in for their event.",
            "Belum ada petugas: gerbang bekerja tanpa masuk sampai ada yang ditugaskan untuk acaranya.",
        ))
}

/// All that fit what the address asks for, in its order.
async fn found(here: &Here, known: &Known) -> Result<Vec<StaffMember>, StoreError> {
    let mut staff = here.app().staff(None).await?;
    staff.retain(|member| fits(here, known, member));
    staff.sort_by_cached_key(|member| rank(here, member));
    Ok(staff)
}

fn rank(here: &Here, StaffMember { account, .. }: &StaffMember) -> Rank {
    match here.door.asked("sort") {
        "name" => Rank::named(&account.name, account.id.0),
        _ => Rank::named(&account.login, account.id.0),
    }
}

fn fits(here: &Here, known: &Known, member: &StaffMember) -> bool {
    let account = &member.account;
    let is_so = match here.door.asked("status") {
        "active" => account.is_active,
        "disabled" => !account.is_active,
        _ => true,
    };
    is_so
        && works(here, known, &member.roles)
        && finds(here, &[&account.name, &account.login, &account.email])
}

/// Whether one of the roles is what is asked for, at an event that is asked for, of an organiser that is asked for.
fn works(here: &Here, known: &Known, roles: &[(EventId, Role)]) -> bool {
    let asked = |name| here.door.asked(name);
    let role = Role::from_name(asked("role"));
    let event = known
        .events
        .iter()
        .find(|event| event.slug == asked("event"));
    let client = known
        .clients
        .iter()
        .find(|client| client.slug == asked("client"));
    let is_of = |at: EventId, client: &ClientRow| {
        let mut events = known.events.iter();
        events.any(|event| event.id == at && event.client == client.id)
    };
    let is_meant = |(at, held): &(EventId, Role)| {
        role.is_none_or(|role| role == *held)
            && event.is_none_or(|event| event.id == *at)
            && client.is_none_or(|client| is_of(*at, client))
    };
    let is_asked = role.is_some() || event.is_some() || client.is_some();
    !is_asked || roles.iter().any(is_meant)
}

fn row(here: &Here, events: &[Event], member: StaffMember) -> Row {
    let account = member.account;
    let standing = if account.is_active {
        (here.say_fixed("Active", "Aktif"), "good")
    } else {
        (here.say_fixed("Disabled", "Nonaktif"), "bad")
    };
    Row {
        path: format!("/panel/operators/{}", account.login),
        name: account.name,
        login: account.login,
        email: account.email,
        standing,
        roles: role_words(here, &member.roles, events),
    }
}

pub(in super::super) async fn csv(here: Here) -> Response {
    file(&here, Format::Csv).await
}

pub(in super::super) async fn xlsx(here: Here) -> Response {
    file(&here, Format::Xlsx).await
}

async fn file(here: &Here, format: Format) -> Response {
    let read = async {
        let known = known(here).await?;
        let staff = found(here, &known).await?.into_iter();
        let row = |member| row(here, &known.events, member);
        Ok::<_, StoreError>(staff.map(row).collect())
    };
    let file = Few {
        format,
        act: "operators.export",
        names: (
            "gate-staff",
            here.say_fixed("Gate staff", "Petugas gerbang"),
        ),
        head: head(here, &HEAD),
    };
    file.send(here, read.await, cells).await
}

fn cells(row: Row) -> Vec<Cell> {
    vec![
        Cell::Text(row.name),
        Cell::Text(row.login),
        Cell::Text(row.email),
        Cell::text(row.roles.join(" / ")),
        Cell::text(row.standing.0),
    ]
}

/// `Wristband validator at Festival`
pub(super) fn role_words(here: &Here, roles: &[(EventId, Role)], events: &[Event]) -> Vec<String> {
    let language = here.door.visitor.language;
    let words = |(at, role): &(EventId, Role)| {
        let event = events.iter().find(|event| event.id == *at);
        let event = event.map_or("", |event| event.name.as_str());
        let at = here.say("at", "di");
        format!("{} {at} {event}", status::role(role.name(), language))
    };
    roles.iter().map(words).collect()
}

/// The roles of gates, with the one that is chosen.
pub(super) fn role_options(here: &Here, chosen: &str) -> Vec<(&'static str, String, bool)> {
    let language = here.door.visitor.language;
    let option = |role: &Role| {
        let words = status::role(role.name(), language);
        (role.name(), words, role.name() == chosen)
    };
    Role::ALL.iter().map(option).collect()
}
