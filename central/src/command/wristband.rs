//! `central wristband`: rolls are made, taken in, listed and withdrawn.
//!
//! Codes leave by the files that are asked for and by nothing else: a code is as good as a wristband until its roll is
//! void. A roll stands once central has made it; what could not be written is written again by `print`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail, ensure};
use chrono::DateTime;
use clap::{Args, Subcommand};
use documents::{Band, SheetHead};
use serde_json::json;
use sync_protocol::wristband::MAX_SERIAL;

use super::{open, output};
use crate::{
    app::{App, wristbands::RollSummary},
    config::Config,
    domain::{
        event::Event,
        wristband::{RollKind, RollRecord},
    },
};

/// A list with as many long codes as one may hold is smaller.
const MOST_BYTES: u64 = 1 << 27;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a roll: the next serials of the event, with a PDF of their codes to print
    Roll {
        /// The event's slug or id
        event: String,
        /// What the roll is called
        name: String,
        /// How many wristbands
        #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SERIAL)))]
        count: u32,
        #[command(flatten)]
        files: Files,
    },
    /// Write the codes of a roll again
    Print {
        /// The event's slug or id
        event: String,
        /// What the roll is called
        name: String,
        #[command(flatten)]
        files: Files,
    },
    /// Take in a roll that was printed elsewhere: one code per line; a list with a wrong line is not taken in at all
    Import {
        /// The event's slug or id
        event: String,
        /// What the roll is called
        name: String,
        /// The list
        file: PathBuf,
    },
    /// List the rolls of an event
    List {
        /// The event's slug or id
        event: String,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Withdraw a lost roll or a single wristband: it lets nobody in any more, handed out or not
    Void {
        /// The event's slug or id
        event: String,
        #[command(flatten)]
        what: Withdrawn,
    },
}

#[derive(Args)]
pub(super) struct Files {
    /// Sheets with a QR and a Code 128 per wristband
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// A table of serials and codes
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Withdrawn {
    /// The whole roll of this name
    #[arg(long, value_name = "NAME")]
    roll: Option<String>,
    /// The wristband with this code
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    // Before anything is opened: a file that cannot be read or written needs no database.
    let list = match &command {
        Command::Import { file, .. } => Some(read(file)?),
        Command::Roll { files, .. } | Command::Print { files, .. } => {
            files.check()?;
            None
        }
        Command::List { .. } | Command::Void { .. } => None,
    };
    let app = open::open(config).await?.app;
    match command {
        Command::Roll {
            event,
            name,
            count,
            files,
        } => {
            let event = open::event(&app, &event).await?.event;
            let roll = app.print_roll(event.id, &name, count).await?;
            tell(&roll, "is made");
            let written = files.write(&app, &event, &roll);
            written.context("the roll is made, but not written: see `central wristband print`")?;
        }
        Command::Print { event, name, files } => {
            ensure!(!files.is_empty(), "say where: --pdf FILE or --csv FILE");
            let event = open::event(&app, &event).await?.event;
            let roll = app.roll_to_print(event.id, &name).await?;
            files.write(&app, &event, &roll)?;
        }
        Command::Import { event, name, file } => {
            let event = open::event(&app, &event).await?.event.id;
            let list = list.context("the file was read")?;
            let roll = app.import_roll(event, &name, &list).await;
            tell(
                &roll.with_context(|| file.display().to_string())?,
                "is taken in",
            );
        }
        Command::List { event, json } => {
            let event = open::event(&app, &event).await?.event.id;
            for summary in app.wristband_rolls(event).await? {
                print(&summary, json);
            }
        }
        Command::Void { event, what } => void(&app, &event, &what).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn void(app: &App, event: &str, what: &Withdrawn) -> anyhow::Result<()> {
    let event = open::event(app, event).await?.event.id;
    match (&what.roll, &what.code) {
        (Some(roll), _) => tell(&app.void_roll(event, roll).await?, "is void"),
        (None, Some(code)) => {
            app.void_wristband(event, code).await?;
            output::line("The wristband is void.");
        }
        (None, None) => bail!("say what: --roll NAME or --code TEXT"),
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let place = || file.display().to_string();
    let size = std::fs::metadata(file).with_context(place)?.len();
    ensure!(size <= MOST_BYTES, "{}: is no list of codes", place());
    std::fs::read(file).with_context(place)
}

impl Files {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.pdf.iter().chain(&self.csv)
    }

    fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Nothing is written over: an older sheet may be what was printed.
    fn check(&self) -> anyhow::Result<()> {
        for file in self.all() {
            ensure!(!file.exists(), "{} is there already", file.display());
        }
        Ok(())
    }

    fn write(&self, app: &App, event: &Event, roll: &RollRecord) -> anyhow::Result<()> {
        if let Some(path) = &self.pdf {
            let pages = write_pdf(app, event, roll, path);
            let pages = pages.with_context(|| path.display().to_string())?;
            output::line(&format!("{}: {pages} pages", path.display()));
        }
        if let Some(path) = &self.csv {
            write_csv(app, event, roll, path).with_context(|| path.display().to_string())?;
            output::line(&format!("{}: {} codes", path.display(), roll.count()));
        }
        Ok(())
    }
}

fn write_pdf(app: &App, event: &Event, roll: &RollRecord, path: &Path) -> anyhow::Result<usize> {
    let head = SheetHead {
        event: &event.name,
        roll: &roll.name,
        made_at: DateTime::from_timestamp_millis(roll.created_at.0).unwrap_or_default(),
    };
    let codes = app.roll_codes(event.id, roll);
    let bands = codes.map(|(serial, code)| Band { serial, code });
    let file = File::create_new(path)?;
    let pages = documents::wristband_sheets(&head, bands, BufWriter::new(&file))?;
    file.sync_all()?;
    Ok(pages)
}

fn write_csv(app: &App, event: &Event, roll: &RollRecord, path: &Path) -> anyhow::Result<()> {
    let file = File::create_new(path)?;
    let mut to = BufWriter::new(&file);
    writeln!(to, "serial,code")?;
    for (serial, code) in app.roll_codes(event.id, roll) {
        writeln!(to, "{serial},{code}")?;
    }
    to.flush()?;
    drop(to);
    Ok(file.sync_all()?)
}

/// `The roll VIP is made: 500 wristbands, serials 1 to 500.`
fn tell(roll: &RollRecord, what: &str) {
    let serials = match roll.kind {
        RollKind::Printed => format!(", serials {} to {}", roll.first, roll.last),
        RollKind::Imported => String::new(),
    };
    output::line(&format!(
        "The roll {} {what}: {} wristbands{serials}.",
        roll.name,
        roll.count()
    ));
}

fn print(summary: &RollSummary, as_json: bool) {
    let RollSummary { roll, void } = summary;
    if as_json {
        let is_printed = roll.kind == RollKind::Printed;
        output::json(&json!({
            "id": roll.id.to_string(),
            "name": roll.name,
            "kind": roll.kind.name(),
            "status": roll.status.name(),
            "count": roll.count(),
            "void": void,
            "first_serial": is_printed.then_some(roll.first),
            "last_serial": is_printed.then_some(roll.last),
            "created_at": roll.created_at.0,
        }));
        return;
    }
    let (status, kind, count) = (roll.status.name(), roll.kind.name(), roll.count());
    let serials = match roll.kind {
        RollKind::Printed => format!("  {}–{}", roll.first, roll.last),
        RollKind::Imported => String::new(),
    };
    output::line(&format!(
        "{status}  {kind}  {}  {count} wristbands, {void} void{serials}",
        roll.name
    ));
}
