//! Comma-separated values that spreadsheets open without asking, also those that split cells at semicolons.

use super::{Cell, Out, Rows, iso};

/// Writes rows as they come.
pub(super) async fn write(head: Vec<String>, mut rows: Rows, out: Out) {
    // A mark by which spreadsheets know the encoding.
    let mut first = "\u{FEFF}".as_bytes().to_vec();
    let head = head.iter().map(|words| harmless(words)).collect();
    first.extend(packed(std::iter::once(head)));
    if out.send(Ok(first.into())).await.is_err() {
        return;
    }
    while let Some(piece) = rows.recv().await {
        let piece = match piece {
            Ok(piece) => Ok(packed(piece.iter().map(|row| cells(row))).into()),
            Err(error) => {
                tracing::error!(%error, "list not written");
                Err(std::io::Error::other(error))
            }
        };
        if out.send(piece).await.is_err() {
            return;
        }
    }
}

fn cells(row: &[Cell]) -> Vec<String> {
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Moment(at) => iso(at),
    };
    row.iter().map(cell).collect()
}

/// A text that no spreadsheet takes for a formula, also one that splits cells at semicolons, as in Indonesia. Blanks do not
/// hide a formula: some programs take them away.
fn harmless(text: &str) -> String {
    let text = text.replace(';', ",");
    let begin = text.trim_start_matches([' ', '\u{A0}', '\u{FEFF}', '\u{3000}']);
    let is_formula = begin.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠',
    ]);
    if is_formula { format!("'{text}") } else { text }
}

fn packed(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // Into memory, and every row has as many cells.
        let written = writer.write_record(&row);
        debug_assert!(written.is_ok(), "memory takes a row");
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sync_protocol::time::Timestamp;

    use super::*;

    #[test]
    fn formula_injection_becomes_text() {
        for formula in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0A", "  =1", "＝1",
        ] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        assert_eq!(harmless("Siti = Rahma"), "Siti = Rahma");
        let row = vec![
            Cell::text("=cmd|' /C calc'!A0"),
            Cell::text("a,\"b\"\nc"),
            Cell::Number(-5.0),
            Cell::moment(Timestamp(1_796_120_040_000), "Asia/Jakarta"),
        ];
        let text = String::from_utf8(packed(std::iter::once(cells(&row)))).expect("text");
        let moment = "2026-12-01T17:14:00+07:00";
        assert_eq!(
            text,
            format!("'=cmd|' /C calc'!A0,\"a,\"\"b\"\"\nc\",-5,{moment}\n")
        );
    }
}
