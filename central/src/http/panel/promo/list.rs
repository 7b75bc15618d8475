//! The list: found by how a code begins, filtered by event and state, a page at a time, all of it in the address.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::Response};
use documents::Language;
use sync_protocol::id::EventId;

use super::bulk;
use crate::{
    domain::{
        charge::Cut,
        event::Event,
        money::Money,
        permission::Permission,
        promo::{Promo, PromoStatus, UNLIMITED, normal},
        promo_list::{PromoFilter, PromoPlace, PromoState},
    },
    http::panel::{
        door::Here,
        filter::Seen,
        frame::Frame,
        guard,
        list::{Bulk, List, Making, PAGE},
        nav::Section,
        number,
        status::Mark,
        tab::Tab,
        typed, when,
    },
    store::{self, StoreError, promo_list::PromoRow},
};

#[derive(Template)]
#[template(path = "panel/promos.html")]
struct Page {
    page: Frame,
    list: List,
    /// Where the codes are made; of one event alone.
    make: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    /// What names it among those of all events.
    id: String,
    code: String,
    path: String,
    event: String,
    off: String,
    state: Mark,
    used: String,
    percent: i64,
    brought: String,
    until: String,
}

/// What a list is asked for, and the events whose codes are seen.
pub(super) struct Question {
    pub(super) filter: PromoFilter,
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

/// Reads the address; only events that the account sets up are in it.
pub(super) async fn question(here: &Here) -> Result<Question, StoreError> {
    let seen = Seen::of(here, Permission::EventsManage).await?;
    let event = here.event().map(|event| event.id);
    Ok(Question {
        filter: PromoFilter {
            event: event.or(seen.event),
            code: normal(here.door.asked("q")).chars().take(40).collect(),
            state: PromoState::from_name(here.door.asked("state")),
        },
        limit: seen.limit,
        events: seen.events,
    })
}

pub(in crate::http::panel) async fn all(here: Here) -> Response {
    answer(&here).await
}

pub(in crate::http::panel) async fn of_event(here: Here) -> Response {
    answer(&here).await
}

async fn answer(here: &Here) -> Response {
    match load(here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here).await?;
    let after = PromoPlace::parse(here.door.asked("after"));
    let now = here.app().clock.now();
    let mut tx = here.app().store.read().await?;
    let (limit, filter) = (question.limit.as_deref(), &question.filter);
    let rows =
        store::promo_list::page(&mut tx, limit, filter, (after.as_ref(), now), PAGE + 1).await?;
    let (list, rows) = described(here, &question)
        .files(true)
        .empty(nothing(here))
        .turned(rows, |row| row.place().text());
    let promos: Vec<_> = rows.iter().map(|row| &row.promo).collect();
    let brought = store::promo_list::brought(&mut tx, &promos).await?;
    let shown = |row: &PromoRow| {
        let sum = brought.get(&row.promo.id).copied();
        shown(here, question.events.get(&row.event), row, sum)
    };
    let mut list = list.done(&mut tx).await?;
    list.bulk = chosen(here, &question, &rows);
    Ok(Page {
        page: frame(here),
        make: here
            .event()
            .map(|event| format!("/panel/events/{}/setup/promos", event.slug)),
        rows: rows.iter().map(shown).collect(),
        list,
    })
}

/// The bar of deeds: those that any code of the page allows.
fn chosen(here: &Here, question: &Question, rows: &[PromoRow]) -> Option<Bulk> {
    let is_off = |row: &&PromoRow| row.promo.status == PromoStatus::Disabled;
    let off = rows.iter().filter(is_off).count();
    let name = |row: &PromoRow| Some(bulk::name(question.events.get(&row.event)?, &row.promo));
    let names = rows.iter().filter_map(name).collect();
    Bulk::new(here, bulk::deeds(here, off < rows.len(), off > 0), names)
}

fn described<'a>(here: &'a Here, question: &Question) -> Making<'a> {
    let title = ("Promo codes", "Kode promo");
    let list = List::begin(here, "promos", &path(here), title)
        .search(("The code begins with", "Kode berawalan"));
    let events = question.events.values();
    let events = events.map(|event| (event.slug.clone(), event.name.clone()));
    let all = ("All events", "Semua acara");
    let list = match here.event() {
        Some(_) => list,
        None => list.choice("event", ("Event", "Acara"), all, events),
    };
    let states = PromoState::ALL
        .iter()
        .map(|one| (one.name().to_owned(), state(*one, here).0.to_owned()));
    list.choice("state", ("State", "Keadaan"), ("Any", "Semua"), states)
}

fn nothing(here: &Here) -> (&'static str, &'static str) {
    match here.event() {
        Some(_) => (
            "This event has no code yet. Make one, or many at once.",
            "Acara ini belum punya kode. Buat satu, atau banyak sekaligus.",
        ),
        None => (
            "There is no code yet. They are made in the set-up of an event.",
            "Belum ada kode. Kode dibuat pada persiapan acara.",
        ),
    }
}

fn frame(here: &Here) -> Frame {
    match here.event() {
        Some(event) => Frame::of_event(here, event, Tab::Promos),
        None => Frame::inside(here, Section::Promos),
    }
}

fn path(here: &Here) -> String {
    here.event().map_or_else(
        || "/panel/promos".to_owned(),
        |event| format!("/panel/events/{}/promos", event.slug),
    )
}

fn shown(here: &Here, event: Option<&Event>, row: &PromoRow, brought: Option<i64>) -> Row {
    let (promo, now) = (&row.promo, here.app().clock.now());
    let language = here.door.visitor.language;
    let slug = event.map_or("", |event| event.slug.as_str());
    let zone = event.map_or(when::HOME, |event| event.time_zone.as_str());
    let money = |minor| {
        event.map_or_else(String::new, |event| {
            Money::new(minor, event.currency).text(language)
        })
    };
    Row {
        id: event.map_or_else(String::new, |event| bulk::name(event, promo)),
        code: promo.code.clone(),
        path: format!("/panel/events/{slug}/promos/{}", promo.code),
        event: event.map_or_else(String::new, |event| event.name.clone()),
        off: off(promo.cut, money),
        state: state(PromoState::of(promo, now), here),
        used: used(promo, language),
        percent: match promo.quota {
            UNLIMITED | ..=0 => 0,
            quota => promo.used.saturating_mul(100) / quota,
        },
        brought: brought.map_or_else(|| many(here), money),
        until: when::moment(promo.valid_until, zone, language),
    }
}

/// Said of a code that is used too often for a sum on a page.
pub(super) fn many(here: &Here) -> String {
    here.say("many: see the reports", "banyak: lihat laporan")
        .to_owned()
}

/// What a code takes off.
pub(super) fn off(cut: Cut, money: impl Fn(i64) -> String) -> String {
    match cut {
        Cut::Percent(hundredths) => format!("{} %", typed::percent_text(hundredths)),
        Cut::Fixed(minor) => money(minor),
    }
}

/// Words and colour of a state.
pub(super) fn state(state: PromoState, here: &Here) -> Mark {
    let (english, indonesian, colour) = match state {
        PromoState::Open => ("Open", "Aktif", "good"),
        PromoState::Coming => ("To come", "Akan datang", "wait"),
        PromoState::Ended => ("Ended", "Berakhir", "calm"),
        PromoState::UsedUp => ("Used up", "Habis", "calm"),
        PromoState::Off => ("Off", "Dimatikan", "bad"),
    };
    let words = match here.door.visitor.language {
        Language::English => english,
        Language::Indonesian => indonesian,
    };
    (words, colour)
}

/// How often a code was used, and how often it may be.
pub(in crate::http::panel) fn used(promo: &Promo, language: Language) -> String {
    match promo.quota {
        UNLIMITED => format!("{} / ∞", number::grouped(promo.used, language)),
        quota => number::of(promo.used, quota, language),
    }
}
