//! The working list of letters that have not left: those that were given up stand first, with what stopped each. Those that
//! are chosen are tried again (`letter_bulk`).

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::Here,
        filter::{self, Seen},
        frame::Frame,
        guard,
        list::{Bulk, Choice, List, Making, PAGE},
        nav::Section,
        status, when,
    },
    letter_bulk,
    said::Refused,
    words,
};
use crate::{
    domain::{
        letter::LetterKind,
        letter_search::{LetterFilter, LetterSearch, LetterState},
        order_search::Place,
        permission::Permission,
        policy::Thing,
    },
    store::{self, StoreError, Tx, letter_list::UnsentLetter},
};

#[derive(Template)]
#[template(path = "panel/money/letters.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    /// Words and number.
    counts: Vec<(&'static str, String)>,
    /// All that were given up can be tried again at once.
    has_failed: bool,
}

/// A letter as the page and the file show it.
pub(super) struct Row {
    id: String,
    pub(super) kind: &'static str,
    pub(super) order: Option<String>,
    pub(super) event: String,
    pub(super) state: status::Mark,
    pub(super) stopped: String,
    attempts: i64,
    since: String,
    /// When it is tried next, or was given up.
    moment: String,
    is_given_up: bool,
}

/// What an account may list, and the filter it asks for.
pub(super) struct Question {
    pub(super) seen: Seen,
    pub(super) filter: LetterFilter,
}

/// Reads the address.
pub(super) async fn question(here: &Here, permission: Permission) -> Result<Question, StoreError> {
    let seen = Seen::of(here, permission).await?;
    let asked = |name| here.door.asked(name);
    let state = match asked("state") {
        "all" => None,
        // A choice that is none counts as not made.
        name => LetterState::from_name(name).or(Some(LetterState::GivenUp)),
    };
    let filter = LetterFilter {
        state,
        kind: LetterKind::from_name(asked("kind")),
        event: seen.event,
        from: filter::day(asked("from"), 0),
        until: filter::day(asked("until"), 1),
        search: LetterSearch::of(asked("q")),
        oldest_first: asked("sort") == "oldest",
    };
    Ok(Question { seen, filter })
}

pub(in crate::http::panel) async fn show(here: Here) -> Response {
    page(&here, None).await
}

/// The list, and why what was wanted was not done.
pub(super) async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    match load(here).await {
        Ok(mut template) => {
            template.page.wrong = refused.map(|one| one.words);
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

async fn load(here: &Here) -> Result<Page, StoreError> {
    let question = question(here, Permission::OrdersManage).await?;
    let (seen, filter) = (&question.seen, &question.filter);
    let after = Place::parse(here.door.asked("after"));
    let mut tx = here.app().store.read().await?;
    let rows = store::letter_list::page(&mut tx, filter, after.as_ref(), PAGE + 1).await?;
    // They stand around the list, and a search that is typed asks for the list alone.
    let (counts, has_failed) = match here.door.wants_part {
        true => (Vec::new(), false),
        false => counts(here, &mut tx).await?,
    };
    let powers = &here.signed.powers;
    let (list, rows) = described(here, seen)
        .files(powers.may(Permission::OrdersExport, Thing::Platform))
        .empty((
            "No letter was given up. Choose the state “Waiting” to see those that are tried again by themselves.",
            "Tidak ada surat yang gagal. Pilih keadaan “Menunggu” untuk melihat yang masih dicoba sendiri.",
        ))
        .searched((
            "Letters are found by the number of their order, or by how its address begins. Those that have left are not here.",
            "Surat dicari menurut nomor pesanannya, atau awal alamatnya. Surat yang sudah terkirim tidak ada di sini.",
        ))
        .turned(rows, |row| row.place().text());
    let mut list = list.done(&mut tx).await?;
    let rows: Vec<Row> = rows.iter().map(|row| shown(here, seen, row)).collect();
    let given_up = rows.iter().filter(|row| row.is_given_up);
    let given_up: Vec<String> = given_up.map(|row| row.id.clone()).collect();
    list.bulk = Bulk::new(here, letter_bulk::deeds(here, &given_up), given_up);
    Ok(Page {
        page: Frame::inside(here, Section::Letters),
        list,
        rows,
        counts,
        has_failed,
    })
}

/// How many stand how, and whether any was given up.
async fn counts(
    here: &Here,
    tx: &mut Tx,
) -> Result<(Vec<(&'static str, String)>, bool), StoreError> {
    let counts = store::letter::counts(tx).await?;
    let shown = vec![
        (
            here.say_fixed("given up", "gagal"),
            here.count(counts.failed),
        ),
        (
            here.say_fixed("waiting", "menunggu"),
            here.count(counts.waiting),
        ),
        (
            here.say_fixed("of these tried before", "di antaranya pernah dicoba"),
            here.count(counts.tried),
        ),
    ];
    Ok((shown, counts.failed > 0))
}

fn described<'a>(here: &'a Here, seen: &Seen) -> Making<'a> {
    let language = here.door.visitor.language;
    let any = ("Any", "Semua");
    let kinds = LetterKind::ALL.iter();
    let kinds = kinds.map(|one| {
        let words = words::letter(*one, language);
        (one.name().to_owned(), words.to_owned())
    });
    List::begin(here, "letters", "/panel/letters", ("Letters", "Surat"))
        .search(("Order number or address", "Nomor pesanan atau alamat"))
        .choice(
            "state",
            ("State", "Keadaan"),
            ("Given up", "Gagal"),
            states(here),
        )
        .choice("kind", ("About", "Tentang"), any, kinds)
        .choice(
            "event",
            ("Event", "Acara"),
            ("All events", "Semua acara"),
            seen.options(),
        )
        .day("from", ("Asked for from", "Diminta dari"))
        .day("until", ("Asked for until", "Diminta sampai"))
        .sort(sorts(here))
}

/// What was given up stands first, where nothing is chosen.
fn states(here: &Here) -> Vec<Choice> {
    [
        (LetterState::Waiting.name(), ("Waiting", "Menunggu")),
        (
            LetterState::Tried.name(),
            ("Waiting, tried before", "Menunggu, pernah dicoba"),
        ),
        (
            "all",
            ("All that have not left", "Semua yang belum terkirim"),
        ),
    ]
    .map(|(name, (english, indonesian))| {
        (name.to_owned(), here.say(english, indonesian).to_owned())
    })
    .to_vec()
}

fn sorts(here: &Here) -> [Choice; 2] {
    [
        ("newest", here.say("Newest first", "Terbaru dahulu")),
        ("oldest", here.say("Oldest first", "Terlama dahulu")),
    ]
    .map(|(name, words)| (name.to_owned(), words.to_owned()))
}

pub(super) fn shown(here: &Here, seen: &Seen, row: &UnsentLetter) -> Row {
    let language = here.door.visitor.language;
    let at = |moment| when::moment(moment, when::HOME, language);
    let stopped = row.last_error.as_deref();
    let (words, colour) = match (row.failed_at, row.attempts) {
        (Some(_), _) => (("Given up", "Gagal"), "bad"),
        (None, 0) => (("Waiting", "Menunggu"), "calm"),
        (None, _) => (("Waiting, tried before", "Menunggu, pernah dicoba"), "wait"),
    };
    Row {
        id: row.id.to_string(),
        kind: words::letter(row.kind, language),
        order: row.order.clone(),
        event: row.event.map_or_else(String::new, |id| seen.words(id).0),
        state: (here.say_fixed(words.0, words.1), colour),
        stopped: stopped.map_or_else(String::new, |code| words::stopped(code, language)),
        attempts: row.attempts,
        since: at(row.created_at),
        moment: at(row.failed_at.unwrap_or(row.due_at)),
        is_given_up: row.failed_at.is_some(),
    }
}
