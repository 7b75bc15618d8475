//! The lists of payments and of refunds as files, with the filters of the page.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        export::{Cell, Format, Lines, PIECE, Whole, heads},
        filter::Seen,
        guard,
    },
    payment_list, refund_list,
};
use crate::{
    domain::permission::Permission,
    store::{
        StoreError,
        payment_list::{PaymentRow, Walk as PaymentWalk},
        refund_list::{RefundRow, Walk as RefundWalk},
    },
};

const PAYMENTS: [(&str, &str); 10] = [
    ("Number", "Nomor"),
    ("Buyer", "Pembeli"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("Way of paying", "Cara bayar"),
    ("The provider's number", "Nomor penyedia"),
    ("Begun", "Dimulai"),
    ("Currency", "Mata uang"),
    ("Amount", "Jumlah"),
    ("Back", "Kembali"),
];

const REFUNDS: [(&str, &str); 10] = [
    ("Order", "Pesanan"),
    ("Buyer", "Pembeli"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("What to do next", "Langkah berikutnya"),
    ("Why", "Alasan"),
    ("Asked for by", "Diminta oleh"),
    ("Asked for", "Diminta"),
    ("Currency", "Mata uang"),
    ("Amount", "Jumlah"),
];

/// Where the moments stand, in either file.
const PAYMENT_BEGUN: usize = 6;
const REFUND_ASKED: usize = 7;

pub(in crate::http::panel) async fn payments_csv(here: Here) -> Response {
    payments(here, Format::Csv).await
}

pub(in crate::http::panel) async fn payments_xlsx(here: Here) -> Response {
    payments(here, Format::Xlsx).await
}

async fn payments(here: Here, format: Format) -> Response {
    let question = match payment_list::question(&here, Permission::OrdersExport).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let moments = (&[PAYMENT_BEGUN][..], question.seen.zone());
    let file = Whole {
        format,
        act: "payments.export",
        names: ("payments", here.say_fixed("Payments", "Pembayaran")),
        head: heads(&here, &PAYMENTS, moments),
    };
    let walk = PaymentWalk::begin(question.seen.limit.as_deref(), &question.filter, None);
    let seen = question.seen;
    file.send(here, Payments { seen, walk }).await
}

struct Payments {
    seen: Seen,
    walk: PaymentWalk,
}

impl Lines for Payments {
    type Row = PaymentRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<PaymentRow>, StoreError> {
        let mut tx = here.app().store.read().await?;
        self.walk.next(&mut tx, PIECE).await
    }

    fn line(&self, here: &Here, row: PaymentRow) -> Vec<Cell> {
        let shown = payment_list::shown(here, &self.seen, &row);
        let mut back = row.amount;
        back.minor = row.claimed_minor;
        vec![
            Cell::text(shown.order),
            Cell::text(shown.buyer),
            Cell::text(shown.event),
            Cell::text(shown.status.0),
            Cell::text(shown.channel),
            Cell::text(shown.transaction),
            Cell::moment(row.created_at, self.seen.zone()),
            Cell::text(row.amount.currency.code()),
            Cell::sum(row.amount),
            Cell::sum(back),
        ]
    }
}

pub(in crate::http::panel) async fn refunds_csv(here: Here) -> Response {
    refunds(here, Format::Csv).await
}

pub(in crate::http::panel) async fn refunds_xlsx(here: Here) -> Response {
    refunds(here, Format::Xlsx).await
}

async fn refunds(here: Here, format: Format) -> Response {
    let question = match refund_list::question(&here, Permission::OrdersExport).await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let moments = (&[REFUND_ASKED][..], question.seen.zone());
    let file = Whole {
        format,
        act: "refunds.export",
        names: ("refunds", here.say_fixed("Refunds", "Pengembalian")),
        head: heads(&here, &REFUNDS, moments),
    };
    let walk = RefundWalk::begin(question.seen.limit.as_deref(), &question.filter, None);
    let seen = question.seen;
    file.send(here, Refunds { seen, walk }).await
}

struct Refunds {
    seen: Seen,
    walk: RefundWalk,
}

impl Lines for Refunds {
    type Row = RefundRow;

    async fn piece(&mut self, here: &Here) -> Result<Vec<RefundRow>, StoreError> {
        let mut tx = here.app().store.read().await?;
        self.walk.next(&mut tx, PIECE).await
    }

    fn line(&self, here: &Here, row: RefundRow) -> Vec<Cell> {
        let shown = refund_list::shown(here, &self.seen, &row);
        vec![
            Cell::text(shown.order),
            Cell::text(shown.buyer),
            Cell::text(shown.event),
            Cell::text(shown.status.0),
            Cell::text(shown.next),
            Cell::text(shown.why.unwrap_or_else(|| shown.reason.to_owned())),
            Cell::text(shown.asked_by),
            Cell::moment(row.requested_at, self.seen.zone()),
            Cell::text(row.amount.currency.code()),
            Cell::sum(row.amount),
        ]
    }
}
