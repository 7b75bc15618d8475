//! The inbox of conflicts: which events have some, and all of one event with what people remarked.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use sync_protocol::{moment::Interval, time::Timestamp};

use super::super::{
    door::{Here, to},
    frame::Frame,
    guard,
    nav::{Section, Tab},
    status, when, words,
};
use crate::{
    app::{
        conflict_notes::NoteError,
        conflicts::{Admission, Conflict, Matter},
    },
    domain::{conflict::Cursor, event::Event, permission::Permission},
    http::refusal::Refusal,
    store::{self, StoreError},
};

/// Conflicts on one page; the address leads on.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "panel/conflicts.html")]
struct Inbox {
    page: Frame,
    rows: Vec<(String, String, i64)>,
}

#[derive(Template)]
#[template(path = "panel/conflicts_event.html")]
struct OfEvent {
    page: Frame,
    slug: String,
    name: String,
    rows: Vec<Row>,
    may_note: bool,
    next: Option<String>,
}

struct Row {
    id: String,
    kind: &'static str,
    is_open: bool,
    title: String,
    scans: Vec<ScanCell>,
    notes: Vec<(String, String, String)>,
}

/// One of the scans that contradict each other.
struct ScanCell {
    label: String,
    gate: String,
    time: String,
}

pub(in super::super) async fn inbox(here: Here) -> Response {
    match load(&here).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Inbox, StoreError> {
    let sight = here.signed.powers.sight(Permission::ScansView);
    let mut tx = here.app().store.read().await?;
    let counts = store::overview::conflicts(&mut tx).await?;
    let events = store::event::all(&mut tx).await?.into_iter();
    let seen = events.filter(|event| sight.shows(event.id, event.client));
    let rows = seen.map(|event| {
        let count = counts.get(&event.id).copied().unwrap_or_default();
        let path = format!("/panel/events/{}/conflicts", event.slug);
        (path, event.name, count)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    Ok(Inbox {
        page: Frame::inside(here, Section::Conflicts),
        rows,
    })
}

pub(in super::super) async fn of_event(here: Here) -> Response {
    page(&here, None, StatusCode::OK).await
}

async fn page(here: &Here, wrong: Option<String>, code: StatusCode) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let cursor: Cursor = here.door.asked("after").parse().unwrap_or_default();
    let feed = match here.app().conflict_feed(event.id, &cursor, PAGE).await {
        Ok(feed) => feed,
        Err(error) => return guard::event_failed(&error),
    };
    let path = format!("/panel/events/{}/conflicts", event.slug);
    let next = feed.has_more.then(|| {
        let cursor = feed.cursor.to_string();
        let cursor: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        format!("{path}?after={cursor}")
    });
    let mut frame = Frame::of_event(here, event, Tab::Conflicts);
    if wrong.is_some() {
        frame = frame.at(&path);
    }
    frame.wrong = wrong;
    let template = OfEvent {
        page: frame,
        slug: event.slug.clone(),
        name: event.name.clone(),
        rows: feed
            .conflicts
            .iter()
            .map(|conflict| row(here, event, conflict))
            .collect(),
        may_note: here.may(Permission::ScansDecide, event),
        next,
    };
    template.page.send(code, &template)
}

fn row(here: &Here, event: &Event, conflict: &Conflict) -> Row {
    let language = here.door.visitor.language;
    let (title, scans) = matter(here, event, &conflict.matter);
    let notes = conflict.notes.iter().map(|note| {
        let at = when::moment(note.created_at, &event.time_zone, language);
        (note.author.clone(), at, note.text.clone())
    });
    Row {
        id: conflict.id.to_string(),
        kind: status::conflict(conflict.kind, language),
        is_open: conflict.is_open,
        title,
        scans,
        notes: notes.collect(),
    }
}

fn matter(here: &Here, event: &Event, matter: &Matter) -> (String, Vec<ScanCell>) {
    match matter {
        Matter::Scan {
            number,
            action,
            ruling,
            admission,
            winner,
            other_ticket,
            ..
        } => {
            let number = number.as_deref().unwrap_or("–");
            let other = other_ticket.as_deref().unwrap_or_default();
            let title = format!(
                "{} {number} {other} · {action} · {ruling}",
                here.say("Ticket", "Tiket")
            );
            let counts = winner.as_ref().map(|winner| {
                let label = here.say("This one counts", "Yang ini dihitung");
                cell(here, event, label, winner)
            });
            let label = if winner.is_some() {
                here.say("This one came later", "Yang ini lebih lambat")
            } else {
                here.say("This scan", "Pindaian ini")
            };
            let own = cell(here, event, label, admission);
            (title, counts.into_iter().chain([own]).collect())
        }
        Matter::Record {
            scan,
            node_name,
            code,
            received_at,
        } => (
            format!(
                "{node_name} · {} {} · {code} · {}",
                here.say("record", "catatan"),
                scan.seq,
                at(here, event, *received_at)
            ),
            Vec::new(),
        ),
        Matter::Node {
            node_name, reason, ..
        } => (format!("{node_name} · {reason}"), Vec::new()),
        Matter::Rush {
            node_name,
            most_per_minute,
            ..
        } => (
            format!(
                "{node_name} · {} {most_per_minute}/min",
                here.say("more than", "lebih dari")
            ),
            Vec::new(),
        ),
    }
}

fn at(here: &Here, event: &Event, at: Timestamp) -> String {
    when::moment(at, &event.time_zone, here.door.visitor.language)
}

/// Gate, and time with its error.
fn cell(here: &Here, event: &Event, label: &str, one: &Admission) -> ScanCell {
    let Interval { lo, at: middle, hi } = one.time;
    let error_s = (hi.0 - lo.0).max(0).div_euclid(2_000);
    let by = one.overridden_by.as_ref().map(|name| {
        let let_in = here.say("let in by", "diizinkan oleh");
        format!(" · {let_in} {name}")
    });
    ScanCell {
        label: label.to_owned(),
        gate: format!(
            "{} / {}{}",
            one.gate_name,
            one.node_name,
            by.unwrap_or_default()
        ),
        time: format!("{} ± {error_s} s", at(here, event, middle)),
    }
}

pub(in super::super) async fn note(here: Here) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let (form, author) = (here.form(), &here.signed.account.name);
    let noted = match form.text("conflict").parse() {
        Ok(conflict) => {
            let text = form.text("note");
            here.app()
                .note_conflict(event.id, conflict, author, &text)
                .await
                .map(drop)
        }
        Err(_) => Err(NoteError::Unknown),
    };
    match noted {
        Ok(()) => to(&format!(
            "/panel/events/{}/conflicts?done=noted",
            event.slug
        )),
        Err(NoteError::Store(error)) => guard::failed(&error),
        Err(error) => {
            let said = match error {
                NoteError::Length => here.say(
                    "A note has 1 to 1000 characters.",
                    "Catatan berisi 1 sampai 1000 karakter.",
                ),
                _ => here.say(
                    "This conflict is not there: open the list again.",
                    "Konflik ini tidak ada: buka lagi daftarnya.",
                ),
            };
            let said = words::sentence(said);
            page(&here, Some(said), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
