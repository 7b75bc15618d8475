//! The list of letters that have not left as a file, with the filters of the page: what each is about and how it stands,
//! never its words.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        export::{Cell, Format, Lines, PIECE, Whole, heads},
        guard, when,
    },
    letter_list::{self, Question},
};
use crate::{
    domain::{order_search::Place, permission::Permission},
    store::{self, StoreError, letter_list::UnsentLetter},
};

const HEAD: [(&str, &str); 9] = [
    ("About", "Tentang"),
    ("Order", "Pesanan"),
    ("Event", "Acara"),
    ("State", "Keadaan"),
    ("Since", "Sejak"),
    ("Tries", "Percobaan"),
    ("What stopped it", "Yang menghentikannya"),
    ("Next try", "Dicoba berikutnya"),
    ("Given up", "Gagal"),
];

/// The columns of moments.
const MOMENTS: [usize; 3] = [4, 7, 8];

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let question = match letter_list::question(&here, Permission::OrdersExport).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let file = Whole {
        format,
        act: "letters.export",
        names: ("letters", here.say_fixed("Letters", "Surat")),
        head: heads(&here, &HEAD, (&MOMENTS, when::HOME)),
    };
    let after = None;
    file.send(here, Letters { question, after }).await
}

struct Letters {
    question: Question,
    /// How far it has come.
    after: Option<Place>,
}

impl Lines for Letters {
    type Row = UnsentLetter;

    async fn piece(&mut self, here: &Here) -> Result<Vec<UnsentLetter>, StoreError> {
        let (filter, after) = (&self.question.filter, self.after.as_ref());
        let mut tx = here.app().store.read().await?;
        let rows = store::letter_list::page(&mut tx, filter, after, PIECE).await?;
        self.after = rows.last().map(UnsentLetter::place);
        Ok(rows)
    }

    fn line(&self, here: &Here, row: UnsentLetter) -> Vec<Cell> {
        let shown = letter_list::shown(here, &self.question.seen, &row);
        let next = row.failed_at.is_none().then_some(row.due_at);
        vec![
            Cell::text(shown.kind),
            Cell::text(shown.order.unwrap_or_default()),
            Cell::text(shown.event),
            Cell::text(shown.state.0),
            Cell::moment(row.created_at, when::HOME),
            Cell::count(row.attempts),
            Cell::text(shown.stopped),
            Cell::moment_or_none(next, when::HOME),
            Cell::moment_or_none(row.failed_at, when::HOME),
        ]
    }
}
