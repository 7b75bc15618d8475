//! The lists of scans and of conflicts as files, with the filters of the page. Whoever takes one away leaves a row in the
//! audit trail.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::json;
use sync_protocol::id::EventId;
use tokio::sync::mpsc;

use super::{
    super::{door::Here, guard},
    conflict, conflict_row,
    file::{AHEAD, Format, PIECE, Rows, send},
    scan_list::{self, Names},
};
use crate::{
    app::users::By,
    domain::event::Event,
    http::refusal::Refusal,
    store::{self, StoreError},
};

const SCANS: [(&str, &str); 11] = [
    ("Time, corrected", "Waktu, dikoreksi"),
    ("Error", "Galat"),
    ("Ticket", "Tiket"),
    ("Action", "Tindakan"),
    ("Verdict", "Jawaban"),
    ("Reason", "Alasan"),
    ("Ruling", "Putusan"),
    ("Ruled before", "Putusan sebelumnya"),
    ("Gate", "Gerbang"),
    ("Node", "Perangkat"),
    ("Operator", "Petugas"),
];

const CONFLICTS: [(&str, &str); 13] = [
    ("Event", "Acara"),
    ("Kind", "Jenis"),
    ("Ticket", "Tiket"),
    ("Action", "Tindakan"),
    ("Ruling", "Putusan"),
    ("Gate", "Gerbang"),
    ("Time", "Waktu"),
    ("Operator", "Petugas"),
    ("Gate that counts", "Gerbang yang dihitung"),
    ("Time that counts", "Waktu yang dihitung"),
    ("Operator there", "Petugas di sana"),
    ("Decision", "Keputusan"),
    ("Notes", "Catatan"),
];

fn head(here: &Here, words: &[(&str, &str)]) -> Vec<String> {
    let say = |(english, indonesian): &(&str, &str)| here.say(english, indonesian).to_owned();
    words.iter().map(say).collect()
}

async fn note(here: &Here, what: &str, event: Option<&Event>) -> Result<(), StoreError> {
    let filter: String = here.door.visitor.query.chars().take(300).collect();
    let detail = json!({"filter": filter, "event": event.map(|event| event.slug.as_str())});
    let by = By::account(&here.signed.account);
    here.app().note_alone(&by, what, detail).await
}

pub(in super::super) async fn scans_csv(here: Here) -> Response {
    scans(here, Format::Csv).await
}

pub(in super::super) async fn scans_xlsx(here: Here) -> Response {
    scans(here, Format::Xlsx).await
}

async fn scans(here: Here, format: Format) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let words = head(&here, &SCANS);
    match scan_rows(here, event).await {
        Ok(rows) => send(format, "scans", words, rows).await,
        Err(error) => guard::failed(&error),
    }
}

async fn scan_rows(here: Here, event: Event) -> Result<Rows, StoreError> {
    note(&here, "scans.export", Some(&event)).await?;
    let names = Names::load(&here, event.id).await?;
    let filter = scan_list::filter(&here, &event, &names).await?;
    let (filling, rows) = mpsc::channel(AHEAD);
    let Some(filter) = filter else {
        return Ok(rows);
    };
    tokio::spawn(async move {
        let mut after = None;
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                store::scan_list::page(&mut tx, &filter, after.as_ref(), PIECE).await
            };
            let items = read.await;
            let is_end = items.as_ref().map_or(true, |items| items.len() < PIECE);
            let last = items.as_ref().ok().and_then(|items| items.last());
            after = last.map(store::scan_list::ScanItem::place);
            let line = |item: &store::scan_list::ScanItem| {
                scan_line(scan_list::row(&here, &event, &names, item))
            };
            let lines = items.map(|items| items.iter().map(line).collect());
            if filling.send(lines).await.is_err() || is_end {
                return;
            }
        }
    });
    Ok(rows)
}

fn scan_line(row: scan_list::Row) -> Vec<String> {
    vec![
        row.time,
        row.error,
        row.number,
        row.action.to_owned(),
        row.decision.0.to_owned(),
        row.reason,
        row.ruling,
        row.before.join(" / "),
        row.gate,
        row.node,
        row.operator,
    ]
}

pub(in super::super) async fn inbox_csv(here: Here) -> Response {
    conflicts(here, None, Format::Csv).await
}

pub(in super::super) async fn inbox_xlsx(here: Here) -> Response {
    conflicts(here, None, Format::Xlsx).await
}

pub(in super::super) async fn conflicts_csv(here: Here) -> Response {
    let event = here.event().cloned();
    conflicts(here, event, Format::Csv).await
}

pub(in super::super) async fn conflicts_xlsx(here: Here) -> Response {
    let event = here.event().cloned();
    conflicts(here, event, Format::Xlsx).await
}

async fn conflicts(here: Here, event: Option<Event>, format: Format) -> Response {
    let words = head(&here, &CONFLICTS);
    match conflict_rows(here, event.as_ref()).await {
        Ok(rows) => send(format, "conflicts", words, rows).await,
        Err(error) => guard::failed(&error),
    }
}

async fn conflict_rows(here: Here, event: Option<&Event>) -> Result<Rows, StoreError> {
    note(&here, "conflicts.export", event).await?;
    let filter = conflict::filter(&here);
    let events = conflict::events(&here, event).await?;
    let ids: Vec<EventId> = events.keys().copied().collect();
    let (filling, rows) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut after = None;
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                store::conflict_list::page(&mut tx, &ids, &filter, after.as_ref(), PIECE).await
            };
            let items = read.await;
            let is_end = items.as_ref().map_or(true, |items| items.len() < PIECE);
            let last = items.as_ref().ok().and_then(|items| items.last());
            after = last.map(store::conflict_list::ConflictItem::place);
            let lines = match items {
                Ok(items) => conflict_lines(&here, &events, &items).await,
                Err(error) => Err(error),
            };
            if filling.send(lines).await.is_err() || is_end {
                return;
            }
        }
    });
    Ok(rows)
}

async fn conflict_lines(
    here: &Here,
    events: &BTreeMap<EventId, Event>,
    items: &[store::conflict_list::ConflictItem],
) -> Result<Vec<Vec<String>>, StoreError> {
    let rows = conflict::rows(here, events, items).await?;
    Ok(rows.into_iter().map(conflict_line).collect())
}

fn conflict_line(row: conflict_row::Row) -> Vec<String> {
    let side = |side: Option<&conflict_row::SideCell>| match side {
        Some(side) => [
            format!("{} / {}", side.gate, side.node),
            format!("{} {}", side.time, side.error),
            side.operator.clone().unwrap_or_default(),
        ],
        None => Default::default(),
    };
    let ([gate, time, operator], [other, then, there]) =
        (side(Some(&row.side)), side(row.winner.as_ref()));
    let notes = row.notes.iter();
    let notes: Vec<_> = notes
        .map(|note| format!("{}: {}", note.author, note.text))
        .collect();
    let decided = row
        .decided
        .map(|one| format!("{} ({}, {})", one.words, one.author, one.at));
    vec![
        row.event,
        row.kind,
        row.number,
        row.action.to_owned(),
        row.ruling,
        gate,
        time,
        operator,
        other,
        then,
        there,
        decided.unwrap_or_default(),
        notes.join(" / "),
    ]
}
