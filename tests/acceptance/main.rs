//! The acceptance table, the last thing that `make test` prints: each case of `docs/acceptance.md`, the tests that
//! prove it, and whether they passed in the run that just ended.
//!
//! `acceptance FILE…` reads nextest's JUnit files or libtest's output. It ends with 1 when a case lacks a test, has one
//! that failed, or a test names a case that is not in the list; with 2 when there is nothing to read. It runs nothing
//! itself, and knows tests by their names alone (`case_<number>_…`).

mod case;
mod outcome;
mod table;

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

const PAGE: &str = include_str!("../../docs/acceptance.md");

#[expect(
    clippy::print_stdout,
    reason = "the table is for a person at a terminal"
)]
fn main() -> ExitCode {
    match run() {
        Ok((text, holds)) => {
            println!("{text}");
            ExitCode::from(u8::from(!holds))
        }
        Err(error) => {
            eprintln!("acceptance: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(String, bool)> {
    let cases = case::read(PAGE).context("docs/acceptance.md")?;
    let mut outcomes = Vec::new();
    for file in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&file).with_context(|| file.clone())?;
        outcomes.extend(outcome::read(&text));
    }
    ensure!(
        !outcomes.is_empty(),
        "name the file that a run of the tests left"
    );
    let table = table::Table::new(&cases, &outcomes);
    Ok((table.to_string(), table.holds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_cases_and_every_title_of_later_work() {
        let cases = case::read(PAGE).expect("a good page");
        assert_eq!(cases.len(), 35);
        let later: Vec<_> = cases
            .iter()
            .filter(|case| case.is_later())
            .map(|case| case.number)
            .collect();
        assert_eq!(later, [21, 22]);
        let waiting = cases.iter().filter(|case| !case.waits.is_empty());
        for case in waiting {
            assert!(
                case.waits.contains('"'),
                "case {} names no later work",
                case.number
            );
        }
    }
}
