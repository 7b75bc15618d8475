//! Workbooks: rows go to a file of their own first, because their format needs its end before its beginning, and from
//! there to the reader. A list that is longer than a sheet goes on in another one.
//!
//! Invariants: the writer keeps one row in memory; texts are cells of the sheet's own kind for texts, which is never worked
//! out; only a few books are written at a time, and one that nobody waits for any more is given up.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom},
};

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use tokio::{io::AsyncReadExt as _, sync::Semaphore};

use super::{Cell, Out, Rows};

/// Rows of a sheet, its head included.
const MOST_ROWS: u32 = 1_048_576;
/// Longest text of a cell, in the units that the format counts.
const MOST_TEXT: usize = 32_767;
/// Books that are written at the same time: each keeps a processor busy.
const WRITTEN_AT_ONCE: usize = 2;
const BUFFER: usize = 64 * 1024;

/// Writes all rows to a book, then sends it.
pub(super) async fn write(head: Vec<String>, rows: Rows, out: Out) {
    static WRITING: Semaphore = Semaphore::const_new(WRITTEN_AT_ONCE);
    let Ok(turn) = WRITING.acquire().await else {
        return;
    };
    let waiting = out.clone();
    let written = tokio::task::spawn_blocking(move || {
        let is_wanted = || !waiting.is_closed();
        book(&head, rows, MOST_ROWS, is_wanted)
    });
    let written = written.await;
    drop(turn);
    let sent = match written {
        Ok(Ok(file)) => send(file, &out).await,
        Ok(Err(error)) => Err(std::io::Error::other(error)),
        Err(error) => Err(std::io::Error::other(error)),
    };
    if let Err(error) = sent {
        tracing::error!(%error, "sheet not written");
        // The answer is cut off: a part of a book is none.
        let _ = out.send(Err(error)).await;
    }
}

async fn send(file: File, out: &Out) -> std::io::Result<()> {
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let mut piece = Vec::with_capacity(BUFFER);
        if file.read_buf(&mut piece).await? == 0 {
            return Ok(());
        }
        if out.send(Ok(piece.into())).await.is_err() {
            return Ok(());
        }
    }
}

fn book(
    head: &[String],
    mut rows: Rows,
    most_rows: u32,
    is_wanted: impl Fn() -> bool,
) -> anyhow::Result<File> {
    let mut book = Workbook::new();
    let mut sheet = begin(&mut book, head)?;
    let mut at = 1;
    while let Some(piece) = rows.blocking_recv() {
        anyhow::ensure!(is_wanted(), "nobody waits for it any more");
        for row in piece? {
            if at == most_rows {
                sheet = begin(&mut book, head)?;
                at = 1;
            }
            put(sheet, at, &row)?;
            at += 1;
        }
    }
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn begin<'a>(book: &'a mut Workbook, head: &[String]) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, text) in (0..).zip(head) {
        sheet.write_string(0, column, text)?;
    }
    Ok(sheet)
}

fn put(sheet: &mut Worksheet, at: u32, row: &[Cell]) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Text(text) => {
                let text: String = text.chars().take(MOST_TEXT / 2).collect();
                sheet.write_string(at, column, text)?;
            }
            Cell::Number(number) => {
                sheet.write_number(at, column, *number)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use tokio::sync::mpsc;

    use super::*;

    fn written(rows: Vec<Vec<Cell>>, most_rows: u32) -> File {
        let (send, receive) = mpsc::channel(1);
        send.try_send(Ok(rows)).expect("there is room");
        drop(send);
        book(&["Name".into(), "Total".into()], receive, most_rows, || {
            true
        })
        .expect("a book")
    }

    /// The text of a part of the book.
    fn part(file: &File, name: &str) -> Option<String> {
        let mut book = zip::ZipArchive::new(file).expect("a book");
        let mut part = book.by_name(name).ok()?;
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        Some(text)
    }

    #[test]
    fn a_list_that_is_longer_than_a_sheet_goes_on_in_another() {
        let rows = (0..7_u32).map(|n| vec![Cell::text(format!("row {n}")), Cell::Number(n.into())]);
        // Three rows and the head on each.
        let file = written(rows.collect(), 4);
        for (sheet, first, count) in [(1, "row 0", 4), (2, "row 3", 4), (3, "row 6", 2)] {
            let text = part(&file, &format!("xl/worksheets/sheet{sheet}.xml")).expect("a sheet");
            assert_eq!(text.matches("<row ").count(), count, "sheet {sheet}");
            assert!(text.contains(first) && text.contains("Name"), "{text}");
        }
        assert!(part(&file, "xl/worksheets/sheet4.xml").is_none());
    }

    #[test]
    fn formula_injection_is_a_text_of_the_sheet() {
        let formula = "=HYPERLINK(\"https://evil.example\")";
        let file = written(
            vec![vec![Cell::text(formula), Cell::Number(1.5)]],
            MOST_ROWS,
        );
        let text = part(&file, "xl/worksheets/sheet1.xml").expect("a sheet");
        assert!(!text.contains("<f>"), "nothing is worked out: {text}");
        assert!(
            text.contains("t=\"inlineStr\"") && text.contains("<v>1.5</v>"),
            "{text}"
        );
    }

    #[test]
    fn a_book_that_nobody_waits_for_is_given_up() {
        let (send, receive) = mpsc::channel(1);
        send.try_send(Ok(vec![vec![Cell::Number(1.0)]]))
            .expect("there is room");
        assert!(book(&["Total".into()], receive, MOST_ROWS, || false).is_err());
    }
}
