//! The list of disputes as a file, with the filters of the page.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        export::{Cell, Format, Lines, PIECE, Whole, heads},
        guard,
    },
    dispute_list::{self, Question},
};
use crate::{
    domain::{order_search::Place, permission::Permission},
    store::{self, StoreError, dispute::Dispute},
};

const HEAD: [(&str, &str); 10] = [
    ("Order", "Pesanan"),
    ("Buyer", "Pembeli"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("Answer the bank by", "Jawab bank sebelum"),
    ("Begun", "Dimulai"),
    ("Ended", "Berakhir"),
    ("Way of paying", "Cara bayar"),
    ("Currency", "Mata uang"),
    ("Amount", "Jumlah"),
];

/// The columns of moments.
const MOMENTS: [usize; 3] = [4, 5, 6];

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let question = match dispute_list::question(&here, Permission::OrdersExport).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let file = Whole {
        format,
        act: "disputes.export",
        names: ("disputes", here.say_fixed("Disputes", "Sengketa")),
        head: heads(&here, &HEAD, (&MOMENTS, question.seen.zone())),
    };
    let after = None;
    file.send(here, Disputes { question, after }).await
}

struct Disputes {
    question: Question,
    /// How far it has come.
    after: Option<Place>,
}

impl Lines for Disputes {
    type Row = Dispute;

    async fn piece(&mut self, here: &Here) -> Result<Vec<Dispute>, StoreError> {
        let (limit, filter) = (self.question.seen.limit.as_deref(), &self.question.filter);
        let mut tx = here.app().store.read().await?;
        let after = self.after.as_ref();
        let rows = store::dispute_list::page(&mut tx, limit, filter, after, PIECE).await?;
        self.after = rows.last().map(|row| row.place(filter.sort));
        Ok(rows)
    }

    fn line(&self, here: &Here, row: Dispute) -> Vec<Cell> {
        let (seen, zone) = (&self.question.seen, self.question.seen.zone());
        let shown = dispute_list::shown(here, seen, &row);
        vec![
            Cell::text(shown.order),
            Cell::text(shown.buyer),
            Cell::text(shown.event),
            Cell::text(shown.status.0),
            Cell::moment_or_none(row.due_at, zone),
            Cell::moment(row.opened_at, zone),
            Cell::moment_or_none(row.ended_at, zone),
            Cell::text(shown.channel),
            Cell::text(row.amount.currency.code()),
            Cell::sum(row.amount),
        ]
    }
}
