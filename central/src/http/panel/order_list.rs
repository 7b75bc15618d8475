//! The working list of orders: search, filters and order stand in the address, and each page begins after a place.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::id::EventId;

use super::{
    door::Here,
    filter::{self, Seen},
    frame::Frame,
    guard,
    list::{Bulk, List, Making, PAGE},
    nav::Section,
    order_bulk, status,
    tab::Tab,
    when,
};
use crate::{
    domain::{
        event::Event,
        order::OrderStatus,
        order_search::{Look, OrderFilter, Place, Search, Sort},
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError, order_list::OrderRow},
};

#[derive(Template)]
#[template(path = "panel/orders.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

struct Row {
    path: String,
    number: String,
    buyer: String,
    email: String,
    event: String,
    status: status::Mark,
    attention: Option<&'static str>,
    is_flagged: bool,
    total: String,
    placed: String,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) filter: OrderFilter,
    /// Events by id, of those that are seen.
    pub(super) events: BTreeMap<EventId, Event>,
    /// Those that the list is limited to; `None` = all there are.
    pub(super) limit: Option<Vec<EventId>>,
}

impl Question {
    /// The one event that is asked for.
    pub(super) fn only(&self) -> Option<&Event> {
        self.filter.event.and_then(|event| self.events.get(&event))
    }
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let Seen {
        events,
        event,
        limit,
    } = Seen::of(here, permission).await?;
    let asked = |name| here.door.asked(name);
    let filter = OrderFilter {
        event,
        status: OrderStatus::from_name(asked("status")),
        look: look(asked("look")),
        from: filter::day(asked("from"), 0),
        until: filter::day(asked("until"), 1),
        search: Search::of(asked("q")),
        sort: Sort::from_name(asked("sort")).unwrap_or(Sort::Newest),
    };
    Ok(Question {
        filter,
        events,
        limit,
    })
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

/// Links from before there were flags say `1`.
fn look(asked: &str) -> Option<Look> {
    match asked {
        "1" => Some(Look::Reason),
        name => Look::from_name(name),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here, Permission::OrdersView).await?;
    let after = Place::parse(here.door.asked("after"));
    let (filter, limit) = (&question.filter, question.limit.as_deref());
    let mut tx = here.app().store.read().await?;
    let rows = store::order_list::page(&mut tx, limit, filter, after.as_ref(), PAGE + 1).await?;
    let powers = &here.signed.powers;
    let (list, rows) = described(here, &question)
        .files(powers.may(Permission::OrdersExport, Thing::List))
        .empty((
            "There is no order yet. They appear here as soon as somebody buys.",
            "Belum ada pesanan. Pesanan tampil di sini begitu ada yang membeli.",
        ))
        .turned(rows, |row| row.place(filter.sort).text());
    let mut list = list.done(&mut tx).await?;
    let shown_numbers = rows.iter().map(|row| row.number.clone()).collect();
    list.bulk = Bulk::new(here, order_bulk::deeds(here), shown_numbers);
    Ok(Page {
        page: Frame::of_list(here, Section::Orders, question.only(), Tab::Orders),
        list,
        rows: rows.iter().map(|row| shown(here, &question, row)).collect(),
    })
}

fn described<'a>(here: &'a Here, question: &Question) -> Making<'a> {
    let language = here.door.visitor.language;
    let option = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    let events = question.events.values();
    let events = events.map(|event| option(&event.slug, &event.name));
    let statuses = OrderStatus::ALL.iter();
    let statuses = statuses.map(|one| option(one.name(), status::order(*one, language).0));
    let looks = Look::ALL.iter().map(|one| {
        let (english, indonesian) = look_pair(*one);
        option(one.name(), here.say(english, indonesian))
    });
    let sorts = Sort::ALL.iter().map(|one| {
        let (english, indonesian) = status::sort(*one);
        option(one.name(), here.say(english, indonesian))
    });
    List::begin(here, "orders", "/panel/orders", ("Orders", "Pesanan"))
        .search((
            "Number of order or ticket, e-mail or name",
            "Nomor pesanan atau tiket, e-mail, atau nama",
        ))
        .searched((
            "Names, addresses and order numbers are searched from their beginning; a ticket is found by its whole number. Tickets by name are under Tickets.",
            "Nama, alamat, dan nomor pesanan dicari dari awalnya; tiket ditemukan dengan nomor lengkapnya. Tiket menurut nama ada di bagian Tiket.",
        ))
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            events,
        )
        .choice("status", ("Status", "Status"), ("Any", "Semua"), statuses)
        .choice(
            "look",
            ("To look at", "Perlu dilihat"),
            ("All orders", "Semua pesanan"),
            looks,
        )
        .day("from", ("Placed from", "Dipesan dari"))
        .day("until", ("Placed until", "Dipesan sampai"))
        .sort(sorts)
}

const fn look_pair(look: Look) -> (&'static str, &'static str) {
    match look {
        Look::Reason => ("Found by the system", "Ditemukan sistem"),
        Look::Flag => ("Flagged by a person", "Ditandai orang"),
    }
}

fn shown(here: &Here, question: &Question, row: &OrderRow) -> Row {
    let language = here.door.visitor.language;
    let event = question.events.get(&row.event);
    let zone = event.map_or(when::HOME, |event| event.time_zone.as_str());
    Row {
        path: format!("/panel/orders/{}", row.number),
        number: row.number.clone(),
        buyer: row.buyer_name.clone(),
        email: row.email.clone(),
        event: event.map_or_else(String::new, |event| event.name.clone()),
        status: status::order(row.status, language),
        attention: row.attention.map(|why| status::attention(why, language)),
        is_flagged: row.is_flagged,
        total: row.total.text(language),
        placed: when::moment(row.created_at, zone, language),
    }
}
