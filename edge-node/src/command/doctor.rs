//! `doctor`: go or no-go, one line per check and what to do.
//!
//! Exit status: 0 go, 1 no-go, 2 there is no node to look at.

use std::path::Path;

use ambient::SystemClock;

use super::{CommandError, Outcome, export::tell_progress, output};
use crate::doctor::{Check, Level, Report, examine};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(home: &Path, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let mut progress =
        |at: u64, upto: u64| tell_progress(&format!("{at} of {upto} records"), arguments.json);
    let report = examine(home, &SystemClock::new(), &mut progress)?;
    if arguments.json {
        output::json(&report)?;
    } else {
        for check in &report.checks {
            output::line(&words(check))?;
        }
        output::line(&sum(&report))?;
    }
    Ok(match report.go {
        true => Outcome::AllAdmitted,
        false => Outcome::SomeRefused,
    })
}

fn words(check: &Check) -> String {
    let level = match check.level {
        Level::Ok => "ok",
        Level::Warning => "WARNING",
        Level::NoGo => "NO GO",
    };
    let line = format!("{level:8} {:11} {}", check.name, check.found);
    match &check.advice {
        Some(advice) => format!("{line}\n{:20} → {advice}", ""),
        None => line,
    }
}

fn sum(report: &Report) -> String {
    let (stops, warnings) = (report.names(Level::NoGo), report.names(Level::Warning));
    if !report.go {
        return format!("NO GO: {}", stops.join(", "));
    }
    match warnings.is_empty() {
        true => "GO".to_owned(),
        false => format!("GO, but look at: {}", warnings.join(", ")),
    }
}
