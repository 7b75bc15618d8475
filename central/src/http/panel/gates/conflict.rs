//! The inbox of conflicts: of all events or of one, open or decided, with both gates, and what a person does about them.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{id::EventId, number::TicketNumber};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        list::{List, PAGE},
        nav::Section,
        status,
        tab::Tab,
    },
    conflict_row::{self, Other, Row},
    scan_list::Names,
};
use crate::{
    app::{conflict_decisions::Act, conflict_notes::NoteError, conflicts::MOST_RECORDS, users::By},
    domain::{
        conflict::{Kind, Outcome},
        conflict_search::{ConflictFilter, State},
        event::Event,
        permission::Permission,
        scan_search::ScanMoment,
    },
    http::refusal::Refusal,
    store::{self, StoreError, conflict_list::ConflictItem},
};

#[derive(Template)]
#[template(path = "panel/conflicts.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    /// What is no scan.
    others: Vec<Other>,
    /// More records wait than are shown at once.
    has_more_records: bool,
    outcomes: Vec<(&'static str, &'static str)>,
    is_inbox: bool,
}

pub(in super::super) async fn inbox(here: Here) -> Response {
    page(&here, None, None, StatusCode::OK).await
}

pub(in super::super) async fn of_event(here: Here) -> Response {
    match here.event().cloned() {
        Some(event) => page(&here, Some(&event), None, StatusCode::OK).await,
        None => Refusal::INTERNAL.answer(),
    }
}

async fn page(
    here: &Here,
    event: Option<&Event>,
    wrong: Option<String>,
    code: StatusCode,
) -> Response {
    match load(here, event).await {
        Ok(mut template) => {
            if wrong.is_some() {
                let path = template.list.path.clone();
                template.page = template.page.at(&path);
            }
            template.page.wrong = wrong;
            template.page.send(code, &template)
        }
        Err(error) => guard::event_failed(&error),
    }
}

/// What the address asks for; open ones where it asks for nothing.
pub(super) fn filter(here: &Here) -> ConflictFilter {
    let asked = |name| here.door.asked(name).trim();
    ConflictFilter {
        state: State::from_name(asked("state")).unwrap_or(State::Open),
        kind: Kind::from_name(asked("kind")),
        number: TicketNumber::parse(asked("q")).ok(),
    }
}

/// The events whose conflicts are listed.
pub(super) async fn events(
    here: &Here,
    event: Option<&Event>,
) -> Result<BTreeMap<EventId, Event>, StoreError> {
    if let Some(event) = event {
        return Ok(BTreeMap::from([(event.id, event.clone())]));
    }
    let sight = here.signed.powers.sight(Permission::ScansView);
    let mut tx = here.app().store.read().await?;
    let all = store::event::all(&mut tx).await?.into_iter();
    let asked = here.door.asked("event");
    let seen = all.filter(|event| {
        sight.shows(event.id, event.client) && (asked.is_empty() || asked == event.slug)
    });
    Ok(seen.map(|event| (event.id, event)).collect())
}

/// The events whose records and nodes are looked at: of all events, those where some wait or were decided. Looking at
/// one costs a walk through its scans.
async fn with_others<'a>(
    here: &Here,
    event: Option<&'a Event>,
    events: &'a BTreeMap<EventId, Event>,
) -> Result<Vec<&'a Event>, StoreError> {
    if let Some(event) = event {
        return Ok(vec![event]);
    }
    let mut tx = here.app().store.read().await?;
    let mut ids: BTreeSet<EventId> = store::conflict_other::open(&mut tx)
        .await?
        .into_keys()
        .collect();
    ids.extend(store::conflict_other::decided(&mut tx).await?);
    Ok(ids.iter().filter_map(|id| events.get(id)).collect())
}

async fn load(here: &Here, event: Option<&Event>) -> Result<Page, crate::app::events::EventError> {
    let (filter, events) = (filter(here), events(here, event).await?);
    let after = ScanMoment::parse(here.door.asked("after"));
    let ids: Vec<EventId> = events.keys().copied().collect();
    // A text that is no number fits nothing.
    let is_wrong = !here.door.asked("q").trim().is_empty() && filter.number.is_none();
    let mut others = Vec::new();
    if after.is_none() && !is_wrong && filter.number.is_none() {
        for event in with_others(here, event, &events).await? {
            others.extend(conflict_row::others(here, event, &filter).await?);
        }
    }
    let has_more_records = others.iter().filter(|one| one.is_record).count() >= MOST_RECORDS;
    let mut tx = here.app().store.read().await?;
    let items = if is_wrong {
        Vec::new()
    } else {
        store::conflict_list::page(&mut tx, &ids, &filter, after.as_ref(), PAGE + 1).await?
    };
    let path = event.map_or_else(
        || "/panel/conflicts".to_owned(),
        |event| format!("/panel/events/{}/conflicts", event.slug),
    );
    let (list, items) = described(here, &path, event, &events)
        .files(true)
        .empty((
            "No conflict waits for you.",
            "Tidak ada konflik yang menunggu Anda.",
        ))
        .turned(items, |item| item.place().text());
    let list = list.done(&mut tx).await?;
    drop(tx);
    let page = match event {
        Some(event) => Frame::of_event(here, event, Tab::Conflicts),
        None => Frame::inside(here, Section::Conflicts),
    };
    Ok(Page {
        page,
        list,
        rows: rows(here, &events, &items).await?,
        others,
        has_more_records,
        outcomes: Outcome::ALL
            .iter()
            .map(|one| (one.name(), conflict_row::outcome_words(here, *one)))
            .collect(),
        is_inbox: event.is_none(),
    })
}

pub(super) async fn rows(
    here: &Here,
    events: &BTreeMap<EventId, Event>,
    items: &[ConflictItem],
) -> Result<Vec<Row>, StoreError> {
    let mut names = BTreeMap::new();
    let mut rows = Vec::new();
    for item in items {
        let Some(event) = events.get(&item.event) else {
            continue;
        };
        let names = match names.entry(event.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Names::load(here, event.id).await?),
        };
        rows.push(conflict_row::row(here, event, names, item).await?);
    }
    Ok(rows)
}

fn described<'a>(
    here: &'a Here,
    path: &str,
    event: Option<&Event>,
    events: &BTreeMap<EventId, Event>,
) -> super::super::list::Making<'a> {
    let language = here.door.visitor.language;
    let states = [State::Open, State::Decided, State::All].map(|one| {
        let (english, indonesian) = match one {
            State::Open => ("Open", "Terbuka"),
            State::Decided => ("Decided", "Diputuskan"),
            State::All => ("All", "Semua"),
        };
        (
            one.name().to_owned(),
            here.say(english, indonesian).to_owned(),
        )
    });
    let kinds = Kind::ALL.iter().filter(|kind| kind.is_of_scans());
    let kinds = kinds.map(|one| {
        (
            one.name().to_owned(),
            status::conflict(*one, language).to_owned(),
        )
    });
    let list = List::begin(here, "conflicts", path, ("Conflicts", "Konflik"))
        .search(("Ticket number", "Nomor tiket"))
        .choice("kind", ("Kind", "Jenis"), ("Any", "Semua"), kinds)
        .choice(
            "state",
            ("State", "Keadaan"),
            ("Open", "Terbuka"),
            states.into_iter().skip(1),
        );
    match event {
        Some(_) => list,
        None => {
            let events = events.values();
            let events = events.map(|event| (event.slug.clone(), event.name.clone()));
            list.choice(
                "event",
                ("Event", "Acara"),
                ("All events", "Semua acara"),
                events,
            )
        }
    }
}

/// Remarks, decides or opens again.
pub(in super::super) async fn act(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let (form, by) = (here.form(), By::account(&here.signed.account));
    let act = match form.text("act").as_str() {
        "reopen" => Some((Act::Reopen, "reopened")),
        "decide" => Outcome::from_name(&form.text("outcome"))
            .map(|outcome| (Act::Decide(outcome), "decided")),
        _ => Some((Act::Remark, "noted")),
    };
    let done = match (form.text("conflict").parse(), act) {
        (Ok(conflict), Some((act, done))) => {
            let text = form.text("note");
            let app = here.app();
            let outcome = app
                .act_on_conflict(&by, (event.id, conflict), act, &text)
                .await;
            outcome.map(|()| done)
        }
        _ => Err(NoteError::Unknown),
    };
    match done {
        Ok(done) => to(&format!(
            "/panel/events/{}/conflicts?done={done}",
            event.slug
        )),
        Err(NoteError::Store(error)) => guard::failed(&error),
        Err(error) => {
            let said = match error {
                NoteError::Decided => here.say(
                    "Somebody has decided this conflict meanwhile: look at what they found, and open it again to decide otherwise.",
                    "Konflik ini sudah diputuskan orang lain: lihat temuannya, dan buka lagi untuk memutuskan lain.",
                ),
                NoteError::Length => here.say(
                    "A note has 1 to 1000 characters.",
                    "Catatan berisi 1 sampai 1000 karakter.",
                ),
                _ => here.say(
                    "Choose a conflict of this event and what it was: open the list again.",
                    "Pilih konflik acara ini dan apa yang terjadi: buka lagi daftarnya.",
                ),
            };
            let code = StatusCode::UNPROCESSABLE_ENTITY;
            page(&here, Some(&event), Some(said.to_owned()), code).await
        }
    }
}
