//! A list of texts as a file: streamed a piece at a time, so its length takes no memory.
//!
//! Invariant: a cell that a spreadsheet would take for a formula is text. A sheet is written to a file of its own first,
//! because its format needs its end before its beginning.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom},
};

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use crate::{http::refusal::Refusal, store::StoreError};

/// Rows that are asked for at once.
pub(super) const PIECE: usize = 1_000;
/// Pieces that wait to be written.
pub(super) const AHEAD: usize = 2;
/// Rows of a sheet, its head included.
const MOST_ROWS: u32 = 1_048_576;

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Xlsx,
}

/// Pieces of rows on their way.
pub(super) type Rows = mpsc::Receiver<Result<Vec<Vec<String>>, StoreError>>;

/// Sends the rows under this head; `name` is the file's, without its ending.
pub(super) async fn send(format: Format, name: &str, head: Vec<String>, rows: Rows) -> Response {
    match format {
        Format::Csv => named(csv(head, rows), "text/csv; charset=utf-8", name, "csv"),
        Format::Xlsx => {
            let written = tokio::task::spawn_blocking(move || book(&head, rows)).await;
            let written = match written {
                Ok(Ok(written)) => tokio::fs::File::from_std(written),
                Ok(Err(error)) => {
                    tracing::error!(%error, "sheet not written");
                    return Refusal::INTERNAL.answer();
                }
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            };
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let body = Body::from_stream(ReaderStream::new(written));
            named(body, kind, name, "xlsx")
        }
    }
}

fn named(body: Body, kind: &'static str, name: &str, ending: &str) -> Response {
    let mut answer = (StatusCode::OK, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
}

fn csv(head: Vec<String>, rows: Rows) -> Body {
    // A mark by which spreadsheets know the encoding.
    let mut first = "\u{FEFF}".as_bytes().to_vec();
    first.extend(packed(&[head]));
    let begin = futures_util::stream::iter([Ok(first)]);
    let rest = futures_util::stream::unfold(rows, |mut rows| async {
        let piece = rows.recv().await?;
        let bytes = piece.map(|piece| packed(&piece));
        Some((bytes.map_err(std::io::Error::other), rows))
    });
    Body::from_stream(futures_util::StreamExt::chain(begin, rest))
}

fn packed(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|text| harmless(text));
        // Into memory, and every row has as many cells.
        let written = writer.write_record(cells);
        debug_assert!(written.is_ok(), "memory takes a row");
    }
    writer.into_inner().unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula, also one that splits cells at semicolons, as in Indonesia.
fn harmless(text: &str) -> String {
    let text = text.replace(';', ",");
    let begin = text.trim_start_matches([' ', '\u{A0}', '\u{FEFF}', '\u{3000}']);
    let is_formula = begin.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠',
    ]);
    if is_formula { format!("'{text}") } else { text }
}

fn book(head: &[String], mut rows: Rows) -> anyhow::Result<File> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    let mut at = 0;
    let mut write = |row: &[String]| -> anyhow::Result<()> {
        anyhow::ensure!(
            at < MOST_ROWS,
            "a sheet holds no more rows: narrow the filter"
        );
        for (column, text) in (0..).zip(row) {
            // Always a text: a sheet's own kind of cell, which is never worked out.
            sheet.write_string(at, column, text)?;
        }
        at += 1;
        Ok(())
    };
    write(head)?;
    while let Some(piece) = rows.blocking_recv() {
        for row in piece? {
            write(&row)?;
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
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|calc", "  =1", "＝1",
        ] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        let row = vec!["'=cmd|' /C calc'!A0".to_owned(), "a,\"b\"\nc".to_owned()];
        let text = String::from_utf8(packed(&[row])).expect("text");
        assert_eq!(text, "'=cmd|' /C calc'!A0,\"a,\"\"b\"\"\nc\"\n");
    }
}
