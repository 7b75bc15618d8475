//! Guests by name, where the search is open, and the list of a small event, with ticks: what is ticked is shown at the
//! door by its number, so the rules for typed numbers hold and a person decides.
//!
//! Invariants: a name stands here only while the passphrase keeps the search open and whoever works the page may search;
//! what was asked for is in no address and no log.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect},
};
use sync_protocol::{
    id::OperatorId,
    scan::Action,
    verdict::{Decision, Reason},
};
use zeroize::Zeroizing;

use super::{
    Screen,
    choice::{Asked, Choice},
    handler::{Answer, html},
    look::Look,
    page::Place,
    panel::sign,
    place_time::Zone,
    stage::Stage,
    words::{Words, word_list},
};
use crate::{
    door::Door,
    node::Node,
    scan::{Scan, Showing},
    search::{Found, SearchError},
};

/// Most tickets that are found at once.
const MOST_FOUND: usize = 50;
/// An event with more is no small one: its list would be read by nobody.
const MOST_LISTED: usize = 500;
/// Most that are shown at the door at once.
const MOST_TICKED: usize = 50;

word_list! {
    /// The words of this page.
    FindWords {
        title: "Find a guest", "Cari tamu";
        locked: "Names are locked. The passphrase of the event opens them on this gate alone.", "Nama terkunci. Frasa sandi acara membukanya hanya di gerbang ini.";
        passphrase: "Passphrase", "Frasa sandi";
        unlock: "Open the names", "Buka nama";
        lock: "Lock the names", "Kunci nama";
        name: "Name, or a part of it", "Nama, atau sebagiannya";
        find: "Find", "Cari";
        list: "List all", "Tampilkan semua";
        none: "Nobody by that name.", "Tidak ada nama itu.";
        too_many: "This event is too large for a list: find by name.", "Acara terlalu besar untuk daftar: cari dengan nama.";
        hint: "A name opens no gate. Tick and check: the gate asks, and a supervisor compares with an identity card.",
            "Nama tidak membuka gerbang. Centang lalu periksa: gerbang bertanya, supervisor mencocokkan kartu identitas.";
        one_by_one: "Each guest gets a wristband of their own: tick one at a time.",
            "Setiap tamu mendapat gelang sendiri: centang satu per satu.";
        check: "Check the ticked ones", "Periksa yang dicentang";
        not_allowed: "This device or its operator may not search by name.", "Perangkat atau petugas ini tidak boleh mencari nama.";
        not_offered: "This event has no search by name.", "Acara ini tanpa pencarian nama.";
        node_locked: "This gate is locked: it must reach central first.", "Gerbang ini terkunci: harus menghubungi pusat dulu.";
        wait: "After a wrong passphrase this gate waits. Seconds left", "Setelah sandi salah gerbang ini menunggu. Sisa detik";
        wrong: "That is not the passphrase.", "Frasa sandi salah.";
        back: "Back to the gate", "Kembali ke gerbang";
        decide: "Supervisor: decide", "Supervisor: putuskan";
    }
}

/// The page.
#[derive(Template)]
#[template(path = "gate/find.html")]
struct FindPage {
    said: &'static FindWords,
    choice: Choice,
    look: Look,
    place: Place,
    is_open: bool,
    action: &'static str,
    rows: Option<Vec<Row>>,
    checked: Vec<Checked>,
    trouble: Option<String>,
}

struct Row {
    number: String,
    name: String,
    kind: String,
    used: Option<String>,
}

struct Checked {
    look: Decision,
    number: String,
    reason: &'static str,
}

/// What is asked: at most one of these at a time.
#[derive(Default)]
struct Form {
    passphrase: Option<Zeroizing<String>>,
    name: Option<Zeroizing<String>>,
    lists: bool,
    locks: bool,
    ticked: Vec<String>,
}

/// What came of it.
#[derive(Default)]
struct Outcome {
    /// The only one that was ticked, and the page where it waits for its wristband.
    waits: Option<(u64, Scan)>,
    found: Option<Vec<Found>>,
    scans: Vec<(String, Scan)>,
    error: Option<SearchError>,
    is_too_large: bool,
    is_open: bool,
}

/// `GET /find`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    screen.find(&asked, &headers, Form::default()).await
}

/// `POST /find`: opens, locks, finds, lists or checks.
pub(super) async fn find(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    screen
        .find(&Asked::default(), &headers, Form::read(&body))
        .await
}

impl Form {
    /// By hand, because a list of ticks is the same field many times.
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "passphrase" => form.passphrase = Some(Zeroizing::new(value.into_owned())),
                "name" => form.name = Some(Zeroizing::new(value.into_owned())),
                "list" => form.lists = true,
                "lock" => form.locks = true,
                "number" if form.ticked.len() < MOST_TICKED => form.ticked.push(value.into_owned()),
                _ => {}
            }
        }
        form
    }

    fn ask(&self, node: &Node) -> Outcome {
        let mut outcome = Outcome::default();
        if self.locks {
            node.lock_search();
        }
        if let Some(typed) = &self.passphrase {
            outcome.error = node.unlock_search(typed).err();
        }
        let asked = match (&self.name, self.lists) {
            (_, true) => node.list_named(MOST_LISTED).transpose(),
            (Some(name), false) => Some(node.search(name, MOST_FOUND)),
            (None, false) => None,
        };
        outcome.is_too_large = self.lists && asked.is_none();
        match asked {
            Some(Ok(found)) => outcome.found = Some(found),
            Some(Err(error)) => outcome.error = Some(error),
            None => {}
        }
        let status = node.status();
        outcome.is_open = status.is_ok_and(|status| status.search.unlocked_since.is_some());
        outcome
    }
}

impl Outcome {
    /// Shows what was ticked at the door. A single ticket that asks for a wristband waits for it, at the page that then
    /// opens.
    fn check(
        &mut self,
        door: &Door,
        ticked: Vec<String>,
        action: Action,
        operator: Option<OperatorId>,
    ) {
        let is_single = ticked.len() == 1;
        for number in ticked {
            let page = door.open_page();
            let scan = door.show_at(
                page,
                &Showing {
                    text: &number,
                    wristband: None,
                    action,
                    operator,
                },
            );
            if is_single && scan.verdict.reason == Reason::ShowWristband {
                self.waits = Some((page, scan));
                return;
            }
            door.clear_page(page);
            self.scans.push((number, scan));
        }
    }

    fn asks_for_wristbands(&self) -> bool {
        let mut reasons = self.scans.iter().map(|(_, scan)| scan.verdict.reason);
        reasons.any(|reason| reason == Reason::ShowWristband)
    }
}

impl Screen {
    async fn find(&self, asked: &Asked, headers: &HeaderMap, form: Form) -> Answer {
        let crew = self.crew(headers).await?;
        if crew.is_missing() {
            return Ok(Redirect::to("/sign-in").into_response());
        }
        if self.kiosk.is_on() {
            return Ok(Redirect::to("/").into_response());
        }
        let choice = self.choice(asked, headers);
        let said = FindWords::of(choice.language);
        let may = crew.rights().allow_search();
        let (action, operator) = (self.action_of(choice, &crew), crew.operator());
        let outcome = self.at_the_door(move |door| {
            if !may {
                return Outcome::default();
            }
            let mut outcome = form.ask(door.node());
            outcome.check(door, form.ticked, action, operator);
            outcome
        });
        let mut outcome = outcome.await?;
        if let Some((page, scan)) = outcome.waits.take() {
            let choice = Choice { action, ..choice };
            let stage = Stage::scanned(&scan, choice, Zone::UTC, false);
            return self.page(choice, stage, page, headers).await;
        }
        let (status, zone) = self
            .ask(|node| Ok((node.status()?, super::handler::zone(node)?)))
            .await?;
        let trouble = match may {
            true => trouble(&outcome, said),
            false => Some(said.not_allowed.to_owned()),
        };
        let row = |found: Found| row(found, zone, &status, choice);
        html(&FindPage {
            said,
            choice,
            look: Look::of(headers, self.port),
            place: Place::of(&status),
            is_open: outcome.is_open,
            action: Words::of(choice.language).action(action),
            rows: outcome
                .found
                .map(|found| found.into_iter().map(row).collect()),
            checked: outcome
                .scans
                .into_iter()
                .map(|(number, scan)| Checked {
                    look: scan.verdict.decision,
                    number,
                    reason: scan.text(choice.language),
                })
                .collect(),
            trouble,
        })
    }
}

fn trouble(outcome: &Outcome, said: &FindWords) -> Option<String> {
    if outcome.is_too_large {
        return Some(said.too_many.to_owned());
    }
    if outcome.asks_for_wristbands() {
        return Some(said.one_by_one.to_owned());
    }
    let error = outcome.error.as_ref()?;
    let text = match error {
        // The page offers the passphrase by itself.
        SearchError::Locked => return None,
        SearchError::NotAllowed => said.not_allowed,
        SearchError::NodeLocked => said.node_locked,
        SearchError::NotOffered => said.not_offered,
        SearchError::TooSoon { wait_ms } => {
            return Some(format!(
                "{}: {}",
                said.wait,
                wait_ms.saturating_add(999) / 1_000
            ));
        }
        SearchError::Lock(_) => said.wrong,
        SearchError::Node(_) => said.not_offered,
    };
    Some(text.to_owned())
}

fn row(found: Found, zone: Zone, status: &crate::status::Status, choice: Choice) -> Row {
    let words = Words::of(choice.language);
    let used = found.first.map(|first| {
        let at = zone.clock(first.at, status.now);
        format!("{} · {} · {at}", words.action(first.action), first.gate)
    });
    Row {
        number: found.number,
        name: found.name,
        kind: found.type_name,
        used,
    }
}

impl Screen {
    /// What a ticked ticket is checked for: the page's action, where whoever works it may do that.
    fn action_of(&self, choice: Choice, crew: &super::crew::Crew) -> Action {
        let offered = crew.actions();
        match offered.contains(&choice.action) {
            true => choice.action,
            false => offered.first().copied().unwrap_or(choice.action),
        }
    }
}
