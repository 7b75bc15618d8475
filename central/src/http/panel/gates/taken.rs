//! The lists of scans, of conflicts and of nodes as files, with the filters of the page. Whoever takes one away leaves a row in the
//! audit trail.

use std::collections::BTreeMap;

use axum::response::Response;
use sync_protocol::id::EventId;

use super::{
    super::{
        door::Here,
        export::{Cell, Few, Format, PIECE, hand_on, head, in_zone, note, send},
        guard, when,
    },
    conflict, conflict_row, node_list,
    node_row::NodeRow,
    scan_list::{self, Names},
};
use crate::{
    domain::event::Event,
    http::refusal::Refusal,
    store::{self, StoreError, conflict_list::ConflictItem, scan_list::ScanItem},
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

const CONFLICTS: [(&str, &str); 15] = [
    ("Event", "Acara"),
    ("Kind", "Jenis"),
    ("Ticket", "Tiket"),
    ("Action", "Tindakan"),
    ("Ruling", "Putusan"),
    ("Gate", "Gerbang"),
    ("Time", "Waktu"),
    ("Error", "Galat"),
    ("Operator", "Petugas"),
    ("Gate that counts", "Gerbang yang dihitung"),
    ("Time that counts", "Waktu yang dihitung"),
    ("Error there", "Galat di sana"),
    ("Operator there", "Petugas di sana"),
    ("Decision", "Keputusan"),
    ("Notes", "Catatan"),
];

const NODES: [(&str, &str); 10] = [
    ("Node", "Perangkat"),
    ("Event", "Acara"),
    ("Gate", "Gerbang"),
    ("Status", "Status"),
    ("Contact", "Kontak"),
    ("Replica", "Salinan data"),
    ("Unsent", "Belum terkirim"),
    ("Clock", "Jam"),
    ("Lease until", "Sewa sampai"),
    ("Program", "Program"),
];

/// Where the moments stand in the files of scans and of conflicts.
const SCANNED: [usize; 1] = [0];
const IN_CONFLICT: [usize; 2] = [6, 10];

fn in_zones(mut head: Vec<String>, moments: &[usize], zone: &str) -> Vec<String> {
    for (column, words) in head.iter_mut().enumerate() {
        if moments.contains(&column) {
            *words = in_zone(words, zone);
        }
    }
    head
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
    let begun = async {
        note(&here, "scans.export").await?;
        let names = Names::load(&here, event.id).await?;
        let filter = scan_list::filter(&here, &event, &names).await?;
        Ok::<_, StoreError>((names, filter))
    };
    let (names_of, filter) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return guard::failed(&error),
    };
    let head = in_zones(head(&here, &SCANS), &SCANNED, &event.time_zone);
    let names = ("scans", here.say_fixed("Scans", "Pindaian"));
    send(format, names, head, move |filling| async move {
        // A filter that nothing can fit.
        let Some(filter) = filter else {
            return;
        };
        let mut after = None;
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                store::scan_list::page(&mut tx, &filter, after.as_ref(), PIECE).await
            };
            let rows = read.await;
            after = rows
                .as_ref()
                .ok()
                .and_then(|rows| rows.last())
                .map(ScanItem::place);
            let line = |item| {
                let row = scan_list::row(&here, &event, &names_of, &item);
                scan_line(row, &event.time_zone)
            };
            if !hand_on(&filling, rows, line).await {
                return;
            }
        }
    })
}

fn scan_line(row: scan_list::Row, zone: &str) -> Vec<Cell> {
    let at = Cell::moment(row.at, zone);
    let texts = [
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
    ];
    let texts = texts.into_iter().map(Cell::Text);
    std::iter::once(at).chain(texts).collect()
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
    let filter = conflict::filter(&here);
    let begun = async {
        note(&here, "conflicts.export").await?;
        conflict::events(&here, event.as_ref()).await
    };
    let events = match begun.await {
        Ok(events) => events,
        Err(error) => return guard::failed(&error),
    };
    let zone = when::zone(event.as_ref()).to_owned();
    let head = in_zones(head(&here, &CONFLICTS), &IN_CONFLICT, &zone);
    let names = ("conflicts", here.say_fixed("Conflicts", "Konflik"));
    send(format, names, head, move |filling| async move {
        let ids: Vec<EventId> = events.keys().copied().collect();
        let mut after = None;
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                store::conflict_list::page(&mut tx, &ids, &filter, after.as_ref(), PIECE).await
            };
            let items = read.await;
            after = items
                .as_ref()
                .ok()
                .and_then(|items| items.last())
                .map(ConflictItem::place);
            let rows = shown(&here, &events, items).await;
            let line = |row| conflict_line(row, &zone);
            if !hand_on(&filling, rows, line).await {
                return;
            }
        }
    })
}

/// The rows as the page shows them, one for each.
async fn shown(
    here: &Here,
    events: &BTreeMap<EventId, Event>,
    items: Result<Vec<ConflictItem>, StoreError>,
) -> Result<Vec<conflict_row::Row>, StoreError> {
    conflict::rows(here, events, &items?).await
}

/// One of the scans in conflict: where, when, how surely, who.
fn side_cells(side: Option<&conflict_row::SideCell>, zone: &str) -> [Cell; 4] {
    let Some(side) = side else {
        return std::array::from_fn(|_| Cell::text(""));
    };
    [
        Cell::text(format!("{} / {}", side.gate, side.node)),
        Cell::moment(side.at, zone),
        Cell::text(&side.error),
        Cell::text(side.operator.as_deref().unwrap_or_default()),
    ]
}

fn conflict_line(row: conflict_row::Row, zone: &str) -> Vec<Cell> {
    let notes = row.notes.iter();
    let notes: Vec<_> = notes
        .map(|note| format!("{}: {}", note.author, note.text))
        .collect();
    let decided = row
        .decided
        .map(|one| format!("{} ({}, {})", one.words, one.author, one.at));
    let mut cells: Vec<Cell> = [
        row.event,
        row.kind,
        row.number,
        row.action.to_owned(),
        row.ruling,
    ]
    .into_iter()
    .map(Cell::Text)
    .collect();
    cells.extend(side_cells(Some(&row.side), zone));
    cells.extend(side_cells(row.winner.as_ref(), zone));
    cells.push(Cell::text(decided.unwrap_or_default()));
    cells.push(Cell::text(notes.join(" / ")));
    cells
}

pub(in super::super) async fn nodes_csv(here: Here) -> Response {
    nodes(here, Format::Csv).await
}

pub(in super::super) async fn nodes_xlsx(here: Here) -> Response {
    nodes(here, Format::Xlsx).await
}

async fn nodes(here: Here, format: Format) -> Response {
    let read = async {
        let events = node_list::events(&here).await?;
        node_list::found(&here, &events).await
    };
    let file = Few {
        format,
        act: "nodes.export",
        names: ("nodes", here.say_fixed("Nodes", "Perangkat")),
        head: head(&here, &NODES),
    };
    file.send(&here, read.await, node_line).await
}

fn node_line(row: NodeRow) -> Vec<Cell> {
    let unsent = i64::try_from(row.unsent).unwrap_or(i64::MAX);
    vec![
        Cell::text(row.name),
        Cell::text(row.event),
        Cell::text(row.gate),
        Cell::text(row.status.0),
        Cell::text(row.contact.0),
        Cell::text(row.replica.0),
        Cell::count(unsent),
        Cell::text(row.clock.0),
        Cell::text(row.lease.0),
        Cell::text(row.program),
    ]
}
