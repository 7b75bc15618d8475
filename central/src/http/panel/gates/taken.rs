//! The lists of scans, of conflicts and of nodes as files, with the filters of the page. Whoever takes one away leaves a row in the
//! audit trail.

use std::collections::BTreeMap;

use axum::response::Response;
use sync_protocol::id::EventId;

use super::{
    super::{
        door::Here,
        export::{Cell, Few, Format, Lines, PIECE, Whole, head, heads},
        guard, when,
    },
    conflict, conflict_row, node_list,
    node_row::NodeRow,
    scan_list::{self, Names},
};
use crate::{
    domain::{
        conflict_search::ConflictFilter,
        event::Event,
        scan_search::{ScanFilter, ScanMoment},
    },
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
        let names = Names::load(&here, event.id).await?;
        let filter = scan_list::filter(&here, &event, &names).await?;
        Ok::<_, StoreError>((names, filter))
    };
    let (names, filter) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return guard::failed(&error),
    };
    let file = Whole {
        format,
        act: "scans.export",
        names: ("scans", here.say_fixed("Scans", "Pindaian")),
        head: heads(&here, &SCANS, (&SCANNED, &event.time_zone)),
    };
    let lines = Scans {
        event,
        names,
        filter,
        after: None,
    };
    file.send(here, lines).await
}

struct Scans {
    event: Event,
    names: Names,
    /// `None` = one that nothing can fit.
    filter: Option<ScanFilter>,
    /// How far it has come.
    after: Option<ScanMoment>,
}

impl Lines for Scans {
    type Row = ScanItem;

    async fn piece(&mut self, here: &Here) -> Result<Vec<ScanItem>, StoreError> {
        let Some(filter) = &self.filter else {
            return Ok(Vec::new());
        };
        let mut tx = here.app().store.read().await?;
        let rows = store::scan_list::page(&mut tx, filter, self.after.as_ref(), PIECE).await?;
        self.after = rows.last().map(ScanItem::place);
        Ok(rows)
    }

    fn line(&self, here: &Here, item: ScanItem) -> Vec<Cell> {
        let row = scan_list::row(here, &self.event, &self.names, &item);
        scan_line(row, &self.event.time_zone)
    }
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
    let events = match conflict::events(&here, event.as_ref()).await {
        Ok(events) => events,
        Err(error) => return guard::failed(&error),
    };
    let zone = when::zone(event.as_ref()).to_owned();
    let file = Whole {
        format,
        act: "conflicts.export",
        names: ("conflicts", here.say_fixed("Conflicts", "Konflik")),
        head: heads(&here, &CONFLICTS, (&IN_CONFLICT, &zone)),
    };
    let lines = Conflicts {
        events,
        filter,
        zone,
        after: None,
    };
    file.send(here, lines).await
}

struct Conflicts {
    events: BTreeMap<EventId, Event>,
    filter: ConflictFilter,
    zone: String,
    /// How far it has come.
    after: Option<ScanMoment>,
}

impl Lines for Conflicts {
    type Row = conflict_row::Row;

    /// The rows as the page shows them, one for each.
    async fn piece(&mut self, here: &Here) -> Result<Vec<conflict_row::Row>, StoreError> {
        let events: Vec<EventId> = self.events.keys().copied().collect();
        let (filter, after) = (&self.filter, self.after.as_ref());
        let mut tx = here.app().store.read().await?;
        let items = store::conflict_list::page(&mut tx, &events, filter, after, PIECE).await?;
        drop(tx);
        self.after = items.last().map(ConflictItem::place);
        conflict::rows(here, &self.events, &items).await
    }

    fn line(&self, _: &Here, row: conflict_row::Row) -> Vec<Cell> {
        conflict_line(row, &self.zone)
    }
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
