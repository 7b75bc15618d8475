//! Workbooks: rows go to a file of their own first, because their format needs its end before its beginning, and from
//! there to the reader. A list that is longer than a sheet goes on in another one.
//!
//! Every sheet says in its name what it is; its head is bold and stays in sight, and columns are as wide as what stands in
//! them, within bounds.
//!
//! Invariants: the writer keeps one row in memory; texts are cells of the sheet's own kind for texts, which is never worked
//! out; only a few books are written at a time, and one that nobody waits for any more is given up.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom},
};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use tokio::{io::AsyncReadExt as _, sync::Semaphore};

use super::{Cell, Out, Rows, serial};

/// Rows of a sheet, its head included.
const MOST_ROWS: u32 = 1_048_576;
/// Longest text of a cell, in the units that the format counts.
const MOST_TEXT: usize = 32_767;
/// Books that are written at the same time: each keeps a processor busy.
const WRITTEN_AT_ONCE: usize = 2;
const BUFFER: usize = 64 * 1024;
/// Longest name of a sheet that the format takes, less what tells the second from the first.
const MOST_NAME: usize = 26;
/// How wide columns are at least and at most, in characters.
const WIDTHS: (usize, usize) = (8, 48);
/// How moments are shown, and how many characters that takes.
const MOMENT: (&str, usize) = ("yyyy-mm-dd hh:mm:ss", 19);
/// How many characters a number takes, about.
const NUMBER: usize = 14;

/// Writes all rows to a book, then sends it.
pub(super) async fn write(title: String, head: Vec<String>, rows: Rows, out: Out) {
    static WRITING: Semaphore = Semaphore::const_new(WRITTEN_AT_ONCE);
    let Ok(turn) = WRITING.acquire().await else {
        return;
    };
    let waiting = out.clone();
    let written = tokio::task::spawn_blocking(move || {
        let is_wanted = || !waiting.is_closed();
        book((&title, &head), rows, MOST_ROWS, is_wanted)
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
    (title, head): (&str, &[String]),
    mut rows: Rows,
    most_rows: u32,
    is_wanted: impl Fn() -> bool,
) -> anyhow::Result<File> {
    let mut book = Workbook::new();
    let mut count = 1;
    let mut sheet = begin(&mut book, (title, head), count)?;
    let mut widths = Widths::of(head);
    let mut at = 1;
    while let Some(piece) = rows.blocking_recv() {
        anyhow::ensure!(is_wanted(), "nobody waits for it any more");
        for row in piece? {
            if at == most_rows {
                widths.set(sheet)?;
                count += 1;
                sheet = begin(&mut book, (title, head), count)?;
                at = 1;
            }
            put(sheet, at, &row)?;
            widths.see(&row);
            at += 1;
        }
    }
    widths.set(sheet)?;
    let mut file = tempfile::tempfile()?;
    book.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn begin<'a>(
    book: &'a mut Workbook,
    (title, head): (&str, &[String]),
    count: u32,
) -> Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(named(title, count))?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, text) in (0..).zip(head) {
        sheet.write_string_with_format(0, column, text, &bold)?;
    }
    Ok(sheet)
}

/// The name of a sheet: without what the format forbids, and not too long.
fn named(title: &str, count: u32) -> String {
    let plain = title.replace(['[', ']', ':', '*', '?', '/', '\\', '\''], " ");
    let name: String = plain.trim().chars().take(MOST_NAME).collect();
    let name = if name.is_empty() { "1" } else { &name };
    match count {
        1 => name.to_owned(),
        _ => format!("{name} {count}"),
    }
}

/// The longest of each column so far.
struct Widths(Vec<usize>);

impl Widths {
    fn of(head: &[String]) -> Self {
        // Bold letters are wider.
        Self(head.iter().map(|text| text.chars().count() + 2).collect())
    }

    fn see(&mut self, row: &[Cell]) {
        for (width, cell) in self.0.iter_mut().zip(row) {
            let needed = match cell {
                Cell::Text(text) => text.chars().take(WIDTHS.1).count(),
                Cell::Number(_) => NUMBER,
                Cell::Moment(_) => MOMENT.1,
            };
            *width = needed.max(*width);
        }
    }

    fn set(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(&self.0) {
            let width = u32::try_from((*width).clamp(WIDTHS.0, WIDTHS.1)).unwrap_or_default();
            sheet.set_column_width(column, width)?;
        }
        Ok(())
    }
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
            Cell::Moment(moment) => {
                let format = Format::new().set_num_format(MOMENT.0);
                sheet.write_number_with_format(at, column, serial(moment), &format)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use sync_protocol::time::Timestamp;
    use tokio::sync::mpsc;

    use super::*;

    fn written(rows: Vec<Vec<Cell>>, most_rows: u32) -> File {
        let (send, receive) = mpsc::channel(1);
        send.try_send(Ok(rows)).expect("there is room");
        drop(send);
        let head = ["Name".to_owned(), "Total".to_owned()];
        book(("Orders: all", &head), receive, most_rows, || true).expect("a book")
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
    fn moments_are_dates_of_the_sheet_below_a_head_that_stays() {
        let moment = Cell::moment(Timestamp(1_796_120_040_000), "Asia/Jakarta");
        let file = written(vec![vec![Cell::text("Siti"), moment]], MOST_ROWS);
        let text = part(&file, "xl/worksheets/sheet1.xml").expect("a sheet");
        // 1 December 2026, 17:14 on the clock of Jakarta.
        assert!(text.contains("<v>46357.71805555"), "{text}");
        assert!(text.contains("state=\"frozen\""), "{text}");
        assert!(text.contains("<cols>"), "{text}");
        let styles = part(&file, "xl/styles.xml").expect("styles");
        assert!(styles.contains("yyyy-mm-dd hh:mm:ss") && styles.contains("<b/>"));
        let names = part(&file, "xl/workbook.xml").expect("names");
        assert!(names.contains("name=\"Orders  all\""), "{names}");
    }

    #[test]
    fn a_book_that_nobody_waits_for_is_given_up() {
        let (send, receive) = mpsc::channel(1);
        send.try_send(Ok(vec![vec![Cell::Number(1.0)]]))
            .expect("there is room");
        let head = ["Total".to_owned()];
        assert!(book(("Orders", &head), receive, MOST_ROWS, || false).is_err());
    }
}
