//! The cases of `docs/acceptance.md`, read from its table: number, sentence, and what waits for later work.
//!
//! The page is the one list; the program has none of its own. A page that cannot be read is a fault of the page.

use std::fmt;

use anyhow::{Context, Result, ensure};

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number, from 1.
    pub number: u32,
    /// What must hold.
    pub sentence: String,
    /// What of it waits for later work; empty: nothing.
    pub waits: String,
}

impl Case {
    /// Whether no test is asked of it yet.
    #[must_use]
    pub fn is_later(&self) -> bool {
        self.waits.starts_with("all:")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sentence)
    }
}

/// The cases of a page.
///
/// # Errors
/// When a row has no three cells, or the numbers do not run from 1 without a gap.
pub fn read(page: &str) -> Result<Vec<Case>> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    let cases: Vec<_> = rows.skip(1).map(row).collect::<Result<_>>()?;
    ensure!(!cases.is_empty(), "the page has no table of cases");
    for (case, number) in cases.iter().zip(1..) {
        ensure!(
            case.number == number,
            "case {} follows {}",
            case.number,
            number - 1
        );
    }
    Ok(cases)
}

fn row(line: &str) -> Result<Case> {
    let cells: Vec<_> = line.trim_end().trim_end_matches('|').split(" |").collect();
    let [number, sentence, waits] = cells[..] else {
        anyhow::bail!("a row has three cells: {line}");
    };
    Ok(Case {
        number: number
            .trim()
            .parse()
            .with_context(|| format!("no number: {line}"))?,
        sentence: sentence.trim().to_owned(),
        waits: waits.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "| case | what must hold | waits for |\n|---|---|---|\n";

    #[test]
    fn a_page_gives_its_rows_in_order() {
        let page = format!("{HEAD}| 1 | It holds | |\n| 2 | So does this | all: \"Later\" |\n");
        let cases = read(&page).expect("a good page");
        assert_eq!(cases[0].sentence, "It holds");
        assert_eq!((cases[0].waits.as_str(), cases[0].is_later()), ("", false));
        assert!(cases[1].is_later());
    }

    #[test]
    fn a_gap_a_repeat_and_an_empty_page_are_refused() {
        for rows in [
            "| 1 | a | |\n| 3 | b | |\n",
            "| 1 | a | |\n| 1 | b | |\n",
            "",
        ] {
            assert!(read(&format!("{HEAD}{rows}")).is_err(), "{rows:?}");
        }
        assert!(read(&format!("{HEAD}| 1 | two cells |\n")).is_err());
    }
}
