//! The list of an event's receipts as a file, with the filters of the page.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        export::{Cell, Format, Lines, PIECE, Whole, heads},
    },
    receipt,
};
use crate::{
    domain::{
        event::Event,
        receipt_search::{ReceiptFilter, ReceiptPlace},
    },
    http::refusal::Refusal,
    store::{self, StoreError, receipt_list::ReceiptRow},
};

const HEAD: [(&str, &str); 6] = [
    ("Number", "Nomor"),
    ("Order", "Pesanan"),
    ("Buyer", "Pembeli"),
    ("Issued", "Diterbitkan"),
    ("Currency", "Mata uang"),
    ("Amount", "Jumlah"),
];

/// The column of moments.
const ISSUED: usize = 3;

pub(in crate::http::panel) async fn csv(here: Here) -> Response {
    file(here, Format::Csv).await
}

pub(in crate::http::panel) async fn xlsx(here: Here) -> Response {
    file(here, Format::Xlsx).await
}

async fn file(here: Here, format: Format) -> Response {
    let Some(event) = here.event().cloned() else {
        return Refusal::INTERNAL.answer();
    };
    let filter = receipt::wanted(&here, &event);
    let name = format!("{}-{}-receipts", event.slug, filter.kind.name());
    let file = Whole {
        format,
        act: "receipts.export",
        names: (&name, receipt::kind_words(&here, filter.kind)),
        head: heads(&here, &HEAD, (&[ISSUED], &event.time_zone)),
    };
    let lines = Receipts {
        event,
        filter,
        after: None,
    };
    file.send(here, lines).await
}

struct Receipts {
    event: Event,
    filter: ReceiptFilter,
    /// How far it has come.
    after: Option<ReceiptPlace>,
}

impl Lines for Receipts {
    type Row = ReceiptRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<ReceiptRow>, StoreError> {
        let (event, after) = (self.event.id, self.after.as_ref());
        let mut tx = here.app().store.read().await?;
        let rows = store::receipt_list::page(&mut tx, event, &self.filter, after, PIECE).await?;
        self.after = rows.last().map(ReceiptRow::place);
        Ok(rows)
    }

    fn line(&self, _: &Here, row: ReceiptRow) -> Vec<Cell> {
        vec![
            Cell::text(row.shown),
            Cell::text(row.order),
            Cell::text(row.buyer_name),
            Cell::moment(row.issued_at, &self.event.time_zone),
            Cell::text(row.amount.currency.code()),
            Cell::sum(row.amount),
        ]
    }
}
