//! Guests by name, where the search is open, and the list of a small event, with ticks: what is ticked is shown at the
//! door by its number, so the rules for typed numbers hold and a person decides, here too, about several at once.
//!
//! Invariants: a name stands here only while the passphrase keeps the search open and whoever works the page may search;
//! what was asked for is in no address and no log. What was ticked and not checked is said, and so is a list that ends early.
//!
//! What is asked and done stands in [`asking`].

mod asking;

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect},
};
use sync_protocol::{scan::Action, verdict::Decision};

use self::asking::{Answer as Came, Checked, Form, Outcome, Work};
use super::{
    Screen,
    choice::{Asked, Choice},
    crew::Crew,
    decide::{DecideWords, Refused},
    handler::{Answer, html},
    look::Look,
    page::Place,
    panel::sign,
    place_time::Zone,
    stage::{Stage, can_be_decided},
    words::{Words, word_list},
};
use crate::{
    search::{Found, SearchError},
    status::Status,
};

/// Most tickets that are found at once.
const MOST_FOUND: usize = 50;
/// An event with more is no small one: its list would be read by nobody.
const MOST_LISTED: usize = 500;
/// Most that are shown at the door, or decided about, at once: all of a list.
const MOST_TICKED: usize = MOST_LISTED;
/// A tick is some thirty bytes.
pub(super) const MOST_BODY: usize = 64 * 1024;

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
        more: "There are more of that name: type more of it.", "Masih ada nama lain yang cocok: ketik lebih lengkap.";
        left_out: "Ticked, but not checked, because so many cannot be at once. Tick them again", "Dicentang tetapi belum diperiksa, karena terlalu banyak sekaligus. Centang lagi";
        hint: "A name opens no gate. Tick and check: the gate asks, and a supervisor compares with an identity card. Arrow keys move, the space bar ticks, Shift ticks a range.",
            "Nama tidak membuka gerbang. Centang lalu periksa: gerbang bertanya, supervisor mencocokkan kartu identitas. Tombol panah berpindah, spasi mencentang, Shift mencentang sederet.";
        all: "Tick all", "Centang semua";
        ticked: "ticked", "dicentang";
        one_by_one: "Each guest gets a wristband of their own: tick one at a time.",
            "Setiap tamu mendapat gelang sendiri: centang satu per satu.";
        check: "Check the ticked ones", "Periksa yang dicentang";
        waits: "Waits for a supervisor's word", "Menunggu keputusan supervisor";
        compare: "Compare each ticked name with an identity card, then decide.", "Cocokkan setiap nama yang dicentang dengan kartu identitas, lalu putuskan.";
        not_allowed: "This device or its operator may not search by name.", "Perangkat atau petugas ini tidak boleh mencari nama.";
        not_offered: "This event has no search by name.", "Acara ini tanpa pencarian nama.";
        node_locked: "This gate is locked: it must reach central first.", "Gerbang ini terkunci: harus menghubungi pusat dulu.";
        unreadable: "Names cannot be read now: see before doors.", "Nama tidak dapat dibaca sekarang: lihat halaman kesiapan.";
        wait: "After a wrong passphrase this gate waits. Seconds left", "Setelah sandi salah gerbang ini menunggu. Sisa detik";
        wrong: "That is not the passphrase.", "Frasa sandi salah.";
        back: "Back to the gate", "Kembali ke gerbang";
    }
}

/// The page.
#[derive(Template)]
#[template(path = "gate/find.html")]
struct FindPage {
    said: &'static FindWords,
    decide: &'static DecideWords,
    choice: Choice,
    look: Look,
    place: Place,
    is_open: bool,
    action: &'static str,
    rows: Option<Vec<Row>>,
    checked: Vec<Shown>,
    /// Some of what was checked may be decided about here.
    can_decide: bool,
    supervises: bool,
    troubles: Vec<String>,
}

struct Row {
    number: String,
    name: String,
    kind: String,
    used: Option<String>,
}

/// What was checked, as the page tells it.
struct Shown {
    look: Decision,
    /// Name and type, while the names are open.
    who: Option<(String, String)>,
    number: String,
    reason: String,
    /// Where it may be decided about: its place in the log.
    seq: Option<u64>,
}

/// `GET /find`.
pub(super) async fn page(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Answer {
    screen.find(&asked, &headers, Form::default()).await
}

/// `POST /find`: opens, locks, finds, lists, checks or decides.
pub(super) async fn find(
    State(screen): State<Arc<Screen>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    screen.find(&form.asked.clone(), &headers, form).await
}

impl Screen {
    async fn find(&self, asked: &Asked, headers: &HeaderMap, form: Form) -> Answer {
        let crew = self.crew(headers).await?;
        let choice = self.choice(asked, headers);
        if crew.is_missing() {
            return Ok(choice.to_sign_in().into_response());
        }
        if self.kiosk.is_on() {
            return Ok(Redirect::to("/").into_response());
        }
        let action = action_of(choice, &crew);
        let mut outcome = match crew.rights().allow_search() {
            false => Outcome::not_allowed(),
            true => {
                let work = Work {
                    action,
                    operator: crew.operator(),
                    supervisor: crew.operator().filter(|_| crew.supervises()),
                };
                self.at_the_door(move |door| form.work(door, work)).await?
            }
        };
        if let Some((page, scan)) = outcome.waits.take() {
            let choice = Choice { action, ..choice };
            let stage = Stage::scanned(&scan, choice, Zone::UTC, false);
            return self.page(choice, stage, page, headers).await;
        }
        let (status, zone) = self
            .ask(|node| Ok((node.status()?, super::handler::zone(node)?)))
            .await?;
        let frame = (choice, Look::of(headers, self.port));
        html(&FindPage::of(frame, &crew, outcome, (&status, zone)))
    }
}

impl FindPage {
    fn of(
        (choice, look): (Choice, Look),
        crew: &Crew,
        outcome: Outcome,
        (status, zone): (&Status, Zone),
    ) -> Self {
        let said = FindWords::of(choice.language);
        let action = Words::of(choice.language).action(action_of(choice, crew));
        let refusal = |refused: &Refused| refused.text(choice, zone, status.now);
        let troubles = outcome.troubles(said, refusal);
        let row = |found: Found| row(found, zone, status, choice);
        let shown = |checked: Checked| checked.shown(crew.is_needed, choice, refusal);
        let checked: Vec<_> = outcome.checked.into_iter().map(shown).collect();
        Self {
            said,
            decide: DecideWords::of(choice.language),
            choice,
            look,
            place: Place::of(status),
            is_open: outcome.is_open,
            action,
            rows: outcome
                .found
                .map(|found| found.into_iter().map(row).collect()),
            can_decide: checked.iter().any(|one| one.seq.is_some()),
            checked,
            supervises: crew.supervises(),
            troubles,
        }
    }
}

impl Checked {
    fn shown(
        self,
        is_decided_here: bool,
        choice: Choice,
        refusal: impl Fn(&Refused) -> String,
    ) -> Shown {
        let (look, reason, seq) = match &self.answer {
            Came::Scanned(scan) => {
                let seq = scan.seq.filter(|_| can_be_decided(scan));
                let reason = scan.text(choice.language).to_owned();
                (scan.verdict.decision, reason, seq)
            }
            Came::Waits(seq) => {
                let waits = FindWords::of(choice.language).waits;
                (Decision::Ask, waits.to_owned(), Some(*seq))
            }
            Came::Refused(refused) => (Decision::Refuse, refusal(refused), None),
        };
        Shown {
            look,
            who: self.found.map(|found| (found.name, found.type_name)),
            reason,
            seq: seq.filter(|_| is_decided_here),
            number: self.number,
        }
    }
}

impl Outcome {
    /// Everything that a person should know before they go on.
    fn troubles(&self, said: &FindWords, refusal: impl Fn(&Refused) -> String) -> Vec<String> {
        let mut troubles = Vec::new();
        if self.is_too_large {
            troubles.push(said.too_many.to_owned());
        }
        if self.has_more {
            troubles.push(said.more.to_owned());
        }
        if self.left_out > 0 {
            troubles.push(format!("{}: {}", said.left_out, self.left_out));
        }
        if self.asks_for_wristbands {
            troubles.push(said.one_by_one.to_owned());
        }
        troubles.extend(self.nobody.as_ref().map(refusal));
        troubles.extend(self.error.as_ref().and_then(|error| told(error, said)));
        troubles
    }
}

/// `None`: the page offers the passphrase by itself.
fn told(error: &SearchError, said: &FindWords) -> Option<String> {
    let text = match error {
        SearchError::Locked => return None,
        SearchError::NotAllowed => said.not_allowed,
        SearchError::NodeLocked => said.node_locked,
        SearchError::NotOffered => said.not_offered,
        SearchError::TooSoon { wait_ms } => {
            let seconds = wait_ms.saturating_add(999) / 1_000;
            return Some(format!("{}: {seconds}", said.wait));
        }
        SearchError::Lock(_) => said.wrong,
        SearchError::Node(_) => said.unreadable,
    };
    Some(text.to_owned())
}

fn row(found: Found, zone: Zone, status: &Status, choice: Choice) -> Row {
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

/// What a ticked ticket is checked for: the page's action, where whoever works it may do that.
fn action_of(choice: Choice, crew: &Crew) -> Action {
    let offered = crew.actions();
    match offered.contains(&choice.action) {
        true => choice.action,
        false => offered.first().copied().unwrap_or(choice.action),
    }
}
