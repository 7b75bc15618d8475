//! The lists of payments and of refunds as files, with the filters of the page.

use axum::response::Response;

use super::{
    super::{
        door::Here,
        export::{Cell, Format, PIECE, hand_on, in_zone, note, send},
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

fn head(here: &Here, words: &[(&str, &str)], (moment, zone): (usize, &str)) -> Vec<String> {
    let say = |(english, indonesian): &(&str, &str)| here.say(english, indonesian).to_owned();
    let mut head: Vec<String> = words.iter().map(say).collect();
    if let Some(words) = head.get_mut(moment) {
        *words = in_zone(words, zone);
    }
    head
}

pub(in crate::http::panel) async fn payments_csv(here: Here) -> Response {
    payments(here, Format::Csv).await
}

pub(in crate::http::panel) async fn payments_xlsx(here: Here) -> Response {
    payments(here, Format::Xlsx).await
}

async fn payments(here: Here, format: Format) -> Response {
    let begun = async {
        let question = payment_list::question(&here, Permission::OrdersExport).await?;
        note(&here, "payments.export").await?;
        Ok::<_, StoreError>(question)
    };
    let question = match begun.await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let head = head(&here, &PAYMENTS, (PAYMENT_BEGUN, question.seen.zone()));
    let names = ("payments", here.say_fixed("Payments", "Pembayaran"));
    send(format, names, head, move |filling| async move {
        let limit = question.seen.limit.as_deref();
        let mut walk = PaymentWalk::begin(limit, &question.filter, None);
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                walk.next(&mut tx, PIECE).await
            };
            let rows = read.await;
            let line = |row: PaymentRow| payment_line(&here, &question, &row);
            if !hand_on(&filling, rows, line).await {
                return;
            }
        }
    })
}

fn payment_line(here: &Here, question: &payment_list::Question, row: &PaymentRow) -> Vec<Cell> {
    let shown = payment_list::shown(here, &question.seen, row);
    let mut back = row.amount;
    back.minor = row.claimed_minor;
    vec![
        Cell::text(shown.order),
        Cell::text(shown.buyer),
        Cell::text(shown.event),
        Cell::text(shown.status.0),
        Cell::text(shown.channel),
        Cell::text(shown.transaction),
        Cell::moment(row.created_at, question.seen.zone()),
        Cell::text(row.amount.currency.code()),
        Cell::sum(row.amount),
        Cell::sum(back),
    ]
}

pub(in crate::http::panel) async fn refunds_csv(here: Here) -> Response {
    refunds(here, Format::Csv).await
}

pub(in crate::http::panel) async fn refunds_xlsx(here: Here) -> Response {
    refunds(here, Format::Xlsx).await
}

async fn refunds(here: Here, format: Format) -> Response {
    let begun = async {
        let question = refund_list::question(&here, Permission::OrdersExport).await?;
        note(&here, "refunds.export").await?;
        Ok::<_, StoreError>(question)
    };
    let question = match begun.await {
        Ok(question) => question,
        Err(error) => return guard::failed(&error),
    };
    let head = head(&here, &REFUNDS, (REFUND_ASKED, question.seen.zone()));
    let names = ("refunds", here.say_fixed("Refunds", "Pengembalian"));
    send(format, names, head, move |filling| async move {
        let limit = question.seen.limit.as_deref();
        let mut walk = RefundWalk::begin(limit, &question.filter, None);
        loop {
            let read = async {
                let mut tx = here.app().store.read().await?;
                walk.next(&mut tx, PIECE).await
            };
            let rows = read.await;
            let line = |row: RefundRow| refund_line(&here, &question, &row);
            if !hand_on(&filling, rows, line).await {
                return;
            }
        }
    })
}

fn refund_line(here: &Here, question: &refund_list::Question, row: &RefundRow) -> Vec<Cell> {
    let shown = refund_list::shown(here, &question.seen, row);
    vec![
        Cell::text(shown.order),
        Cell::text(shown.buyer),
        Cell::text(shown.event),
        Cell::text(shown.status.0),
        Cell::text(shown.next),
        Cell::text(shown.why.unwrap_or_else(|| shown.reason.to_owned())),
        Cell::text(shown.asked_by),
        Cell::moment(row.requested_at, question.seen.zone()),
        Cell::text(row.amount.currency.code()),
        Cell::sum(row.amount),
    ]
}
