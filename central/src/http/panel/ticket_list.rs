//! The working list of tickets, and what it shares with the attendees of one event: the question and the row.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::EventId, ticket::TicketStatus};

use super::{
    door::Here,
    filter::Seen,
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
        event::{Event, TicketType},
        permission::Permission,
        policy::Thing,
        ticket_search::{CheckIn, TicketFilter, TicketPlace, TicketSearch, TicketSort},
    },
    store::{self, StoreError, ticket_list::TicketRow},
};

#[derive(Template)]
#[template(path = "panel/tickets.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

/// A ticket as lists show it.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) number: String,
    pub(super) attendee: String,
    pub(super) kind: String,
    pub(super) days: String,
    pub(super) event: String,
    pub(super) order: String,
    pub(super) status: status::Mark,
    pub(super) check_in: status::Mark,
    /// When it was let in, or exchanged.
    pub(super) since: String,
    /// What tells its wristband from others.
    pub(super) wristband: String,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) filter: TicketFilter,
    /// Events by id, of those that are seen.
    pub(super) events: BTreeMap<EventId, Event>,
    /// Types of the event that is asked for.
    pub(super) types: Vec<TicketType>,
}

impl Question {
    pub(super) fn seen(&self) -> Vec<EventId> {
        self.events.keys().copied().collect()
    }

    /// The one event that is asked for.
    pub(super) fn only(&self) -> Option<&Event> {
        self.filter.event.and_then(|event| self.events.get(&event))
    }
}

/// Reads the address; only events that the account sees are in it.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let Seen { events, event, .. } = Seen::of(here, permission).await?;
    let mut tx = here.app().store.read().await?;
    let types = match event {
        Some(event) => store::ticket_type::of_event(&mut tx, event).await?,
        None => Vec::new(),
    };
    Ok(Question {
        filter: filter(here, event, &types),
        events,
        types,
    })
}

/// The filters of an address.
pub(super) fn filter(here: &Here, event: Option<EventId>, types: &[TicketType]) -> TicketFilter {
    let asked = |name| here.door.asked(name);
    let kind = types
        .iter()
        .find(|kind| kind.id.to_string() == asked("type"));
    TicketFilter {
        event,
        kind: kind.map(|kind| kind.id),
        status: TicketStatus::from_name(asked("status")),
        check_in: CheckIn::from_name(asked("check_in")),
        addon: match asked("addon") {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        },
        search: TicketSearch::of(asked("q")),
        sort: TicketSort::from_name(asked("sort")).unwrap_or(TicketSort::Newest),
    }
}

pub(super) async fn show(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here, Permission::OrdersView).await?;
    let after = TicketPlace::parse(here.door.asked("after"));
    let (filter, seen) = (&question.filter, question.seen());
    let mut tx = here.app().store.read().await?;
    let rows = store::ticket_list::page(&mut tx, &seen, filter, after.as_ref(), PAGE + 1).await?;
    let may_export = here
        .signed
        .powers
        .may(Permission::OrdersExport, Thing::List);
    let events = question.events.values();
    let events = events.map(|event| (event.slug.clone(), event.name.clone()));
    let list = List::begin(here, "tickets", "/panel/tickets", ("Tickets", "Tiket"))
        .search((
            "Ticket or order number, or name",
            "Nomor tiket atau pesanan, atau nama",
        ))
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            events,
        );
    let (list, rows) = described(here, list, &question.types, true)
        .files(may_export)
        .empty((
            "There is no ticket yet. Tickets appear here as soon as an order is paid.",
            "Belum ada tiket. Tiket tampil di sini begitu sebuah pesanan dibayar.",
        ))
        .turned(rows, |row| row.place(filter.order()).text());
    let powers = &here.signed.powers;
    let may_send = powers.may(Permission::OrdersManage, Thing::List);
    let mut list = list.done(&mut tx).await?;
    list.bulk = papers(here, may_send, &rows);
    Ok(Page {
        page: Frame::of_list(here, Section::Tickets, question.only(), Tab::Tickets),
        list,
        rows: rows
            .iter()
            .map(|row| shown(here, &question.events, row))
            .collect(),
    })
}

/// The bar of deeds: a ticket that is chosen stands for its order, which gets one letter for all of its tickets.
pub(super) fn papers(here: &Here, may: bool, rows: &[TicketRow]) -> Option<Bulk> {
    let words = here.say(
        "Send the papers of their orders again",
        "Kirim ulang dokumen pesanannya",
    );
    let deeds = may.then(|| order_bulk::papers_deed(here, words));
    let orders: BTreeSet<&String> = rows.iter().map(|row| &row.order).collect();
    let orders = orders.into_iter().cloned().collect();
    Bulk::new(here, deeds.into_iter().collect(), orders)
}

/// The filters that tickets and attendees share.
pub(super) fn described<'a>(
    here: &Here,
    list: Making<'a>,
    types: &[TicketType],
    has_addons: bool,
) -> Making<'a> {
    let language = here.door.visitor.language;
    let say = |(english, indonesian)| here.say(english, indonesian).to_owned();
    let types = types
        .iter()
        .map(|kind| (kind.id.to_string(), kind.name.clone()));
    let statuses = TicketStatus::ALL.iter();
    let statuses = statuses.map(|one| {
        (
            one.name().to_owned(),
            status::ticket(*one, language).0.to_owned(),
        )
    });
    let check_ins = CheckIn::ALL.iter();
    let check_ins = check_ins.map(|one| (one.name().to_owned(), say(check_in_pair(*one))));
    let sorts = TicketSort::ALL.iter();
    let sorts = sorts.map(|one| {
        let words = match one {
            TicketSort::Newest => ("Newest first", "Terbaru dahulu"),
            TicketSort::Name => ("By name", "Menurut nama"),
        };
        (one.name().to_owned(), say(words))
    });
    let addons = [
        ("0".to_owned(), say(("Tickets alone", "Hanya tiket"))),
        ("1".to_owned(), say(("Add-ons alone", "Hanya tambahan"))),
    ];
    let any = ("Any", "Semua");
    let list = if types.len() > 0 {
        list.choice("type", ("Type", "Jenis"), any, types)
    } else {
        list
    };
    let list = list
        .choice("status", ("Status", "Status"), any, statuses)
        .choice("check_in", ("At the gates", "Di gerbang"), any, check_ins);
    if !has_addons {
        // Attendees are by name, and have no add-ons among them.
        return list.sort(sorts.rev());
    }
    list.choice(
        "addon",
        ("Add-on", "Tambahan"),
        ("Both", "Keduanya"),
        addons,
    )
    .sort(sorts)
}

const fn check_in_pair(one: CheckIn) -> (&'static str, &'static str) {
    match one {
        CheckIn::In => ("Checked in", "Sudah masuk"),
        CheckIn::Awaited => ("Still to come", "Belum datang"),
        CheckIn::Exchanged => ("Exchanged for a wristband", "Ditukar dengan gelang"),
    }
}

/// How a ticket stands at the gates.
pub(super) fn check_in(here: &Here, row: &TicketRow) -> status::Mark {
    let say = |english, indonesian| here.say_fixed(english, indonesian);
    match (row.entered_at, row.exchanged_at) {
        (Some(_), _) if row.is_out => (say("Has left", "Sudah keluar"), "calm"),
        (Some(_), _) => (say("Checked in", "Sudah masuk"), "good"),
        (None, Some(_)) => (say("Exchanged", "Ditukar"), "wait"),
        (None, None) => (say("Still to come", "Belum datang"), "calm"),
    }
}

/// The last of a wristband's id: enough to tell two apart, and no code.
pub(super) fn wristband(row: &TicketRow) -> String {
    let id = row.wristband.map(|id| id.simple().to_string());
    id.map_or_else(String::new, |id| format!("…{}", &id[24..]))
}

/// `1, 2`
pub(super) fn days(mask: u16) -> String {
    let days = (0..16).filter(|day| mask & (1 << day) != 0);
    let days = days.map(|day: u16| (day + 1).to_string());
    days.collect::<Vec<_>>().join(", ")
}

pub(super) fn shown(here: &Here, events: &BTreeMap<EventId, Event>, row: &TicketRow) -> Row {
    let language = here.door.visitor.language;
    let event = events.get(&row.event);
    let zone = event.map_or(when::HOME, |event| event.time_zone.as_str());
    let since = row.entered_at.or(row.exchanged_at);
    Row {
        path: format!("/panel/tickets/{}", row.id),
        number: row.number.to_string(),
        attendee: row.attendee.clone(),
        kind: row.kind.clone(),
        days: days(row.day_mask),
        event: event.map_or_else(String::new, |event| event.name.clone()),
        order: row.order.clone(),
        status: status::ticket(row.status, language),
        check_in: check_in(here, row),
        since: since.map_or_else(String::new, |at| when::moment(at, zone, language)),
        wristband: wristband(row),
    }
}
