//! Cases beside the tests that prove them, as text and as a verdict on the whole.

use std::fmt::{self, Display, Formatter};

use crate::{case::Case, outcome::Outcome};

/// Where a case stands after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Every test of it passed, and there is one.
    Passed,
    /// A test of it failed.
    Failed,
    /// No test of it ran.
    Missing,
    /// No test is asked yet.
    Later,
}

/// A case with its tests.
pub struct Row<'a> {
    case: &'a Case,
    tests: Vec<&'a Outcome>,
}

/// The whole table.
pub struct Table<'a> {
    rows: Vec<Row<'a>>,
    /// Tests that name a case which is not in the list.
    strays: Vec<&'a Outcome>,
}

impl Row<'_> {
    fn standing(&self) -> Standing {
        match &self.tests[..] {
            [] if self.case.is_later() => Standing::Later,
            [] => Standing::Missing,
            tests if tests.iter().all(|test| test.passed) => Standing::Passed,
            _ => Standing::Failed,
        }
    }
}

impl<'a> Table<'a> {
    /// Puts every test beside the cases that its name speaks of.
    #[must_use]
    pub fn new(cases: &'a [Case], outcomes: &'a [Outcome]) -> Self {
        let of = |case: &Case| {
            let proves = |test: &&Outcome| test.cases().contains(&case.number);
            let mut tests: Vec<_> = outcomes.iter().filter(proves).collect();
            tests.sort_by_key(|test| &test.name);
            tests
        };
        let rows = cases.iter().map(|case| Row {
            case,
            tests: of(case),
        });
        let known = |number: &u32| cases.iter().any(|case| case.number == *number);
        let is_stray = |test: &&Outcome| !test.cases().iter().all(known);
        Self {
            rows: rows.collect(),
            strays: outcomes.iter().filter(is_stray).collect(),
        }
    }

    /// How many cases stand like this.
    #[must_use]
    pub fn count(&self, standing: Standing) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.standing() == standing).count()
    }

    /// Whether every case that asks for a test has one that passed.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.count(Standing::Failed) + self.count(Standing::Missing) + self.strays.len() == 0
    }
}

impl Display for Standing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Missing => "NO TEST",
            Self::Later => "later",
        })
    }
}

impl Display for Row<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>3}  {:<8} {}",
            self.case.number,
            self.standing(),
            self.case
        )?;
        for test in &self.tests {
            let said = if test.passed { "passed" } else { "FAILED" };
            writeln!(f, "{:14}{said}  {}", "", test.name)?;
        }
        if !self.case.waits.is_empty() {
            writeln!(f, "{:14}later   {}", "", self.case.waits)?;
        }
        Ok(())
    }
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "acceptance: case → tests")?;
        self.rows.iter().try_for_each(|row| write!(f, "{row}"))?;
        for test in &self.strays {
            writeln!(
                f,
                "{} names a case that docs/acceptance.md does not have",
                test.name
            )?;
        }
        let [passed, failed, missing, later] = [
            Standing::Passed,
            Standing::Failed,
            Standing::Missing,
            Standing::Later,
        ]
        .map(|standing| self.count(standing));
        write!(
            f,
            "acceptance: {passed} passed, {failed} failed, {missing} without a test, {later} later"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case, outcome};

    const PAGE: &str = "| case | what must hold | waits for |\n|---|---|---|\n\
                        | 1 | One | |\n| 2 | Two | \"Later\" for a half |\n| 3 | Three | all: \"Later\" |\n";

    fn said(lines: &str) -> (String, bool) {
        let (cases, outcomes) = (case::read(PAGE).expect("a page"), outcome::read(lines));
        let table = Table::new(&cases, &outcomes);
        (table.to_string(), table.holds())
    }

    #[test]
    fn it_holds_when_every_case_has_a_test_that_passed() {
        let (text, holds) = said("test a::case_1_and_2_x ... ok\ntest b ... FAILED\n");
        assert!(holds, "{text}");
        assert!(
            text.ends_with("2 passed, 0 failed, 0 without a test, 1 later"),
            "{text}"
        );
        assert!(text.contains("later   all: \"Later\""), "{text}");
    }

    #[test]
    fn a_missing_a_failed_and_a_stray_test_each_fail_it() {
        for (lines, says) in [
            ("test case_1_x ... ok\n", "  2  NO TEST"),
            (
                "test case_1_x ... ok\ntest case_2_x ... ok\ntest case_2_y ... FAILED\n",
                "  2  FAILED",
            ),
            (
                "test case_1_and_2_x ... ok\ntest case_3_x ... FAILED\n",
                "  3  FAILED",
            ),
            (
                "test case_1_and_2_x ... ok\ntest case_4_x ... ok\n",
                "case_4_x names a case",
            ),
        ] {
            let (text, holds) = said(lines);
            assert!(!holds && text.contains(says), "{lines}\n{text}");
        }
    }
}
