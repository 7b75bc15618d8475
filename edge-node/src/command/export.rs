//! `export`: the log as a signed file, for a person with a USB stick.

use std::{
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use ambient::SystemClock;
use serde_json::json;

use super::{CommandError, Outcome, output};
use crate::{
    bundle::export::{Exported, Options, export},
    moment_text::rfc3339,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The file to write
    file: PathBuf,
    /// All records, not only those that central has not acknowledged
    #[arg(long)]
    all: bool,
    /// Replace a file of this name
    #[arg(long)]
    force: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(home: &Path, arguments: &Arguments) -> Result<Outcome, CommandError> {
    let options = Options {
        all: arguments.all,
        force: arguments.force,
    };
    let mut progress =
        |at: u64, upto: u64| tell_progress(&format!("{at} of {upto} records"), arguments.json);
    let clock = SystemClock::new();
    let exported = export(home, &clock, &arguments.file, options, &mut progress)?;
    if arguments.json {
        output::json(&json!({ "file": arguments.file, "exported": exported }))?;
    } else {
        output::line(&words(&arguments.file, &exported))?;
    }
    Ok(Outcome::AllAdmitted)
}

fn words(file: &Path, exported: &Exported) -> String {
    let Exported {
        records,
        after,
        upto,
        ..
    } = exported;
    let what = match records {
        0 => "no new scans".to_owned(),
        _ => format!("{records} scans ({} to {upto})", after + 1),
    };
    format!(
        "{} holds {what} as of {}. Next, at central: `central import FILE --answer ANSWER`.",
        file.display(),
        rfc3339(exported.made_at)
    )
}

/// To a person who waits, and to nobody else.
pub(super) fn tell_progress(text: &str, json: bool) {
    let mut screen = std::io::stderr().lock();
    if !json && screen.is_terminal() {
        // A terminal that cannot be written to has nobody before it.
        let _ = write!(screen, "\r{text}\u{1b}[K\r");
    }
}
