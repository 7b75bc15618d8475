//! Receipts and credit notes of an event, by their numbers, and how the numbers are written.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        door::{Here, to},
        frame::Frame,
        guard,
        tab::Tab,
        when,
        words::sentence,
    },
    filter::PAGE,
    said::{self, Refused},
};
use crate::{
    app::trail::Actor,
    domain::{
        event::Event,
        permission::Permission,
        receipt::{Pattern, ReceiptKind},
    },
    http::refusal::Refusal,
    store::{self, StoreError, receipt_list::ReceiptRow},
};

#[derive(Template)]
#[template(path = "panel/money/receipts.html")]
struct List {
    page: Frame,
    slug: String,
    name: String,
    kinds: Vec<(&'static str, &'static str, bool)>,
    kind: &'static str,
    q: String,
    rows: Vec<Row>,
    next: Option<String>,
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

fn kind_words(here: &Here, kind: ReceiptKind) -> &'static str {
    let english = here.door.visitor.language == documents::Language::English;
    match (kind, english) {
        (ReceiptKind::Sale, true) => "Invoices",
        (ReceiptKind::Sale, false) => "Faktur",
        (ReceiptKind::Refund, true) => "Credit notes",
        (ReceiptKind::Refund, false) => "Nota kredit",
    }
}

async fn load(here: &Here, event: &Event) -> Result<List, StoreError> {
    let kind = ReceiptKind::from_name(here.door.asked("kind")).unwrap_or(ReceiptKind::Sale);
    let q = here.door.asked("q").trim().to_ascii_uppercase();
    let order = Some(q.as_str()).filter(|q| !q.is_empty());
    let below = here.door.asked("below").parse().ok();
    let mut tx = here.app().store.read().await?;
    let rows = store::receipt_list::page(&mut tx, event.id, kind, (order, below), PAGE + 1);
    let mut rows = rows.await?;
    drop(tx);
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more);
    let next = next.map(|last| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("kind", kind.name())
            .append_pair("q", &q)
            .append_pair("below", &last.number.to_string())
            .finish();
        format!("/panel/events/{}/receipts?{query}", event.slug)
    });
    let patterns = here.app().receipt_numberings(event.id).await?;
    let numbering = |(kind, pattern, last): store::receipt::Numbering| Numbering {
        kind: kind.name(),
        words: kind_words(here, kind),
        pattern: match here.form().text("kind") == kind.name() {
            true => here.form().text("pattern"),
            false => pattern,
        },
        last,
    };
    Ok(List {
        page: Frame::of_event(here, event, Tab::Receipts),
        slug: event.slug.clone(),
        name: event.name.clone(),
        kinds: ReceiptKind::ALL
            .iter()
            .map(|one| (one.name(), kind_words(here, *one), *one == kind))
            .collect(),
        kind: kind.name(),
        q,
        rows: rows.iter().map(|row| shown(here, event, row)).collect(),
        next,
        patterns: patterns.into_iter().map(numbering).collect(),
        may_manage: here.may(Permission::EventsManage, event),
    })
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
