//! `doctor`: go or no-go, one line per check and what to do.
//!
//! Exit status: 0 go, 1 no-go, 2 there is no node to look at.

use std::path::Path;

use ambient::SystemClock;

use super::{CommandError, Outcome, export::tell_progress, output, run::language_parser};
use crate::{
    config,
    doctor::{Check, Level, Report, examine},
    reason_text::Language,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// In which language it says what it found [default: $GERBANG_LANG, else en]; JSON is English
    #[arg(long, value_name = "TAG", value_parser = language_parser())]
    lang: Option<Language>,
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
        let language = config::language(arguments.lang);
        for check in &report.checks {
            output::line(&words(check, language))?;
        }
        output::line(&sum(&report, language))?;
    }
    Ok(match report.go {
        true => Outcome::AllAdmitted,
        false => Outcome::SomeRefused,
    })
}

/// Names stay as they are: they are what the manual and whoever is asked for help go by.
fn words(check: &Check, language: Language) -> String {
    let level = match (check.level, language) {
        (Level::Ok, _) => "ok",
        (Level::Warning, Language::English) => "WARNING",
        (Level::Warning, Language::Indonesian) => "PERIKSA",
        (Level::NoGo, Language::English) => "NO GO",
        (Level::NoGo, Language::Indonesian) => "PERBAIKI",
    };
    let line = format!("{level:8} {:11} {}", check.name, check.found.of(language));
    match &check.advice {
        Some(advice) => format!("{line}\n{:20} → {}", "", advice.of(language)),
        None => line,
    }
}

fn sum(report: &Report, language: Language) -> String {
    let (stops, warnings) = (report.names(Level::NoGo), report.names(Level::Warning));
    let (go, look, no_go) = match language {
        Language::English => ("GO", "GO, but look at", "NO GO"),
        Language::Indonesian => ("SIAP", "SIAP, tetapi periksa", "BELUM SIAP"),
    };
    if !report.go {
        return format!("{no_go}: {}", stops.join(", "));
    }
    match warnings.is_empty() {
        true => go.to_owned(),
        false => format!("{look}: {}", warnings.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_what_stops_the_gate() {
        let full = Check::no_go(
            "disk",
            ("it is full", "disk penuh"),
            ("make room", "kosongkan"),
        );
        let report = Report::new(vec![full.clone()]);
        for (language, sum_up, line) in [
            (Language::English, "NO GO: disk", "→ make room"),
            (Language::Indonesian, "BELUM SIAP: disk", "→ kosongkan"),
        ] {
            assert_eq!(sum(&report, language), sum_up);
            assert!(words(&full, language).contains(line));
        }
    }
}
