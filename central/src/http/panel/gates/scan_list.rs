//! The log of an event's scans: every attempt with its corrected time, and what was and is said of it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use chrono::{NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use sync_protocol::{
    id::{EventId, GateId},
    moment::Interval,
    number::TicketNumber,
    scan::Action,
    time::Timestamp,
    verdict::{Decision, Reason},
};

use super::{
    super::{
        door::Here,
        frame::Frame,
        guard,
        list::{List, PAGE},
        tab::Tab,
        when,
    },
    live_shown::reason_words,
};
use crate::{
    domain::{
        event::Event,
        scan_search::{Ruled, ScanFilter, ScanMoment},
    },
    http::refusal::Refusal,
    store::{self, StoreError, scan_list::ScanItem},
};

#[derive(Template)]
#[template(path = "panel/scans.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
}

/// One scan in words.
pub(super) struct Row {
    /// As files have it, and as the page shows it.
    pub(super) at: Timestamp,
    pub(super) when: String,
    pub(super) error: String,
    pub(super) gate: String,
    pub(super) node: String,
    pub(super) operator: String,
    pub(super) number: String,
    pub(super) action: &'static str,
    pub(super) decision: (&'static str, &'static str),
    pub(super) reason: String,
    pub(super) ruling: String,
    /// What was said before, oldest first.
    pub(super) before: Vec<String>,
    pub(super) came: String,
}

/// What people call the gates, nodes and operators of an event.
pub(super) struct Names {
    pub(super) gates: Vec<(GateId, String)>,
    pub(super) nodes: Vec<(sync_protocol::id::NodeId, String)>,
    pub(super) operators: Vec<(sync_protocol::id::OperatorId, String)>,
}

impl Names {
    pub(super) async fn load(here: &Here, event: EventId) -> Result<Self, StoreError> {
        let staff = here.app().staff(Some(event)).await?;
        let mut tx = here.app().store.read().await?;
        let gates = store::gate::of_event(&mut tx, event).await?;
        let nodes = store::node::of_event(&mut tx, event).await?;
        Ok(Self {
            gates: gates.into_iter().map(|gate| (gate.id, gate.name)).collect(),
            nodes: nodes.into_iter().map(|node| (node.id, node.name)).collect(),
            operators: staff
                .into_iter()
                .map(|member| (member.account.id, member.account.name))
                .collect(),
        })
    }

    pub(super) fn gate(&self, id: GateId) -> String {
        let found = self.gates.iter().find(|(gate, _)| *gate == id);
        found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }

    pub(super) fn node(&self, id: sync_protocol::id::NodeId) -> String {
        let found = self.nodes.iter().find(|(node, _)| *node == id);
        found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }
}

pub(in super::super) async fn show(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    match load(&here, event).await {
        Ok(template) => template.page.send(StatusCode::OK, &template),
        Err(error) => guard::failed(&error),
    }
}

/// The one of these that a text names.
fn named<T: Copy + std::str::FromStr + PartialEq>(text: &str, names: &[(T, String)]) -> Option<T> {
    let id = text.parse().ok()?;
    names.iter().map(|(one, _)| *one).find(|one| *one == id)
}

/// What the address asks for; `None` = a number that no ticket of the event has.
///
/// A kept filter may name what another event has: it is no filter here.
pub(super) async fn filter(
    here: &Here,
    event: &Event,
    names: &Names,
) -> Result<Option<ScanFilter>, StoreError> {
    let asked = |name| here.door.asked(name).trim();
    let day = |name, plus: i64| {
        let date = NaiveDate::parse_from_str(asked(name), "%Y-%m-%d").ok()?;
        let date = date.checked_add_signed(chrono::TimeDelta::days(plus))?;
        let zone: Tz = event.time_zone.parse().ok()?;
        let midnight = zone.from_local_datetime(&date.and_hms_opt(0, 0, 0)?);
        Some(Timestamp(midnight.earliest()?.timestamp_millis()))
    };
    let mut filter = ScanFilter {
        event: event.id,
        gate: named(asked("gate"), &names.gates),
        node: named(asked("node"), &names.nodes),
        operator: named(asked("operator"), &names.operators),
        decision: Decision::ALL
            .iter()
            .copied()
            .find(|one| one.name() == asked("verdict")),
        reason: Reason::ALL
            .iter()
            .copied()
            .find(|one| one.name() == asked("reason")),
        ruled: Ruled::from_name(asked("ruling")),
        ticket: None,
        from: day("from", 0),
        until: day("until", 1),
    };
    if asked("q").is_empty() {
        return Ok(Some(filter));
    }
    let Ok(number) = TicketNumber::parse(asked("q")) else {
        return Ok(None);
    };
    let mut tx = here.app().store.read().await?;
    filter.ticket = store::scan_list::ticket_of_number(&mut tx, event.id, number).await?;
    Ok(filter.ticket.is_some().then_some(filter))
}

async fn load(here: &Here, event: &Event) -> Result<Page, StoreError> {
    let names = Names::load(here, event.id).await?;
    let after = ScanMoment::parse(here.door.asked("after"));
    let filter = filter(here, event, &names).await?;
    let mut tx = here.app().store.read().await?;
    let items = match filter {
        Some(filter) => store::scan_list::page(&mut tx, &filter, after.as_ref(), PAGE + 1).await?,
        None => Vec::new(),
    };
    let path = format!("/panel/events/{}/scans", event.slug);
    let (list, items) = described(here, &path, &names)
        .files(true)
        .empty((
            "No scan has come in yet. They appear as soon as a gate syncs.",
            "Belum ada pindaian. Pindaian tampil begitu gerbang tersinkron.",
        ))
        .turned(items, |item| item.place().text());
    let list = list.done(&mut tx).await?;
    Ok(Page {
        page: Frame::of_event(here, event, Tab::Scans),
        list,
        rows: items
            .iter()
            .map(|item| row(here, event, &names, item))
            .collect(),
    })
}

fn described<'a>(here: &'a Here, path: &str, names: &Names) -> super::super::list::Making<'a> {
    let any = ("Any", "Semua");
    let language = here.door.visitor.language;
    let gates = names.gates.iter();
    let gates = gates.map(|(id, name)| (id.to_string(), name.clone()));
    let nodes = names.nodes.iter();
    let nodes = nodes.map(|(id, name)| (id.to_string(), name.clone()));
    let operators = names.operators.iter();
    let operators = operators.map(|(id, name)| (id.to_string(), name.clone()));
    let verdicts = Decision::ALL.iter().map(|one| {
        let words = decision_words(here, *one).0;
        (one.name().to_owned(), words.to_owned())
    });
    let reasons = Reason::ALL.iter();
    let reasons = reasons.map(|one| (one.name().to_owned(), reason_words(*one, language)));
    let rulings = Ruled::ALL.iter();
    let rulings = rulings.map(|one| (one.name().to_owned(), ruled_words(here, *one).to_owned()));
    List::begin(here, "scans", path, ("Scans", "Pindaian"))
        .search(("Ticket number", "Nomor tiket"))
        .choice("gate", ("Gate", "Gerbang"), any, gates)
        .choice("node", ("Node", "Perangkat"), any, nodes)
        .choice("operator", ("Operator", "Petugas"), any, operators)
        .choice("verdict", ("Verdict", "Jawaban"), any, verdicts)
        .choice("reason", ("Reason", "Alasan"), any, reasons)
        .choice("ruling", ("Ruling", "Putusan"), any, rulings)
        .day("from", ("From", "Dari"))
        .day("until", ("Until", "Sampai"))
}

fn decision_words(here: &Here, decision: Decision) -> (&'static str, &'static str) {
    let (english, indonesian, colour) = match decision {
        Decision::Admit => ("Let through", "Diloloskan", "good"),
        Decision::Ask => ("Asked", "Ditanyakan", "wait"),
        Decision::Refuse => ("Refused", "Ditolak", "bad"),
    };
    let words = match here.door.visitor.language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    };
    (words, colour)
}

fn ruled_words(here: &Here, ruled: Ruled) -> &str {
    let (english, indonesian) = match ruled {
        Ruled::Counted => ("Counts", "Dihitung"),
        Ruled::Double => ("Came second", "Kedua kali"),
        Ruled::Unbound => ("Wristband of no ticket", "Gelang tanpa tiket"),
        Ruled::Stray => ("Left without having come", "Keluar tanpa masuk"),
        Ruled::Undone => ("Taken back", "Dibatalkan"),
        Ruled::Nothing => ("Let nobody through", "Tidak meloloskan"),
        Ruled::Changed => ("Ruled otherwise before", "Pernah diputus lain"),
    };
    here.say(english, indonesian)
}

/// A stored ruling in words.
pub(in crate::http::panel) fn ruling_words(here: &Here, name: &str) -> String {
    if name == "double_undecidable" {
        let words = here.say(
            "Came second, clocks cannot be sure",
            "Kedua kali, jam tidak pasti",
        );
        return words.to_owned();
    }
    match Ruled::from_name(name) {
        Some(ruled) => ruled_words(here, ruled).to_owned(),
        None => name.to_owned(),
    }
}

pub(in crate::http::panel) fn action_words(here: &Here, action: Action) -> &'static str {
    let (english, indonesian) = match action {
        Action::Exchange => ("Exchange", "Penukaran"),
        Action::Entry => ("Entry", "Masuk"),
        Action::Exit => ("Exit", "Keluar"),
        Action::Unpair => ("Wristband off", "Lepas gelang"),
        Action::Undo => ("Taken back", "Pembatalan"),
    };
    match here.door.visitor.language {
        documents::Language::English => english,
        documents::Language::Indonesian => indonesian,
    }
}

/// `± 12 ms`, where a second says too little.
pub(super) fn error_ms_words(time: Interval) -> String {
    match (time.hi.0 - time.lo.0).max(0) / 2 {
        half_ms @ 0..1_000 => format!("± {half_ms} ms"),
        _ => error_words(time),
    }
}

/// `± 2 s`
pub(super) fn error_words(time: Interval) -> String {
    let half_ms = (time.hi.0 - time.lo.0).max(0) / 2;
    match half_ms {
        0..10_000 => format!("± {}.{} s", half_ms / 1_000, half_ms % 1_000 / 100),
        10_000..600_000 => format!("± {} s", half_ms / 1_000),
        _ => format!("± {} min", half_ms / 60_000),
    }
}

pub(super) fn row(here: &Here, event: &Event, names: &Names, item: &ScanItem) -> Row {
    let language = here.door.visitor.language;
    let moment = |at| when::second(at, &event.time_zone, language);
    let ruling = item.ruling.as_deref().map(|name| ruling_words(here, name));
    Row {
        at: item.time.at,
        when: moment(item.time.at),
        error: error_words(item.time),
        gate: names.gate(item.gate),
        node: names.node(item.scan.node),
        operator: item.operator.clone().unwrap_or_default(),
        number: item
            .number
            .map_or_else(String::new, |number| number.to_string()),
        action: action_words(here, item.action),
        decision: decision_words(here, item.decision),
        reason: reason_words(item.reason, language),
        ruling: ruling.unwrap_or_else(|| "–".to_owned()),
        before: item
            .changes
            .iter()
            .map(|change| {
                let was = ruling_words(here, change.old.name());
                format!("{was} · {}", moment(change.changed_at))
            })
            .collect(),
        came: moment(item.received_at),
    }
}
