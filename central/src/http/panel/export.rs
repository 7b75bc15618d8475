//! The list of orders as a file, with the same filters: streamed a page at a time, so its length takes no memory.
//!
//! Invariants: a cell that a spreadsheet would take for a formula is text. Sheets are written to a file of their own
//! first, because their format needs its end before its beginning. Whoever takes a list away leaves a row in the
//! audit trail.

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::{
    door::Here,
    guard,
    order_list::{Question, question},
    status, when,
};
use crate::{
    app::{App, users::By},
    domain::permission::Permission,
    http::refusal::Refusal,
    store::{self, StoreError, order_list::OrderRow},
};

/// Rows that are asked for at once.
const PIECE: usize = 1_000;
/// Pieces that wait to be written.
const AHEAD: usize = 2;
/// Rows of a sheet, its head included.
const MOST_ROWS: u32 = 1_048_576;

const HEAD: [(&str, &str); 8] = [
    ("Number", "Nomor"),
    ("Event", "Acara"),
    ("Status", "Status"),
    ("Buyer", "Pembeli"),
    ("E-mail", "E-mail"),
    ("Currency", "Mata uang"),
    ("Total", "Jumlah"),
    ("Placed", "Dipesan"),
];

/// One row as texts, and the sum as a number.
struct Line {
    texts: [String; 7],
    total: f64,
}

/// Where the sum stands among the columns.
const TOTAL: usize = 6;

pub(super) async fn csv(here: Here) -> Response {
    let head = head(&here);
    let mut lines = match lines(here).await {
        Ok(lines) => lines,
        Err(error) => return guard::failed(&error),
    };
    let (send, receive) = mpsc::channel::<Result<Vec<u8>, std::io::Error>>(AHEAD);
    tokio::spawn(async move {
        // A mark by which spreadsheets know the encoding.
        let mut first = "\u{FEFF}".as_bytes().to_vec();
        first.extend(packed(std::iter::once(head.to_vec())));
        if send.send(Ok(first)).await.is_err() {
            return;
        }
        while let Some(piece) = lines.recv().await {
            let bytes = match piece {
                Ok(piece) => Ok(packed(piece.iter().map(Line::cells))),
                Err(error) => Err(std::io::Error::other(error)),
            };
            if send.send(bytes).await.is_err() {
                return;
            }
        }
    });
    let body = Body::from_stream(futures_util::stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|piece| (piece, receive))
    }));
    file(body, "text/csv; charset=utf-8", "orders.csv")
}

pub(super) async fn xlsx(here: Here) -> Response {
    let head = head(&here);
    let lines = match lines(here).await {
        Ok(lines) => lines,
        Err(error) => return guard::failed(&error),
    };
    let written = tokio::task::spawn_blocking(move || sheet(&head, lines)).await;
    let written = match written {
        Ok(Ok(written)) => tokio::fs::File::from_std(written),
        Ok(Err(error)) => {
            tracing::error!(%error, "sheet not written");
            return Refusal::INTERNAL.answer();
        }
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    file(
        Body::from_stream(ReaderStream::new(written)),
        kind,
        "orders.xlsx",
    )
}

fn file(body: Body, kind: &'static str, name: &str) -> Response {
    let mut answer = (StatusCode::OK, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
}

fn head(here: &Here) -> [String; 8] {
    HEAD.map(|(english, indonesian)| here.say(english, indonesian).to_owned())
}

type Lines = mpsc::Receiver<Result<Vec<Line>, StoreError>>;

/// Begins to read; pieces come as they are taken.
async fn lines(here: Here) -> Result<Lines, StoreError> {
    let question = question(&here, Permission::OrdersExport).await?;
    let app = here.app().clone();
    let filter: String = here.door.visitor.query.chars().take(300).collect();
    let by = By::account(&here.signed.account);
    app.note_alone(&by, "orders.export", json!({"filter": filter}))
        .await?;
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut after = None;
        loop {
            let rows = piece(&app, &question, after.as_ref()).await;
            let last = rows.as_ref().ok().and_then(|rows| rows.last());
            after = last.map(|row| row.place(question.filter.sort));
            let is_end = rows.as_ref().is_ok_and(|rows| rows.len() < PIECE) || rows.is_err();
            let lines =
                rows.map(|rows| rows.iter().map(|row| line(&here, &question, row)).collect());
            if send.send(lines).await.is_err() || is_end {
                return;
            }
        }
    });
    Ok(receive)
}

async fn piece(
    app: &App,
    question: &Question,
    after: Option<&crate::domain::order_search::Place>,
) -> Result<Vec<OrderRow>, StoreError> {
    let mut tx = app.store.read().await?;
    let limit = question.limit.as_deref();
    store::order_list::page(&mut tx, limit, &question.filter, after, PIECE).await
}

fn line(here: &Here, question: &Question, row: &OrderRow) -> Line {
    let language = here.door.visitor.language;
    let event = question.events.get(&row.event);
    let zone = event.map_or(when::HOME, |event| event.time_zone.as_str());
    let unit = 10_f64.powi(i32::try_from(row.total.currency.exponent()).unwrap_or_default());
    #[expect(
        clippy::cast_precision_loss,
        reason = "sums of an order are far below 2^53"
    )]
    let total = row.total.minor as f64 / unit;
    Line {
        texts: [
            row.number.clone(),
            event.map_or_else(String::new, |event| event.name.clone()),
            status::order(row.status, language).0.to_owned(),
            row.buyer_name.clone(),
            row.email.clone(),
            row.total.currency.code().to_owned(),
            when::moment(row.created_at, zone, language),
        ],
        total,
    }
}

impl Line {
    fn cells(&self) -> Vec<String> {
        let mut cells: Vec<String> = self.texts.iter().map(|text| harmless(text)).collect();
        cells.insert(TOTAL, self.total.to_string());
        cells
    }
}

/// A text that no spreadsheet takes for a formula, also one that splits cells at semicolons, as in Indonesia, or that
/// knows the wide signs of East Asia.
pub(super) fn harmless(text: &str) -> String {
    const SIGNS: [char; 13] = [
        '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}',
        '\u{FF20}',
    ];
    let text = text.replace(';', ",");
    let is_formula = text
        .trim_start_matches([' ', '\u{A0}', '\u{FEFF}'])
        .starts_with(SIGNS);
    if is_formula { format!("'{text}") } else { text }
}

pub(super) fn packed(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Into memory, and every row has as many cells.
        let written = writer.write_record(&row);
        debug_assert!(written.is_ok(), "memory takes a row");
    }
    writer.into_inner().unwrap_or_default()
}

fn sheet(head: &[String; 8], mut lines: Lines) -> anyhow::Result<std::fs::File> {
    use std::io::{Seek as _, SeekFrom};
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, text) in (0..).zip(head) {
        sheet.write_string(0, column, text)?;
    }
    let mut at = 1;
    while let Some(piece) = lines.blocking_recv() {
        for line in piece? {
            anyhow::ensure!(
                at < MOST_ROWS,
                "a sheet holds no more rows: narrow the filter"
            );
            for (place, text) in line.texts.iter().enumerate() {
                let column = u16::try_from(if place < TOTAL { place } else { place + 1 })?;
                // Always a text: a sheet's own kind of cell, which is never worked out.
                sheet.write_string(at, column, text)?;
            }
            sheet.write_number(at, u16::try_from(TOTAL)?, line.total)?;
            at += 1;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_injection_becomes_text() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0A",
        ] {
            let cell = harmless(formula);
            assert_eq!(cell, format!("'{formula}"));
        }
        assert_eq!(harmless("Siti = Rahma"), "Siti = Rahma");
        let row = vec!["'=cmd|' /C calc'!A0".to_owned(), "a,\"b\"\nc".to_owned()];
        let text = String::from_utf8(packed(std::iter::once(row))).expect("text");
        assert_eq!(text, "'=cmd|' /C calc'!A0,\"a,\"\"b\"\"\nc\"\n");
    }
}
