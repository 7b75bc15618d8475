//! The working list of an event's receipts: invoices or credit notes, and how their numbers are written.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::{Here, to},
        filter,
        frame::Frame,
        guard,
        list::{List, Making, PAGE},
        tab::Tab,
        when,
        words::sentence,
    },
    said::{self, Refused},
};
use crate::{
    app::trail::Actor,
    domain::{
        event::Event,
        order_search::number_start,
        permission::Permission,
        receipt::{Pattern, ReceiptKind},
        receipt_search::{ReceiptFilter, ReceiptPlace},
        wall_clock,
    },
    http::refusal::Refusal,
    store::{self, StoreError, receipt_list::ReceiptRow},
};

#[derive(Template)]
#[template(path = "panel/money/receipts.html")]
struct Page {
    page: Frame,
    list: List,
    rows: Vec<Row>,
    slug: String,
    patterns: Vec<Numbering>,
    may_manage: bool,
}

struct Row {
    shown: String,
    order: String,
    buyer: String,
    amount: String,
    issued: String,
    pdf: String,
}

struct Numbering {
    kind: &'static str,
    words: &'static str,
    pattern: String,
    last: i64,
}

pub(in crate::http::panel) async fn list(here: Here) -> Response {
    page(&here, None).await
}

async fn page(here: &Here, refused: Option<Refused>) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let code = refused.as_ref().map_or(StatusCode::OK, |one| one.status);
    match load(here, event).await {
        Ok(mut template) => {
            template.page.wrong = refused.map(|one| one.words);
            template.page.send(code, &template)
        }
        Err(error) => guard::failed(&error),
    }
}

pub(super) fn kind_words(here: &Here, kind: ReceiptKind) -> &'static str {
    let english = here.door.visitor.language == documents::Language::English;
    match (kind, english) {
        (ReceiptKind::Sale, true) => "Invoices",
        (ReceiptKind::Sale, false) => "Faktur",
        (ReceiptKind::Refund, true) => "Credit notes",
        (ReceiptKind::Refund, false) => "Nota kredit",
    }
}

/// What the address asks of an event's receipts: its days are those of the venue.
pub(super) fn wanted(here: &Here, event: &Event) -> ReceiptFilter {
    let (asked, zone) = (
        |name| here.door.asked(name),
        wall_clock::zone(&event.time_zone),
    );
    ReceiptFilter {
        // A choice that is none counts as not made.
        kind: ReceiptKind::from_name(asked("kind")).unwrap_or(ReceiptKind::Sale),
        from: filter::day_at(asked("from"), 0, zone),
        until: filter::day_at(asked("until"), 1, zone),
        order: number_start(asked("q")),
        oldest_first: asked("sort") == "oldest",
    }
}

async fn load(here: &Here, event: &Event) -> Result<Page, StoreError> {
    let filter = wanted(here, event);
    let after = ReceiptPlace::parse(here.door.asked("after"));
    let mut tx = here.app().store.read().await?;
    let rows = store::receipt_list::page(&mut tx, event.id, &filter, after.as_ref(), PAGE + 1);
    let (list, rows) = described(here, event)
        .files(here.may(Permission::OrdersExport, event))
        .empty((
            "No invoice yet. Each sale gets one with the next number, and each refund a credit note.",
            "Belum ada faktur. Setiap penjualan mendapat satu dengan nomor berikutnya, dan setiap pengembalian nota kredit.",
        ))
        .turned(rows.await?, |row| row.place().text());
    let list = list.done(&mut tx).await?;
    drop(tx);
    Ok(Page {
        page: Frame::of_event(here, event, Tab::Receipts),
        list,
        rows: rows.iter().map(|row| shown(here, event, row)).collect(),
        slug: event.slug.clone(),
        patterns: patterns(here, event).await?,
        may_manage: here.may(Permission::EventsManage, event),
    })
}

fn described<'a>(here: &'a Here, event: &Event) -> Making<'a> {
    let path = format!("/panel/events/{}/receipts", event.slug);
    let option = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    let notes = kind_words(here, ReceiptKind::Refund);
    List::begin(here, "receipts", &path, ("Receipts", "Faktur"))
        .search(("Order number", "Nomor pesanan"))
        .choice(
            "kind",
            ("Which", "Yang mana"),
            ("Invoices", "Faktur"),
            [option(ReceiptKind::Refund.name(), notes)],
        )
        .day("from", ("Issued from", "Diterbitkan dari"))
        .day("until", ("Issued until", "Diterbitkan sampai"))
        .sort([
            option("newest", here.say("Newest first", "Terbaru dahulu")),
            option("oldest", here.say("Oldest first", "Terlama dahulu")),
        ])
}

/// How numbers are written; what was typed stands where it was refused.
async fn patterns(here: &Here, event: &Event) -> Result<Vec<Numbering>, StoreError> {
    let stored = here.app().receipt_numberings(event.id).await?;
    let form = here.form();
    let numbering = |(kind, pattern, last): store::receipt::Numbering| Numbering {
        kind: kind.name(),
        words: kind_words(here, kind),
        pattern: match form.text("kind") == kind.name() {
            true => form.text("pattern"),
            false => pattern,
        },
        last,
    };
    Ok(stored.into_iter().map(numbering).collect())
}

fn shown(here: &Here, event: &Event, row: &ReceiptRow) -> Row {
    let language = here.door.visitor.language;
    let base = format!("/panel/orders/{}", row.order);
    Row {
        shown: row.shown.clone(),
        order: row.order.clone(),
        buyer: row.buyer_name.clone(),
        amount: row.amount.text(language),
        issued: when::moment(row.issued_at, &event.time_zone, language),
        pdf: match row.kind {
            ReceiptKind::Sale => format!("{base}/invoice.pdf"),
            ReceiptKind::Refund => format!("{base}/credit-note.pdf?refund={}", row.subject),
        },
    }
}

/// Numbers are written like this from now on.
pub(in crate::http::panel) async fn set(here: Here) -> Response {
    let Some(event) = here.event() else {
        return Refusal::INTERNAL.answer();
    };
    let form = here.form();
    let Some(kind) = ReceiptKind::from_name(&form.text("kind")) else {
        let said = said::wrong(&here, "Choose a numbering.", "Pilih penomoran.");
        return page(&here, Some(said)).await;
    };
    let pattern = match Pattern::parse(&form.text("pattern")) {
        Ok(pattern) => pattern,
        Err(error) => {
            let english = sentence(&error.to_string());
            let said = said::wrong(
                &here,
                &english,
                "Tulis pola seperti INV/{event}/{year}/{number:05}: huruf, angka, spasi, dan / . _ - dengan {number} tepat sekali.",
            );
            return page(&here, Some(said)).await;
        }
    };
    let by = Actor::from(&here.signed.account);
    let put = here
        .app()
        .put_receipt_pattern(event.id, kind, &pattern, &by);
    match put.await {
        Ok(()) => to(&format!(
            "/panel/events/{}/receipts?kind={}&done=pattern",
            event.slug,
            kind.name()
        )),
        Err(error) => guard::failed(&error),
    }
}
