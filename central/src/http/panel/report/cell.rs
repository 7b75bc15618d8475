//! A table as a page and a file alike show it: cells know what they are, and are written for people or for programs.

use documents::Language;

pub(super) use crate::http::panel::number::grouped;
use crate::{domain::money::Money, http::panel::export};

/// A table, and its picture if it has one.
pub(in crate::http::panel) struct Table {
    /// Its name in addresses.
    pub(super) id: String,
    pub(super) title: String,
    /// What must be known to read it.
    pub(super) note: Option<String>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// The row below, which adds up.
    pub(super) total: Option<Vec<Cell>>,
    pub(super) chart: Option<String>,
}

/// A column.
pub(super) struct Column {
    pub(super) words: String,
    pub(super) is_number: bool,
}

/// What stands in a cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Text(String),
    Count(i64),
    /// With one place behind the point.
    Tenths(i64),
    Sum(Money),
    /// A line of a sum: what is done with it (`+`, `−`, `=`), and what it is. Files hold the words alone: a spreadsheet takes
    /// the sign for a formula.
    Step(char, String),
}

/// A number that a page begins with.
pub(super) struct Tile {
    pub(super) words: String,
    pub(super) value: String,
    /// What it is made of.
    pub(super) note: String,
}

impl Table {
    /// One that tells nothing.
    pub(super) fn empty() -> Self {
        Self {
            id: "report".to_owned(),
            title: String::new(),
            note: None,
            columns: Vec::new(),
            rows: Vec::new(),
            total: None,
            chart: None,
        }
    }

    /// Whether it needs the whole width.
    fn is_wide(&self) -> bool {
        self.columns.len() > 4 || self.chart.is_none()
    }

    /// Classes of its card.
    pub(super) fn class(&self) -> &'static str {
        if self.is_wide() {
            ""
        } else {
            " p-report-beside"
        }
    }
}

impl Cell {
    /// As people read it.
    pub(super) fn text(&self, language: &Language) -> String {
        let point = match language {
            Language::English => ".",
            Language::Indonesian => ",",
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => grouped(*count, *language),
            Self::Tenths(tenths) if tenths % 10 == 0 => grouped(tenths / 10, *language),
            Self::Tenths(tenths) => format!(
                "{}{point}{}",
                grouped(tenths / 10, *language),
                (tenths % 10).abs()
            ),
            Self::Sum(money) => money.text(*language),
            Self::Step(sign, words) => format!("{sign} {words}"),
        }
    }

    /// As a file holds it: numbers are numbers, sums in whole units.
    pub(super) fn filed(&self) -> export::Cell {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a spreadsheet counts no more exactly"
        )]
        match self {
            Self::Text(text) => export::Cell::text(text),
            Self::Count(count) => export::Cell::count(*count),
            Self::Tenths(tenths) => export::Cell::Number(*tenths as f64 / 10.0),
            Self::Sum(money) => export::Cell::sum(*money),
            Self::Step(_, words) => export::Cell::text(words),
        }
    }
}

/// Heads of columns: words, and whether numbers stand below.
pub(super) fn columns(heads: &[(&str, bool)]) -> Vec<Column> {
    let column = |(words, is_number): &(&str, bool)| Column {
        words: (*words).to_owned(),
        is_number: *is_number,
    };
    heads.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn people_and_files_read_the_same_numbers() {
        let number = export::Cell::Number;
        for (cell, english, indonesian, filed) in [
            (
                Cell::Count(1_234_567),
                "1,234,567",
                "1.234.567",
                number(1_234_567.0),
            ),
            (Cell::Count(-1_000), "-1,000", "-1.000", number(-1_000.0)),
            (Cell::Tenths(35), "3.5", "3,5", number(3.5)),
            (Cell::Tenths(40), "4", "4", number(4.0)),
            (
                Cell::Sum(Money::new(12_345, Currency::Kes)),
                "Ksh\u{A0}123.45",
                "KES\u{A0}123,45",
                number(123.45),
            ),
            (
                Cell::Step('=', "Paid".into()),
                "= Paid",
                "= Paid",
                export::Cell::text("Paid"),
            ),
            (
                Cell::Text("=1+1".into()),
                "=1+1",
                "=1+1",
                export::Cell::text("=1+1"),
            ),
        ] {
            assert_eq!(cell.text(&Language::English), english);
            assert_eq!(cell.text(&Language::Indonesian), indonesian);
            assert_eq!(cell.filed(), filed);
        }
    }
}
