//! Deeds on the rows of a page that somebody chose: the bar above the list, what its form says, and the page that says
//! of every row what was done or why not.
//!
//! Invariants: at most a page of rows; every row is looked up and judged by itself, so one that fails stops no other; what
//! is another's is answered as what does not exist. Deeds may be sent twice: the second time they find them done.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use data_encoding::HEXLOWER;

use super::{
    super::{door::Here, frame::Frame, nav::Section, sign_in::own, status::Mark, sure, undo::Undo},
    PAGE,
};
use crate::store::StoreError;

/// The bar of deeds.
pub(in crate::http::panel) struct Bulk {
    pub(in crate::http::panel) deeds: Vec<Deed>,
    /// What names the rows of this page.
    pub(in crate::http::panel) shown: Vec<String>,
    /// New on every page: what is sent twice from one page is done once.
    pub(in crate::http::panel) key: String,
}

/// One deed: a button.
pub(in crate::http::panel) struct Deed {
    /// Where its form is sent.
    pub(in crate::http::panel) path: &'static str,
    pub(in crate::http::panel) words: String,
    /// What is asked once more before it is done (`Deed::asked`).
    pub(in crate::http::panel) sure: Option<String>,
    /// It cannot be undone.
    pub(in crate::http::panel) is_grave: bool,
    /// The label of the text that goes with it.
    pub(in crate::http::panel) note: Option<String>,
}

impl Deed {
    /// A deed that is asked about, in the words that stand in the table of questions.
    pub(in crate::http::panel) fn asked(here: &Here, path: &'static str, words: &str) -> Self {
        let (english, indonesian) = sure::words(path, "");
        Self {
            path,
            words: words.to_owned(),
            sure: Some(here.say(english, indonesian).to_owned()),
            is_grave: true,
            note: None,
        }
    }
}

impl Bulk {
    /// A bar of these deeds on these rows; none where nothing may be done.
    pub(in crate::http::panel) fn new(
        here: &Here,
        deeds: Vec<Deed>,
        shown: Vec<String>,
    ) -> Option<Self> {
        let mut key = [0; 16];
        here.app().entropy.fill(&mut key);
        (!deeds.is_empty()).then(|| Self {
            deeds,
            shown,
            key: HEXLOWER.encode(&key),
        })
    }

    /// Where the form goes that is sent by the enter key, as by the first button: a harmless deed stands first.
    pub(in crate::http::panel) fn path(&self) -> &'static str {
        self.deeds.first().map_or("", |deed| deed.path)
    }
}

/// The rows that were chosen, in the order of the page; all that it showed where that was chosen.
pub(in crate::http::panel) fn picked(here: &Here) -> Vec<String> {
    let form = here.form();
    let which = if form.text("all") == "1" {
        "shown"
    } else {
        "row"
    };
    let mut rows: Vec<String> = Vec::new();
    for row in form.all(which) {
        if !rows.iter().any(|one| one == row) && rows.len() < PAGE {
            rows.push(row.to_owned());
        }
    }
    rows
}

/// What became of one row.
pub(in crate::http::panel) struct Became {
    /// What names it.
    pub(in crate::http::panel) name: String,
    /// Its page; empty where there is none.
    pub(in crate::http::panel) path: String,
    pub(in crate::http::panel) mark: Mark,
    /// Why not, or what follows.
    pub(in crate::http::panel) words: String,
}

impl Became {
    /// It was done.
    pub(in crate::http::panel) fn done(here: &Here, name: &str, path: String) -> Self {
        Self::with(name, path, (here.say_fixed("Done", "Selesai"), "good"), "")
    }

    /// It was so before.
    pub(in crate::http::panel) fn before(here: &Here, name: &str, path: String, why: &str) -> Self {
        Self::with(
            name,
            path,
            (here.say_fixed("As it was", "Tetap"), "calm"),
            why,
        )
    }

    /// It was not done.
    pub(in crate::http::panel) fn not(here: &Here, name: &str, path: String, why: &str) -> Self {
        Self::with(
            name,
            path,
            (here.say_fixed("Not done", "Tidak dilakukan"), "bad"),
            why,
        )
    }

    /// It could not even be looked up: what was done to the others is told all the same.
    pub(in crate::http::panel) fn failed(here: &Here, name: &str, error: &StoreError) -> Self {
        tracing::error!(%error, "a chosen row was not looked up");
        Self::not(here, name, String::new(), failed(here))
    }

    fn with(name: &str, path: String, mark: Mark, words: &str) -> Self {
        Self {
            name: name.to_owned(),
            path,
            mark,
            words: words.to_owned(),
        }
    }
}

/// What is said where something broke here.
pub(in crate::http::panel) fn failed(here: &Here) -> &str {
    here.say(
        "It failed here, and nothing was changed: try again.",
        "Gagal di sini, dan tidak ada yang berubah: coba lagi.",
    )
}

#[derive(Template)]
#[template(path = "panel/bulk.html")]
struct Report {
    page: Frame,
    title: String,
    sum: String,
    rows: Vec<Became>,
    back: String,
}

/// The page that says what became of each.
pub(in crate::http::panel) fn report(
    here: &Here,
    section: Section,
    (list, title): (&str, &str),
    (rows, undo): (Vec<Became>, Option<Undo>),
) -> Response {
    let typed = here.form().text("back");
    let back = own(&typed).unwrap_or(list).to_owned();
    let done = rows.iter().filter(|row| row.mark.1 == "good").count();
    let sum = if rows.is_empty() {
        here.say(
            "Nothing was chosen: go back and tick the rows that are meant.",
            "Tidak ada yang dipilih: kembali dan centang baris yang dimaksud.",
        )
        .to_owned()
    } else {
        let words = here.say("done, of", "selesai, dari");
        format!("{done} {words} {}", rows.len())
    };
    let code = if rows.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let template = Report {
        page: Frame::inside(here, section).at(list).with_undo(undo),
        title: title.to_owned(),
        sum,
        rows,
        back,
    };
    template.page.send(code, &template)
}
